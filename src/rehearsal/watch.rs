//! What is noted before a cycle and judged after it: whether it kept to the limits and to what administrators have said.

use super::check;
use super::finale::WHOLE_LOG;
use super::fortune::Lot;
use super::oracle::{Because, KeptOut, Known};
use super::player::Player;
use super::rules::Violation;
use super::tenants::Tenants;
use crate::model::{HoldClass, Verdict};
use crate::plan::{APPROVAL_LIFETIME, PlannedOperation, is_removal};
use crate::simulator::jostle::JostleWrite;
use crate::store::{CycleKind, HeldPerson, LogEntry, LogQuery, Status, Store};

/// What was so when a run began.
pub(super) struct Outset {
    /// Writes in the journal.
    writes: usize,
    managed: u64,
    /// What is held and not decided on.
    open: Vec<KeptOut>,
}

impl Player {
    /// What is so before a run.
    pub(super) async fn outset(&self) -> Outset {
        let open = self.open().await;
        let managed = self.status_now().await.map_or(0, |status| status.managed);
        let mut tenants = self.stage.tenants();
        if self.entra_is_faulty() {
            // A service that shows something older changes what is known of people.
            tenants.said.kept_out.clear();
        }
        let open = open.iter().map(|person| tenants.kept_out(person, Because::Held)).collect();
        let writes = tenants.sim.jostle().journal().len();
        Outset { writes, managed, open }
    }

    /// What has been written since then.
    pub(super) fn written_since(&self, outset: &Outset) -> Vec<JostleWrite> {
        self.stage.tenants().sim.jostle().journal().split_off(outset.writes)
    }

    /// Whether a cycle kept to what it must keep to. `beside` is worked on by hand meanwhile.
    pub(super) async fn judge_cycle(&mut self, outset: &Outset, writes: &[JostleWrite], beside: Option<&str>) {
        self.judge_kept_out(outset, writes, beside);
        let exceeded = self.judge_limits(outset).await;
        self.stage.notes().violations.extend(exceeded);
        if self.is_up_to_date() {
            let open = self.open().await;
            self.remember(&open);
        }
    }

    fn judge_kept_out(&self, outset: &Outset, writes: &[JostleWrite], beside: Option<&str>) {
        let mut tenants = self.stage.tenants();
        tenants.said.kept_out.retain(|kept| Some(kept.person.as_str()) != beside);
        let open = outset.open.iter().filter(|kept| Some(kept.person.as_str()) != beside);
        let found = check::kept_out(open.chain(&tenants.said.kept_out), writes, tenants.hides_activity());
        drop(tenants);
        self.stage.notes().violations.extend(found);
    }

    /// What is held is not to be done, also if the program forgets that it is held.
    fn remember(&self, open: &[HeldPerson]) {
        let mut tenants = self.stage.tenants();
        for person in open {
            let kept = tenants.kept_out(person, Because::Held);
            if tenants.said.kept_out.iter().all(|known| known.person != kept.person) {
                tenants.said.kept_out.push(kept);
            }
        }
    }

    async fn judge_limits(&mut self, outset: &Outset) -> Vec<Violation> {
        let Some(status) = self.status_now().await else { return Vec::new() };
        let log = self.log_now().await;
        let moment = self.is_up_to_date().then_some(self.known_since);
        let is_cycle = |kind| matches!(kind, CycleKind::Initial | CycleKind::Incremental);
        for view in &status.cycles {
            let (kind, began) = (view.kind, view.started_at);
            let is_new = |line: &&LogEntry| ["create", "adopt"].contains(&line.operation.as_str());
            let new = log.iter().filter(|line| line.cycle == view.id).filter(is_new).count() as u64;
            // Whom it created itself was not there when it was planned.
            let managed = outset.managed.max(status.managed.saturating_sub(new));
            let moment = moment.filter(|_| is_cycle(kind));
            self.books.cycles.entry(view.id.0).or_insert(Known { kind, began, moment, managed });
        }
        let tenants = self.stage.tenants();
        let (books, approved, allowance) = (&self.books, &tenants.said.approved, tenants.rulebook.limits);
        let spending = check::Spending { log: &log, books, approved, allowance };
        let cycles = books.cycles.iter().rev().filter(|(_, known)| is_cycle(known.kind));
        // Of one that was cut off the next one may tell what it did.
        cycles.take(2).flat_map(|(cycle, _)| spending.exceeded(*cycle)).collect()
    }

    /// Whether what was carried out by hand is what was shown.
    pub(super) fn judge_shown(&self, shown: &[PlannedOperation], writes: &[JostleWrite]) {
        let tenants = self.stage.tenants();
        let truth = tenants.truth();
        let badge = |operation: &PlannedOperation| {
            truth.people.get(operation.entra_id.as_str()).map(|person| person.badge.clone())
        };
        let found = check::not_shown(shown, writes, tenants.hides_activity(), badge);
        drop(tenants);
        self.stage.notes().violations.extend(found);
    }

    /// Whether what is true now is known to the program, as far as nothing stands in its way.
    pub(super) fn is_up_to_date(&self) -> bool {
        self.is_calm() && self.known_since == self.stage.tenants().chronicle.moment
    }

    /// Whoever is held and waits for a decision.
    pub(super) async fn open(&self) -> Vec<HeldPerson> {
        let Some(store) = self.store_now() else { return Vec::new() };
        let now = (self.stage.time().of_program())();
        let Ok(record) = store.guard_record(now, APPROVAL_LIFETIME).await else { return Vec::new() };
        // Whose an account is has been answered for good, however long it is ago.
        let is_answered = |person: &HeldPerson| person.held.class == HoldClass::Match && person.decided.is_some();
        let open = record.held.into_iter().filter(|person| person.held.verdict == Verdict::Open);
        open.filter(|person| !is_answered(person)).collect()
    }

    pub(super) async fn status_now(&self) -> Option<Status> {
        self.store_now()?.status().await.ok()
    }

    /// The whole log, newest first.
    pub(super) async fn log_now(&self) -> Vec<LogEntry> {
        let Some(store) = self.store_now() else { return Vec::new() };
        store.log(LogQuery { entra_id: None, limit: WHOLE_LOG }).await.unwrap_or_default()
    }

    /// The state between two runs, of which nothing is to be counted.
    pub(super) fn store_now(&self) -> Option<&Store> {
        self.stage.fortune.begin(Lot::default());
        self.program.as_ref().map(|program| &program.store)
    }
}

impl Tenants {
    /// What is not to be done to somebody from now on.
    pub(super) fn kept_out(&self, HeldPerson { entra_id, held, .. }: &HeldPerson, because: Because) -> KeptOut {
        let person = entra_id.to_string();
        let truth = self.truth();
        KeptOut {
            badge: truth.people.get(&person).map(|person| person.badge.clone()).unwrap_or_default(),
            account: held.target_id.as_ref().map(ToString::to_string),
            attributes: held.changes.iter().map(|change| change.attribute.to_string()).collect(),
            removes: is_removal(held.operation),
            because,
            shape: self.shape(&truth, &person, is_removal(held.operation)),
            person,
        }
    }
}
