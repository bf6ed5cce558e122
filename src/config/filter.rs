//! The sections `[[scope.filters]]`: Entra's scoping filters, clause by clause.

use super::scope::wrong_path;
use super::table::Section;
use crate::model::{SourcePath, SourcePathError};
use crate::scope::{Clause, ClauseError, Filter, Operator};

/// The filters. A clause that cannot be read is reported and left out.
pub(super) fn read(scope: &mut Section<'_>) -> Vec<Filter> {
    let sections = scope.sections("filters");
    (1..).zip(sections).map(|(number, section)| filter(section, number)).collect()
}

fn filter(mut section: Section<'_>, number: usize) -> Filter {
    let title = section.text("title").map_or_else(|| format!("filter {number}"), str::to_owned);
    let clauses = section.sections("clauses");
    // Without a clause it would let everybody pass, and make every other filter worthless.
    section.require("clauses", "write at least one: { attribute = \"…\", operator = \"EQUALS\", value = \"…\" }");
    if section.has("clauses") && clauses.is_empty() {
        section.problem("clauses", "is empty, so everybody would pass; write a clause, or take the filter out");
    }
    section.finish();
    Filter { title, clauses: clauses.into_iter().filter_map(clause).collect() }
}

fn clause(mut section: Section<'_>) -> Option<Clause> {
    section.require("attribute", "write the name of a Graph property");
    section.require("operator", "write one of Entra's, for example EQUALS");
    let attribute = attribute(&mut section);
    let operator = operator(&mut section);
    let value = value(&mut section);
    let given = section.has("anchored");
    let anchored = Some(section.flag("anchored")).filter(|_| given);
    let clause = attribute.zip(operator).and_then(|(attribute, operator)| {
        Clause::new(attribute, operator, value.as_deref(), anchored)
            .map_err(|error| section.problem(key_of(&error), error.to_string()))
            .ok()
    });
    section.finish();
    clause
}

fn key_of(error: &ClauseError) -> &'static str {
    match error {
        ClauseError::MisplacedAnchored(_) => "anchored",
        ClauseError::MissingValue(_)
        | ClauseError::NeedlessValue(_)
        | ClauseError::NotWhole { .. }
        | ClauseError::Pattern(_) => "value",
    }
}

fn attribute(section: &mut Section<'_>) -> Option<SourcePath> {
    let text = section.text("attribute")?;
    let path: SourcePath =
        text.parse().map_err(|error: SourcePathError| section.problem("attribute", error.to_string())).ok()?;
    let wrong = wrong_path(&path);
    if let Some(wrong) = &wrong {
        section.problem("attribute", wrong);
    }
    wrong.is_none().then_some(path)
}

fn operator(section: &mut Section<'_>) -> Option<Operator> {
    let operator = section.text("operator")?.parse::<Operator>();
    operator.map_err(|error| section.problem("operator", error.to_string())).ok()
}

/// A text, or a whole number without quotes.
fn value(section: &mut Section<'_>) -> Option<String> {
    let found = section.get("value")?;
    match (found.value.as_str(), found.value.as_integer()) {
        (Some(text), _) => return Some(text.to_owned()),
        (None, Some(number)) => return Some(number.as_str().to_owned()),
        (None, None) => section.wrong_type("value", "a text in quotes, or a whole number", &found),
    }
    None
}
