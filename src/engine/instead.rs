//! What is done in the place of an operation that Jostle's answer has overtaken: the name is taken, or the account is
//! not there any more. Nothing is written here: what is to be done instead has an intent of its own.

use super::draft::Basis;
use super::perform::{PerformError, Performed};
use super::planner::{LookUpError, person};
use super::{CycleError, Planner};
use crate::connector::{ConnectorError, ErrorKind, TargetReader};
use crate::model::{Link, Operation, TargetPath, TargetValue};
use crate::plan::{Decision, Hit, Matching, PlannedOperation, SkipReason, decide};
use crate::store::{LinkChange, PersonRecord};

/// What follows an answer that was not the expected one.
#[derive(Debug)]
pub(super) enum Instead {
    /// Another operation, with this link.
    Another(Box<PlannedOperation>, Option<Link>),
    /// No other write, but the link is another one.
    Nothing(Performed),
}

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// What follows a request that failed; the error itself if nothing else does.
    pub(super) async fn instead(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        link: Option<&Link>,
        error: ConnectorError,
    ) -> Result<Instead, PerformError> {
        match (operation.operation, link) {
            (Operation::Create, _) if matches!(error.kind, ErrorKind::Conflict | ErrorKind::InDoubt) => {
                self.after_refused_create(operation, basis, error).await
            }
            (Operation::Update | Operation::Deactivate | Operation::Reactivate, Some(link))
                if error.kind == ErrorKind::NotFound || self.hides_a_lost_account(&error, basis, link).await? =>
            {
                self.after_lost_account(operation, basis, link).await
            }
            _ => Err(error.into()),
        }
    }

    /// The name is taken, or an error stands for that: Jostle is read, never guessed at.
    async fn after_refused_create(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        error: ConnectorError,
    ) -> Result<Instead, PerformError> {
        let mut hits = self.hits(&operation.user_name).await?;
        if hits.is_empty() && error.kind == ErrorKind::Conflict {
            hits = self.hits_by_list(&operation.user_name).await?;
        }
        if hits.is_empty() {
            return Err(error.into());
        }
        let record = self.record_of(operation).await?;
        match self.decide_with(&record, basis, &hits) {
            Decision::Do(adoption) if adoption.operation == Operation::Adopt => Ok(Instead::Another(adoption, None)),
            Decision::Fail(failure) => Err(PerformError::Person(failure)),
            _ => Err(error.into()),
        }
    }

    /// Some servers answer 500 for an id that they do not have. Only of somebody who failed before, and of whose name
    /// no account has the id.
    async fn hides_a_lost_account(
        &self,
        error: &ConnectorError,
        basis: &Basis,
        link: &Link,
    ) -> Result<bool, PerformError> {
        if error.status != Some(500) || basis.retry.is_none() || self.outage(error).await.is_some() {
            return Ok(false);
        }
        let Some(user_name) = name_in_jostle(link) else { return Ok(false) };
        let shown = self.target.account(&link.target_id).await;
        let is_hidden = matches!(shown, Err(error) if error.status == Some(500));
        Ok(is_hidden && !self.hits(user_name).await?.iter().any(|hit| hit.account.id == link.target_id))
    }

    /// The linked id is unknown to Jostle: the link is mended, and the person decided again.
    async fn after_lost_account(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        link: &Link,
    ) -> Result<Instead, PerformError> {
        let link = self.relink(link).await?;
        let record = PersonRecord { link: Some(link.clone()), ..self.record_of(operation).await? };
        let unwritten = |skipped| {
            Instead::Nothing(Performed {
                operation: operation.operation,
                changes: Vec::new(),
                target_id: Some(link.target_id.clone()),
                link: LinkChange::Put(link.clone()),
                skipped: Some(skipped),
                receipt: None,
            })
        };
        match self.decide_with(&record, basis, &[]) {
            Decision::Do(again) if again.operation != Operation::Create => Ok(Instead::Another(again, Some(link))),
            Decision::Skip(reason) => Ok(unwritten(reason)),
            Decision::Fail(failure) => Err(PerformError::Person(failure)),
            // To be created again, as configured: by the next plan, under its guard.
            Decision::Do(_) | Decision::Match(_) => Ok(unwritten(SkipReason::DeletedInJostle)),
        }
    }

    fn decide_with(&self, record: &PersonRecord, basis: &Basis, hits: &[Hit]) -> Decision {
        decide(person(record), self.situation(&basis.memberships), Matching::Found(hits)).decision
    }

    async fn record_of(&self, operation: &PlannedOperation) -> Result<PersonRecord, CycleError> {
        self.store.person(&operation.entra_id).await?.ok_or_else(|| CycleError::Moved(operation.entra_id.clone()))
    }
}

/// The name of an account as far as is known.
pub(super) fn name_in_jostle(link: &Link) -> Option<&str> {
    link.known(&TargetPath::user_name()).and_then(TargetValue::as_text)
}

impl From<LookUpError> for PerformError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Jostle(error) => Self::Side(error),
            LookUpError::Cycle(error) => Self::Cycle(error),
        }
    }
}
