//! What failed in the period and why, and who waits for another try now.

use maud::{Markup, html};

use super::nothing;
use crate::report::Facts;
use crate::report::chart::{list, share};
use crate::report::tally::{Cause, MOST_PEOPLE, NAMED};
use crate::report::words::{command, count, number, said, time, who};
use crate::store::Waiting;

pub(super) fn failures(facts: &Facts) -> Markup {
    html! {
        h3 { "By cause" }
        (by_cause(facts))
        h3 { "Who waits for another try now" }
        (waiting(&facts.status.waiting))
    }
}

fn by_cause(Facts { tally, remedies, .. }: &Facts) -> Markup {
    let causes = tally.by_frequency();
    let Some((_, first)) = causes.first() else { return nothing("Nothing failed in this period.") };
    let (highest, all) = (first.tries, causes.iter().map(|(_, cause)| cause.tries).sum());
    list(
        "causes",
        "Failed tries by cause, the most frequent first",
        &html! {
            thead { tr {
                th scope="col" { "Cause" }
                th.number scope="col" { "Tries" }
                th.number scope="col" { "People" }
                th scope="col" { "Share" }
                th.wide scope="col" { "The last one, and what to do" }
            } }
            tbody {
                @for (code, cause) in causes {
                    tr {
                        th scope="row" { (said(code)) }
                        td.number data-label="Tries" { (number(cause.tries)) }
                        td.number data-label="People" { (people(cause)) }
                        td { (share(cause.tries, highest, all, "failed")) }
                        td {
                            p { (time(cause.last.at)) " " strong { (who(&cause.last.user_name)) } }
                            @if let Some(message) = &cause.last.reason { p { (said(message)) } }
                            @if let Some(remedy) = remedies.get(code) { p.remedy { span.label { "What to do: " } (remedy) } }
                        }
                    }
                }
            }
        },
    )
}

fn people(Cause { people, .. }: &Cause) -> String {
    let count = number(people.len() as u64);
    if people.len() < MOST_PEOPLE { count } else { format!("{count} or more") }
}

fn waiting(waiting: &[Waiting]) -> Markup {
    if waiting.is_empty() {
        return nothing("Nobody waits.");
    }
    html! {
        (list("waiting", "The longest failing first", &html! {
            thead { tr {
                th scope="col" { "Person" }
                th scope="col" { "Since" }
                th.number scope="col" { "Tries" }
                th scope="col" { "Next try" }
                th.wide scope="col" { "Why" }
            } }
            tbody { @for one in waiting.iter().take(NAMED) { (who_waits(one)) } }
        }))
        @if waiting.len() > NAMED {
            p.more {
                (count((waiting.len() - NAMED) as u64, "more person waits: ", "more people wait: ")) (command("status"))
            }
        }
    }
}

fn who_waits(Waiting { user_name, retry, .. }: &Waiting) -> Markup {
    html! {
        tr {
            th.who scope="row" { (who(user_name)) }
            td data-label="Since" { (time(retry.first_failed_at)) }
            td.number data-label="Tries" { (retry.attempts) }
            td data-label="Next try" { @match retry.next_at { Some(at) => (time(at)), None => "when something changes" } }
            td { p { (said(&retry.message)) } p.small { "code " (said(&retry.kind)) } }
        }
    }
}
