//! One row of the mapping file.

use std::sync::Arc;

use crate::jostle::{self, Attribute};
use crate::mapping::expression::{Expression, Place};
use crate::mapping::{OnDrift, Row, Source, When};
use crate::model::{SourcePath, TargetPath, TargetValue};

use super::table::Section;
use super::{contradiction, empty, property};

/// Far beyond every text of a directory.
const MOST_CHARACTERS: u64 = 10_000;

const DRIFT: [(&str, OnDrift); 3] =
    [("report", OnDrift::Report), ("repair", OnDrift::Repair), ("accept", OnDrift::Accept)];

/// The row of a section; none if its target is none. Whatever else is wrong with it is reported, and a row is returned
/// nevertheless, so that the checks of the whole table see it.
pub(super) fn read(section: &mut Section<'_>) -> Option<Row> {
    let when = section.choice("when", &[("always", When::Always), ("create", When::Create)]).unwrap_or_default();
    let source = source(section, when);
    let target = target(section);
    let required = section.flag("required");
    let empty = empty::read(section);
    let drift = section.choice("drift", &DRIFT).unwrap_or_default();
    let redact = section.flag("redact");
    let values = section.texts("values").into_iter().map(str::to_owned).collect();
    let truncate = section.flag("truncate");
    let own_limit = section.integer("max_length", 1..=MOST_CHARACTERS).and_then(|limit| limit.try_into().ok());
    let (target, attribute) = target?;
    let Attribute { compare, format, max_length: limit, .. } = *attribute;
    contradiction::check_limit(section, own_limit, limit);
    let max_length = own_limit.or(limit);
    let row =
        Row { target, source, required, when, empty, drift, redact, values, truncate, compare, format, max_length };
    contradiction::check(section, &row);
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

/// The one of the three sources that is given. What cannot be read stands for an attribute that everybody has, so that
/// nothing else is said of the row.
fn source(section: &mut Section<'_>, when: When) -> Source {
    let given: Vec<_> = ["source", "constant", "expression"].into_iter().filter(|key| section.has(key)).collect();
    let texts = (section.text("source"), section.text("constant"), section.text("expression"));
    match given.as_slice() {
        [] => section.problem("source", "is missing; a row needs a source, a constant or an expression"),
        [_] => {}
        [first, others @ ..] => {
            for other in others {
                section.problem(other, format!("stands beside {first}; keep one of them"));
            }
        }
    }
    let source = match texts {
        (Some("$active"), ..) => Some(Source::Active),
        (Some(text), ..) => attribute(section, text).map(Source::Attribute),
        (None, Some(text), _) => Some(Source::Constant(TargetValue::Text(text.to_owned()))),
        (None, None, Some(text)) => expression(section, text, when),
        (None, None, None) => None,
    };
    source.unwrap_or(Source::Attribute(SourcePath::Id))
}

fn attribute(section: &Section<'_>, text: &str) -> Option<SourcePath> {
    property::read(text).map_err(|wrong| section.problem("source", wrong)).ok()
}

/// The expression, and a problem for every property in it that cannot be had.
fn expression(section: &Section<'_>, text: &str, when: When) -> Option<Source> {
    let place = match when {
        When::Always => Place::Row,
        When::Create => Place::CreateRow,
    };
    let expression = Expression::parse(text, place)
        .map_err(|error| section.problem("expression", error.to_string().replace('\n', "\n    ")))
        .ok()?;
    for (path, wrong) in expression.paths().into_iter().filter_map(|path| Some((path, property::wrong(path)?))) {
        section.problem("expression", format!("reads [{path}], which {wrong}"));
    }
    Some(Source::Expression(Arc::new(expression)))
}
