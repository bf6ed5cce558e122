//! How it does in all, and what is worth a look, for people.

use jiff::Timestamp;

use super::Look;
use crate::cli::span::span;
use crate::health::{Finding, Level};

/// The first line: one word, and why.
pub(super) fn in_short(Look { now, status, health, .. }: &Look) -> String {
    let success = match status.last_success {
        Some(at) => format!("the last success was {} ago", span(now.duration_since(at))),
        None => "no cycle has ended well yet".to_owned(),
    };
    let open = health.findings.iter().filter(|finding| finding.level > Level::Notice).count();
    let reason = match open {
        0 => success,
        1 => format!("there is something to do; {success}"),
        _ => format!("there are {open} things to do; {success}"),
    };
    format!("{}: {reason}", health.word())
}

/// One finding: the label, and what is said of it.
pub(super) fn describe(Finding { level, since, what, remedy, .. }: &Finding, now: Timestamp) -> (&'static str, String) {
    let label = match level {
        Level::Notice => "  notice",
        Level::Warning => "  WARNING",
        Level::Critical => "  CRITICAL",
    };
    let since = since.map_or_else(String::new, |at| format!(" ({})", span(now.duration_since(at))));
    (label, format!("{what}{since}\n-> {remedy}"))
}
