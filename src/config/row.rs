//! One row of the mapping file.

use crate::jostle::{self, Attribute};
use crate::mapping::{Row, Source, When};
use crate::model::{TargetPath, TargetValue};

use super::property;
use super::table::Section;

/// The row of a section; none if its target is none. Whatever else is wrong with it is reported, and a row is returned
/// nevertheless, so that the checks of the whole table see it.
pub(super) fn read(section: &mut Section<'_>) -> Option<Row> {
    let source = source(section);
    let target = target(section);
    let required = section.flag("required");
    let when = section.choice("when", &[("always", When::Always), ("create", When::Create)]).unwrap_or_default();
    let default = section.text("default").map(|text| TargetValue::Text(text.to_owned()));
    let clear = section.flag("clear");
    let (target, attribute) = target?;
    let Attribute { compare, max_length, .. } = *attribute;
    let row = Row { target, source, required, when, default, clear, compare, max_length };
    check(section, &row);
    Some(row)
}

/// The target in the spelling that Jostle publishes, and what is known of it.
fn target(section: &mut Section<'_>) -> Option<(TargetPath, &'static Attribute)> {
    section.require("target", "name the attribute of Jostle that the row writes");
    let text = section.text("target")?;
    let published = text.parse().map_err(|_| "is no SCIM path").and_then(|path| {
        let attribute = jostle::published(&path).ok_or("is not published by Jostle")?;
        Ok((attribute.path.parse().map_err(|_| "is no SCIM path")?, attribute))
    });
    published
        .map_err(|wrong| {
            let advice = match jostle::suggest(text) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => "the shipped mapping lists every attribute that Jostle takes".to_owned(),
            };
            section.problem("target", format!("{text:?} {wrong}; {advice}"));
        })
        .ok()
}

fn source(section: &mut Section<'_>) -> Source {
    let nothing = Source::Attribute(String::new());
    let (has_source, has_constant) = (section.has("source"), section.has("constant"));
    let (source, constant) = (section.text("source"), section.text("constant"));
    if section.refuse("expression", "is not supported yet; use source or constant") {
        return nothing;
    }
    match (has_source, has_constant) {
        (false, false) => section.problem("source", "is missing; a row needs a source or a constant"),
        (true, true) => section.problem("constant", "stands beside source; keep one of them"),
        _ => {}
    }
    match (source, constant) {
        (Some("$active"), _) => Source::Active,
        (Some(source), _) => {
            if let Some(wrong) = property::wrong(source) {
                section.problem("source", wrong);
            }
            Source::Attribute(source.to_owned())
        }
        (None, Some(constant)) => Source::Constant(TargetValue::Text(constant.to_owned())),
        (None, None) => nothing,
    }
}

/// What contradicts itself within one row.
fn check(section: &Section<'_>, row: &Row) {
    let by_source = matches!(row.source, Source::Attribute(_));
    for (key, given) in [("required", row.required), ("default", row.default.is_some()), ("clear", row.clear)] {
        if given && !by_source {
            section.problem(key, "has no effect: a constant and $active always have a value; take it out");
        }
    }
    if row.required && row.default.is_some() {
        section.problem("default", "contradicts required: nothing is sent for a person without a value; keep one");
    }
    if row.required && row.clear {
        section.problem("clear", "contradicts required: nothing is sent for a person without a value; keep one");
    }
    if row.clear && row.when == When::Create {
        section.problem("clear", "contradicts when = \"create\": a new account has nothing to clear; keep one");
    }
    if row.target == TargetPath::user_name() {
        for (key, given) in [("constant", !by_source), ("default", row.default.is_some())] {
            if given && section.has(key) {
                section.problem(key, "would give several people the same userName; map a property that differs");
            }
        }
    }
    check_length(section, row);
}

fn check_length(section: &Section<'_>, row: &Row) {
    let Some(limit) = row.max_length else { return };
    let constant = match &row.source {
        Source::Constant(value) => Some(value),
        Source::Attribute(_) | Source::Active => None,
    };
    for (key, value) in [("constant", constant), ("default", row.default.as_ref())] {
        let length = value.and_then(TargetValue::as_text).map_or(0, |text| text.chars().count());
        if length > limit {
            section.problem(key, format!("has {length} characters, and Jostle takes {limit}; shorten it"));
        }
    }
}
