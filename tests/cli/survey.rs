//! What the sides say of themselves: when the client secret expires, and what Jostle is like.

use entra_jostle_sync::simulator::{Fault, Side};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::rig::{Rig, status};

fn rig() -> Rig {
    let rig = Rig::new(3);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    rig
}

/// A daemon starts, does one cycle, asks, and ends; what it logged.
fn a_day(rig: &Rig) -> String {
    let mut run = rig.start(&["run", "--log-level", "entra_jostle_sync=debug"]);
    let log = run.log_until("schedule.next", 1);
    run.stop();
    log
}

/// The day after so many, in UTC.
fn in_days(days: i32) -> Date {
    let today = jiff::tz::TimeZone::UTC.to_datetime(Timestamp::now()).date();
    today.saturating_add(days.days())
}

fn secret_ends(rig: &Rig, on: Date, hides_hints: bool) {
    let mut switches = rig.sim.graph().switches();
    switches.client_secret_ends = format!("{on}T10:00:00Z");
    switches.hides_secret_hints = hides_hints;
    rig.sim.graph().set_switches(switches).expect("switches");
}

fn causes(rig: &Rig) -> Vec<Value> {
    let status = rig.expect(0, &["status", "--json"]).json();
    let findings = status["health"]["findings"].as_array().expect("a list").iter();
    // Between the days of these tests no daemon is running.
    findings.map(|finding| finding["cause"].clone()).filter(|cause| cause != "stopped").collect()
}

#[test]
fn when_the_secret_expires_is_read_from_entra_and_told_of() {
    for hides_hints in [false, true] {
        let rig = rig();
        secret_ends(&rig, in_days(200), hides_hints);
        assert!(!a_day(&rig).contains("credential.expiring"));
        let shown = rig.expect(0, &["status"]).stdout;
        assert!(shown.contains(&format!("\ncredentials  Entra until {} (200 days)\n", in_days(200))), "{shown}");
        assert_eq!(causes(&rig), Vec::<Value>::new());

        secret_ends(&rig, in_days(5), hides_hints);
        let log = a_day(&rig);
        assert!(log.contains(&format!("the credentials for Entra expire on {}", in_days(5))), "{log}");
        assert_eq!(causes(&rig), ["credential_expiring"]);
        let shown = rig.expect(0, &["status"]).flat();
        let told = format!("the credentials for Entra expire in 5 days, on {}", in_days(5));
        assert!(shown.contains(&told) && shown.contains("Certificates & secrets"), "{shown}");
        assert!(!shown.contains("into [health]"), "whoever reads it from Entra need not write it down: {shown}");

        secret_ends(&rig, in_days(400), hides_hints);
        a_day(&rig);
        assert_eq!(causes(&rig), Vec::<Value>::new(), "whoever renews it starts the daemon anew");
    }
}

#[test]
fn what_may_not_be_read_is_taken_from_the_configuration_and_fails_nothing() {
    let rig = rig();
    let mut switches = rig.sim.graph().switches();
    switches.roles.retain(|role| role != "Application.Read.All");
    rig.sim.graph().set_switches(switches).expect("switches");
    let log = a_day(&rig);
    assert!(log.contains("cycle.finished") && !log.contains("survey.failed"), "{log}");
    assert!(!rig.expect(0, &["status"]).stdout.contains("credentials"));
    let shown = rig.expect(0, &["check"]).flat();
    assert!(shown.contains("warning Entra: client secret"), "{shown}");
    assert!(shown.contains("without the application permission Application.Read.All; write the date into"), "{shown}");

    let section = format!("\n[health]\nentra_credential_expires = \"{}\"\n", in_days(5));
    rig.append("entra-jostle-sync.toml", &section);
    assert_eq!(causes(&rig), ["credential_expiring"]);
    let shown = rig.expect(0, &["check"]).flat();
    assert!(shown.contains(&format!("good until {}, says the configuration", in_days(5))), "{shown}");
}

#[test]
fn what_changes_in_jostle_is_told_of_once() {
    let rig = rig();
    assert!(!a_day(&rig).contains("jostle.changed"));
    let shown = rig.expect(0, &["check"]).flat();
    assert!(shown.contains("ok Entra: client secret good until 2099-12-31, says Entra"), "{shown}");
    rig.sim.jostle().set_switches(json!({"schema_missing_attribute": "nickName"})).expect("a switch");
    let log = a_day(&rig);
    assert!(log.contains("jostle.changed") && log.contains("the attribute nickName is gone"), "{log}");
    assert_eq!(causes(&rig), ["jostle_changed"]);
    let shown = rig.expect(0, &["status"]).flat();
    assert!(shown.contains("Jostle is not as it was: the attribute nickName is gone"), "{shown}");
    assert!(!a_day(&rig).contains("jostle.changed"), "nothing has changed since");
    assert_eq!(causes(&rig), ["jostle_changed"], "it is told for some days all the same");
}

/// Not the cycles of a Jostle that has no such page, and nothing is concluded from the answer that is missing.
#[test]
fn a_side_that_does_not_say_stops_nothing() {
    let rig = rig();
    a_day(&rig);
    rig.faults(vec![Fault::new(Side::Jostle, status(403)).path("Schemas")]);
    rig.person("ann", &json!({}));
    let log = a_day(&rig);
    assert!(log.contains("user.created") && log.contains("survey.failed"), "{log}");
    assert_eq!(causes(&rig), Vec::<Value>::new());
    rig.sim.jostle().set_switches(json!({"schema_missing_attribute": "nickName"})).expect("a switch");
    assert!(!a_day(&rig).contains("jostle.changed"));
    rig.faults(Vec::new());
    assert!(a_day(&rig).contains("the attribute nickName is gone"), "what was said before is still known");
}

#[test]
fn a_date_that_was_read_is_known_until_entra_says_another() {
    let rig = rig();
    secret_ends(&rig, in_days(5), false);
    a_day(&rig);
    secret_ends(&rig, in_days(400), false);
    rig.faults(vec![Fault::new(Side::Graph, status(400)).path("applications")]);
    assert!(a_day(&rig).contains("survey.failed"));
    assert_eq!(causes(&rig), ["credential_expiring"]);
    rig.faults(Vec::new());
    a_day(&rig);
    assert_eq!(causes(&rig), Vec::<Value>::new());
}
