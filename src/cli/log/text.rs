//! The log for people: what one cycle did stands below it.

use std::io::{self, Write};

use super::Printer;
use super::act::sentence;
use crate::cli::wrap::{field, text};
use crate::store::{Asked, AuditEntry, CycleId, LogEntry, LoggedOperation, Matched, Way};

/// Knows below what the next row stands.
#[derive(Debug, Default)]
pub(super) struct Text {
    above: Above,
}

/// What stands above a row.
#[derive(Debug, Default, PartialEq)]
enum Above {
    #[default]
    Nothing,
    Cycle(CycleId),
    Audit,
}

impl Text {
    /// An empty line between what is done by one cycle and whatever else there is.
    fn part(&mut self, out: &mut dyn Write, next: Above) -> io::Result<bool> {
        let is_new = self.above != next;
        if is_new && self.above != Above::Nothing {
            writeln!(out)?;
        }
        self.above = next;
        Ok(is_new)
    }
}

impl Printer for Text {
    fn operation(&mut self, out: &mut dyn Write, row: &LoggedOperation) -> io::Result<()> {
        if self.part(out, Above::Cycle(row.entry.cycle))? {
            out.write_all(text(&heading(row)).as_bytes())?;
        }
        out.write_all(describe(row).as_bytes())
    }

    fn audit(&mut self, out: &mut dyn Write, row: &AuditEntry) -> io::Result<()> {
        self.part(out, Above::Audit)?;
        out.write_all(text(&format!("{:.0} {}\n", row.at, sentence(row))).as_bytes())
    }

    fn end(&mut self, out: &mut dyn Write, rows: usize) -> io::Result<()> {
        if rows == 0 { writeln!(out, "the log has nothing like that") } else { Ok(()) }
    }
}

fn heading(row: &LoggedOperation) -> String {
    let by = row.by.as_ref().map_or_else(String::new, |by| format!(", asked for by {by}"));
    let undoes = row.undoes.map_or_else(String::new, |undoes| format!(" of cycle {undoes}"));
    format!("cycle {} ({}{undoes}){by}\n", row.entry.cycle.0, row.kind.as_str())
}

fn describe(row: &LoggedOperation) -> String {
    let LogEntry { at, user_name, operation, status, changes, message, reason, matched, .. } = &row.entry;
    let what = match (status.as_str(), operation.as_str()) {
        ("success", operation) => format!("{operation} {user_name}"),
        ("failure", LogEntry::NO_OPERATION) => format!("FAILED {user_name}"),
        ("failure", operation) => format!("FAILED {operation} {user_name}"),
        (status, operation) => format!("{status}: {operation} {user_name}"),
    };
    let mut out = String::new();
    field(&mut out, "  ", &format!("{at:.0} {what}"));
    let mut line = |text: &str| field(&mut out, "      ", text);
    for change in changes {
        line(&change.to_string());
    }
    if let Some(message) = message {
        line(message);
    }
    if let Some(reason) = reason {
        // Every other way is told by the reason itself.
        let chosen = matched.filter(|matched| *matched == Matched::Chosen).map(account);
        line(&format!("because: {reason}{}", chosen.map_or_else(String::new, |chosen| format!("; {chosen}"))));
    }
    if let Some(decided) = decided(row) {
        line(&decided);
    }
    line(&answer(row));
    out
}

/// How the account was found, for people.
pub(super) fn account(matched: Matched) -> &'static str {
    match matched {
        Matched::Link => "the linked account, by its Jostle id",
        Matched::UserName => "the account was found by its userName",
        Matched::Chosen => "whose the account is was said by an administrator",
        Matched::NoAccount => "no account has the userName",
    }
}

/// Who has approved or chosen it; whoever asked for the whole cycle stands above it.
fn decided(row: &LoggedOperation) -> Option<String> {
    let Asked { way, by, hold, .. } = row.asked();
    let by = by?;
    match way {
        Way::Approval => Some(format!("approved by {by}, in hold {}", hold?)),
        Way::Link | Way::Create => Some(format!("decided by {by}")),
        Way::Schedule | Way::OnDemand | Way::Apply | Way::Undo => None,
    }
}

/// What Jostle answered, and how long it took.
fn answer(LoggedOperation { entry, .. }: &LoggedOperation) -> String {
    let LogEntry { http_status, request_id, code, duration_ms, .. } = entry;
    let status = http_status.map(|status| format!("HTTP {status}"));
    // A code that is the status is told already.
    let code = code.as_ref().filter(|code| http_status.is_none_or(|status| **code != status.to_string()));
    let code = code.map(|code| format!("code {code}"));
    let request_id = request_id.as_ref().map(|id| format!("request id {id}"));
    let parts = [status, code, Some(format!("{duration_ms} ms")), request_id];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
