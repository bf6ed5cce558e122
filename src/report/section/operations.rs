//! What was done to people over time.

use maud::{Markup, html};

use super::nothing;
use crate::model::Operation;
use crate::report::Facts;
use crate::report::chart::{Series, over_time};
use crate::report::words::{command, count, number};

pub(super) fn operations(Facts { tally, period, .. }: &Facts) -> Markup {
    if tally.is_empty() {
        return nothing("Nothing was done to anybody in this period.");
    }
    let done = Operation::IN_LIFE.into_iter().filter_map(|operation| Some((operation, tally.done(operation)?)));
    let mut rows: Vec<_> = done
        .map(|(operation, done)| Series {
            name: operation.as_str(),
            values: &done.series,
            total: number(done.count()),
            format: number,
            class: "done",
        })
        .collect();
    let failed: u64 = tally.failed().iter().sum();
    if failed > 0 {
        rows.push(Series {
            name: "failed tries",
            values: tally.failed(),
            total: number(failed),
            format: number,
            class: "failed",
        });
    }
    html! {
        p {
            "What was written to Jostle, by " (period.unit()) "; each row has a scale of its own. "
            @if tally.skipped() > 0 { (count(tally.skipped(), "operation was", "operations were")) " left out. " }
            "With old and new values: " (command(&super::people::log(period, None)))
        }
        (over_time("operations-over-time", "Operations", period, &rows))
    }
}
