//! One operation against Jostle, with what follows when Jostle's answer is not the expected one.

use super::draft::Basis;
use super::planner::{LookUpError, person};
use super::{CycleError, Planner};
use crate::connector::{ConnectorError, ErrorKind, SourceReader, TargetWriter};
use crate::model::{Account, Change, Link, LinkOrigin, NewAccount, Operation, TargetId, TargetValue, Values};
use crate::plan::{Decision, Hit, Matching, PersonFailure, PlannedOperation, SkipReason, decide};
use crate::store::{LinkChange, PersonRecord};

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
    /// Carries out one operation.
    pub(super) async fn perform(&self, operation: &PlannedOperation, basis: &Basis) -> Result<Performed, PerformError> {
        match operation.operation {
            Operation::Create => self.create(operation, basis).await,
            Operation::Adopt => self.adopt(operation, LinkOrigin::Adopted).await,
            Operation::Update | Operation::Deactivate | Operation::Reactivate => self.modify(operation, basis).await,
            Operation::Delete => self.delete(operation).await,
        }
    }

    async fn create(&self, operation: &PlannedOperation, basis: &Basis) -> Result<Performed, PerformError> {
        let values: Values =
            operation.changes.iter().filter_map(|c| Some((c.attribute.clone(), c.new.clone()?))).collect();
        let new = NewAccount { user_name: operation.user_name.clone(), values };
        match self.target.create(&new).await {
            Ok(account) => {
                let link = Link {
                    entra_id: operation.entra_id.clone(),
                    target_id: account.id.clone(),
                    origin: LinkOrigin::Created,
                    gone: false,
                    sent: Values::new(),
                    seen: Values::new(),
                };
                Ok(written(operation, link, Some(&account)))
            }
            Err(error) if matches!(error.kind, ErrorKind::Conflict | ErrorKind::InDoubt) => {
                self.after_refused_create(operation, basis, error).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The name is taken, or the answer was lost: Jostle is read, never guessed at.
    async fn after_refused_create(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        error: ConnectorError,
    ) -> Result<Performed, PerformError> {
        let mut hits = match self.hits(&operation.user_name).await {
            // Still in doubt: only an answer about the name settles it.
            Err(LookUpError::Jostle(_)) if error.kind == ErrorKind::InDoubt => return Err(error.into()),
            hits => hits?,
        };
        if hits.is_empty() && error.kind == ErrorKind::Conflict {
            hits = self.hits_by_list(&operation.user_name).await?;
        }
        if hits.is_empty() {
            return Err(error.into());
        }
        let record = self.record_of(operation).await?;
        let origin = if error.kind == ErrorKind::InDoubt { LinkOrigin::Created } else { LinkOrigin::Adopted };
        match self.decide_with(&record, basis, &hits) {
            Decision::Do(adoption) if adoption.operation == Operation::Adopt => {
                let adopted = self.adopt(&adoption, origin).await?;
                // What was in doubt is our own account: the log calls it what it is.
                let created = origin == LinkOrigin::Created;
                Ok(if created {
                    Performed { operation: Operation::Create, changes: operation.changes.clone(), ..adopted }
                } else {
                    adopted
                })
            }
            Decision::Fail(failure) => Err(PerformError::Person(failure)),
            _ => Err(error.into()),
        }
    }

    async fn adopt(&self, operation: &PlannedOperation, origin: LinkOrigin) -> Result<Performed, PerformError> {
        let Some(target_id) = operation.target_id.clone() else {
            return Err(moved(operation));
        };
        let shown = match operation.changes.as_slice() {
            [] => None,
            changes => self.target.modify(&target_id, changes).await?,
        };
        let link = Link {
            entra_id: operation.entra_id.clone(),
            target_id,
            origin,
            gone: false,
            sent: Values::new(),
            seen: operation.seen.clone(),
        };
        Ok(written(operation, link, shown.as_ref()))
    }

    async fn modify(&self, operation: &PlannedOperation, basis: &Basis) -> Result<Performed, PerformError> {
        let Some(link) = basis.link.clone() else { return Err(moved(operation)) };
        match self.target.modify(&link.target_id, &operation.changes).await {
            Ok(shown) => Ok(written(operation, link, shown.as_ref())),
            Err(error) if error.kind == ErrorKind::NotFound => self.after_lost_account(operation, basis, &link).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The linked id is unknown to Jostle: the link is mended, and the person decided again.
    async fn after_lost_account(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        link: &Link,
    ) -> Result<Performed, PerformError> {
        let link = self.relink(link).await?;
        let record = PersonRecord { link: Some(link.clone()), ..self.record_of(operation).await? };
        let unwritten = |skipped| Performed {
            operation: operation.operation,
            changes: Vec::new(),
            target_id: Some(link.target_id.clone()),
            link: LinkChange::Put(link.clone()),
            skipped: Some(skipped),
        };
        match self.decide_with(&record, basis, &[]) {
            Decision::Do(again) if again.operation != Operation::Create => {
                let shown = self.target.modify(&link.target_id, &again.changes).await?;
                Ok(written(&again, link, shown.as_ref()))
            }
            Decision::Skip(reason) => Ok(unwritten(reason)),
            Decision::Fail(failure) => Err(PerformError::Person(failure)),
            // To be created again, as configured: by the next plan, under its guard.
            Decision::Do(_) | Decision::Match(_) => Ok(unwritten(SkipReason::DeletedInJostle)),
        }
    }

    async fn delete(&self, operation: &PlannedOperation) -> Result<Performed, PerformError> {
        if let Some(id) = &operation.target_id {
            self.target.delete(id).await?;
        }
        Ok(Performed {
            operation: Operation::Delete,
            changes: Vec::new(),
            link: LinkChange::Remove,
            target_id: operation.target_id.clone(),
            skipped: None,
        })
    }

    fn decide_with(&self, record: &PersonRecord, basis: &Basis, hits: &[Hit]) -> Decision {
        decide(person(record), self.situation(&basis.memberships), Matching::Found(hits)).decision
    }

    async fn record_of(&self, operation: &PlannedOperation) -> Result<PersonRecord, CycleError> {
        self.store.person(&operation.entra_id).await?.ok_or_else(|| CycleError::Moved(operation.entra_id.clone()))
    }
}

fn moved(operation: &PlannedOperation) -> PerformError {
    PerformError::Cycle(CycleError::Moved(operation.entra_id.clone()))
}

/// A write that was answered: the link remembers what was sent, and what Jostle showed of it.
fn written(operation: &PlannedOperation, mut link: Link, shown: Option<&Account>) -> Performed {
    for change in &operation.changes {
        match &change.new {
            Some(new) => {
                link.sent.insert(change.attribute.clone(), new.clone());
                match shown.and_then(|account| account.value(&change.attribute)) {
                    Some(seen) => link.seen.insert(change.attribute.clone(), seen),
                    None => link.seen.remove(&change.attribute),
                };
            }
            None => {
                link.sent.remove(&change.attribute);
                link.seen.remove(&change.attribute);
            }
        }
    }
    warn_of_refused_values(operation, &link, shown);
    Performed {
        operation: operation.operation,
        changes: operation.changes.clone(),
        target_id: Some(link.target_id.clone()),
        link: LinkChange::Put(link),
        skipped: None,
    }
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
            tracing::warn!(
                event = "value.not_stored",
                entra_id = %operation.entra_id,
                jostle_id = %link.target_id,
                attribute = %change.attribute,
                "Jostle accepted the value and shows another one"
            );
        }
    }
}
