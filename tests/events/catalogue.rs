//! The catalogue itself: whoever reads the log by its ids and fields can rely on them, and on the pages about them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use entra_jostle_sync::event::{Definition, FieldDefinition, PersonalData, catalogue};

use super::rig::{expect, program};

/// Ids, levels and fields never change; what is new is added. Whoever has to change this snapshot otherwise breaks rules
/// of monitors that nobody here knows of.
#[test]
fn ids_levels_and_fields_stay_as_they_are() {
    let mut text = String::new();
    for Definition { id, level, fields, .. } in catalogue::definitions() {
        writeln!(text, "{id} {level}").unwrap();
        for FieldDefinition { name, kind, optional, shown_from, .. } in fields {
            let optional = if *optional { ", optional" } else { "" };
            let shown = format!("{shown_from:?}").to_lowercase();
            writeln!(text, "    {name}: {kind:?}{optional}, from {shown}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_page_and_the_schema_are_what_the_program_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/monitoring");
    for (option, file) in [("--page", "events.md"), ("--schema", "events.schema.json")] {
        let printed = expect(0, program(&["events", option])).stdout;
        let kept = std::fs::read_to_string(folder.join(file)).expect("a file");
        let again = format!("cargo run -- events {option} > config/monitoring/{file}");
        assert!(kept == printed, "{file} is not what the program prints by now: {again}");
    }
}

#[test]
fn ids_are_lower_case_words_with_dots_and_there_is_one_of_each() {
    let events = catalogue::definitions();
    let ids: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), events.len(), "an id is there twice");
    for id in ids {
        assert!(id.split('.').all(is_a_name), "{id}");
    }
}

#[test]
fn names_of_fields_tell_the_unit_and_none_is_there_twice() {
    for Definition { id, fields, .. } in catalogue::definitions() {
        let names: BTreeSet<_> = fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), fields.len(), "{id}");
        for reserved in ["timestamp", "level", "message", "event", "target", "span", "spans"] {
            assert!(!names.contains(reserved), "{id} has a field {reserved}, which is the line's");
        }
        for FieldDefinition { name, meaning, .. } in fields {
            assert!(is_a_name(name), "{id}: {name}");
            let is_duration = ["how long", "from the intent"].iter().any(|word| meaning.to_lowercase().contains(word));
            let has_unit = name.ends_with("_ms") || name.ends_with("_s");
            assert_eq!(is_duration, has_unit, "{id}: {name}:{meaning}");
        }
    }
}

fn is_a_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    !text.is_empty() && text.chars().all(is_letter) && !text.starts_with('_') && !text.ends_with('_')
}

#[test]
fn whatever_a_sentence_names_is_a_field_and_what_may_be_missing_stands_in_brackets() {
    for Definition { id, sentence, fields, .. } in catalogue::definitions() {
        let (mut is_within, mut name) = (false, None::<String>);
        for letter in sentence.chars() {
            match (letter, &mut name) {
                ('}', Some(known)) => {
                    let field = fields.iter().find(|field| field.name == known);
                    let field = field.unwrap_or_else(|| panic!("{id}: there is no field {known}"));
                    let is_always_there = !field.optional && field.shown_from == PersonalData::Ids;
                    assert!(is_within || is_always_there, "{id}: {known} may be missing");
                    name = None;
                }
                ('{' | '[' | ']', Some(_)) | ('}', None) => panic!("{id}: {letter} in {sentence}"),
                (letter, Some(known)) => known.push(letter),
                ('{', None) => name = Some(String::new()),
                ('[' | ']', None) => {
                    assert_eq!(is_within, letter == ']', "{id}: {letter} in {sentence}");
                    is_within = !is_within;
                }
                _ => {}
            }
        }
        assert!(name.is_none() && !is_within, "{id}: {sentence} does not end");
    }
}

#[test]
fn every_meaning_is_a_sentence() {
    for Definition { id, meaning, fields, .. } in catalogue::definitions() {
        let all = fields.iter().map(|field| field.meaning).chain([meaning]);
        for text in all.map(str::trim) {
            assert!(text.ends_with('.') && !text.contains("  "), "{id}: {text}");
        }
    }
}
