//! How long a change took from Entra to Jostle.

use maud::{Markup, html};

use super::nothing;
use crate::model::Operation;
use crate::report::chart::{share, table};
use crate::report::words::{number, span};
use crate::report::{Distribution, Facts};

pub(super) fn latency(Facts { tally, .. }: &Facts) -> Markup {
    let all = tally.latency();
    let of = |operation| tally.done(operation).map(|done| (operation.as_str(), &done.latency));
    let each = Operation::IN_LIFE.into_iter().filter_map(of).filter(|(_, latency)| latency.count() > 0);
    let rows: Vec<_> = std::iter::once(("all", all)).chain(each).collect();
    html! {
        p {
            "Measured from the reading of a change from Entra until Jostle has answered, retries and the time in a hold \
             included; the interval of the schedule comes on top, since Microsoft Graph does not say when a change was made."
        }
        @if all.count() == 0 {
            (nothing("Nothing that was done in this period came from a change that was read in Entra."))
        } @else {
            (quantiles(&rows))
            (histogram(all))
        }
    }
}

fn quantiles(rows: &[(&str, &Distribution)]) -> Markup {
    let cells = |of: &Distribution| [of.percentile(50), of.percentile(90), of.percentile(99), of.longest()];
    table(
        "latency-table",
        "How long it took, percentiles to within 2 %",
        &html! {
            thead { tr {
                th scope="col" { "Operation" }
                @for heading in ["Count", "Median", "90th percentile", "99th percentile", "Longest"] {
                    th.number scope="col" { (heading) }
                }
            } }
            tbody {
                @for (name, latency) in rows {
                    tr {
                        th scope="row" { (name) }
                        td.number { (number(latency.count())) }
                        @for cell in cells(latency) { td.number { (cell.map_or_else(String::new, span)) } }
                    }
                }
            }
        },
    )
}

fn histogram(all: &Distribution) -> Markup {
    let steps = all.histogram();
    let highest = steps.iter().map(|(_, count)| *count).max().unwrap_or_default();
    table(
        "histogram",
        "How many operations took how long",
        &html! {
            thead { tr {
                th scope="col" { "Time" }
                th.number scope="col" { "Operations" }
                th.wide scope="col" { "Share" }
            } }
            tbody {
                @for (name, count) in steps {
                    tr {
                        th scope="row" { (name) }
                        td.number { (number(count)) }
                        td { (share(count, highest, all.count(), "done")) }
                    }
                }
            }
        },
    )
}
