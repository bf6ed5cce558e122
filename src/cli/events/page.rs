//! The catalogue as a page of Markdown, `config/monitoring/events.md`.

use std::fmt::Write;

use crate::event::{Definition, FieldDefinition, PersonalData};

const HEAD: &str = "\
# What can be in the log

Every line of the log is one of these events. With `--log-format json` it is an object with `timestamp`, `level`,
`message`, `event` and the fields below, valid against [`events.schema.json`](events.schema.json); in systemd's journal
the same fields are in capitals (`journalctl EVENT=user.failed`). Ids, levels and fields do not change; what is new is
added. In a message `{field}` stands for a field, and what is in brackets is left out where its field is not there.

What libraries say has no `event` and may show anything. It is there only where directives ask for it, like
`--log-level info,hyper_util=debug`.

`[log] personal_data` decides what a line may show of a person: with `\"ids\"` fields marked *names* are left out, and
fields marked *values* are there with `\"values\"` alone.

This page is printed by `entra-jostle-sync events --page`, the schema by `entra-jostle-sync events --schema`.
";

pub(super) fn page(events: &[Definition]) -> String {
    let mut text = HEAD.to_owned();
    for Definition { id, level, meaning, sentence, fields } in events {
        let _infallible = write!(text, "\n## {id}\n\n**{level}** — {}\n\nMessage: `{sentence}`\n", meaning.trim());
        if !fields.is_empty() {
            text.push_str("\n| Field | Kind | Meaning |\n|---|---|---|\n");
        }
        for FieldDefinition { name, kind, optional, shown_from, meaning } in *fields {
            let kind = format!("{kind:?}").to_lowercase();
            let optional = if *optional { ", optional" } else { "" };
            let shown = match shown_from {
                PersonalData::Ids => "",
                PersonalData::Names => ", *names*",
                PersonalData::Values => ", *values*",
            };
            let _infallible = writeln!(text, "| `{name}` | {kind}{optional}{shown} | {} |", meaning.trim());
        }
    }
    text
}
