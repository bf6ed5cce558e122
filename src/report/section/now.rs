//! How it does, what there is to do, and the figures that matter most.

use maud::{Markup, html};

use crate::health::{Finding, Level};
use crate::model::Operation;
use crate::report::Facts;
use crate::report::words::{count, number, said, span, time};

pub(super) fn health(facts: &Facts) -> Markup {
    let Facts { health, status, now, .. } = facts;
    let success = match status.last_success {
        Some(at) => format!("The last success was {} before this report.", span(now.duration_since(at))),
        None => "No cycle has ended well yet.".to_owned(),
    };
    let open = health.findings.iter().filter(|finding| finding.level > Level::Notice).count() as u64;
    html! {
        div class=(format!("health {}", health.word())) {
            p.word { span.sign aria-hidden="true" { (sign(health.level())) } " " (health.word()) }
            p {
                @match open {
                    0 => "Nothing has to be done. ",
                    1 => "There is something to do. ",
                    _ => { "There are " (open) " things to do. " }
                }
                (success)
            }
        }
        @if !health.findings.is_empty() {
            ul.findings { @for one in &health.findings { (finding(facts, one)) } }
        }
        (figures(facts))
    }
}

fn sign(level: Option<Level>) -> &'static str {
    match level {
        None | Some(Level::Notice) => "✓",
        Some(Level::Warning) => "!",
        Some(Level::Critical) => "✕",
    }
}

fn finding(facts: &Facts, Finding { level, since, what, remedy, .. }: &Finding) -> Markup {
    html! {
        li class=(level.as_str()) {
            p {
                strong.level { (level.as_str()) }
                " " (said(what))
                @if let Some(since) = since { span.since { " (for " (span(facts.now.duration_since(*since))) ")" } }
            }
            p.remedy { span.label { "What to do: " } (said(remedy)) }
        }
    }
}

fn figures(Facts { status, tally, .. }: &Facts) -> Markup {
    let done = |operation| number(tally.count(operation));
    let median = tally.latency().percentile(50).map_or_else(|| "–".to_owned(), span);
    let figures = [
        ("people in Entra", number(status.people)),
        ("managed accounts", number(status.managed)),
        ("created", done(Operation::Create)),
        ("updated", done(Operation::Update)),
        ("deactivated", done(Operation::Deactivate)),
        ("reactivated", done(Operation::Reactivate)),
        ("failed tries", number(tally.failed().iter().sum())),
        ("people waiting for another try", number(status.waiting.len() as u64)),
        ("people held", number(status.held)),
        ("median from Entra to Jostle", median),
    ];
    html! {
        dl.figures {
            @for (name, value) in figures { div { dt { (name) } dd { (value) } } }
        }
        p.small {
            (count(status.deleted, "person is", "people are")) " deleted in Entra. "
            @match status.feed.delta_at {
                Some(at) => { "Entra was read up to " (time(at)) "." }
                None => "Entra was never read to its end.",
            }
        }
    }
}
