//! A judgement with everything that led to it: for an administrator who asks why.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::dates::{HIRED, LEFT, Span, Turn};
use super::judge::{Answer, Case};
use super::{Assignment, Clause, Filter, Guests, Judgement, Memberships, Rules, Undecided, Who, judge};
use crate::mapping::StepTrace;
use crate::mapping::expression::Expression;
use crate::model::{GroupId, GroupLabel, Subject};

/// The judgement and what every rule says of the person, those that did not matter too.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// What [`judge()`] says.
    pub judgement: Judgement,
    /// One for every rule that is configured.
    pub findings: Vec<Finding>,
}

/// What one rule says of a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The setting: `scope.who`. Of several `scope.filters` one that passes is enough.
    pub setting: &'static str,
    /// Whether it lets the person pass; none if it cannot be said.
    pub passed: Option<bool>,
    /// One sentence.
    pub description: String,
    /// The clauses of a filter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<ClauseFinding>,
    /// Of `scope.filter`, what every part of the expression gave, innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepTrace>,
    /// Of `scope.who`, the groups from the person upwards: the first holds the person, the last is meant. Empty where
    /// no group is needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub way: Vec<GroupLabel>,
}

/// What one clause says of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseFinding {
    /// The attribute, in Graph's spelling.
    pub attribute: String,
    /// The operator.
    pub operator: String,
    /// What it compares with, if it compares.
    pub operand: Option<String>,
    /// What the person has: none, one or several.
    pub values: Vec<String>,
    /// Whether it holds; none if it cannot be said.
    pub passed: Option<bool>,
}

/// Judges one person and shows what every rule says of them, by the same answers as [`judge()`].
pub fn examine(subject: &Subject<'_>, memberships: &Memberships, rules: &Rules, now: Timestamp) -> Examination {
    let case = Case { subject, memberships, rules, now };
    let mut findings = vec![kind(&case), who(&case)];
    findings.extend(rules.filters.iter().map(|rule| filter(rule, subject)));
    findings.extend(rules.filter.iter().map(|rule| expression(&case, rule)));
    findings.extend(dates(&case));
    Examination { judgement: judge(subject, memberships, rules, now), findings }
}

fn finding(setting: &'static str, answer: &Answer, description: String) -> Finding {
    let (passed, description) = match answer {
        Ok(reason) => (Some(reason.is_none()), description),
        Err(error) => (None, error.to_string()),
    };
    Finding { setting, passed, description, clauses: Vec::new(), steps: Vec::new(), way: Vec::new() }
}

fn kind(case: &Case<'_>) -> Finding {
    let reason = case.kind();
    let description = match (reason, case.rules.guests) {
        (Some(reason), _) => reason.to_string(),
        (_, Guests::Exclude) => "no guest".to_owned(),
        (_, Guests::Include) => "guests are included".to_owned(),
    };
    finding("scope.guests", &Ok(reason), description)
}

fn who(case: &Case<'_>) -> Finding {
    let answer = case.who();
    let user = &case.subject.user.id;
    let way = match (&answer, &case.rules.who) {
        (Ok(None), Who::Assigned { .. }) => match case.memberships.assignment(user) {
            Some(Assignment::Through(way)) => way,
            _ => Vec::new(),
        },
        (Ok(None), Who::Groups(names)) => {
            let is_meant = |id: &GroupId| case.meant(names).any(|label| label.id == *id);
            case.memberships.chain(user, is_meant).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let description = match (&answer, &case.rules.who) {
        (Ok(Some(reason)), _) => reason.to_string(),
        (_, Who::All) => "everybody is in scope".to_owned(),
        (_, Who::Assigned { .. }) if way.is_empty() => "assigned to the application".to_owned(),
        (_, Who::Assigned { .. }) => format!("assigned to the application through {}", path(&way)),
        (_, Who::Groups(_)) => format!("member of {}", path(&way)),
    };
    let way = way.iter().map(|label| GroupLabel::clone(label)).collect();
    Finding { way, ..finding("scope.who", &answer, description) }
}

/// The groups from the person upwards.
fn path(way: &[Arc<GroupLabel>]) -> String {
    way.iter().map(|label| label.name.as_str()).collect::<Vec<_>>().join(", which is in ")
}

fn expression(case: &Case<'_>, filter: &Expression) -> Finding {
    let (_, steps) = filter.trace(case.subject, case.moment());
    let steps = steps.into_iter().map(StepTrace::from).collect();
    Finding { steps, ..finding("scope.filter", &case.expression(), filter.to_string()) }
}

fn filter(filter: &Filter, subject: &Subject<'_>) -> Finding {
    let passes = filter.passes(subject);
    Finding {
        setting: "scope.filters",
        passed: passes.as_ref().ok().copied(),
        description: filter.title.clone(),
        clauses: filter.clauses.iter().map(|rule| clause(rule, subject)).collect(),
        steps: Vec::new(),
        way: Vec::new(),
    }
}

fn clause(clause: &Clause, subject: &Subject<'_>) -> ClauseFinding {
    ClauseFinding {
        attribute: clause.attribute().to_string(),
        operator: clause.operator().to_string(),
        operand: clause.value(),
        values: clause.values_of(subject).iter().map(ToString::to_string).collect(),
        passed: clause.holds(subject).ok(),
    }
}

fn dates(case: &Case<'_>) -> Vec<Finding> {
    let dates = &case.rules.dates;
    let span = case.span();
    let settings = [
        (dates.hire_days_before.is_some(), "scope.hire_days_before", HIRED),
        (dates.leave_at.is_some(), "scope.leave_at", LEFT),
    ];
    let configured = settings.into_iter().filter(|(given, ..)| *given);
    configured.map(|(_, setting, property)| date(case, setting, property, &span)).collect()
}

/// The two dates are one question; the sentence that belongs to the setting tells which of them decided.
fn date(case: &Case<'_>, setting: &'static str, property: &'static str, span: &Result<Span, Undecided>) -> Finding {
    let zone = &case.rules.dates.zone;
    let written = case.subject.user.text(property).unwrap_or("empty");
    let is_hire = property == HIRED;
    let (answer, turn) = match span {
        Err(error) => (Err(error.clone()), None),
        Ok(span) => {
            let reason = span.out(case.now).filter(|reason| reason.is_hire() == is_hire);
            (Ok(reason), if is_hire { span.from } else { span.until })
        }
    };
    let meaning = match (turn, is_hire) {
        (None, _) => "no restriction".to_owned(),
        (Some(turn), true) => format!("in scope from {}", local(turn, zone)),
        (Some(turn), false) => format!("in scope until {}", local(turn, zone)),
    };
    finding(setting, &answer, format!("{property} is {written}: {meaning}"))
}

fn local(turn: Turn, zone: &TimeZone) -> String {
    let zone = zone.iana_name().unwrap_or("UTC");
    format!("{} {} {zone}", turn.local.date(), turn.local.strftime("%H:%M"))
}
