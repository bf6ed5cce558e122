//! What an administrator did, in a sentence.

use crate::cli::settle::said;
use crate::store::{Act, AuditEntry};

/// Who did what.
pub(super) fn sentence(AuditEntry { by, user_name, act, .. }: &AuditEntry) -> String {
    let by = by.as_deref().unwrap_or("somebody");
    match act {
        Act::Paused { what, why } => {
            let why = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            format!("{by} paused {what}{why}")
        }
        Act::Resumed { what, since, set_by } => {
            format!("{by} ended the pause of {what}, which {set_by} had set at {since:.0}")
        }
        Act::Chosen { choice } => {
            format!("{by} said of {}: {}", user_name.as_deref().unwrap_or("somebody"), said(choice))
        }
        Act::Decided { hold, revision, class, verdict, people } => {
            let accounts = if *people == 1 { "account" } else { "accounts" };
            format!("{by}: {verdict} in hold {hold}.{revision}, {people} {accounts} to be {}", class.fate())
        }
        Act::Applied { cycle } => format!("{by} handed in a plan, carried out as cycle {cycle}"),
        Act::Undone { cycle, undoes } => {
            let undoes = undoes.map_or_else(|| "another cycle".to_owned(), |undoes| format!("cycle {undoes}"));
            format!("{by} undid {undoes}, as cycle {cycle}")
        }
        Act::Purged { operations, decisions, others } => format!(
            "{by} removed everything that was remembered of one person: {operations} operations, {decisions} decisions, \
             {others} other rows"
        ),
        Act::Configured { sections } => format!("the configuration has changed: {}", sections.join(", ")),
    }
}

/// The cycle that it was done with.
pub(super) fn cycle(act: &Act) -> Option<i64> {
    match act {
        Act::Applied { cycle } | Act::Undone { cycle, .. } => Some(*cycle),
        Act::Paused { .. }
        | Act::Resumed { .. }
        | Act::Chosen { .. }
        | Act::Decided { .. }
        | Act::Purged { .. }
        | Act::Configured { .. } => None,
    }
}
