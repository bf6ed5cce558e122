//! A cycle is undone at an administrator's word, and stays undone.

use super::office::BY;
use super::oracle::{Because, KeptOut};
use super::player::Player;
use super::program::Edges;
use super::runs::{Left, Ran};
use super::tenants::Tenants;
use crate::engine::{CarriedUndo, draw_undo};
use crate::model::Operation;
use crate::plan::{PlannedOperation, Undo};
use crate::store::{CycleFile, CycleId};

impl Player {
    /// Undoes one of the last cycles that wrote something, as far as it can be undone.
    pub(super) async fn undo(&mut self, back: u8, only: Option<u8>) -> Result<(), String> {
        let Some(Undo { cycle, mut operations, refused: _ }) = self.drawn_undo(back)? else { return Ok(()) };
        if let Some(who) = only {
            let id = self.stage.tenants().person(who).map(str::to_owned);
            operations.retain(|operation| Some(operation.entra_id.as_str()) == id.as_deref());
        }
        let outset = self.outset().await;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.undo(cycle, &operations, BY)).await;
        self.program = Some(program);
        let writes = self.written_since(&outset);
        self.judge_shown(&operations, &writes);
        self.after_run(Left::of(&ran)).await?;
        // What is taken back may be anything, and also arrives when the program is dead.
        self.judged = self.stage.tenants().sim.jostle().journal().len();
        if let Ran::Done(Ok(CarriedUndo { undone, error: _ })) = ran {
            let is_done =
                |planned: &&PlannedOperation| undone.done.iter().any(|line| line.entra_id == planned.entra_id);
            self.undone(cycle, &operations.iter().filter(is_done).collect::<Vec<_>>());
        }
        Ok(())
    }

    fn drawn_undo(&self, back: u8) -> Result<Option<Undo>, String> {
        let Some(program) = &self.program else { return Err("no program".to_owned()) };
        let reader = self.reader()?;
        let cycles = self.books.cycles.keys().rev().filter_map(|id| reader.cycle(CycleId(*id)).ok().flatten());
        let is_over = |CycleFile { cycle, people, in_flight }: &CycleFile| {
            !people.is_empty() && *in_flight == 0 && cycle.result.is_some()
        };
        let Some(file) = cycles.filter(is_over).nth(usize::from(back)) else { return Ok(None) };
        let policy = Edges::new(&self.stage, &program.store)?.policy;
        Ok(Some(draw_undo(&file, &policy)).filter(|undo| !undo.operations.is_empty()))
    }

    /// Remembers what a cycle did that is not to be done again.
    fn undone(&self, cycle: i64, done: &[&PlannedOperation]) {
        let is_up_to_date = self.is_up_to_date();
        let mut tenants = self.stage.tenants();
        tenants.said.kept_out.retain(|kept| done.iter().all(|planned| planned.entra_id.as_str() != kept.person));
        if !is_up_to_date {
            return;
        }
        let truth = tenants.truth();
        for PlannedOperation { operation, entra_id, target_id, changes, .. } in done {
            let Some(badge) = truth.people.get(entra_id.as_str()).map(|person| person.badge.clone()) else { continue };
            // What it has taken back is not to be done again.
            let removes = *operation == Operation::Reactivate;
            if removes && !self.was_over(cycle, &badge, &tenants) {
                continue;
            }
            let kept = KeptOut {
                person: entra_id.to_string(),
                badge,
                account: target_id.as_ref().map(ToString::to_string),
                attributes: changes.iter().map(|change| change.attribute.to_string()).collect(),
                removes,
                because: Because::Undone,
                shape: tenants.shape(&truth, entra_id.as_str(), removes),
            };
            tenants.said.kept_out.push(kept);
        }
    }

    /// Whether no days of grace begin when whoever a cycle deactivated is active again: there are none for them, or they
    /// were over when it did so. What only their end makes due is nothing that is done again.
    fn was_over(&self, cycle: i64, badge: &str, tenants: &Tenants) -> bool {
        let Some(out_since) = tenants.chronicle.people.get(badge).and_then(|past| past.out_since) else { return true };
        let known = self.books.cycles.get(&cycle).and_then(|known| known.moment);
        tenants.rulebook.grace_days == 0 || !self.clock_set && known.is_some_and(|moment| moment >= out_since)
    }
}
