//! The log as a table (RFC 4180): one flat row for each operation.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Printer;
use super::act::{cycle, sentence};
use crate::model::EntraId;
use crate::store::{Asked, AuditEntry, LogEntry, LoggedOperation};

const HEADINGS: [&str; 22] = [
    "record",
    "time",
    "cycle",
    "cycle_kind",
    "operation",
    "status",
    "user",
    "entra_id",
    "jostle_id",
    "attributes",
    "changes",
    "reason",
    "matched",
    "asked",
    "asked_by",
    "hold",
    "http_status",
    "code",
    "message",
    "request_id",
    "duration_ms",
    "noticed_at",
];

/// Writes each row at once.
#[derive(Debug)]
pub(super) struct Table;

impl Table {
    pub(super) fn new() -> Self {
        Self
    }
}

impl Printer for Table {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write(out, &HEADINGS.map(Cow::from))
    }

    fn operation(&mut self, out: &mut dyn Write, row: &LoggedOperation) -> io::Result<()> {
        write(out, &fields(row))
    }

    fn audit(&mut self, out: &mut dyn Write, row: &AuditEntry) -> io::Result<()> {
        write(out, &audit_fields(row))
    }
}

fn fields(row: &LoggedOperation) -> [Cow<'_, str>; 22] {
    let Asked { way, by, hold, undoes: _ } = row.asked();
    let LogEntry { cycle, at, entra_id, user_name, target_id, operation, status, changes, message, .. } = &row.entry;
    let LogEntry { request_id, duration_ms, reason, matched, http_status, code, .. } = &row.entry;
    let attributes: Vec<_> = changes.iter().map(|change| change.attribute.to_string()).collect();
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    [
        "operation".into(),
        at.to_string().into(),
        cycle.0.to_string().into(),
        row.kind.as_str().into(),
        plain(operation.as_str()),
        plain(status.as_str()),
        plain(user_name.as_str()),
        plain(entra_id.as_str()),
        plain(target_id.as_ref().map_or("", |id| id.as_str())),
        plain(attributes.join("; ")),
        plain(changes.join("; ")),
        plain(text(reason)),
        word(*matched).into(),
        word(way).into(),
        plain(by.unwrap_or_default()),
        number(hold).into(),
        number(http_status.map(i64::from)).into(),
        plain(text(code)),
        plain(text(message)),
        plain(text(request_id)),
        duration_ms.to_string().into(),
        row.noticed_at.map_or_else(String::new, |at| at.to_string()).into(),
    ]
}

/// What was done stands in the place of the operation, and in a sentence in that of the message.
fn audit_fields(row: &AuditEntry) -> [Cow<'_, str>; 22] {
    let AuditEntry { at, by, entra_id, user_name, act } = row;
    let cell = |heading| match heading {
        "record" => "audit".into(),
        "time" => at.to_string().into(),
        "cycle" => cycle(act).map_or_else(String::new, |cycle| cycle.to_string()).into(),
        "operation" => act.as_str().into(),
        "user" => plain(user_name.as_deref().unwrap_or_default()),
        "entra_id" => plain(entra_id.as_ref().map_or("", EntraId::as_str)),
        "asked_by" => plain(by.as_deref().unwrap_or_default()),
        "message" => plain(sentence(row)),
        _ => Cow::default(),
    };
    HEADINGS.map(cell)
}

/// The name that serde gives a variant.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A text as a cell. A spreadsheet takes one that begins so for a formula, whoever has written it: an apostrophe before
/// it says that it is none.
fn plain<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text,
    }
}

fn write(out: &mut dyn Write, fields: &[Cow<'_, str>]) -> io::Result<()> {
    let mut line = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    line.write_record(fields.iter().map(|field| field.as_bytes())).map_err(io::Error::other)?;
    out.write_all(&line.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    #[test]
    fn a_text_is_never_a_formula() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("ann@corp.example", "ann@corp.example"),
            ("", ""),
        ] {
            assert_eq!(plain(text), cell);
        }
    }

    #[test]
    fn what_would_end_a_cell_stands_in_quotes() {
        let mut out = Vec::new();
        write(&mut out, &["a,b", "say \"x\"", "two\nlines", "plain"].map(Cow::from)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",plain\r\n");
    }
}
