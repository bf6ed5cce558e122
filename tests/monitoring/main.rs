//! The alert rules in `config/monitoring`: each is fired by the figures or the log of a daemon in trouble, and by nothing
//! else.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

#[path = "../common/mod.rs"]
mod common;
mod course;
mod dashboard;
mod incidents;
#[path = "../events/log.rs"]
#[allow(dead_code, reason = "every test binary uses its part of it")]
mod log;
mod logql;
mod loki;
mod promtool;
#[path = "../cli/rig.rs"]
#[allow(dead_code, reason = "every test binary uses its part of it")]
mod rig;
mod rules_for_loki;
mod table;
mod told;

use std::collections::BTreeSet;

use promtool::{Case, check, names_of_rules};
use told::told;

#[test]
fn every_rule_is_fired_by_its_incident_and_by_nothing_else() {
    let case = |told: &told::Told| Case::new(told.incident.name, &told.figures, told.incident.alerts);
    let mut cases: Vec<Case> = told().iter().map(case).collect();
    cases.push(Case::new("gone", "", &["EntraJostleSyncGone{severity=\"critical\"}"]));
    let stale = "node_textfile_mtime_seconds{file=\"/var/lib/entra-jostle-sync/metrics.prom\"} 0\n\
                 entra_jostle_sync_build_info{version=\"1\"} 1\n";
    let alert = "EntraJostleSyncStale{file=\"/var/lib/entra-jostle-sync/metrics.prom\",severity=\"critical\"}";
    cases.push(Case::new("stale", stale, &[alert]));

    promtool::test(&cases);
    let fired: BTreeSet<_> = cases.iter().flat_map(Case::fired).collect();
    assert_eq!(fired, names_of_rules(), "a rule that nothing fires");
}

#[test]
fn the_dashboard_asks_for_what_the_daemon_gives() {
    let queries = dashboard::queries();
    check(&queries);
    let given = incidents::one_bad_person().figures;
    let is_given = |name: &&String| {
        let of_series = |line: &str| line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name} "));
        given.lines().any(of_series)
    };
    let figures = dashboard::figures(&queries);
    let unknown: Vec<_> = figures.iter().filter(|name| !is_given(name)).collect();
    assert!(figures.len() > 15 && unknown.is_empty(), "{unknown:?} in {given}");
}
