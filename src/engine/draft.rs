//! Drawing up the plan of a cycle from the snapshot.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::planner::Considered;
use super::{CycleError, Planner, Stage};
use crate::connector::{SourceReader, TargetReader};
use crate::defects::{Defect, planted};
use crate::model::{EntraId, Link, Operation, Watch, fold};
use crate::plan::{
    APPROVAL_LIFETIME, Breaker, Decision, Delete, Failed, FirstCycle, Ledger, PersonFailure, Plan, Skipped,
    first_contact, guard,
};
use crate::scope::Memberships;
use crate::store::{DueQuery, GuardRecord, HoldChange, PersonRecord, Retry};

/// People decided at once per read of the state.
const BATCH: usize = 500;

/// Look-ups asked for at once; the HTTP client has its own, smaller limit.
const LOOK_UPS: usize = 64;

/// A plan, and what the state said of everybody in it when it was made.
#[derive(Debug, Default)]
#[must_use]
pub struct Draft {
    /// The plan.
    pub plan: Plan,
    pub(super) basis: BTreeMap<EntraId, Basis>,
    /// By what the limits judge whatever is done instead of an operation of this plan.
    pub(super) ledger: Ledger,
}

/// What the state said of one person when the plan was made.
#[derive(Clone, Debug, Default)]
pub(super) struct Basis {
    pub(super) mark: Option<i64>,
    pub(super) retry: Option<Retry>,
    pub(super) link: Option<Link>,
    /// What was decided with it.
    pub(super) watch: Watch,
    /// Who was where.
    pub(super) memberships: Arc<Memberships>,
    /// Of an undo: what becomes of what is held of the person once it is carried out.
    pub(super) undo: Option<HoldChange>,
}

impl Basis {
    pub(super) fn of(record: &PersonRecord, watch: Watch, memberships: &Arc<Memberships>) -> Self {
        let PersonRecord { mark, retry, link, user: _, manager: _, deleted_at: _, left_at: _, choice: _ } = record;
        let (mark, retry, link) = (*mark, retry.clone(), link.clone());
        Self { mark, retry, link, watch, memberships: Arc::clone(memberships), undo: None }
    }
}

impl<S, R> Planner<S, R> {
    /// What was done and decided before.
    pub(super) async fn ledger(&self, now: Timestamp) -> Result<Ledger, CycleError> {
        let is_initial = !self.store.ever_completed().await?;
        let GuardRecord { managed, spent, in_doubt, held } = self.store.guard_record(now, APPROVAL_LIFETIME).await?;
        let held = held.into_iter().map(|person| (person.entra_id, person.held)).collect();
        Ok(Ledger { managed, is_initial, spent, in_doubt, held, ..Ledger::default() })
    }
}

impl<S: SourceReader, R: TargetReader> Planner<S, R> {
    /// Reads the source and plans from it, without writing to Jostle: what the next cycle would do.
    pub async fn plan(&self) -> Result<Draft, CycleError> {
        if !planted(Defect::PlanFromOldReading) {
            self.read().await?;
        }
        self.plan_from_snapshot().await
    }

    /// Brings the snapshot up to the source.
    pub(super) async fn read(&self) -> Result<(), CycleError> {
        let _reading = self.interlock.reading.lock().await;
        self.read_source().await?;
        self.settle_missing().await?;
        self.settle_managers().await?;
        self.read_memberships().await
    }

    /// Plans from the snapshot as it is, without asking the source.
    pub async fn plan_from_snapshot(&self) -> Result<Draft, CycleError> {
        let mut draft = self.draw_up().await?;
        if !planted(Defect::PlanWithoutHeld) {
            self.add_held(&mut draft).await?;
        }
        Ok(draft)
    }

    /// Plans from the snapshot as it is: everybody who is due.
    pub(super) async fn draw_up(&self) -> Result<Draft, CycleError> {
        self.begin_deciding().await?;
        self.interlock.begin_plan().await;
        self.settings.progress.begin(Stage::Decide, None);
        let now = (self.settings.clock)();
        let deleted_before = match self.policy.actions.delete {
            Delete::Never => None,
            Delete::AfterDays(days) => now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok(),
        };
        // An idle cycle, which has nobody to decide for, does without them.
        let mut memberships = None;
        let mut draft = Draft::default();
        let mut look_ups = Breaker::default();
        let mut after = None;
        loop {
            let query = DueQuery { now, deleted_before, after: after.take(), limit: BATCH };
            let batch = self.store.due(query).await?;
            let Some(last) = batch.last() else { break };
            after = Some(last.user.id.clone());
            let memberships = match &mut memberships {
                Some(known) => known,
                none => none.insert(self.memberships().await?),
            };
            self.decide_batch(batch, memberships, &mut draft, &mut look_ups).await?;
            if let Some(trip) = look_ups.tripped(&self.settings.quarantine) {
                return Err(trip.into());
            }
        }
        refuse_twins(&mut draft.plan);
        draft.plan.sort();
        if !draft.plan.operations.is_empty() {
            let mut ledger = self.ledger(now).await?;
            if ledger.managed == 0 && self.policy.limits.first_cycle == FirstCycle::Hold {
                let listing = self.list_unmanaged(|_| {}).await?;
                let unmanaged = listing.as_ref().map(|listing| listing.unmanaged.as_slice());
                ledger.first_contact = first_contact(&mut draft.plan, unmanaged, &ledger.held);
            }
            draft.plan = guard(draft.plan, &self.policy.limits, &ledger);
            for class in draft.plan.operations.iter().filter_map(|operation| operation.counts_as) {
                *ledger.passed.entry(class).or_default() += 1;
            }
            draft.ledger = ledger;
        }
        Ok(draft)
    }

    async fn decide_batch(
        &self,
        batch: Vec<PersonRecord>,
        memberships: &Arc<Memberships>,
        draft: &mut Draft,
        look_ups: &mut Breaker,
    ) -> Result<(), CycleError> {
        let mut decided = stream::iter(batch)
            .map(|record| async move { Ok::<_, CycleError>((self.decide(&record, memberships).await?, record)) })
            .buffered(LOOK_UPS);
        while let Some((Considered { decision, watch, looked_up }, record)) = decided.try_next().await? {
            self.settings.progress.advance(1);
            match &decision {
                Err(failed) if record.retry.is_none() => look_ups.failed(&failed.code),
                Ok(_) if looked_up => look_ups.succeeded(),
                _ => {}
            }
            draft.basis.insert(record.user.id.clone(), Basis::of(&record, watch, memberships));
            draft.add(decision, &record);
        }
        Ok(())
    }
}

impl Draft {
    fn add(&mut self, decision: Result<Decision, Failed>, record: &PersonRecord) {
        match decision {
            Ok(Decision::Do(operation)) => self.plan.operations.push(*operation),
            Ok(Decision::Skip(reason)) => {
                self.plan.skipped.push(Skipped {
                    entra_id: record.user.id.clone(),
                    user_name: name_of(record),
                    reason,
                });
            }
            Ok(Decision::Fail(failure)) => self.plan.failed.push(failed(record, &failure)),
            Err(failed) => self.plan.failed.push(failed),
            // Every look-up has been answered by now; whoever is left stays due.
            Ok(Decision::Match(_)) => {}
        }
    }
}

/// The failure of a person as the plan shows it.
pub(super) fn failed(record: &PersonRecord, failure: &PersonFailure) -> Failed {
    Failed {
        entra_id: record.user.id.clone(),
        user_name: name_of(record),
        code: failure.code().to_owned(),
        message: failure.to_string(),
        request_id: None,
        pace: failure.pace(),
        asked: false,
    }
}

/// The name under which an administrator knows a person.
pub(super) fn name_of(record: &PersonRecord) -> String {
    record.user.user_principal_name().unwrap_or(record.user.id.as_str()).to_owned()
}

/// Two people who would be created under one name: the first by Entra id is, the other is a conflict.
fn refuse_twins(plan: &mut Plan) {
    let mut owners: HashMap<String, EntraId> = HashMap::new();
    plan.operations.sort_by(|a, b| a.entra_id.cmp(&b.entra_id));
    let operations = std::mem::take(&mut plan.operations);
    for operation in operations {
        let claims = matches!(operation.operation, Operation::Create | Operation::Adopt);
        let other = claims.then(|| owners.get(&fold(&operation.user_name))).flatten();
        if let Some(other) = other {
            let failure =
                PersonFailure::SameNameInSource { user_name: operation.user_name.clone(), other: other.clone() };
            plan.failed.push(Failed {
                entra_id: operation.entra_id,
                user_name: operation.user_name,
                code: failure.code().to_owned(),
                message: failure.to_string(),
                request_id: None,
                pace: failure.pace(),
                asked: false,
            });
            continue;
        }
        if claims {
            owners.insert(fold(&operation.user_name), operation.entra_id.clone());
        }
        plan.operations.push(operation);
    }
}
