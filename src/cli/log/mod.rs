//! `log`: what was done to people and by administrators, the newest first, for people, as JSON or as a table. Reads the state beside a running
//! daemon, row by row, at any length.

mod act;
mod args;
mod codes;
mod json;
mod steps;
mod table;
mod text;

use std::io::{self, BufWriter, Write};

use anyhow::Context;

pub(in crate::cli) use args::{LogArgs, when};
pub(in crate::cli) use codes::entra_error;

use super::exit::Failure;
use super::{Exit, Run, output};
use crate::config;
use crate::engine::Hidden;
use crate::model::Change;
use crate::store::{AuditEntry, HistoryRow, LoggedOperation, Reader};

/// Writes rows in one of the ways.
trait Printer {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn operation(&mut self, out: &mut dyn Write, row: &LoggedOperation) -> io::Result<()>;

    fn audit(&mut self, out: &mut dyn Write, row: &AuditEntry) -> io::Result<()>;

    /// After the last row; `rows` is how many there were.
    fn end(&mut self, _out: &mut dyn Write, _rows: usize) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn log(run: &Run, options: &LogArgs) -> Result<Exit, Failure> {
    let (offline, tenant_id) = config::load_history(&run.config)?;
    let reader = Reader::open(&offline.state.path)?;
    let Some(history) = reader.history(options.query())? else {
        return Err(Failure::Unknown(format!(
            "neither the snapshot nor the log knows {:?}; check the name, or ask by object id",
            options.user().unwrap_or_default()
        )));
    };
    let hidden = Hidden::of(&offline.mapping);
    let mut printer: Box<dyn Printer> = match (run.json, options.csv) {
        (true, _) => Box::new(json::Json::new(tenant_id)),
        (false, true) => Box::new(table::Table::new()),
        (false, false) => Box::new(text::Text::default()),
    };
    let limit = if options.limit == 0 { usize::MAX } else { options.limit };
    let rows = history.map(|row| row.map(|row| shown(row, &hidden)).context("the state cannot be read further"));
    let is_more = print(printer.as_mut(), rows, limit)?;
    if is_more {
        output::complain(&format!("these are the newest {limit}; --limit N prints more, and --limit 0 all"));
    }
    Ok(Exit::Success)
}

/// What was written before its row of the mapping said `Redact` is hidden too, and a hidden value is shown as one.
fn shown(mut row: HistoryRow, hidden: &Hidden<'_>) -> HistoryRow {
    if let HistoryRow::Operation(operation) = &mut row {
        let changes = &mut operation.entry.changes;
        *changes = hidden.changes(changes);
        changes.iter_mut().for_each(Change::redact_what_was);
    }
    row
}

/// Prints so many rows at most; whether there are more. A reader that has gone away (`| head`) is no failure.
fn print(
    printer: &mut dyn Printer,
    mut rows: impl Iterator<Item = anyhow::Result<HistoryRow>>,
    limit: usize,
) -> Result<bool, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut count = 0;
    let mut result = printer.begin(&mut out);
    for row in rows.by_ref().take(limit) {
        let row = row?;
        result = result.and_then(|()| match &row {
            HistoryRow::Operation(row) => printer.operation(&mut out, row),
            HistoryRow::Audit(row) => printer.audit(&mut out, row),
        });
        if result.is_err() {
            break;
        }
        count += 1;
    }
    let result = result.and_then(|()| printer.end(&mut out, count)).and_then(|()| out.flush());
    // What could not be written is not written later either.
    drop(out.into_parts());
    let is_gone = output::unless_gone(result)?;
    Ok(!is_gone && rows.next().transpose()?.is_some())
}
