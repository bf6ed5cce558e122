//! The catalogue at a terminal.

use std::fmt::Write;

use crate::cli::wrap::field;
use crate::event::{Definition, FieldDefinition, PersonalData};

/// One event a line, or some if it takes more to say when it is written.
pub(super) fn list(events: &[Definition]) -> String {
    let mut text = String::new();
    for Definition { id, level, meaning, .. } in events {
        field(&mut text, &format!("{id:<27} {level:<5} "), first_sentence(meaning.trim()));
    }
    text.push_str("\nall about one: entra-jostle-sync events user.failed\n");
    text
}

/// Everything about each.
pub(super) fn details(events: &[Definition]) -> String {
    let mut text = String::new();
    for (number, Definition { id, level, meaning, sentence, fields }) in events.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let _infallible = writeln!(text, "{id} ({level})");
        field(&mut text, "  means    ", meaning.trim());
        field(&mut text, "  message  ", sentence);
        for FieldDefinition { name, kind, optional, shown_from, meaning } in *fields {
            let kind = format!("{kind:?}").to_lowercase();
            let optional = if *optional { ", not always there" } else { "" };
            let shown = match shown_from {
                PersonalData::Ids => "",
                PersonalData::Names => ", not with personal_data = \"ids\"",
                PersonalData::Values => ", only with personal_data = \"values\"",
            };
            field(&mut text, &format!("  {name:<15}  "), &format!("{} ({kind}{optional}{shown})", meaning.trim()));
        }
    }
    text
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text.trim_end_matches('.'), |(first, _)| first)
}
