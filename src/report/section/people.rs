//! To whom something was done that they notice: who was created, taken over, reactivated, deactivated, deleted.

use maud::{Markup, html};

use super::nothing;
use crate::model::Operation;
use crate::report::chart;
use crate::report::tally::{Done, NAMED};
use crate::report::words::{command, count, said, time, who};
use crate::report::{Facts, Period};

/// With the words for a heading.
const LISTED: [(Operation, &str); 5] = [
    (Operation::Create, "Created"),
    (Operation::Deactivate, "Deactivated"),
    (Operation::Reactivate, "Reactivated"),
    (Operation::Adopt, "Taken over"),
    (Operation::Delete, "Deleted"),
];

/// So many people stand there at once; a longer list is to be opened.
const OPEN: usize = 10;

pub(super) fn people(Facts { tally, period, .. }: &Facts) -> Markup {
    let lists: Vec<_> =
        LISTED.into_iter().filter_map(|(operation, word)| Some((operation, word, tally.done(operation)?))).collect();
    if lists.is_empty() {
        return nothing("Nobody was created, deactivated or reactivated in this period.");
    }
    html! { @for (operation, word, done) in lists { (list(operation, word, done, period)) } }
}

fn list(operation: Operation, word: &str, done: &Done, period: &Period) -> Markup {
    let title = format!("{word}: {}", count(done.count(), "account", "accounts"));
    let more = done.count() - done.newest.len() as u64;
    let rows = html! {
        (chart::list(&format!("list-{operation}"), &format!("{word}, the newest first"), &html! {
            thead { tr {
                th scope="col" { "Time" }
                th scope="col" { "Person" }
                th.wide scope="col" { "Why" }
            } }
            tbody {
                @for one in &done.newest {
                    tr {
                        td { (time(one.at)) }
                        th.who scope="row" { (who(&one.user_name)) }
                        td { @if let Some(reason) = &one.reason { (said(reason)) } }
                    }
                }
            }
        }))
        @if more > 0 {
            p.more { "These are the newest " (NAMED) ". All of them: " (command(&log(period, Some(operation)))) }
        }
    };
    html! {
        h3 { (title) }
        @if done.newest.len() > OPEN {
            details { summary { "Show " (count(done.newest.len() as u64, "person", "people")) } (rows) }
        } @else {
            (rows)
        }
    }
}

/// What prints the rows of a period.
pub(super) fn log(period: &Period, operation: Option<Operation>) -> String {
    let operation = operation.map_or_else(String::new, |operation| format!(" --operation {operation}"));
    format!("log --since {:.0}{operation} --limit 0", period.since)
}
