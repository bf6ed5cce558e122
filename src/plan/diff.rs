//! The differences between the desired state and what Jostle is known to have.

use crate::model::{Change, DesiredUser, DesiredValue, TargetPath, TargetValue};

/// The changes that bring an account from `known` to the desired values. Rows for create only are not compared.
pub fn differences<'a>(
    desired: &DesiredUser<'_>,
    known: impl Fn(&TargetPath) -> Option<&'a TargetValue>,
) -> Vec<Change> {
    desired
        .values
        .iter()
        .filter(|value| !value.create_only)
        .filter_map(|value| difference(value, known(value.path)))
        .collect()
}

/// Everything that a new account gets.
pub(super) fn initial(desired: &DesiredUser<'_>) -> Vec<Change> {
    desired
        .values
        .iter()
        .filter(|value| value.value.is_some())
        .map(|value| change(value, None))
        .chain([active(None, true)])
        .collect()
}

/// The change of `active`.
pub(super) fn active(old: Option<bool>, new: bool) -> Change {
    let (old, new) = (old.map(TargetValue::Flag), Some(TargetValue::Flag(new)));
    Change { attribute: TargetPath::active(), old, new, redacted: false }
}

fn difference(desired: &DesiredValue<'_>, known: Option<&TargetValue>) -> Option<Change> {
    let same = match (&desired.value, known) {
        (Some(new), Some(old)) => desired.compare.same(new, old),
        (None, None) => true,
        _ => false,
    };
    (!same).then(|| change(desired, known.cloned()))
}

fn change(desired: &DesiredValue<'_>, old: Option<TargetValue>) -> Change {
    let DesiredValue { path, value, compare: _, create_only: _, redacted } = desired;
    Change { attribute: (*path).clone(), old, new: value.clone(), redacted: *redacted }
}
