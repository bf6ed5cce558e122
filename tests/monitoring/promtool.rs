//! What promtool makes of figures under the shipped rules.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

/// Figures that stay as they are for an hour, and what fires then.
pub(super) struct Case {
    name: String,
    series: String,
    alerts: Vec<String>,
}

impl Case {
    /// Of figures in the text format. An alert is written `Name{label="value"}`.
    pub(super) fn new(name: &str, figures: &str, alerts: &[&str]) -> Self {
        let samples = figures.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let mut series = String::new();
        for sample in samples {
            let (which, value) = sample.rsplit_once(' ').expect("a sample");
            writeln!(series, "      - {{series: '{which}', values: '{value}x60'}}").expect("a String takes everything");
        }
        Self { name: name.to_owned(), series, alerts: alerts.iter().map(|alert| (*alert).to_owned()).collect() }
    }

    /// The names of what fires.
    pub(super) fn fired(&self) -> Vec<String> {
        self.alerts.iter().map(|alert| alert.split('{').next().expect("a name").to_owned()).collect()
    }

    fn as_test(&self) -> String {
        let Self { name, series, alerts } = self;
        let mut text = format!("  - name: {name}\n    interval: 1m\n");
        if !series.is_empty() {
            text.push_str("    input_series:\n");
            text.push_str(series);
        }
        text += "    promql_expr_test:\n      - expr: ALERTS{alertstate=\"firing\"}\n        eval_time: 45m\n";
        text += if alerts.is_empty() { "        exp_samples: []\n" } else { "        exp_samples:\n" };
        for alert in alerts {
            let (alertname, labels) = alert.split_once('{').expect("labels");
            let labels = format!("ALERTS{{alertname=\"{alertname}\",alertstate=\"firing\",{labels}");
            writeln!(text, "          - {{labels: '{labels}', value: 1}}").expect("a String takes everything");
        }
        text
    }
}

fn rules() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/config/monitoring/prometheus-rules.yml"))
}

/// The names of all shipped rules.
pub(super) fn names_of_rules() -> BTreeSet<String> {
    let text = std::fs::read_to_string(rules()).expect("the rules");
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

/// Prometheus understands every query.
pub(super) fn check(queries: &[String]) {
    let mut text = "groups:\n  - name: queries\n    rules:\n".to_owned();
    for (number, query) in queries.iter().enumerate() {
        writeln!(text, "      - {{record: 'q{number}', expr: '{query}'}}").expect("a String takes everything");
    }
    run("check", &text);
}

/// Every case fires what it should, and nothing else.
pub(super) fn test(cases: &[Case]) {
    let tests: String = cases.iter().map(Case::as_test).collect();
    let text = format!("rule_files: ['{}']\nevaluation_interval: 1m\ntests:\n{tests}", rules().display());
    run("test", &text);
}

/// `promtool test rules` or `promtool check rules`, which must have nothing against this file.
pub(super) fn run(what: &str, text: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file.yml");
    std::fs::write(&file, text).expect("written");
    let said = Command::new("promtool").args([what, "rules"]).arg(&file).output().expect("promtool");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{}{}", told(&said.stdout), told(&said.stderr));
}
