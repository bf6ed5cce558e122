//! Scoping filters of Entra as filters of the configuration.

use crate::model::SourcePath;

use super::job::{Clause, FilterGroup};
use super::report::{Group, Report};
use super::text::{Text, pair, quoted};
use super::value::{Checks, readable};

/// The operators of Entra's scoping filters ("Scoping users or groups to be provisioned with scoping filters"), in their
/// usual spelling, and whether each compares with a value.
const OPERATORS: [(&str, bool); 16] = [
    ("EQUALS", true),
    ("NOT EQUALS", true),
    ("IS TRUE", false),
    ("IS FALSE", false),
    ("IS NULL", false),
    ("IS NOT NULL", false),
    ("REGEX MATCH", true),
    ("NOT REGEX MATCH", true),
    ("Greater_Than", true),
    ("Greater_Than_OR_EQUALS", true),
    ("INCLUDES", true),
    ("NOT INCLUDES", true),
    ("ENDS_WITH", true),
    ("NOT ENDS_WITH", true),
    ("&", true),
    ("!&", true),
];

/// Where Entra's documents and their examples say different things.
const PATTERN: &str = "A pattern must match the whole value here; Entra does not say whether it does there. Write .* at \
                       both ends if a part is enough.";

/// The sections `[[scope.filters]]`: whoever passes one is in scope.
pub(super) fn write(text: &mut Text, filters: &[FilterGroup], checks: &Checks<'_>, report: &mut Report) {
    let mut any_live = false;
    for (index, group) in filters.iter().enumerate() {
        let title = title(group, index);
        match clauses(group, checks) {
            Ok(lines) => {
                any_live = true;
                text.blank();
                if lines.iter().any(|line| line.contains("REGEX MATCH")) {
                    text.comment(PATTERN);
                    report.add(Group::Decide, format!("filter {title:?}"), PATTERN);
                }
                text.lines(&section(&title, &lines), true);
                report.add(Group::Brought, format!("filter {title:?}"), shown(group));
            }
            Err(reason) => {
                text.blank();
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
             every filter above.",
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

/// A line for every clause. Error: what one of them cannot be brought along for.
fn clauses(group: &FilterGroup, checks: &Checks<'_>) -> Result<Vec<String>, String> {
    group.clauses.iter().map(|clause| live(clause, checks)).collect()
}

fn live(clause: &Clause, checks: &Checks<'_>) -> Result<String, String> {
    let folded = |text: &str| text.replace([' ', '_'], "").to_ascii_lowercase();
    let (operator, has_value) = OPERATORS
        .iter()
        .find(|(name, _)| folded(name) == folded(&clause.operator))
        .ok_or_else(|| format!("the operator {:?} is not known", clause.operator))?;
    let attribute = readable(&clause.attribute, checks)?;
    if attribute == SourcePath::IsSoftDeleted {
        return Err("IsSoftDeleted follows from the scope and cannot be a part of it".to_owned());
    }
    let value = match (has_value, clause.values.as_slice()) {
        (true, [value]) if value.is_empty() => return Err(format!("{operator} compares with an empty text")),
        (true, [value]) => Some(value.as_str()),
        (true, values) => return Err(format!("{operator} has {} values, and takes one", values.len())),
        (false, _) => None,
    };
    Ok(clause_line(&attribute.to_string(), operator, value))
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
    let clause = |clause: &Clause| {
        let values: Vec<_> = clause.values.iter().map(|value| format!("{value:?}")).collect();
        format!("{} {} {}", clause.attribute, clause.operator, values.join(", ")).trim_end().to_owned()
    };
    group.clauses.iter().map(clause).collect::<Vec<_>>().join(" and ")
}
