//! The cycles of the period, and what they did.

use jiff::SignedDuration;
use maud::{Markup, html};

use super::nothing;
use crate::report::Facts;
use crate::report::chart::{Series, list, over_time};
use crate::report::cycles::SHOWN;
use crate::report::words::{command, count, number, said, span, time};
use crate::store::CycleView;

pub(super) fn cycles(facts: &Facts) -> Markup {
    let (all, took) = (&facts.cycles, facts.cycles.took());
    if all.count() == 0 {
        return nothing("No cycle began in this period.");
    }
    let mut rows: Vec<_> = all
        .by_result()
        .into_iter()
        .map(|(word, values)| Series {
            name: word,
            values,
            total: number(values.iter().sum()),
            format: number,
            class: if matches!(word, "failed" | "interrupted") { "failed" } else { "done" },
        })
        .collect();
    let median = took.percentile(50).map_or_else(String::new, span);
    rows.push(Series {
        name: "longest",
        values: all.longest(),
        total: took.longest().map_or_else(String::new, span),
        format: milliseconds,
        class: "time",
    });
    html! {
        p {
            (count(all.count(), "cycle", "cycles")) " began in this period. Half of them took no longer than " (median)
            ". “ok”: everything was done; “partial”: somebody failed or is held; each row has a scale of its own."
        }
        (over_time("cycles-over-time", "Cycles by how they ended", &facts.period, &rows))
        (newest(facts))
    }
}

fn milliseconds(ms: u64) -> String {
    span(SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX)))
}

fn newest(facts: &Facts) -> Markup {
    let (shown, all) = facts.cycles.newest();
    html! {
        h3 { "Cycles that did something or did not end well: " (number(all)) }
        @if shown.is_empty() {
            (nothing("None."))
        } @else {
            details {
                summary { "Show " (count(shown.len() as u64, "cycle", "cycles")) }
                (list("cycle-table", "The newest first", &html! {
                    thead { tr {
                        th scope="col" { "Cycle" }
                        th scope="col" { "Began" }
                        th scope="col" { "Kind" }
                        th scope="col" { "Result" }
                        th.number scope="col" { "Took" }
                        th.wide scope="col" { "What it did" }
                    } }
                    tbody { @for cycle in shown { (row(cycle)) } }
                }))
                @if all > SHOWN as u64 {
                    p.more { "These are the newest " (SHOWN) "; what one of them did: " (command("log --cycle N")) }
                }
            }
        }
    }
}

fn row(cycle: &CycleView) -> Markup {
    let counts: Vec<_> = cycle.counts().iter().map(|(name, count)| format!("{} {name}", number(*count))).collect();
    html! {
        tr {
            th scope="row" data-label="Cycle" { (cycle.id.0) }
            td data-label="Began" { (time(cycle.started_at)) }
            td.word data-label="Kind" { (cycle.kind.as_str()) }
            td.word data-label="Result" { (said(cycle.result.as_deref().unwrap_or("running"))) }
            td.number data-label="Took" { (cycle.took().map_or_else(String::new, span)) }
            td {
                (counts.join(", "))
                @if let Some(error) = &cycle.error { p.small { (said(error)) } }
            }
        }
    }
}
