//! What a plan would have written beside Entra's own job, and what became of it.

use super::plans::plan_of;
use super::*;
use crate::model::{Agreed, Aspect, Change, Difference, Drift, HoldClass, KnownDifference};

fn flag(flag: bool) -> TargetValue {
    TargetValue::Flag(flag)
}

fn seen(link: Link, values: &[(TargetPath, TargetValue)]) -> Link {
    Link { sent: Values::new(), seen: values.iter().cloned().collect(), ..link }
}

fn taken_as_shown(link: Option<Link>, shown: &Values) -> Option<Drifted> {
    let case = case(ann(json!({})), link);
    let Case { user, link, policy, memberships, now, .. } = &case;
    let person = Person { user, manager: None, deleted_at: None, link: link.as_ref(), left_at: None, choice: None };
    let before: &[Drift] = &[];
    as_shown(person, Situation { policy, memberships, now: *now }, shown, before)
}

#[test]
fn what_is_shown_is_all_that_is_known_but_for_active_where_it_is_not_shown() {
    let name = || (TargetPath::user_name(), text("ann@x.example"));
    let active = |value| (TargetPath::active(), flag(value));
    for (known, shown, left) in [
        (vec![active(false)], vec![name()], vec![name(), active(false)]),
        (vec![active(false)], vec![name(), active(true)], vec![name(), active(true)]),
        (vec![], vec![name()], vec![name()]),
        (vec![(path("title"), text("Boss"))], vec![], vec![]),
    ] {
        let before = Link { seen: known.into_iter().collect(), ..link(true) };
        let found = taken_as_shown(Some(before), &shown.iter().cloned().collect());
        let link = seen(link(true), &left);
        assert_eq!(found, Some(Drifted { link, drift: Vec::new(), is_due: false, is_unwelcome: false }), "{shown:?}");
    }
}

#[test]
fn without_an_account_that_may_be_written_there_is_nothing_to_compare() {
    let robot = Link { target_id: TargetId::new("j-robot"), ..link(true) };
    for link in [None, Some(Link { gone: true, ..link(true) }), Some(robot.clone()), Some(Link { gone: true, ..robot })]
    {
        assert_eq!(taken_as_shown(link, &Values::new()), None);
    }
}

fn of(operation: Operation, changes: Vec<Change>) -> PlannedOperation {
    PlannedOperation { changes, user_name: "ann".to_owned(), ..plan_of(&[(operation, 1)]).operations.remove(0) }
}

fn title() -> Change {
    Change { attribute: path("title"), old: Some(text("A")), new: Some(text("B")), redacted: false }
}

/// Each as one line.
fn said(plan: &Plan) -> Vec<String> {
    let value = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    let line = |difference: Difference| {
        let Difference { user, entra_id, aspect, old, new, why } = difference;
        format!("{user} {entra_id} {aspect}: {} {} {}", value(&old), value(&new), why.unwrap_or_default())
    };
    differences_in(plan).into_iter().map(|difference| line(difference).trim_end().to_owned()).collect()
}

#[test]
fn a_plan_differs_by_account_where_one_comes_or_goes_and_by_value_where_one_stays() {
    let active = || crate::plan::diff::active(Some(false), true);
    for (operation, changes, expected) in [
        (Operation::Create, vec![title(), active()], vec!["create: (none) (none)"]),
        (
            Operation::Deactivate,
            vec![active()],
            vec!["deactivate: (none) (none) values differ from what was last sent"],
        ),
        (Operation::Delete, vec![], vec!["delete: (none) (none) values differ from what was last sent"]),
        (Operation::Update, vec![title()], vec!["title: \"A\" \"B\""]),
        (Operation::Reactivate, vec![title(), active()], vec!["title: \"A\" \"B\"", "reactivate: (none) (none)"]),
        (Operation::Adopt, vec![active()], vec!["reactivate: (none) (none)"]),
        (Operation::Adopt, vec![], vec![]),
    ] {
        let plan = Plan { operations: vec![of(operation, changes)], ..Plan::default() };
        let expected: Vec<_> = expected.into_iter().map(|line| format!("ann {operation}0 {line}")).collect();
        assert_eq!(said(&plan), expected);
    }
}

#[test]
fn what_is_held_differs_too_and_what_is_doubtful_does_not() {
    let held = |operation| Held { operation, class: HoldClass::Match, limit: String::new() };
    let doubtful =
        PlannedOperation { identity: Identity::Doubtful(Doubtful::Inactive), ..of(Operation::Create, vec![]) };
    let plan = Plan {
        operations: vec![of(Operation::Update, vec![title()]), doubtful.clone()],
        held: vec![held(of(Operation::Create, vec![])), held(doubtful)],
        ..Plan::default()
    };
    assert_eq!(said(&plan), ["ann update0 title: \"A\" \"B\"", "ann create0 create: (none) (none)"]);
}

fn difference(aspect: Aspect, new: Option<&str>) -> Difference {
    let (user, entra_id) = ("ann".to_owned(), EntraId::new("e1"));
    Difference { user, entra_id, aspect, old: None, new: new.map(text), why: None }
}

#[test]
fn whatever_jostle_shows_as_it_would_have_been_written_is_agreed() {
    let (active, inactive) = (|| Some(link(true)), || Some(link(false)));
    let gone = || Some(Link { gone: true, ..link(true) });
    let operation = |operation| difference(Aspect::Operation(operation), None);
    let value = |name: &str, new| difference(Aspect::Attribute(path(name)), new);
    for (difference, link, is_agreed) in [
        (operation(Operation::Create), active(), true),
        (operation(Operation::Create), inactive(), false),
        (operation(Operation::Create), gone(), false),
        (operation(Operation::Create), None, false),
        (operation(Operation::Deactivate), inactive(), true),
        (operation(Operation::Deactivate), active(), false),
        (operation(Operation::Deactivate), gone(), false),
        (operation(Operation::Deactivate), None, false),
        (operation(Operation::Delete), gone(), true),
        (operation(Operation::Delete), inactive(), false),
        (operation(Operation::Delete), None, false),
        (value("name.givenName", Some("Ann")), active(), true),
        (value("name.givenName", Some("ann")), active(), false),
        (value("name.givenName", Some("Ann")), gone(), false),
        (value("userName", Some("ANN@x.example")), active(), true),
        (value("title", None), active(), true),
        (value("name.givenName", None), active(), false),
        (value("title", Some("Boss")), active(), false),
        (value("locale", None), active(), false),
    ] {
        let expected = if is_agreed { Fate::Agreed } else { Fate::Forgotten };
        assert_eq!(fate(&difference, link.as_ref(), &policy().mapping), expected, "{difference:?} {link:?}");
    }
}

#[test]
fn a_difference_is_as_old_as_its_value_and_goes_as_its_fate_says() {
    let value = |name: &str, new| difference(Aspect::Attribute(path(name)), Some(new));
    let known = |difference, since, last_seen, told| KnownDifference { difference, since, last_seen, told };
    let before = ["title", "locale", "nickName", "displayName", "timezone"];
    let before = before.map(|name| known(value(name, "B"), NOW, days(1), true));
    let now = vec![value("title", "B"), value("locale", "C"), value("name.givenName", "B")];
    let compared = carry_on(before.into(), now, days(2), |difference| match &difference.aspect {
        Aspect::Attribute(attribute) if *attribute == path("nickName") => Fate::Agreed,
        Aspect::Attribute(attribute) if *attribute == path("timezone") => Fate::Unjudged,
        _ => Fate::Forgotten,
    });
    let expected = [
        known(value("locale", "C"), days(2), days(2), false),
        known(value("timezone", "B"), NOW, days(1), true),
        known(value("title", "B"), NOW, days(2), true),
        known(value("name.givenName", "B"), days(2), days(2), false),
    ];
    let mut left = compared.known.clone();
    left.sort_by_key(|known| expected.iter().position(|expected| expected == known));
    assert_eq!(left, expected);
    assert!(compared.known.is_sorted_by_key(|known| known.difference.aspect.clone()), "{:?}", compared.known);
    let Difference { user, entra_id, aspect, .. } = value("nickName", "B");
    assert_eq!(compared.agreed, [Agreed { user, entra_id, aspect, since: NOW, at: days(2) }]);
}
