//! The keys of a row that say what happens where its source has no value: `default`, `default_on`, `null`.

use crate::mapping::WhenEmpty;
use crate::model::TargetValue;

use super::table::Section;

#[derive(Clone, Copy, PartialEq)]
enum Null {
    Keep,
    Clear,
    Default,
}

#[derive(Clone, Copy, PartialEq)]
enum DefaultOn {
    Create,
    Always,
}

pub(super) fn read(section: &mut Section<'_>) -> WhenEmpty {
    let default = section.text("default").map(|text| TargetValue::Text(text.to_owned()));
    let null = section.choice("null", &[("keep", Null::Keep), ("clear", Null::Clear), ("default", Null::Default)]);
    let on = section.choice("default_on", &[("create", DefaultOn::Create), ("always", DefaultOn::Always)]);
    section.refuse("clear", "is not a key any more; write null = \"clear\" for clear = true, and nothing for false");
    let Some(default) = default else {
        return without_default(section, null);
    };
    match (null, on) {
        (Some(Null::Clear), _) => section.problem(
            "default",
            "contradicts null = \"clear\": the next cycle would clear what the default set; keep one of them",
        ),
        (Some(Null::Default), Some(DefaultOn::Create)) => section.problem(
            "default_on",
            "contradicts null = \"default\", which writes the default whenever the source is empty; keep one of them",
        ),
        (Some(Null::Keep), Some(DefaultOn::Always)) => section.problem(
            "null",
            "contradicts default_on = \"always\": where the default is written, Jostle keeps nothing; keep one of them",
        ),
        _ => {}
    }
    match null == Some(Null::Default) || on == Some(DefaultOn::Always) {
        true => WhenEmpty::Default(default),
        false => WhenEmpty::DefaultOnCreate(default),
    }
}

fn without_default(section: &Section<'_>, null: Option<Null>) -> WhenEmpty {
    // A default of the wrong type has been reported, and is meant to be there.
    if !section.has("default") {
        if null == Some(Null::Default) {
            section.problem("null", "is \"default\", and there is none; add default = \"…\"");
        }
        if section.has("default_on") {
            section.problem("default_on", "has no effect without a default; add default = \"…\", or take it out");
        }
    }
    if null == Some(Null::Clear) { WhenEmpty::Clear } else { WhenEmpty::Keep }
}
