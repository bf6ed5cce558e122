//! Traps that open when the program is killed.

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::json;

use super::moment::{At, Moment, Of};
use super::proxy::Proxy;
use super::rig::Rig;
use super::victim::{self, Ended};

/// Killed before and after every single request, the program reads again what it had not written yet.
#[test]
fn token_persisted_before_the_work() {
    let rig = Rig::new(0);
    let proxy = Proxy::before(&rig);
    rig.edit("entra-jostle-sync.toml", "concurrency = 16", "concurrency = 1");
    let mut pages = rig.sim.graph().switches();
    pages.page_size = 1;
    rig.sim.graph().set_switches(pages).expect("a page size");
    let ids: Vec<_> = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({}))).into();
    let sync = |moment| victim::run(&rig, &proxy, &["sync"], moment);
    assert_eq!(sync(Moment::Never), Ended::Itself(0));
    for at in [At::BeforeRequest, At::BeforeAnswer] {
        for count in 1.. {
            let name = format!("{at:?} {count}");
            for id in &ids {
                rig.sim.graph().update_user(id, &json!({"givenName": name})).expect("a change");
            }
            let newcomer = name.to_lowercase().replace(' ', "");
            rig.person(&newcomer, &json!({"givenName": name}));
            let ended = sync(Moment::Traffic { at, of: Of::Everything, count });
            if ended == Ended::Killed {
                assert_eq!(sync(Moment::Never), Ended::Itself(0), "{name}");
            }
            let accounts = rig.sim.jostle().users_json();
            let changed = accounts.iter().filter(|account| account["name"]["givenName"] == name).count();
            assert_eq!(changed, 4, "{name}: {accounts:#?}");
            rig.assert_one_account_each();
            if ended != Ended::Killed {
                assert!(count > 10, "a token, five pages, a look-up and four writes: {count}");
                break;
            }
        }
    }
}

/// What the simulator's configuration allows to be under way at once.
const IN_FLIGHT: u64 = 16;

/// A cycle that was killed is told to be interrupted, and keeps no other from running.
#[test]
fn run_stuck_as_running_after_a_crash() {
    let rig = Rig::new(30);
    rig.faults(vec![Fault::new(Side::Jostle, Effect::Hang {}).method("POST").skip(5)]);
    let mut sync = rig.start(&["sync"]);
    sync.log_until("user.created", 5);
    sync.kill();
    rig.faults(Vec::new());
    let report = rig.expect(0, &["sync", "--json"]).json();
    // What the killed one had sent and nobody had read until then is read now, and settled before the cycle creates.
    let (created, all) = (report["operations"]["create"].as_u64().expect("a count"), rig.employees().len() as u64);
    assert!((all - IN_FLIGHT..=all - 5).contains(&created), "{created} of {all}");
    assert_eq!(report["failed"], json!(0));
    let status = rig.expect(0, &["status", "--json"]).json();
    let results: Vec<_> = status["cycles"].as_array().expect("cycles").iter().map(|c| c["result"].clone()).collect();
    assert_eq!(results, ["ok", "interrupted"]);
    assert_eq!(status["in_flight"], 0);
    rig.assert_one_account_each();
}
