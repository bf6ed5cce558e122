//! SIGKILL: the program, in a process of its own, is killed hundreds of times at all kinds of moments, while people
//! change in Entra and administrators work in Jostle. In the end everything must be as if nobody had ever been killed.
//!
//! The seed decides the companies, the changes, the faults and the moments, and is printed. It is another one in every
//! run, unless the environment variable `ENTRA_JOSTLE_SYNC_KILLS_SEED` sets it: several processes race here, so that no
//! seed gives the same run twice, and a fixed one would only keep the search in one place. Whatever is found is a defect.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests may")]

mod check;
mod company;
mod faults;
mod log;
mod moment;
mod old_state;
#[allow(dead_code, reason = "another test binary uses the rest of it")]
mod proxy;
#[allow(dead_code, reason = "another test binary uses the rest of it")]
#[path = "../cli/rig.rs"]
mod rig;
mod victim;

use company::Company;
use fastrand::Rng;
use moment::Moment;
use victim::Ended;

const SEED: &str = "ENTRA_JOSTLE_SYNC_KILLS_SEED";

/// The randomness of one test; another one for each.
fn rng(test: u64) -> Rng {
    let seed = match std::env::var(SEED) {
        Ok(number) => number.parse().expect("a number in ENTRA_JOSTLE_SYNC_KILLS_SEED"),
        Err(_) => fastrand::u64(..),
    };
    println!("{SEED}={seed}");
    Rng::with_seed(seed.wrapping_add(test))
}

/// Companies are new until so many kills have been survived.
fn until(kills: u32, rng: &mut Rng, mut company: impl FnMut(Rng) -> u32) {
    let mut survived = 0;
    while survived < kills {
        survived += company(rng.fork());
    }
    println!("{survived} kills");
}

#[test]
fn initial_cycles() {
    until(50, &mut rng(1), |rng| {
        let mut company = Company::new(rng);
        while company.kills < 10 {
            company.fault();
            let moment = company.moment(40);
            if matches!(company.run(&["sync"], moment), Ended::Itself(0 | 7)) {
                break;
            }
            company.live(1);
        }
        company.check();
        company.kills
    });
}

#[test]
fn incremental_cycles() {
    until(70, &mut rng(2), |rng| {
        let mut company = Company::new(rng);
        company.run(&["sync"], Moment::Never);
        for kills in [12, 25] {
            while company.kills < kills {
                company.live(6);
                company.fault();
                let moment = company.moment(6);
                company.run(&["sync"], moment);
            }
            company.check();
            company.remove_somebody();
        }
        company.kills
    });
}

#[test]
fn the_daemon() {
    until(50, &mut rng(3), |rng| {
        let mut company = Company::new(rng);
        while company.kills < 25 {
            let moment = company.moment(8);
            company.run(&["run"], moment);
            company.live(6);
        }
        company.check();
        company.kills
    });
}

#[test]
fn on_demand() {
    until(25, &mut rng(4), |rng| {
        let mut company = Company::new(rng);
        company.run(&["sync"], Moment::Never);
        while company.kills < 13 {
            company.live(4);
            company.fault();
            let people: Vec<_> = (0..3).filter_map(|_| company.somebody("live")).collect();
            let arguments: Vec<_> = people.iter().flat_map(|id| ["--provision-on-demand", id]).collect();
            let moment = company.moment(3);
            company.run(&arguments, moment);
        }
        company.check();
        company.kills
    });
}

#[test]
fn migrations_of_an_old_state() {
    until(10, &mut rng(5), |rng| {
        let mut company = Company::new(rng);
        company.run(&["sync"], Moment::Never);
        company.rig.sim.clear_requests();
        for _ in 0..5 {
            old_state::age(&company.rig.folder().join("state.db"), company.rng.u32(1..=3));
            // The memory that readers share is 32 KiB, the new format as much again.
            let bytes = company.rng.u64(1..80_000);
            company.run(&["sync"], Moment::Growth { bytes });
            company.run(&["sync"], Moment::Never);
        }
        assert_eq!(company.rig.writes(), Vec::<String>::new(), "nothing of the old state was lost");
        company.check();
        company.kills
    });
}
