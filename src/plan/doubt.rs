//! What became of a write whose answer was lost, by what the account shows now: a pure decision.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Account, Change, TargetPath, TargetValue, Values, fold};

/// Those of the changes that the account shows. `before` is what the account was last seen with: a value that is
/// cleared counts only if the server shows the attribute at all.
pub fn shown(changes: &[Change], before: &Values, account: &Account) -> Vec<Change> {
    changes.iter().filter(|change| shows(change, before, account)).cloned().collect()
}

/// How far the clocks of this machine and of Jostle may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// Whether an account was made from these changes, sent at a time, and is not one that somebody else made under the same
/// name: it is not older, it shows at least half of what was sent beside the name and `active`, and nothing else instead.
pub fn is_made_from(changes: &[Change], sent_at: Timestamp, account: &Account) -> bool {
    let created = account.resource.pointer("/meta/created").and_then(|created| created.as_str()?.parse().ok());
    if created.is_some_and(|created: Timestamp| sent_at.duration_since(created) > CLOCKS_APART) {
        return false;
    }
    let (name, active) = (TargetPath::user_name(), TargetPath::active());
    let told: Vec<_> = changes.iter().filter(|c| c.attribute != name && c.attribute != active).collect();
    // Where its age is not known, another value tells it apart; else an administrator may have changed some by now.
    if created.is_none() && told.iter().any(|change| contradicts(change, account)) {
        return false;
    }
    let shown = told.iter().filter(|change| shows(change, &Values::new(), account)).count();
    2 * shown >= told.len()
}

/// A server may trim, fold, cut or drop a value that a POST has; it does not store another one in its place.
fn contradicts(change: &Change, account: &Account) -> bool {
    match (&change.new, account.value(&change.attribute)) {
        (Some(TargetValue::Text(new)), Some(TargetValue::Text(seen))) => !fold(new).starts_with(&fold(&seen)),
        _ => false,
    }
}

fn shows(change: &Change, before: &Values, account: &Account) -> bool {
    let seen = account.value(&change.attribute);
    // What it showed before it proves nothing: an account that nobody has signed in to may read as inactive all along.
    if seen.is_some() && seen.as_ref() == before.get(&change.attribute) {
        return false;
    }
    match (&change.new, seen) {
        (Some(TargetValue::Flag(new)), Some(TargetValue::Text(seen))) => seen.eq_ignore_ascii_case(&new.to_string()),
        (Some(TargetValue::Text(new)), Some(TargetValue::Text(seen))) => {
            // Servers trim and fold, but what is as before was not written.
            *new == seen || fold(new) == fold(&seen) && change.old != Some(TargetValue::Text(seen))
        }
        (Some(new), Some(seen)) => *new == seen,
        (None, None) => before.contains_key(&change.attribute),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value, reason = "json!(…) at the call reads best without a &")]
    use super::*;
    use crate::model::TargetId;
    use serde_json::{Value, json};

    fn value(value: &Value) -> Option<TargetValue> {
        serde_json::from_value(value.clone()).expect("a value")
    }

    fn change(attribute: &str, old: Value, new: Value) -> Change {
        let attribute = attribute.parse().expect("a path");
        Change { attribute, old: value(&old), new: value(&new), redacted: false }
    }

    fn account(resource: Value) -> Account {
        Account { id: TargetId::new("7"), user_name: String::new(), resource }
    }

    /// (attribute, old, new, what the account shows, whether it was written)
    #[test]
    fn a_change_is_written_if_the_account_shows_it_and_did_not_before() {
        for (attribute, old, new, seen, written) in [
            ("title", json!("Boss"), json!("Chief"), json!({"title": "Chief"}), true),
            ("title", json!("Boss"), json!("Chief"), json!({"title": "Boss"}), false),
            ("title", json!("Boss"), json!("Chief"), json!({}), false),
            ("title", json!("Boss"), json!("Chief"), json!({"title": " chief"}), true),
            ("title", json!("Boss"), json!("Chief"), json!({"title": "Captain"}), false),
            ("title", json!("Boss"), json!("BOSS"), json!({"title": "Boss"}), false),
            ("title", json!("Boss"), json!("BOSS"), json!({"title": "BOSS"}), true),
            ("title", json!("Boss"), json!(null), json!({}), true),
            ("nickName", json!("Boss"), json!(null), json!({}), false),
            ("title", json!("Boss"), json!(null), json!({"title": "Boss"}), false),
            ("active", json!(true), json!(false), json!({"active": false}), true),
            ("active", json!(true), json!(false), json!({"active": "False"}), true),
            ("active", json!(true), json!(false), json!({"active": true}), false),
            ("active", json!(false), json!(true), json!({}), false),
        ] {
            let before = [("title".parse().expect("a path"), TargetValue::Text("Boss".to_owned()))].into();
            let changes = [change(attribute, old, new)];
            let found = shown(&changes, &before, &account(seen.clone()));
            assert_eq!(found.len(), usize::from(written), "{} and {seen}", changes[0]);
        }
    }

    /// Somebody who was invited and never signed in may read as inactive all along.
    #[test]
    fn what_an_account_showed_before_the_write_proves_nothing() {
        let before: Values = [(TargetPath::active(), TargetValue::Flag(false))].into();
        let changes = [change("active", json!(true), json!(false))];
        let inactive = account(json!({"active": false}));
        assert_eq!(shown(&changes, &before, &inactive), []);
        assert_eq!(shown(&changes, &Values::new(), &inactive), changes);
    }

    #[test]
    fn an_account_of_the_same_name_is_ours_if_it_shows_at_least_half_of_what_was_sent() {
        let sent = [
            change("userName", json!(null), json!("ann@x")),
            change("title", json!(null), json!("Chief")),
            change("nickName", json!(null), json!("an")),
            change("active", json!(null), json!(true)),
        ];
        let is_ours = |resource: Value| is_made_from(&sent, Timestamp::UNIX_EPOCH, &account(resource));
        assert!(is_ours(json!({"userName": "ann@x", "title": "Chief", "nickName": "an", "active": true})));
        assert!(is_ours(json!({"userName": "ann@x", "title": "Chief"})), "an administrator changed the other half");
        assert!(!is_ours(json!({"userName": "ann@x", "title": "Boss", "active": true})));
        assert!(!is_ours(json!({"title": "Chief", "nickName": "other"})), "it has another value");
        let created = |time: &str| json!({"title": "Chief", "nickName": "an", "meta": {"created": time}});
        assert!(!is_ours(created("1969-12-31T23:54:00Z")), "it was there before");
        assert!(is_ours(created("1969-12-31T23:55:00Z")) && is_ours(created("1970-01-01T00:01:00Z")));
        let bare = json!({"userName": "ann@x", "active": true});
        assert!(!is_ours(bare), "another account of the name may be active too");
        assert!(
            is_made_from(&sent[..1], Timestamp::UNIX_EPOCH, &account(json!({"userName": "ann@x"}))),
            "nothing else to tell them by"
        );
    }
}
