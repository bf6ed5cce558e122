//! Whether an account was changed in Jostle since it was looked at: a pure decision.

use crate::model::{Account, Change, Link, REDACTED, TargetValue, fold};

/// Whatever shows for an attribute neither what was written nor what Jostle showed after that: for each what it shows.
pub fn moved_in_jostle(changes: &[Change], link: &Link, account: &Account) -> Vec<String> {
    // An answer that showed some of what was written and not the rest does not show the rest at any time; of one that
    // showed nothing it is not known.
    let has_shown = changes.iter().any(|change| link.seen.contains_key(&change.attribute));
    let is_as_left = |change: &&Change| {
        let shown = account.value(&change.attribute);
        let seen = link.seen.get(&change.attribute);
        is_shown_as(change, shown.as_ref()) || (has_shown && seen == shown.as_ref())
    };
    changes.iter().filter(|change| !is_as_left(change)).map(|change| shows(change, account)).collect()
}

/// Whatever shows for an attribute another value than what was planned from, what Jostle last showed, or what is to be
/// written: for each what it shows. Of what Jostle never showed nothing is concluded.
pub fn moved_under_plan(changes: &[Change], link: &Link, account: &Account) -> Vec<String> {
    let is_as_planned = |change: &&Change| {
        let shown = account.value(&change.attribute);
        let Some(seen) = link.seen.get(&change.attribute) else { return true };
        let written = Change { old: change.new.clone(), ..(*change).clone() };
        Some(seen) == shown.as_ref() || is_shown_as(change, shown.as_ref()) || is_shown_as(&written, shown.as_ref())
    };
    changes.iter().filter(|change| !is_as_planned(change)).map(|change| shows(change, account)).collect()
}

fn shows(Change { attribute, redacted, .. }: &Change, account: &Account) -> String {
    format!("{attribute}: Jostle shows {}", told(account.value(attribute).as_ref(), *redacted))
}

/// Whether an account shows what there was. A server may show a flag as a text, and a name in another case.
fn is_shown_as(Change { attribute, old, .. }: &Change, shown: Option<&TargetValue>) -> bool {
    match (old, shown) {
        (Some(TargetValue::Flag(flag)), Some(TargetValue::Text(text))) => text.eq_ignore_ascii_case(&flag.to_string()),
        (Some(TargetValue::Text(old)), Some(TargetValue::Text(text)))
            if attribute.is_user_name() || attribute.is_work_email() =>
        {
            fold(old) == fold(text)
        }
        (old, shown) => old.as_ref() == shown,
    }
}

pub(super) fn told(value: Option<&TargetValue>, redacted: bool) -> String {
    match value {
        None => "(none)".to_owned(),
        Some(_) if redacted => REDACTED.to_owned(),
        Some(value) => value.to_string(),
    }
}
