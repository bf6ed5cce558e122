//! What exceeds a limit and waits for a decision, with old and new values.

use maud::{Markup, html};

use super::nothing;
use crate::model::{Change, Verdict};
use crate::report::chart::list;
use crate::report::tally::NAMED;
use crate::report::words::{command, count, said, time, who};
use crate::report::{Facts, HoldLines};
use crate::store::{HeldPerson, HoldView};

/// So many people stand there at once; a longer list is to be opened.
const OPEN: usize = 10;

pub(super) fn held(Facts { holds, .. }: &Facts) -> Markup {
    if holds.is_empty() {
        return nothing("Nothing is held.");
    }
    html! { @for one in holds { (hold(one)) } }
}

fn hold(HoldLines { hold, people }: &HoldLines) -> Markup {
    let HoldView { id, class, raised_at, limit, open, approved, rejected } = hold;
    let rows = rows(hold, people);
    html! {
        h3 { "Hold " (id) ": " (count(*open, "account", "accounts")) " would be " (class.fate()) }
        p {
            (said(limit)) ". Held since " (time(*raised_at)) "; approved: " (approved) ", rejected: " (rejected) "."
        }
        @if *open > 0 {
            p.remedy {
                span.label { "What to do: " } (command(&format!("hold approve {id}"))) " or "
                (command(&format!("hold reject {id}")))
            }
        }
        @if people.len() > OPEN {
            details { summary { "Show " (count(people.len().min(NAMED) as u64, "person", "people")) } (rows) }
        } @else {
            (rows)
        }
    }
}

fn rows(hold: &HoldView, people: &[HeldPerson]) -> Markup {
    let number = hold.id.number;
    html! {
        (list(&format!("hold-{number}"), &format!("Everybody in hold {number}, with old and new values"), &html! {
            thead { tr {
                th scope="col" { "Person" }
                th scope="col" { "Operation" }
                th.wide scope="col" { "Old and new values" }
                th scope="col" { "Decision" }
            } }
            tbody { @for person in people.iter().take(NAMED) { (row(person)) } }
        }))
        @if people.len() > NAMED {
            p.more {
                (count((people.len() - NAMED) as u64, "more person: ", "more people: "))
                (command(&format!("hold show {number}")))
            }
        }
    }
}

fn row(HeldPerson { user_name, held, reason, decided, .. }: &HeldPerson) -> Markup {
    html! {
        tr {
            th.who scope="row" { (who(user_name)) }
            td data-label="Operation" { (held.operation) p.small { (said(reason)) } }
            td { (changes(&held.changes)) }
            td data-label="Decision" {
                @match decided.as_ref().filter(|_| held.verdict != Verdict::Open) {
                    Some((by, at)) => { (held.verdict) " by " (said(by)) ", " (time(*at)) }
                    None => (held.verdict),
                }
            }
        }
    }
}

/// Attributes with their old and new values, as they may be shown.
pub(super) fn changes(changes: &[Change]) -> Markup {
    html! {
        ul.changes {
            @for change in changes {
                li {
                    @let [old, new] = change.texts();
                    span.attribute { (said(&change.attribute.to_string())) } " "
                    @match old { Some(old) => del { (said(&old)) }, None => span.none { "no value" } }
                    span.arrow { " → " }
                    @match new { Some(new) => ins { (said(&new)) }, None => span.none { "no value" } }
                }
            }
        }
    }
}
