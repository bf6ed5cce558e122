//! Rehearsals hold, are the same every time, and are played by the program itself.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

use std::num::NonZeroUsize;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;

use entra_jostle_sync::rehearsal::{Go, Seeds, Summary, play_many};
use serde_json::Value;

/// As many as take some seconds without optimisation; `tests/run` plays more.
const SEEDS: u64 = 200;

fn many(first: u64, count: u64, threads: NonZeroUsize) -> Summary {
    play_many(Seeds { first, count, threads, most_failing: 10 }, |_| Go::On)
}

fn rehearse(code: i32, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entra-jostle-sync"));
    command.arg("rehearse").args(arguments).env_clear().stdin(Stdio::null());
    let output = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stdout}{stderr}");
    (stdout, stderr)
}

#[test]
fn every_rule_holds_for_the_first_seeds() {
    let summary = many(1, SEEDS, available_parallelism().unwrap_or(NonZeroUsize::MIN));
    assert!(summary.failing.is_empty(), "{:#?}", summary.failing);
    assert_eq!(summary.played, SEEDS);
    // Something happened in them.
    assert!(summary.cycles > 4 * SEEDS && summary.requests > 20 * SEEDS, "{summary:?}");
    assert!(summary.kills > SEEDS / 10 && summary.faults > SEEDS / 2, "{summary:?}");
}

/// Seeds beyond the first that once broke a rule; what each was about has a test of its own where the product was wrong.
const ONCE_BROKEN: [u64; 67] = [
    8449, 8783, 8942, 10506, 12348, 14586, 17066, 17278, 20195, 21812, 39297, 42455, 44401, 47652, 49310, 51432, 63487,
    86142, 87427, 88080, 82340, 90930, 98442, 45295, 58581, 64149, 69335, 72206, 76347, 76732, 64920, 128_925, 135_813,
    146_686, 147_900, 153_784, 157_307, 158_190, 165_997, 173_965, 178_410, 6008, 7153, 6688, 383, 504, 520, 759, 903,
    1490, 1548, 1611, 1890, 2047, 2757, 6490, 7714, 9636, 9727, 9855, 9983, 10_296, 10_453, 10_512, 13_369, 14_224,
    2474,
];

#[test]
fn what_was_mended_once_stays_mended() {
    for seed in ONCE_BROKEN {
        let summary = many(seed, 1, NonZeroUsize::MIN);
        assert!(summary.failing.is_empty(), "{:#?}", summary.failing);
    }
}

#[test]
fn the_same_seeds_give_the_same_result_on_one_thread_and_on_many() {
    let alone = many(1000, 20, NonZeroUsize::MIN);
    assert_eq!(many(1000, 20, NonZeroUsize::new(4).unwrap()), alone);
    assert_ne!(many(1001, 20, NonZeroUsize::MIN).digest, alone.digest, "a digest tells seeds apart");
}

#[test]
fn the_command_says_in_its_last_line_what_was_played() {
    let (stdout, stderr) = rehearse(0, &["--seeds", "3", "--first-seed", "7"]);
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    assert!(stdout.starts_with("3 seeds from 7: all hold; "), "{stdout}");
    assert_eq!(stderr, "", "what fails in a rehearsal is meant to");

    let json: Value = serde_json::from_str(&rehearse(0, &["--seeds", "3", "--first-seed", "7", "--json"]).0).unwrap();
    let summary = many(7, 3, NonZeroUsize::MIN);
    assert_eq!(json["digest"], format!("{:016x}", summary.digest), "the program plays what the library does");
    assert_eq!((&json["played"], &json["requests"]), (&3.into(), &summary.requests.into()));
    assert_eq!(json["failing"], serde_json::json!([]));
}

#[test]
fn a_wrong_number_is_a_wrong_command_line() {
    for arguments in [&["--seeds", "0"][..], &["--threads", "0"], &["--seeds", "many"], &["--first-seed", "first"]] {
        let (stdout, stderr) = rehearse(2, arguments);
        assert!(stdout.is_empty() && stderr.contains(arguments[0]), "{arguments:?}: {stderr}");
    }
}
