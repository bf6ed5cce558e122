//! Whether a reviewed operation is still what would be done, and why not.

use super::*;
use crate::model::Change;

fn change(attribute: &str, old: &str, new: &str, redacted: bool) -> Change {
    Change { attribute: path(attribute), old: Some(text(old)), new: Some(text(new)), redacted }
}

fn update(changes: Vec<Change>) -> PlannedOperation {
    PlannedOperation {
        operation: Operation::Update,
        entra_id: EntraId::new("e1"),
        user_name: "ann@x.example".to_owned(),
        target_id: Some(TargetId::new("j1")),
        changes,
        seen: Values::new(),
        reason: Reason::Differs,
        counts_as: None,
        identity: Identity::Plain,
    }
}

fn doing(operation: PlannedOperation) -> Decision {
    Decision::Do(Box::new(operation))
}

#[test]
fn the_same_operation_is_not_stale_whatever_it_is_called_and_shown() {
    let planned = update(vec![change("title", "A", "B", false), change("nickName", "C", "D", true)]);
    let mut now = planned.clone();
    now.changes.reverse();
    now.changes.iter_mut().for_each(|change| change.redacted = false);
    (now.user_name, now.reason) = ("Ann@x.example".to_owned(), Reason::Matched);
    assert_eq!(stale(&planned, &doing(now)), None);
}

#[test]
fn every_difference_is_said() {
    let planned = update(vec![change("title", "A", "B", false), change("nickName", "secret", "D", true)]);
    let says = |now: Decision| stale(&planned, &now).expect("stale");
    let with = |changes: Vec<Change>| says(doing(update(changes)));
    let [title, nick] = [planned.changes[0].clone(), planned.changes[1].clone()];
    assert_eq!(
        with(vec![change("title", "A", "C", false), nick.clone()]),
        "the plan says title: \"A\" => \"B\", and now it would be title: \"A\" => \"C\""
    );
    assert!(with(vec![change("title", "Z", "B", false), nick.clone()]).contains("now it would be title: \"Z\""));
    assert_eq!(
        with(vec![title.clone(), change("nickName", "secret", "E", true)]),
        "nickName has other values than in the plan"
    );
    for (planned, now) in [(true, false), (false, true)] {
        let planned = update(vec![change("nickName", "secret", "D", planned)]);
        let now = update(vec![change("nickName", "secret", "E", now)]);
        let says = stale(&planned, &doing(now));
        assert_eq!(says.as_deref(), Some("nickName has other values than in the plan"), "hidden in one of both");
    }
    assert_eq!(
        with(vec![nick.clone(), change("displayName", "X", "Y", false)]),
        "the plan says title: \"A\" => \"B\", which would not be written any more; displayName: \"X\" => \"Y\" would be \
         written too now"
    );
    let other =
        |operation, id: &str| PlannedOperation { operation, target_id: Some(TargetId::new(id)), ..planned.clone() };
    assert!(says(doing(other(Operation::Adopt, "j1"))).starts_with("the plan says update, and now it would be adopt"));
    assert_eq!(
        says(doing(other(Operation::Update, "j2"))),
        "the plan says it for the account j1, and now it would be for the account j2"
    );
    assert_eq!(says(Decision::Skip(SkipReason::NothingToChange)), "nothing to do any more");
    assert_eq!(
        says(Decision::Skip(SkipReason::Protected)),
        "nothing to do any more: the account is protected by the configuration"
    );
    let failure = PersonFailure::ProtectedAccount("ann".to_owned());
    assert!(says(Decision::Fail(failure)).starts_with("cannot be done any more: the account with"));
}
