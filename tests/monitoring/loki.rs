//! The rules for Loki, read and played to what daemons have logged.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::course::{Line, MINUTE};
use super::logql::{Entry, Expression};
use super::promtool;

/// One alert.
pub(super) struct Rule {
    pub(super) alert: String,
    pub(super) expression: Expression,
}

const FILE: &str = include_str!("../../config/monitoring/loki-rules.yml");

/// Every shipped rule.
pub(super) fn rules() -> Vec<Rule> {
    let alerts = FILE.split("\n      - alert: ").skip(1);
    let rule = |text: &str| {
        let alert = text.lines().next().expect("a name").to_owned();
        let expression = Expression::parse(&expression_in(text)).unwrap_or_else(|refused| panic!("{alert}: {refused}"));
        Rule { alert, expression }
    };
    alerts.map(rule).collect()
}

/// What stands after `expr:`, on one line.
fn expression_in(rule: &str) -> String {
    let (_, rest) = rule.split_once("\n        expr: ").expect("an expression");
    let (expression, _) = rest.split_once("\n        labels: ").expect("labels");
    let lines: Vec<_> = expression.strip_prefix(">-").unwrap_or(expression).split_whitespace().collect();
    lines.join(" ")
}

/// Whatever is not an expression is as Prometheus has it, the templates too.
pub(super) fn check_frame() {
    let mut frame = FILE.to_owned();
    for rule in FILE.split("\n        expr: ").skip(1) {
        let (expression, _) = rule.split_once("\n        labels: ").expect("labels");
        frame = frame.replacen(&format!(" {expression}\n"), " vector(1)\n", 1);
    }
    promtool::run("check", &frame);
}

/// From which to which minute each alert fires, like `EntraJostleSyncThrottled{Jostle} 15-59`. It is looked at half a minute
/// after the full one, when nothing comes.
pub(super) fn fired(rules: &[Rule], log: &[Line], minutes: RangeInclusive<i64>) -> Vec<String> {
    let log: Vec<_> = log.iter().filter_map(Entry::of).collect();
    let mut fired = BTreeMap::<String, Vec<(i64, i64)>>::new();
    for minute in minutes {
        for Rule { alert, expression } in rules {
            for value in expression.holds(&log, minute * MINUTE + MINUTE / 2) {
                let name = if value.is_empty() { alert.clone() } else { format!("{alert}{{{value}}}") };
                let spans = fired.entry(name).or_default();
                match spans.last_mut().filter(|(_, last)| last + 1 == minute) {
                    Some((_, last)) => *last = minute,
                    None => spans.push((minute, minute)),
                }
            }
        }
    }
    let spans = |spans: Vec<(i64, i64)>| {
        spans.into_iter().fold(String::new(), |text, (from, to)| format!("{text} {from}-{to}"))
    };
    fired.into_iter().map(|(name, all)| name + &spans(all)).collect()
}
