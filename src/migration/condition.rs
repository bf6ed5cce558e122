//! Scoping filters of Entra as filters of the configuration.

use crate::model::SourcePath;
use crate::scope::{self, ClauseError, Operator};

use super::job::{Clause, FilterGroup};
use super::report::{Group, Report};
use super::text::{Text, pair, quoted};
use super::value::{WrongSource, readable};

/// Where Entra's documents and their examples say different things.
const PATTERN: &str = "Entra does not say whether a pattern must match the whole value; here it must. If a part is \
                       enough, add anchored = false to the clause";

/// The sections `[[scope.filters]]`: whoever passes one is in scope.
pub(super) fn write(text: &mut Text, filters: &[FilterGroup], wrong_source: WrongSource<'_>, report: &mut Report) {
    let mut any_live = false;
    for (index, group) in filters.iter().enumerate() {
        let title = title(group, index);
        let clauses: Result<Vec<_>, _> = group.clauses.iter().map(|clause| live(clause, wrong_source)).collect();
        text.blank();
        match clauses {
            Ok(clauses) => {
                any_live = true;
                for note in remarks(group, &clauses) {
                    text.comment(&format!("{note}."));
                    report.add(Group::Decide, format!("filter {title:?}"), note);
                }
                let lines: Vec<_> = clauses.into_iter().map(|clause| clause.line).collect();
                text.lines(&section(&title, &lines), true);
                report.add(Group::Brought, format!("filter {title:?}"), shown(group));
            }
            Err(reason) => {
                text.comment(&format!("NOT BROUGHT ALONG: {reason}. Entra has: {}.", shown(group)));
                text.lines(&section(&title, &raw(group)), false);
                let note = format!("{reason} ({}); whoever is in scope by it alone is out of scope here", shown(group));
                report.add(Group::Impossible, format!("filter {title:?}"), note);
            }
        }
    }
    if !any_live && !filters.is_empty() {
        nobody(text, report);
    }
}

/// Filters that narrow the scope before the others: never live, since falling out of them means something else.
pub(super) fn write_early(text: &mut Text, filters: &[FilterGroup], report: &mut Report) {
    for (index, group) in filters.iter().enumerate() {
        let title = title(group, index);
        text.blank();
        text.comment(
            "NOT BROUGHT ALONG: a filter that Entra applies while it reads (inputFilterGroups). Whoever falls out of it \
             is not deactivated in Entra; a filter here would deactivate. To keep these people out, put its clauses into \
             every filter above, or use it alone if there is none.",
        );
        text.lines(&section(&title, &raw(group)), false);
        let note = format!(
            "a filter applied while reading ({}); falling out of it does not deactivate in Entra. Put its clauses into \
             every filter before the first cycle, or whoever it kept out is created",
            shown(group)
        );
        report.add(Group::Decide, format!("input filter {title:?}"), note);
    }
}

/// Without any filter everybody would be in scope, whom the job kept out.
fn nobody(text: &mut Text, report: &mut Report) {
    let note = "no filter of Entra could be brought along; so that nobody is created whom they kept out, a filter was \
                added that nobody passes. Write your own in its place";
    text.blank();
    text.comment(&format!("{note}."));
    text.lines(&section("nobody", &[clause_line("userPrincipalName", "IS NULL", None)]), true);
    report.add(Group::Decide, "filters", note);
}

fn title(group: &FilterGroup, index: usize) -> String {
    group.name.clone().unwrap_or_else(|| format!("Entra filter {}", index + 1))
}

fn section(title: &str, clauses: &[String]) -> String {
    format!("[[scope.filters]]\n{}\nclauses = [\n{}\n]", pair("title", title), clauses.join("\n"))
}

/// A clause that the configuration takes.
struct Live {
    line: String,
    is_pattern: bool,
    /// What Entra has and the operator does not look at.
    needless: Option<String>,
}

/// Error: what the clause cannot be brought along for.
fn live(clause: &Clause, wrong_source: WrongSource<'_>) -> Result<Live, String> {
    if clause.attribute.is_empty() {
        return Err("a clause names no attribute".to_owned());
    }
    let operator: Operator =
        clause.operator.parse().map_err(|_| format!("the operator {:?} is not known", clause.operator))?;
    let attribute = readable(&clause.attribute, wrong_source)?;
    if attribute == SourcePath::IsSoftDeleted {
        return Err("IsSoftDeleted follows from the scope and cannot be a part of it".to_owned());
    }
    let value = match clause.values.as_slice() {
        [] => None,
        [value] => Some(value.as_str()),
        values => return Err(format!("{operator} has {} values, and takes one", values.len())),
    };
    let line = |value| clause_line(&attribute.to_string(), &operator.to_string(), value);
    let is_pattern = matches!(operator, Operator::RegexMatch | Operator::NotRegexMatch);
    match scope::Clause::new(attribute.clone(), operator, value, None) {
        Ok(_) => Ok(Live { line: line(value), is_pattern, needless: None }),
        Err(ClauseError::NeedlessValue(_)) => {
            let needless =
                value.map(|value| format!("the value {value:?} is left out: {operator} compares with nothing"));
            Ok(Live { line: line(None), is_pattern, needless })
        }
        Err(error @ (ClauseError::NotWhole { .. } | ClauseError::Pattern(_))) => Err(format!("the value {error}")),
        Err(error) => Err(error.to_string()),
    }
}

/// What an administrator must know of a filter that comes along.
fn remarks(group: &FilterGroup, clauses: &[Live]) -> Vec<String> {
    let unknown = group.unknown.iter().chain(group.clauses.iter().flat_map(|clause| &clause.unknown));
    let mut remarks: Vec<_> = unknown
        .map(|member| format!("{member} is not known and left out; look whether the filter still means the same"))
        .collect();
    remarks.extend(clauses.iter().filter_map(|clause| clause.needless.clone()));
    if clauses.iter().any(|clause| clause.is_pattern) {
        remarks.push(PATTERN.to_owned());
    }
    remarks
}

fn raw(group: &FilterGroup) -> Vec<String> {
    let line = |clause: &Clause| {
        let value = (!clause.values.is_empty()).then(|| clause.values.join("; "));
        clause_line(&clause.attribute, &clause.operator, value.as_deref())
    };
    group.clauses.iter().map(line).collect()
}

fn clause_line(attribute: &str, operator: &str, value: Option<&str>) -> String {
    let value = value.map_or(String::new(), |value| format!(", value = {}", quoted(value)));
    format!("    {{ attribute = {}, operator = {}{value} }},", quoted(attribute), quoted(operator))
}

/// The clauses for people.
fn shown(group: &FilterGroup) -> String {
    let within = |members: &[String]| match members {
        [] => String::new(),
        members => format!(" [{}]", members.join(", ")),
    };
    let clause = |clause: &Clause| {
        let values: Vec<_> = clause.values.iter().map(|value| format!("{value:?}")).collect();
        let text = format!("{} {} {}", clause.attribute, clause.operator, values.join(", "));
        format!("{}{}", text.trim(), within(&clause.unknown))
    };
    let clauses: Vec<_> = group.clauses.iter().map(clause).collect();
    format!("{}{}", clauses.join(" and "), within(&group.unknown))
}
