//! Whoever was said to get an account gets that one and no other, and whoever was said to get none gets none.

use super::Found;
use crate::model::MatchChoice;
use crate::rehearsal::oracle::{Chosen, badge_of};
use crate::rehearsal::rules::{Rule, Violation};
use crate::simulator::jostle::{Author, JostleWrite};

/// What became of somebody against what was said. `writes` are those since then, and `account` is the one that the
/// program takes for theirs.
pub(in crate::rehearsal) fn chosen(
    Chosen { badge, choice, theirs, .. }: &Chosen,
    writes: &[JostleWrite],
    account: Option<&str>,
) -> Vec<Violation> {
    let mut found = Found::default();
    let is_new =
        |id: &str| writes.iter().any(|write| write.by == Author::Api && write.id == id && write.before.is_none());
    let is_meant = |id: &str| match choice {
        MatchChoice::Link { jostle_id } => jostle_id.as_str() == id,
        MatchChoice::Create => is_new(id),
        MatchChoice::Ignore => false,
    };
    let got = given(writes).filter(|(_, to)| to == badge).map(|(write, _)| write.id.as_str());
    for id in got.chain(account) {
        if !theirs.contains(id) && !is_meant(id) {
            found.add(Rule::Chosen, format!("{badge} got the account {id}, and was to get: {choice:?}"));
        }
    }
    found.violations
}

/// To whom an account was given that was kept for somebody else.
pub(in crate::rehearsal) fn kept_for(Chosen { badge, choice, .. }: &Chosen, writes: &[JostleWrite]) -> Vec<Violation> {
    let mut found = Found::default();
    let is_it = |write: &JostleWrite| choice.jostle_id().is_some_and(|id| id.as_str() == write.id);
    for (write, other) in given(writes).filter(|(write, other)| is_it(write) && other != badge) {
        found.add(Rule::Chosen, format!("{other} got the account {}, which was kept for {badge}", write.id));
    }
    found.violations
}

/// The writes that made an account somebody's, and whose.
fn given(writes: &[JostleWrite]) -> impl Iterator<Item = (&JostleWrite, &str)> {
    writes.iter().filter(|write| write.by == Author::Api).filter_map(|write| {
        let [was, is] = [&write.before, &write.after].map(|account| account.as_ref().and_then(badge_of));
        is.filter(|_| was != is).map(|badge| (write, badge))
    })
}
