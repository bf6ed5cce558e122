//! An explanation for people, section by section.

use std::fmt::Write;

use jiff::Timestamp;

use super::{account, next};
use crate::cli::mapping::describe_row;
use crate::cli::settle::said;
use crate::cli::span::span;
use crate::cli::wrap::{field, value};
use crate::engine::{DecisionLine, Explanation, ManagerView, PersonView, ScopeView};
use crate::mapping::StepResult;
use crate::model::Presence;
use crate::scope::{ClauseFinding, Finding};
use crate::store::ChoiceView;

pub(super) fn describe(explanation: &Explanation) -> String {
    let Explanation { user, entra_id, now, read_at, person, scope, mapping, account, .. } = explanation;
    let mut out = format!("{user}\n");
    heading(&mut out, "ENTRA");
    let mut line = |label: &str, text: &str| field(&mut out, &format!("  {label:<9} "), text);
    line("id", entra_id.as_str());
    describe_person(&mut line, person);
    line("read", &read_at.map_or_else(|| "never to the end".to_owned(), |at| format!("up to {at:.0}")));
    heading(&mut out, "SCOPE");
    describe_scope(&mut out, scope, user);
    heading(&mut out, "MAPPING");
    for (number, row) in mapping.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        describe_row(&mut out, row);
    }
    heading(&mut out, "JOSTLE");
    account::describe(&mut out, account.as_ref(), explanation);
    if explanation.choice.is_some() || !explanation.decisions.is_empty() {
        heading(&mut out, "DECIDED");
        describe_decided(&mut out, explanation);
    }
    heading(&mut out, "LOG");
    account::describe_log(&mut out, &explanation.log);
    heading(&mut out, "NEXT CYCLE");
    next::describe(&mut out, explanation, *now);
    out
}

/// What administrators decided about the person.
fn describe_decided(out: &mut String, Explanation { choice, decisions, .. }: &Explanation) {
    if let Some(ChoiceView { choice, by, at, by_approval, done_at, .. }) = choice {
        let way = if *by_approval { ", by approving a hold" } else { "" };
        let done = done_at.map_or_else(String::new, |at| format!("; done at {at:.0}"));
        field(out, "  ", &format!("{at:.0} {by}: {}{way}{done}", said(choice)));
    }
    for DecisionLine { hold, class, limit, verdict, by, at } in decisions {
        field(out, "  ", &format!("{at:.0} {by}: {verdict} in hold {hold}, of accounts to be {}", class.fate()));
        field(out, "      ", limit);
    }
}

fn heading(out: &mut String, title: &str) {
    let _infallible = writeln!(out, "\n{title}");
}

fn describe_person(line: &mut impl FnMut(&str, &str), person: &PersonView) {
    let PersonView { user_principal_name, mail, presence, deleted_at, enabled, manager_is_read, manager } = person;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "(nothing)".to_owned());
    line("name", &or_none(user_principal_name));
    line("mail", &or_none(mail));
    let since = deleted_at.map_or_else(String::new, |at| format!(", seen at {at:.0}"));
    let state = match (presence, enabled) {
        (Presence::Live, true) => "exists and is enabled".to_owned(),
        (Presence::Live, false) => "exists, sign-in is blocked".to_owned(),
        (Presence::SoftDeleted, _) => format!("deleted (in the recycle bin){since}"),
        (Presence::HardDeleted, _) => format!("deleted for good{since}"),
    };
    line("state", &state);
    let manager = match manager {
        Some(ManagerView { entra_id, user_principal_name, display_name }) => {
            let name = display_name.as_deref().or(user_principal_name.as_deref()).unwrap_or("without a name");
            format!("{name} ({entra_id})")
        }
        None if *manager_is_read => "none who exists".to_owned(),
        None => "not read: neither the mapping nor the scope names an attribute of managers".to_owned(),
    };
    line("manager", &manager);
}

fn describe_scope(out: &mut String, scope: &ScopeView, user: &str) {
    let ScopeView { in_scope: _, verdict, app_id, rules, groups, left_at, grace_days } = scope;
    field(out, "  ", verdict);
    for rule in rules {
        describe_rule(out, rule, user, app_id.as_deref());
    }
    for (number, group) in groups.iter().enumerate() {
        let label = if number == 0 { "groups" } else { "" };
        field(out, &format!("  {label:<9} "), &format!("{} ({})", group.name, group.id));
    }
    if let Some(left_at) = left_at {
        field(out, "  left      ", &format!("{left_at:.0}; {} (actions.grace_days)", days(*grace_days)));
    }
}

fn days(days: u16) -> String {
    match days {
        0 => "no days of grace".to_owned(),
        1 => "1 day of grace".to_owned(),
        days => format!("{days} days of grace"),
    }
}

fn describe_rule(out: &mut String, rule: &Finding, user: &str, app_id: Option<&str>) {
    let Finding { setting, passed, description, clauses, steps, way } = rule;
    field(out, &format!("  {:<3} ", answer(*passed)), &format!("{setting}: {description}"));
    if !way.is_empty() {
        let names = way.iter().map(|group| group.name.clone());
        let application = app_id.map(|id| format!("application {id}"));
        let chain: Vec<_> = [user.to_owned()].into_iter().chain(names).chain(application).collect();
        field(out, "        ", &chain.join(" > "));
    }
    for ClauseFinding { attribute, operator, operand, values, passed } in clauses {
        let operand = operand.as_ref().map_or_else(String::new, |operand| format!(" {operand:?}"));
        let has = value(&values.as_slice().into());
        let head = format!("        {:<3} ", answer(*passed));
        field(out, &head, &format!("{attribute} {operator}{operand}, and has {has}"));
    }
    for step in steps {
        let result = match &step.result {
            StepResult::Value(result) => value(result),
            StepResult::Error(error) => format!("fails: {error}"),
        };
        field(out, "        ", &format!("{} = {result}", step.expression));
    }
}

fn answer(passed: Option<bool>) -> &'static str {
    match passed {
        Some(true) => "yes",
        Some(false) => "no",
        None => "?",
    }
}

/// A time for people, with what it is from now.
pub(super) fn when(at: Timestamp, now: Timestamp) -> String {
    if at > now { format!("at {at:.0}, in {}", span(at.duration_since(now))) } else { format!("at {at:.0}") }
}
