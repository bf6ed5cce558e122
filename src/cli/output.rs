//! Printing results to stdout.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

use super::exit::Failure;
use super::wrap;

/// One result: a line of JSON, or text for people on lines that fit a terminal, through a pipe as well. A reader that has
/// gone away (`| head`) is no failure.
pub(super) fn print(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
    print_lines(json, value, || wrap::text(&text()))
}

/// The same for a text of which each line is one for whoever reads it, however long it is.
pub(super) fn print_lines(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
    let mut out = if json { serde_json::to_string(value).context("failed to write JSON")? } else { text() };
    if !out.ends_with('\n') {
        out.push('\n');
    }
    let mut stdout = io::stdout().lock();
    unless_gone(stdout.write_all(out.as_bytes()).and_then(|()| stdout.flush()))?;
    Ok(())
}

/// Whether the reader of stdout has gone away, which is no failure.
pub(super) fn unless_gone(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        result => Ok(result.context("failed to write to stdout").map(|()| false)?),
    }
}

/// A message beside the result, above all about a failure: to stderr, whatever the log level.
pub(super) fn complain(message: &str) {
    let mut message = format!("entra-jostle-sync: {message}");
    // Whoever reads a log wants one line of it.
    if io::stderr().is_terminal() {
        message = wrap::text(&message);
    }
    // Nobody is left to tell if stderr is closed.
    let _closed = writeln!(io::stderr().lock(), "{message}");
}
