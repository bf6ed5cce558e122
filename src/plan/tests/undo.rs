//! The reverse of a cycle, and what is left alone because it has moved on.

use super::*;
use crate::mapping::expression::{Expression, Place};
use crate::model::Change;

fn change(attribute: &str, old: Option<&str>, new: Option<&str>) -> Change {
    Change { attribute: path(attribute), old: old.map(text), new: new.map(text), redacted: false }
}

fn active(new: bool) -> Change {
    crate::plan::diff::active(Some(!new), new)
}

fn write(cycle: i64, operation: Operation, changes: Vec<Change>) -> LoggedWrite {
    LoggedWrite { cycle, operation, target_id: Some(TargetId::new("j1")), changes }
}

/// The link after these writes.
fn after(writes: &[LoggedWrite]) -> Link {
    let mut known = link(true);
    for Change { attribute, new, .. } in writes.iter().flat_map(|write| &write.changes) {
        match new {
            Some(new) => known.sent.insert(attribute.clone(), new.clone()),
            None => known.sent.remove(attribute),
        };
    }
    known
}

fn of(writes: &[LoggedWrite], link: Option<&Link>) -> Reversal {
    let person = WrittenPerson { entra_id: &EntraId::new("e1"), user_name: "ann@x.example", writes, link };
    reversal(5, person, &policy())
}

/// The reverse of cycle 5 as one line, and what is left alone.
fn says(writes: &[LoggedWrite], link: Option<&Link>) -> String {
    let Reversal { operation, refused } = of(writes, link);
    let done = operation.map(|operation| {
        let changes: Vec<_> = operation.changes.iter().map(ToString::to_string).collect();
        format!("{} [{}]", operation.operation, changes.join("; "))
    });
    let left = refused.into_iter().map(|NotUndone { attribute, reason, .. }| match attribute {
        Some(attribute) => format!("not {attribute}: {reason}"),
        None => format!("not: {reason}"),
    });
    done.into_iter().chain(left).collect::<Vec<_>>().join(", ")
}

fn said(writes: &[LoggedWrite]) -> String {
    says(writes, Some(&after(writes)))
}

#[test]
fn every_operation_has_its_reverse() {
    use Operation::{Adopt, Create, Deactivate, Reactivate, Update};
    let title = || change("title", Some("Clerk"), Some("Boss"));
    for (operation, changes, reverse) in [
        (Deactivate, vec![active(false)], "reactivate [active: false => true]"),
        (Update, vec![title()], "update [title: \"Boss\" => \"Clerk\"]"),
        (Update, vec![change("title", None, Some("Boss"))], "update [title: \"Boss\" => (none)]"),
        (Update, vec![change("title", Some("Clerk"), None)], "update [title: (none) => \"Clerk\"]"),
        (Reactivate, vec![title(), active(true)], "deactivate [title: \"Boss\" => \"Clerk\"; active: true => false]"),
        (Adopt, vec![title(), active(true)], "deactivate [title: \"Boss\" => \"Clerk\"; active: true => false]"),
        (Adopt, vec![title()], "update [title: \"Boss\" => \"Clerk\"]"),
        (Adopt, vec![], ""),
        (
            Create,
            vec![change("title", None, Some("Boss")), crate::plan::diff::active(None, true)],
            "deactivate [active: true => false]",
        ),
    ] {
        assert_eq!(said(&[write(5, operation, changes)]), reverse);
    }
    assert_eq!(says(&[write(5, Adopt, vec![])], None), "", "nothing was written, and nothing is left to tell");
    let deleted = [write(5, Operation::Delete, vec![])];
    assert_eq!(says(&deleted, None), "not: the account was deleted, which cannot be undone");
}

#[test]
fn what_a_cycle_wrote_more_than_once_is_taken_back_as_one() {
    let update = |old, new| write(5, Operation::Update, vec![change("title", old, new)]);
    let twice = [update(Some("A"), Some("B")), update(Some("B"), Some("C"))];
    assert_eq!(said(&twice), "update [title: \"C\" => \"A\"]");
    assert_eq!(said(&[update(Some("A"), Some("B")), update(Some("B"), Some("A"))]), "");
    let created = write(5, Operation::Create, vec![crate::plan::diff::active(None, true)]);
    assert_eq!(said(&[created.clone(), update(None, Some("B"))]), "deactivate [active: true => false]");
    assert_eq!(said(&[created, write(5, Operation::Deactivate, vec![active(false)])]), "");
}

#[test]
fn what_has_moved_on_is_left_with_what_it_has_now() {
    let first = write(5, Operation::Update, vec![change("title", Some("A"), Some("B"))]);
    let later = |name, new| write(7, Operation::Update, vec![change(name, Some("B"), Some(new))]);
    assert_eq!(said(&[first.clone(), later("title", "C")]), "not title: cycle 7 wrote it since, and it is \"C\" now");
    assert_eq!(said(&[later("title", "A"), first.clone()]), "update [title: \"B\" => \"A\"]", "that was before");
    assert_eq!(said(&[first.clone(), later("displayName", "C")]), "update [title: \"B\" => \"A\"]");
    let both =
        write(5, Operation::Update, vec![change("title", None, Some("B")), change("displayName", None, Some("B"))]);
    let left = said(&[both, later("title", "C")]);
    assert_eq!(left, "not title: cycle 7 wrote it since, and it is \"C\" now", "nothing of the person is undone");

    let writes = [first];
    let mut known = after(&writes);
    known.sent.remove(&path("title"));
    assert_eq!(says(&writes, Some(&known)), "not title: it is (none) now, and the cycle wrote \"B\"");
    assert_eq!(says(&writes, None), "not: no account is linked to the person any more");
    let gone = Link { gone: true, ..after(&writes) };
    assert_eq!(says(&writes, Some(&gone)), "not: the account j1 was deleted in Jostle since");
    let other = Link { target_id: TargetId::new("j2"), ..after(&writes) };
    assert_eq!(says(&writes, Some(&other)), "not: the cycle wrote the account j1, and now j2 is linked to the person");
    let mut robot = after(&writes);
    robot.sent.insert(TargetPath::user_name(), text("Robot@x.example"));
    assert_eq!(says(&writes, Some(&robot)), "not: the account is protected by the configuration");
    let renamed = change("userName", Some("Robot@x.example"), Some("Ann@x.example"));
    let renamed = said(&[write(5, Operation::Update, vec![renamed])]);
    assert_eq!(renamed, "not userName: its old value is protected by the configuration");
}

#[test]
fn a_hidden_value_comes_back_only_where_there_was_none() {
    let hidden = crate::model::REDACTED;
    let writes = |changes| [write(5, Operation::Update, changes)];
    let mut known = after(&[]);
    known.sent.insert(path("title"), text("secret"));
    known.sent.insert(path("displayName"), text("Ann"));
    let replaced = change("title", Some(hidden), Some(hidden));
    let not = "not title: its old value must not be shown (Redact), and the log does not keep such values";
    assert_eq!(says(&writes(vec![replaced.clone()]), Some(&known)), not);
    let name = change("displayName", Some("A"), Some("Ann"));
    let both = says(&writes(vec![replaced, name]), Some(&known));
    assert_eq!(both, format!("update [displayName: \"Ann\" => \"A\"], {not}"), "the rest is undone");
    let set = writes(vec![change("title", None, Some(hidden))]);
    assert_eq!(says(&set, Some(&known)), "update [title: [Redact] => (none)]");
    let old = of(&set, Some(&known)).operation.expect("an operation").changes[0].old.clone();
    assert_eq!(old, Some(text("secret")), "what is sent has it whole");
    let [set] = set;
    let later = write(7, Operation::Update, vec![change("title", Some(hidden), Some(hidden))]);
    let left = says(&[set, later], Some(&known));
    assert_eq!(left, "not title: cycle 7 wrote it since, and it is [Redact] now");
}

/// The log has the values of the time before.
#[test]
fn what_must_not_be_shown_any_more_is_not_shown_by_an_undo() {
    let hidden = Expression::parse("Redact([jobTitle])", Place::Row).expect("an expression");
    let hidden = Row::new(path("title"), Source::Expression(hidden.into()));
    let rows = mapping().into_iter().map(|row| if row.target == hidden.target { hidden.clone() } else { row });
    let policy = Policy { mapping: Mapping::new(rows.collect()).expect("a mapping"), ..policy() };
    let writes = [write(5, Operation::Update, vec![change("title", Some("A"), Some("B"))])];
    let mut known = after(&writes);
    let undo = |known: &Link| {
        let person =
            WrittenPerson { entra_id: &EntraId::new("e1"), user_name: "ann", writes: &writes, link: Some(known) };
        Undo::new(5, [person], &policy).to_string()
    };
    assert!(undo(&known).contains("title: [Redact] => [Redact]"), "{}", undo(&known));
    known.sent.insert(path("title"), text("C"));
    assert!(undo(&known).contains("title: it is [Redact] now, and the cycle wrote [Redact]"), "{}", undo(&known));
}

#[test]
fn an_account_that_shows_something_else_has_moved_on() {
    let changes = [Change { old: Some(text("B")), ..change("title", None, None) }, active(true)];
    let shows = |title: &str, active: Value, seen: Option<&str>| {
        let mut known = link(false);
        known.seen.extend(seen.map(|seen| (path("title"), text(seen))));
        let resource = json!({"title": title, "active": active});
        let account = Account { id: TargetId::new("j1"), user_name: String::new(), resource };
        moved_in_jostle(&changes, &known, &account).join("; ")
    };
    assert_eq!(shows("B", json!(false), None), "");
    assert_eq!(shows("b", json!(false), None), "title: Jostle shows \"b\"", "in another case it is another title");
    assert_eq!(shows("b", json!("False"), Some("b")), "", "as Jostle showed it then");
    assert_eq!(shows("C", json!(true), Some("b")), "title: Jostle shows \"C\"; active: Jostle shows true");
    let hidden = |seen: &[&str]| {
        let mut known = link(false);
        known.seen.extend(seen.iter().map(|name| (path(name), TargetValue::Flag(false))));
        let account = Account { id: TargetId::new("j1"), user_name: String::new(), resource: json!({"active": false}) };
        moved_in_jostle(&changes, &known, &account).join("; ")
    };
    assert_eq!((hidden(&["active"]).as_str(), hidden(&[]).as_str()), ("", "title: Jostle shows (none)"));
}

/// (what Jostle last showed, what it shows now, what has moved on) of a title that is planned to become C where it was B.
#[test]
fn an_account_has_moved_under_a_plan_if_it_shows_what_nobody_knew_of() {
    for (seen, shown, moved) in [
        (Some("B"), json!({"title": "B"}), ""),
        (Some("b, cut"), json!({"title": "b, cut"}), ""),
        (Some("b, cut"), json!({"title": "B"}), ""),
        (Some("B"), json!({"title": "C"}), ""),
        (Some("B"), json!({"title": "D"}), "title: Jostle shows \"D\""),
        (Some("B"), json!({}), "title: Jostle shows (none)"),
        (None, json!({"title": "D"}), ""),
    ] {
        let planned = Change { old: Some(text("B")), new: Some(text("C")), ..change("title", None, None) };
        let mut known = link(true);
        known.seen.extend(seen.map(|seen| (path("title"), text(seen))));
        let account = Account { id: TargetId::new("j1"), user_name: String::new(), resource: shown.clone() };
        assert_eq!(moved_under_plan(&[planned], &known, &account).join("; "), moved, "{seen:?} {shown}");
    }
}

#[test]
fn a_name_and_a_work_e_mail_may_be_shown_in_another_case() {
    let shows = |attribute: &str, resource: Value, redacted: bool| {
        let renamed = Change { redacted, ..change(attribute, Some("Ann@x"), None) };
        let account = Account { id: TargetId::new("j1"), user_name: String::new(), resource };
        moved_in_jostle(&[renamed], &link(true), &account).join("; ")
    };
    let mail = |mail: &str| json!({"emails": [{"type": "work", "value": mail}]});
    let work = "emails[type eq \"work\"].value";
    assert_eq!(shows("userName", json!({"userName": "ann@X"}), false), "");
    assert_eq!(shows("userName", json!({"userName": "bob@x"}), false), "userName: Jostle shows \"bob@x\"");
    assert_eq!(shows(work, mail("ann@X"), false), "");
    assert_eq!(shows(work, mail("bob@x"), true), format!("{work}: Jostle shows [Redact]"));
}

#[test]
fn what_is_left_to_do_is_told_apart_from_what_waited_before() {
    let doing = |operation, changes: Vec<Change>| {
        let plan = super::plans::plan_of(&[(operation, 1)]).operations.remove(0);
        Decision::Do(Box::new(PlannedOperation { changes, ..plan }))
    };
    let nothing = || Decision::Skip(SkipReason::NothingToChange);
    let title = || change("title", Some("A"), Some("B"));
    let name = || change("displayName", Some("A"), Some("B"));
    let left =
        |before: Decision, after: Decision, is_rejected| match afterwards(&[title()], &before, &after, is_rejected) {
            Afterwards::Nothing => "nothing",
            Afterwards::AsBefore => "as before",
            Afterwards::Again(_) => "again",
            Afterwards::Mixed(_) => "mixed",
        };
    let update = |changes| doing(Operation::Update, changes);
    let leaves = || doing(Operation::Deactivate, vec![active(false)]);
    assert_eq!(left(nothing(), nothing(), false), "nothing");
    assert_eq!(left(nothing(), update(vec![title()]), false), "again");
    assert_eq!(left(update(vec![title()]), nothing(), false), "nothing", "another mapping wants the same");
    assert_eq!(left(leaves(), leaves(), false), "as before", "nobody decided about a leaver");
    assert_eq!(left(update(vec![name()]), update(vec![name(), title()]), false), "mixed");
    assert_eq!(left(update(vec![name()]), update(vec![name(), title()]), true), "again");
    assert_eq!(left(update(vec![change("title", Some("B"), Some("C"))]), update(vec![title()]), false), "again");
}

#[test]
fn an_undo_prints_as_a_plan_does_with_what_is_left_alone() {
    let (a, b) = (EntraId::new("a"), EntraId::new("b"));
    let deactivated = [write(5, Operation::Deactivate, vec![active(false)])];
    let moved = [
        write(5, Operation::Update, vec![change("title", Some("A"), Some("B"))]),
        write(6, Operation::Update, vec![change("title", Some("B"), Some("C"))]),
    ];
    let (one, other) = (after(&deactivated), after(&moved));
    let people = [
        WrittenPerson { entra_id: &b, user_name: "bob@x.example", writes: &moved, link: Some(&other) },
        WrittenPerson { entra_id: &a, user_name: "ann@x.example", writes: &deactivated, link: Some(&one) },
    ];
    insta::assert_snapshot!(Undo::new(5, people, &policy()), @r#"
    1 reactivate, 1 not to be undone
    ! accounts created or reactivated: 1; each costs a seat, and Jostle may write to the person

    reactivate: cycle 5 is undone
      ann@x.example
          active: false => true

    NOT UNDONE: left as it is
      bob@x.example
          title: cycle 6 wrote it since, and it is "C" now
    "#);
}

/// What cycle 1, 2 and 3 write, one attribute after the other.
fn written() -> impl Strategy<Value = Vec<(i64, &'static str, Option<String>)>> {
    let attribute = prop::sample::select(&["title", "displayName", "nickName"][..]);
    prop::collection::vec((4..7_i64, attribute, prop::option::of("[ab]")), 0..8)
}

proptest! {
    /// Either the values from before the cycle are back, for everything that it wrote, or nothing is touched.
    #[test]
    fn after_the_undo_there_is_what_there_was_before(mut steps in written(), in_order in any::<bool>()) {
        if in_order {
            steps.sort_by_key(|(cycle, ..)| *cycle);
        }
        let mut known = link(true);
        let mut before: Option<Values> = None;
        let mut writes = Vec::new();
        for (cycle, attribute, new) in steps {
            let (old, new) = (known.known(&path(attribute)).cloned(), new.as_deref().map(text));
            if old == new {
                continue;
            }
            if cycle == 5 {
                before.get_or_insert_with(|| known.sent.clone());
            }
            match &new {
                Some(new) => known.sent.insert(path(attribute), new.clone()),
                None => known.sent.remove(&path(attribute)),
            };
            let change = Change { attribute: path(attribute), old, new, redacted: false };
            writes.push(write(cycle, Operation::Update, vec![change]));
        }
        let Reversal { operation, refused } = of(&writes, Some(&known));
        let of_cycle = |cycle: &LoggedWrite| cycle.cycle == 5;
        let touched: Vec<_> = writes.iter().filter(|w| of_cycle(w)).map(|w| &w.changes[0].attribute).collect();
        let since = writes.iter().skip_while(|w| !of_cycle(w)).filter(|w| !of_cycle(w));
        let is_overwritten = since.clone().any(|write| touched.contains(&&write.changes[0].attribute));
        prop_assert!(operation.is_none() || refused.is_empty());
        prop_assert!(refused.is_empty() || is_overwritten);
        for Change { attribute, old, new, .. } in operation.map(|operation| operation.changes).unwrap_or_default() {
            prop_assert_eq!(known.known(&attribute), old.as_ref());
            match new {
                Some(new) => known.sent.insert(attribute, new),
                None => known.sent.remove(&attribute),
            };
        }
        if let (Some(before), true) = (before, refused.is_empty() && !is_overwritten) {
            for attribute in touched {
                prop_assert_eq!(known.sent.get(attribute), before.get(attribute), "{}", attribute);
            }
        }
    }
}
