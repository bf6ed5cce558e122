//! What the last reconciliation found in Jostle.

use maud::{Markup, html};

use super::{held, nothing};
use crate::model::{Treatment, Unmanaged};
use crate::report::chart::list;
use crate::report::tally::NAMED;
use crate::report::words::{command, count, said, time, who};
use crate::report::{DriftLine, Facts};

pub(super) fn found(facts: &Facts) -> Markup {
    let Some(last) = &facts.status.reconciliation else {
        return html! {
            (nothing("The accounts in Jostle were not compared with what is known of them yet."))
            p.remedy { span.label { "What to do: " } (command("reconcile")) }
        };
    };
    html! {
        p { "As the reconciliation of " (time(last.at)) " found it, without what was settled since." }
        h3 { "Values that were changed in Jostle: " (facts.drifted) }
        (drift(facts))
        h3 { "Orphans: " (facts.orphans.len()) }
        p.small { "Accounts whose person is deleted for good in Entra." }
        (accounts("orphans", "Orphans, the active ones first", facts.orphans.iter().map(|orphan| {
            Account { user: &orphan.user, id: orphan.jostle_id.as_str(), state: active(orphan.active) }
        })))
        h3 { "Deleted in Jostle: " (facts.deleted.len()) }
        p.small { "Accounts that are gone although their person is in Entra." }
        (accounts("deleted", "Accounts that were deleted in Jostle", facts.deleted.iter().map(|deleted| {
            Account { user: &deleted.user, id: deleted.jostle_id.as_str(), state: "deleted" }
        })))
        (unmanaged(facts))
    }
}

fn drift(Facts { drift, drifted, .. }: &Facts) -> Markup {
    if drift.is_empty() {
        return nothing("Nothing differs.");
    }
    let more = drifted - drift.len() as u64;
    html! {
        (list("drift-table", "From what it should be to what Jostle shows", &html! {
            thead { tr {
                th scope="col" { "Account of" }
                th.wide scope="col" { "Changed" }
                th scope="col" { "Since" }
                th scope="col" { "What comes of it" }
            } }
            tbody { @for line in drift { (drift_line(line)) } }
        }))
        @if more > 0 { p.more { (count(more, "more value: ", "more values: ")) (command("reconcile")) } }
    }
}

fn drift_line(DriftLine { user, change, treatment, since }: &DriftLine) -> Markup {
    html! {
        tr {
            th.who scope="row" { (who(user)) }
            td { (held::changes(std::slice::from_ref(change))) }
            td data-label="Since" { (time(*since)) }
            td data-label="What comes of it" { (comes_of(*treatment)) }
        }
    }
}

fn comes_of(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Reported => "reported, nothing is written",
        Treatment::Repaired => "the next cycle repairs it, or has",
        Treatment::InVain => "reported: a repair did not last",
        Treatment::Accepted => "accepted until the value changes in Entra",
    }
}

/// An account of a list.
struct Account<'a> {
    user: &'a str,
    id: &'a str,
    state: &'static str,
}

fn accounts<'a>(id: &str, caption: &str, accounts: impl ExactSizeIterator<Item = Account<'a>>) -> Markup {
    let more = accounts.len().saturating_sub(NAMED) as u64;
    if accounts.len() == 0 {
        return nothing("None.");
    }
    html! {
        (list(&format!("list-{id}"), caption, &html! {
            thead { tr {
                th.wide scope="col" { "Account of" }
                th scope="col" { "Jostle id" }
                th scope="col" { "State" }
            } }
            tbody {
                @for Account { user, id, state } in accounts.take(NAMED) {
                    tr {
                        th.who scope="row" { (who(user)) }
                        td.id data-label="Jostle id" { (said(id)) }
                        td data-label="State" { (state) }
                    }
                }
            }
        }))
        @if more > 0 { p.more { (count(more, "more account: ", "more accounts: ")) (command("reconcile")) } }
    }
}

fn unmanaged(Facts { listing, .. }: &Facts) -> Markup {
    let Some(listing) = listing else {
        return html! { h3 { "Unmanaged: not known" } (nothing("Jostle's accounts could not be listed to the end.")) };
    };
    let account = |account: &Unmanaged| (account.names.line(), account.user_name.clone());
    let names: Vec<_> = listing.unmanaged.iter().take(NAMED).map(account).collect();
    let names: Vec<_> = names
        .into_iter()
        .map(|(name, user)| name.map_or_else(|| user.clone(), |name| format!("{user}, {name}")))
        .collect();
    let count = listing.unmanaged.len();
    let rows = listing.unmanaged.iter().enumerate().map(|(place, account)| Account {
        user: names.get(place).map_or("", String::as_str),
        id: account.id.as_str(),
        state: active(account.active),
    });
    html! {
        h3 { "Unmanaged: " (count) }
        p.small { "Accounts that are nobody's, as of " (time(listing.at)) ". They are never written." }
        (accounts("unmanaged", "Unmanaged accounts", rows))
    }
}

fn active(active: bool) -> &'static str {
    if active { "active" } else { "inactive" }
}
