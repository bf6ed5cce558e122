//! The one request of an operation, and what it came to.

use tokio_util::sync::CancellationToken;

use super::{CycleError, Planner};
use crate::connector::{ConnectorError, Receipt, SourceReader, TargetWriter, Written};
use crate::event::catalogue::ValueNotStored;
use crate::model::{Account, Change, Link, LinkOrigin, NewAccount, Operation, TargetId, TargetValue, Values};
use crate::plan::{PersonFailure, PlannedOperation, SkipReason};
use crate::store::LinkChange;

/// What an operation came to.
#[derive(Debug)]
pub(super) struct Performed {
    /// The operation that was carried out in the end: a create whose name was taken becomes an adoption.
    pub(super) operation: Operation,
    /// What was written.
    pub(super) changes: Vec<Change>,
    /// What becomes of the link.
    pub(super) link: LinkChange,
    /// The account.
    pub(super) target_id: Option<TargetId>,
    /// Nothing was written after all, and why.
    pub(super) skipped: Option<SkipReason>,
    /// What Jostle answered with; none if it was not asked, or only reading told.
    pub(super) receipt: Option<Receipt>,
}

/// Why an operation was not carried out.
#[derive(Debug)]
pub(super) enum PerformError {
    /// A request failed.
    Side(ConnectorError),
    /// The data do not allow it.
    Person(PersonFailure),
    /// The cycle cannot go on.
    Cycle(CycleError),
}

impl From<ConnectorError> for PerformError {
    fn from(error: ConnectorError) -> Self {
        Self::Side(error)
    }
}

impl From<CycleError> for PerformError {
    fn from(error: CycleError) -> Self {
        Self::Cycle(error)
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Sends the one request of an operation; not any more once `stop` is cancelled.
    pub(super) async fn perform(
        &self,
        operation: &PlannedOperation,
        link: Option<&Link>,
        stop: CancellationToken,
    ) -> Result<Performed, PerformError> {
        let target = &self.target.until(stop);
        match operation.operation {
            Operation::Create => create(target, operation).await,
            Operation::Adopt => adopt(target, operation).await,
            Operation::Update | Operation::Deactivate | Operation::Reactivate => modify(target, operation, link).await,
            Operation::Delete => delete(target, operation).await,
        }
    }
}

async fn create(target: &impl TargetWriter, operation: &PlannedOperation) -> Result<Performed, PerformError> {
    let values: Values = operation.changes.iter().filter_map(|c| Some((c.attribute.clone(), c.new.clone()?))).collect();
    let new = NewAccount { user_name: operation.user_name.clone(), values };
    let Written { shown: account, receipt } = target.create(&new).await?;
    let link = Link {
        entra_id: operation.entra_id.clone(),
        target_id: account.id.clone(),
        origin: LinkOrigin::Created,
        gone: false,
        sent: Values::new(),
        seen: Values::new(),
    };
    Ok(written(operation, link, Written { shown: Some(&account), receipt }))
}

async fn adopt(target: &impl TargetWriter, operation: &PlannedOperation) -> Result<Performed, PerformError> {
    let Some(target_id) = operation.target_id.clone() else {
        return Err(moved(operation));
    };
    let answer = match operation.changes.as_slice() {
        [] => Written { shown: None, receipt: None },
        changes => target.modify(&target_id, changes).await?,
    };
    let link = Link {
        entra_id: operation.entra_id.clone(),
        target_id,
        origin: LinkOrigin::Adopted,
        gone: false,
        sent: Values::new(),
        seen: operation.seen.clone(),
    };
    Ok(written(operation, link, Written { shown: answer.shown.as_ref(), receipt: answer.receipt }))
}

async fn modify(
    target: &impl TargetWriter,
    operation: &PlannedOperation,
    link: Option<&Link>,
) -> Result<Performed, PerformError> {
    let Some(link) = link.cloned() else { return Err(moved(operation)) };
    let Written { shown, receipt } = target.modify(&link.target_id, &operation.changes).await?;
    Ok(written(operation, link, Written { shown: shown.as_ref(), receipt }))
}

async fn delete(target: &impl TargetWriter, operation: &PlannedOperation) -> Result<Performed, PerformError> {
    let receipt = match &operation.target_id {
        Some(id) => target.delete(id).await?.receipt,
        None => None,
    };
    Ok(Performed {
        operation: Operation::Delete,
        changes: Vec::new(),
        link: LinkChange::Remove,
        target_id: operation.target_id.clone(),
        skipped: None,
        receipt,
    })
}

fn moved(operation: &PlannedOperation) -> PerformError {
    PerformError::Cycle(CycleError::Moved(operation.entra_id.clone()))
}

/// A write that was answered.
fn written(
    operation: &PlannedOperation,
    link: Link,
    Written { shown, receipt }: Written<Option<&Account>>,
) -> Performed {
    let link = with_changes(link, shown, &operation.changes);
    warn_of_refused_values(operation, &link, shown);
    Performed {
        operation: operation.operation,
        changes: operation.changes.clone(),
        target_id: Some(link.target_id.clone()),
        link: LinkChange::Put(link),
        skipped: None,
        receipt,
    }
}

/// The link remembers what was sent, and what Jostle showed of it.
pub(super) fn with_changes(mut link: Link, shown: Option<&Account>, changes: &[Change]) -> Link {
    for Change { attribute, new, .. } in changes {
        let seen = shown.and_then(|account| account.value(attribute)).filter(|_| new.is_some());
        match new {
            Some(new) => link.sent.insert(attribute.clone(), new.clone()),
            None => link.sent.remove(attribute),
        };
        match seen {
            Some(seen) => link.seen.insert(attribute.clone(), seen),
            None => link.seen.remove(attribute),
        };
    }
    link
}

/// Some servers answer 200 to what they did not store. The value is not sent again in every cycle, but it is said.
fn warn_of_refused_values(operation: &PlannedOperation, link: &Link, shown: Option<&Account>) {
    let Some(account) = shown.filter(|account| account.resource.is_object()) else { return };
    for change in &operation.changes {
        let same = match (&change.new, account.value(&change.attribute)) {
            (Some(TargetValue::Flag(new)), Some(TargetValue::Text(text))) => {
                text.eq_ignore_ascii_case(&new.to_string())
            }
            (new, seen) => *new == seen,
        };
        if !same {
            ValueNotStored {
                entra_id: (&operation.entra_id).into(),
                jostle_id: (&link.target_id).into(),
                attribute: (&change.attribute).into(),
            }
            .emit();
        }
    }
}
