//! The dashboard for Grafana: Prometheus understands every query in it, and the daemon gives every figure.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every figure that the dashboard asks for, with its name alone.
pub(super) fn figures(queries: &[String]) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = queries.iter().flat_map(|query| query.split(|c| !is_name(c)));
    names.filter(|name| name.starts_with("entra_jostle_sync_")).map(str::to_owned).collect()
}

/// Every query of the dashboard.
pub(super) fn queries() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/monitoring/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    targets.map(|target| target["expr"].as_str().expect("a query").replace("$__rate_interval", "5m")).collect()
}
