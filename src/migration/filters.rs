//! Reads scoping filters of a schema: leniently, and a filter never lets more people pass for what could not be read.

use serde_json::Value;

use super::job::{Clause, FilterGroup};
use super::members::{Object, elements, shortened, text, unknown_of};
use super::report::{Group, Report};

const GROUP: [&str; 2] = ["clauses", "name"];
const CLAUSE: [&str; 3] = ["operatorName", "sourceOperandName", "targetOperand"];
const OPERAND: [&str; 1] = ["values"];

/// The filters of a list; one without clauses lets everybody pass, and is none.
pub(super) fn groups(scope: &Object, name: &str, report: &mut Report) -> Vec<FilterGroup> {
    let groups: Vec<_> = elements(scope, name).into_iter().map(group).collect();
    let (empty, groups): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.clauses.is_empty());
    for group in empty.into_iter().filter(|group| group.name.is_some() || !group.unknown.is_empty()) {
        let what = group.name.map_or_else(|| "filter without a name".to_owned(), |name| format!("filter {name:?}"));
        let note = [vec!["has no clauses and is left out".to_owned()], group.unknown].concat().join("; ");
        report.add(Group::Decide, what, note);
    }
    groups
}

/// What is no filter has a clause that nobody can bring along.
pub(super) fn group(value: &Value) -> FilterGroup {
    let Some(group) = value.as_object() else {
        return FilterGroup { name: None, clauses: vec![clause(value)], unknown: Vec::new() };
    };
    FilterGroup {
        name: text(group, "name").filter(|name| !name.trim().is_empty()),
        clauses: elements(group, "clauses").into_iter().map(clause).collect(),
        unknown: unknown_of("", group, &GROUP),
    }
}

/// What is no clause becomes one that nobody can bring along, so that its filter does not let more people pass.
fn clause(value: &Value) -> Clause {
    let Some(clause) = value.as_object() else {
        return Clause { operator: shortened(value), ..Clause::default() };
    };
    let (operand, more) = match clause.get("targetOperand") {
        Some(Value::Object(operand)) => (elements(operand, "values"), unknown_of("targetOperand.", operand, &OPERAND)),
        None | Some(Value::Null) => (Vec::new(), Vec::new()),
        // Not documented, and what it means is plain.
        Some(value) => (vec![value], Vec::new()),
    };
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = operand.into_iter().filter(|value| !value.is_null()).map(shown);
    Clause {
        attribute: text(clause, "sourceOperandName").unwrap_or_default(),
        operator: text(clause, "operatorName").unwrap_or_default(),
        values: values.filter(|value| !value.is_empty()).collect(),
        unknown: [unknown_of("", clause, &CLAUSE), more].concat(),
    }
}
