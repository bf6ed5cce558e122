//! The reverse of what a cycle did, by what the provisioning log tells of it and by what is known of the accounts since.
//! Whatever has moved on is left alone, with the reason.

use serde::Serialize;

use super::decide::is_protected;
use super::moved::told;
use super::{Counts, Decision, Identity, PlannedOperation, Policy, Reason, stale};
use crate::model::{Change, EntraId, Link, Operation, REDACTED, TargetId, TargetPath, TargetValue, Values};

/// One write, as the provisioning log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedWrite {
    /// In which cycle.
    pub cycle: i64,
    /// What.
    pub operation: Operation,
    /// The account.
    pub target_id: Option<TargetId>,
    /// The attributes written. Of those that must not be shown the log has no values.
    pub changes: Vec<Change>,
}

/// Somebody whom a cycle has written.
#[derive(Clone, Copy, Debug)]
pub struct WrittenPerson<'a> {
    /// Who.
    pub entra_id: &'a EntraId,
    /// Under which name people know them.
    pub user_name: &'a str,
    /// Every write of the person by any cycle, the oldest first.
    pub writes: &'a [LoggedWrite],
    /// The account that is linked now.
    pub link: Option<&'a Link>,
}

/// Something that a cycle did and that is not undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotUndone {
    /// Under which name people know the person.
    #[serde(rename = "user")]
    pub user_name: String,
    /// Whose.
    pub entra_id: EntraId,
    /// Which attribute; none: all that was written.
    pub attribute: Option<TargetPath>,
    /// Why, with what there is now.
    pub reason: String,
}

/// The reverse of what a cycle did to one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Reversal {
    /// What is to be done; none: nothing.
    pub operation: Option<PlannedOperation>,
    /// What is left as it is.
    pub refused: Vec<NotUndone>,
}

/// The reverse of what a cycle did.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Undo {
    /// Which cycle.
    pub cycle: i64,
    /// What is to be done, in the order in which it is done.
    pub operations: Vec<PlannedOperation>,
    /// What is left as it is.
    pub refused: Vec<NotUndone>,
}

impl Undo {
    /// The reverse of what a cycle did to these people.
    pub fn new<'a>(cycle: i64, people: impl IntoIterator<Item = WrittenPerson<'a>>, policy: &Policy) -> Self {
        let mut undo = Self { cycle, ..Self::default() };
        for person in people {
            let Reversal { operation, refused } = reversal(cycle, person, policy);
            undo.operations.extend(operation);
            undo.refused.extend(refused);
        }
        undo.operations
            .sort_by(|a, b| (a.operation, &a.user_name, &a.entra_id).cmp(&(b.operation, &b.user_name, &b.entra_id)));
        undo.refused.sort_by(|a, b| (&a.user_name, &a.entra_id).cmp(&(&b.user_name, &b.entra_id)));
        undo
    }

    /// How many operations of each kind.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.operations.iter().for_each(|operation| counts.add(operation.operation));
        counts
    }
}

/// The reverse of what a cycle did to one person. If anything of it has moved on, all of it is left as it is.
pub fn reversal(cycle: i64, person: WrittenPerson<'_>, policy: &Policy) -> Reversal {
    let WrittenPerson { entra_id, user_name, writes, link } = person;
    let not_undone = |attribute, reason| {
        let (user_name, entra_id) = (user_name.to_owned(), entra_id.clone());
        NotUndone { user_name, entra_id, attribute, reason }
    };
    let of_cycle: Vec<_> = writes.iter().filter(|write| write.cycle == cycle).collect();
    let net = net(&of_cycle);
    let link = match account(&of_cycle, link, policy) {
        Ok(link) => link,
        Err(why) if of_cycle.iter().any(|write| !write.changes.is_empty() || write.operation == Operation::Delete) => {
            return Reversal { operation: None, refused: vec![not_undone(None, why)] };
        }
        // Nothing was written.
        Err(_) => return Reversal::default(),
    };
    let since = writes.iter().skip_while(|write| write.cycle != cycle).filter(|write| write.cycle != cycle);
    let since: Vec<_> = since.collect();
    let (mut changes, mut refused, mut has_moved) = (Vec::new(), Vec::new(), false);
    for change in &net {
        match back(change, &since, link, policy) {
            Ok(change) => changes.push(change),
            Err(left) => {
                has_moved |= left.has_moved;
                refused.push(not_undone(Some(change.attribute.clone()), left.reason));
            }
        }
    }
    let operation = (!has_moved && !changes.is_empty()).then(|| PlannedOperation {
        operation: kind(&changes),
        entra_id: entra_id.clone(),
        user_name: user_name.to_owned(),
        target_id: Some(link.target_id.clone()),
        changes,
        seen: Values::new(),
        reason: Reason::Undoes(cycle),
        counts_as: None,
        identity: Identity::Plain,
    });
    Reversal { operation, refused }
}

/// What an undo leaves to be done for a person.
#[derive(Clone, Debug, PartialEq)]
pub enum Afterwards {
    /// Nothing.
    Nothing,
    /// What was to be done before it.
    AsBefore,
    /// This, which is there only because of the undo.
    Again(Box<PlannedOperation>),
    /// Something that the undo cannot be told apart from, and that somebody waits for: this.
    Mixed(Box<PlannedOperation>),
}

/// What an undo of these changes leaves to be done, by what was to be done before it and what is after it. What was
/// rejected before nobody waits for.
pub fn afterwards(undone: &[Change], before: &Decision, after: &Decision, is_rejected: bool) -> Afterwards {
    let again = match after {
        Decision::Do(again) => again,
        Decision::Skip(_) => return Afterwards::Nothing,
        Decision::Fail(_) | Decision::Match(_) => return Afterwards::AsBefore,
    };
    let Decision::Do(before) = before else { return Afterwards::Again(again.clone()) };
    if stale(before, after).is_none() {
        return Afterwards::AsBefore;
    }
    let is_other = |change: &Change| undone.iter().all(|undone| undone.attribute != change.attribute);
    match before.changes.iter().any(is_other) && !is_rejected {
        true => Afterwards::Mixed(before.clone()),
        false => Afterwards::Again(again.clone()),
    }
}

/// What several writes came to: for each attribute what it was before the first and what it is after the last. Of an
/// account that was created only that it is active.
fn net(writes: &[&LoggedWrite]) -> Vec<Change> {
    let is_created = writes.iter().any(|write| write.operation == Operation::Create);
    let mut net: Vec<Change> = Vec::new();
    if is_created {
        let (attribute, active) = (TargetPath::active(), Some(TargetValue::Flag(true)));
        net.push(Change { attribute, old: Some(TargetValue::Flag(false)), new: active, redacted: false });
    }
    for change in writes.iter().flat_map(|write| &write.changes) {
        match net.iter_mut().find(|known| known.attribute == change.attribute) {
            Some(known) => known.new.clone_from(&change.new),
            None if is_created => {}
            None => net.push(change.clone()),
        }
    }
    net.retain(|change| change.old != change.new || is_hidden(change.old.as_ref()));
    net
}

/// The account that a cycle wrote, if it still is the person's and may be written.
fn account<'a>(writes: &[&LoggedWrite], link: Option<&'a Link>, policy: &Policy) -> Result<&'a Link, String> {
    if writes.iter().any(|write| write.operation == Operation::Delete) {
        return Err("the account was deleted, which cannot be undone".to_owned());
    }
    let Some(link) = link else { return Err("no account is linked to the person any more".to_owned()) };
    if link.gone {
        return Err(format!("the account {} was deleted in Jostle since", link.target_id));
    }
    if let Some(other) = writes.iter().filter_map(|write| write.target_id.as_ref()).find(|id| **id != link.target_id) {
        return Err(format!("the cycle wrote the account {other}, and now {} is linked to the person", link.target_id));
    }
    match is_protected(link, policy) {
        true => Err("the account is protected by the configuration".to_owned()),
        false => Ok(link),
    }
}

/// Why an attribute is left as it is.
struct Left {
    /// It is not as the cycle left it.
    has_moved: bool,
    reason: String,
}

/// The change that takes one back.
fn back(change: &Change, since: &[&LoggedWrite], link: &Link, policy: &Policy) -> Result<Change, Left> {
    let Change { attribute, old, new, redacted: _ } = change;
    let moved = |reason| Left { has_moved: true, reason };
    if is_hidden(old.as_ref()) {
        let reason = "its old value must not be shown (Redact), and the log does not keep such values".to_owned();
        return Err(Left { has_moved: false, reason });
    }
    let is_hidden_row = policy.mapping.rows().iter().any(|row| row.target == *attribute && row.is_redacted());
    let redacted = is_hidden_row || is_hidden(new.as_ref());
    let now = link.known(attribute);
    let told = |value| told(value, redacted);
    let writes_it = |write: &&&LoggedWrite| write.changes.iter().any(|change| change.attribute == *attribute);
    if let Some(later) = since.iter().find(writes_it) {
        return Err(moved(format!("cycle {} wrote it since, and it is {} now", later.cycle, told(now))));
    }
    let is_as_written = if is_hidden(new.as_ref()) { now.is_some() } else { now == new.as_ref() };
    if !is_as_written {
        return Err(moved(format!("it is {} now, and the cycle wrote {}", told(now), told(new.as_ref()))));
    }
    let name = old.as_ref().and_then(TargetValue::as_text).filter(|_| attribute.is_user_name());
    if name.is_some_and(|name| policy.protected.has_name(name)) {
        return Err(moved("its old value is protected by the configuration".to_owned()));
    }
    Ok(Change { attribute: attribute.clone(), old: now.cloned(), new: old.clone(), redacted })
}

fn kind(changes: &[Change]) -> Operation {
    match changes.iter().find(|change| change.attribute.is_active()).map(|change| &change.new) {
        Some(Some(TargetValue::Flag(true))) => Operation::Reactivate,
        Some(_) => Operation::Deactivate,
        None => Operation::Update,
    }
}

/// Whether it only stands for a value, in a log.
fn is_hidden(value: Option<&TargetValue>) -> bool {
    matches!(value, Some(TargetValue::Text(text)) if text == REDACTED)
}
