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
        .map(|value| Change { attribute: value.path.clone(), old: None, new: value.value.clone() })
        .chain([active(None, true)])
        .collect()
}

/// The change of `active`.
pub(super) fn active(old: Option<bool>, new: bool) -> Change {
    Change { attribute: TargetPath::active(), old: old.map(TargetValue::Flag), new: Some(TargetValue::Flag(new)) }
}

fn difference(desired: &DesiredValue<'_>, known: Option<&TargetValue>) -> Option<Change> {
    let same = match (&desired.value, known) {
        (Some(new), Some(old)) => desired.compare.same(new, old),
        (None, None) => true,
        _ => false,
    };
    (!same).then(|| Change { attribute: desired.path.clone(), old: known.cloned(), new: desired.value.clone() })
}
