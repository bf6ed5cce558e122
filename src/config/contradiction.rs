//! What contradicts itself within one row of the mapping.

use crate::mapping::{Row, Source, When, WhenEmpty};
use crate::model::Format;

use super::table::Section;

/// Reports every contradiction at the key that has to be changed.
pub(super) fn check(section: &Section<'_>, row: &Row) {
    let has_source = matches!(row.source, Source::Attribute(_) | Source::Expression(_));
    if !has_source {
        check_fixed(section, row);
    }
    check_required(section, row);
    check_create(section, row);
    check_truncate(section, row);
    check_drift(section, row);
    if row.target.is_user_name() {
        for key in ["constant", "default"] {
            if section.has(key) {
                section.problem(key, "would give several people the same userName; map a property that differs");
            }
        }
    }
    if section.has("values") && row.values.is_empty() {
        section.problem("values", "is empty, so that nobody could have a value; write the texts that may be sent");
    }
    check_texts(section, row);
}

/// Reports a limit of the row that is above Jostle's.
pub(super) fn check_limit(section: &Section<'_>, own: Option<usize>, jostles: Option<usize>) {
    if let (Some(own), Some(jostles)) = (own, jostles)
        && own > jostles
    {
        section.problem("max_length", format!("is {own}, and Jostle takes {jostles}; take it out, or write less"));
    }
}

/// A constant and `$active` always have a value, and the same for everybody.
fn check_fixed(section: &Section<'_>, row: &Row) {
    let given = [("required", row.required), ("truncate", row.truncate)];
    let named = ["default", "default_on", "null", "values", "max_length"].map(|key| (key, section.has(key)));
    for (key, given) in given.into_iter().chain(named) {
        if given {
            section.problem(key, "has no effect: a constant and $active always have a value; take it out");
        }
    }
}

fn check_required(section: &Section<'_>, row: &Row) {
    let key = match row.empty {
        _ if !row.required => return,
        WhenEmpty::Keep => return,
        WhenEmpty::Clear => "null",
        WhenEmpty::DefaultOnCreate(_) | WhenEmpty::Default(_) => "default",
    };
    section.problem(key, "contradicts required: nothing is sent for a person without a value; keep one");
}

fn check_create(section: &Section<'_>, row: &Row) {
    if row.when != When::Create {
        return;
    }
    match row.empty {
        WhenEmpty::Keep | WhenEmpty::DefaultOnCreate(_) => {}
        WhenEmpty::Clear => {
            section.problem("null", "contradicts when = \"create\": a new account has nothing to clear; keep one");
        }
        WhenEmpty::Default(_) => {
            let key = if section.has("default_on") { "default_on" } else { "null" };
            section.problem(key, "contradicts when = \"create\", which writes nothing later; take it out");
        }
    }
}

fn check_drift(section: &Section<'_>, row: &Row) {
    if !section.has("drift") {
        return;
    }
    if row.source == Source::Active {
        section.problem("drift", "belongs into the configuration: write active = … in the section [reconcile]");
    } else if row.when == When::Create {
        section.problem("drift", "has no effect: with when = \"create\" the value belongs to Jostle; take it out");
    }
}

fn check_truncate(section: &Section<'_>, row: &Row) {
    if !row.truncate {
        return;
    }
    let wrong = match row {
        Row { format: Format::Mail, .. } => "would make another address of a mail address; take it out",
        Row { format: Format::Joined, .. } => "would cut within several values; take it out",
        Row { values, .. } if !values.is_empty() => "contradicts values, which are sent as they are; keep one of them",
        Row { max_length: None, .. } => "has no effect without a limit; add max_length",
        _ => return,
    };
    section.problem("truncate", wrong);
}

/// What stands in the file must pass the same checks as what stands in Entra.
fn check_texts(section: &Section<'_>, row: &Row) {
    let constant = match &row.source {
        Source::Constant(value) => value.as_text(),
        Source::Attribute(_) | Source::Expression(_) | Source::Active => None,
    };
    let default = match &row.empty {
        WhenEmpty::DefaultOnCreate(value) | WhenEmpty::Default(value) => value.as_text(),
        WhenEmpty::Keep | WhenEmpty::Clear => None,
    };
    let values = row.values.iter().map(|value| ("values", value.as_str()));
    let fixed = [("constant", constant), ("default", default)];
    for (key, text) in fixed.into_iter().filter_map(|(key, text)| Some((key, text?))).chain(values) {
        check_text(section, row, key, text);
    }
    if let Some(default) = default.filter(|default| !row.values.is_empty() && !row.values.iter().any(|v| v == default))
    {
        section.problem("default", format!("is {default:?}, which is not one of values; add it there"));
    }
}

fn check_text(section: &Section<'_>, row: &Row, key: &str, text: &str) {
    let length = text.chars().count();
    if let Some(limit) = row.max_length.filter(|limit| length > *limit) {
        let who = if section.has("max_length") { "max_length allows" } else { "Jostle takes" };
        section.problem(key, format!("has {length} characters, and {who} {limit}; shorten it"));
    }
    if let Some(fault) = row.format.fault(text) {
        section.problem(key, format!("must be a mail address, and {text:?} {fault}; correct it"));
    }
}
