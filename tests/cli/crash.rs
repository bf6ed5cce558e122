//! SIGKILL in the middle of an initial cycle: nobody is lost, nobody gets a second account.

use super::rig::Rig;

const PEOPLE: usize = 5000;

/// What the shipped simulator configuration allows to be under way at once.
const IN_FLIGHT: usize = 16;

#[test]
fn a_killed_initial_sync_is_completed_by_the_next_without_a_second_account() {
    let rig = Rig::new(PEOPLE);
    let employees = rig.employees().len();
    for created in [1000, 1500] {
        rig.sim.clear_requests();
        let before = rig.accounts();
        let mut sync = rig.start(&["sync"]);
        sync.log_until("user.created", created);
        assert_eq!(rig.expect(0, &["status", "--json"]).json()["process"]["pid"], sync.pid());
        sync.kill();
        let left = rig.expect(0, &["status"]).stdout;
        assert!(
            left.starts_with("health       warning: ")
                && left.contains("\nprocess      none: ")
                && left.contains("\ninterrupted  "),
            "{left}"
        );
        assert!(!left.contains("\nrunning "), "{left}");
        let after = rig.accounts();
        // The second start tells also what the first had under way when it was killed.
        assert!(before + created <= after + IN_FLIGHT && after < employees, "{before}, {after} of {employees}");
        assert_no_account_was_posted_twice(&rig, after - before);
    }

    rig.sim.clear_requests();
    let before = rig.accounts();
    rig.expect(0, &["sync"]);
    rig.assert_one_account_each();
    assert_no_account_was_posted_twice(&rig, employees - before);
    let status = rig.expect(0, &["status", "--json"]).json();
    let results: Vec<_> = status["cycles"].as_array().expect("cycles").iter().map(|c| c["result"].clone()).collect();
    assert_eq!(results, ["ok", "interrupted", "interrupted"], "no killed cycle looks as if it still ran");
    assert_eq!(status["in_flight"], 0);

    rig.sim.clear_requests();
    rig.expect(0, &["sync"]);
    assert_eq!(rig.requests().len(), 1, "a third sync has nothing to do: {:?}", rig.requests());
}

/// Of the accounts that are new since the requests were cleared, each was posted once; what a killed process had under
/// way may be asked for again.
fn assert_no_account_was_posted_twice(rig: &Rig, new: usize) {
    let posts = rig.requests().into_iter().filter(|request| request.method == "POST").collect::<Vec<_>>();
    let refused = posts.iter().filter(|request| request.status == Some(409)).count();
    assert!(refused <= IN_FLIGHT, "{refused} accounts were posted although they exist");
    assert!(posts.len() <= new + IN_FLIGHT, "{} posts for {new} new accounts", posts.len());
}
