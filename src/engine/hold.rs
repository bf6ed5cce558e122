//! Holding what the guard does not let through, until an administrator decides.

use jiff::Timestamp;

use super::draft::{Basis, Draft};
use super::{CycleError, Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::event::catalogue::{HoldDecided, HoldRaised};
use crate::model::{EntraId, HeldOperation, Operation, Values, Verdict};
use crate::plan::{
    APPROVAL_LIFETIME, Held, Identity, Ledger, Plan, PlannedOperation, Reason, ask_whose, class_of, guard, is_doubtful,
};
use crate::store::{DecidedOn, Decision, HeldPerson, Raised, Store, StoreError, ToHold};

impl<S, R> Planner<S, R> {
    /// Adds to a plan whoever is held by an earlier cycle, and so is not due.
    pub(super) async fn add_held(&self, draft: &mut Draft) -> Result<(), CycleError> {
        let record = self.store.guard_record((self.settings.clock)(), APPROVAL_LIFETIME).await?;
        let is_planned = |id: &EntraId| draft.basis.contains_key(id);
        let open = record.held.into_iter().filter(|person| person.held.verdict == Verdict::Open);
        let earlier: Vec<_> = open.filter(|person| !is_planned(&person.entra_id)).map(held_before).collect();
        draft.plan.held.extend(earlier);
        Ok(())
    }

    /// Holds what a plan holds. Whoever was worked on beside the cycle since it was planned stays as they are now.
    pub(super) async fn hold(&self, draft: &Draft) -> Result<(), CycleError> {
        if draft.plan.held.is_empty() {
            return Ok(());
        }
        let worked_on = self.interlock.worked_on().await;
        let held = draft.plan.held.iter().filter(|held| !worked_on.contains(&held.operation.entra_id));
        let nobody = Basis::default();
        let basis = |held: &Held| draft.basis.get(&held.operation.entra_id).unwrap_or(&nobody);
        let held = held.map(|held| to_hold(held, basis(held))).collect();
        let raised = self.store.hold(held, (self.settings.clock)()).await?;
        drop(worked_on);
        raised.iter().for_each(log);
        Ok(())
    }

    /// Holds an operation that is planned outside of a cycle, for somebody on whom the caller works, if it is doubtful
    /// whose the account is. Says whether it may not be carried out.
    pub(super) async fn hold_if_doubtful(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
    ) -> Result<bool, CycleError> {
        if !is_doubtful(operation) {
            return Ok(false);
        }
        let guarded = self.guard_one(operation.clone(), &self.ledger((self.settings.clock)()).await?);
        self.hold_one(&guarded, basis).await?;
        Ok(guarded.operations.is_empty())
    }

    /// What a cycle does in the place of an operation that Jostle's answer has overtaken, with as what it counts: held
    /// like any other operation, unless it has its place within the limits already. None: it is not done now.
    pub(super) async fn within_limits(
        &self,
        overtaken: &PlannedOperation,
        another: PlannedOperation,
        basis: &Basis,
    ) -> Result<Option<PlannedOperation>, CycleError> {
        let class = class_of(&another);
        if class.is_some() && class == overtaken.counts_as {
            return Ok(Some(PlannedOperation { counts_as: class, ..another }));
        }
        let mut ledger = self.interlock.ledger.lock().await;
        ledger.held = self.ledger((self.settings.clock)()).await?.held;
        let mut guarded = self.guard_one(another, &ledger);
        if let Some(operation) = guarded.operations.pop() {
            if let Some(class) = operation.counts_as {
                *ledger.passed.entry(class).or_default() += 1;
            }
            return Ok(Some(operation));
        }
        if overtaken.operation == Operation::Create {
            // The next plan says the creation again: it can only be told whose the account is.
            guarded = ask_whose(guarded);
        }
        self.hold_one(&guarded, basis).await?;
        Ok(None)
    }

    fn guard_one(&self, operation: PlannedOperation, ledger: &Ledger) -> Plan {
        guard(Plan { operations: vec![operation], ..Plan::default() }, &self.policy.limits, ledger)
    }

    async fn hold_one(&self, guarded: &Plan, basis: &Basis) -> Result<(), CycleError> {
        let held = guarded.held.iter().map(|held| to_hold(held, basis)).collect();
        let raised = self.store.hold(held, (self.settings.clock)()).await?;
        raised.iter().for_each(log);
        Ok(())
    }
}

fn held_before(HeldPerson { entra_id, user_name, held, .. }: HeldPerson) -> Held {
    let HeldOperation { class, operation, target_id, changes, verdict: _, limit } = held;
    let (seen, reason, counts_as) = (Values::new(), Reason::HeldBefore, None);
    let identity = Identity::Plain;
    let operation =
        PlannedOperation { operation, entra_id, user_name, target_id, changes, seen, reason, counts_as, identity };
    Held { operation, class, limit }
}

fn to_hold(Held { operation, class, limit }: &Held, basis: &Basis) -> ToHold {
    let PlannedOperation { operation, entra_id, user_name, target_id, changes, identity, reason, .. } = operation;
    let Basis { mark, watch, .. } = basis.clone();
    let reason = match identity {
        Identity::Doubtful(doubtful) => doubtful.to_string(),
        Identity::Plain | Identity::Chosen => reason.to_string(),
    };
    ToHold {
        entra_id: entra_id.clone(),
        user_name: user_name.clone(),
        held: HeldOperation {
            class: *class,
            operation: *operation,
            target_id: target_id.clone(),
            changes: changes.clone(),
            verdict: Verdict::Open,
            limit: limit.clone(),
        },
        reason,
        mark,
        watch,
    }
}

fn log(Raised { id, class, limit, people }: &Raised) {
    HoldRaised { hold: id.into(), class: class.into(), people: *people, limit: limit.into() }.emit();
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Decides about people who are held, see [`decide_hold`].
    pub async fn decide_hold(&self, decision: Decision) -> Result<DecidedOn, StoreError> {
        decide_hold(&self.planner.store, decision).await
    }

    /// The time by the clock of the cycles.
    pub fn now(&self) -> Timestamp {
        (self.planner.settings.clock)()
    }
}

/// Stores what an administrator decided about people who are held, and logs it. Whoever is approved is due in the next
/// cycle.
pub async fn decide_hold(store: &Store, decision: Decision) -> Result<DecidedOn, StoreError> {
    let (hold, verdict, by) = (decision.hold, decision.verdict, decision.by.clone());
    let decided = store.decide(decision).await?;
    let DecidedOn { people, left } = decided;
    HoldDecided { hold: hold.into(), verdict: verdict.into(), by: by.into(), people, left }.emit();
    Ok(decided)
}
