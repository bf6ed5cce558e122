//! What administrators do with the program in the middle of a story, through what the commands use.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::check;
use super::oracle::Because;
use super::player::Player;
use super::program::{Edges, Program};
use super::rules::Rule;
use super::runs::{Left, Ran};
use super::word::{Of, Word};
use crate::engine::{Carried, Decision, EntraId, Planner, Stops, Verdict};
use crate::plan::{PlanFile, PlannedOperation, Tenants};
use crate::simulator::jostle::JostleWrite;
use crate::store::{HeldPerson, HoldView, Reader};

/// At whose word everything is.
pub(super) const BY: &str = "an administrator";

impl Player {
    /// An administrator says something.
    pub(super) async fn word(&mut self, word: &Word) -> Result<(), String> {
        match word {
            Word::Approve(of) => self.decide(Verdict::Approved, of).await,
            Word::Reject(of) => self.decide(Verdict::Rejected, of).await,
            Word::Pause { removals } => self.pause(stops(*removals)).await,
            Word::PauseMeanwhile { removals, after_ms } => {
                Box::pin(self.pause_meanwhile(stops(*removals), *after_ms)).await
            }
            Word::Resume => self.resume().await,
            Word::Undo { back, only } => Box::pin(self.undo(*back, *only)).await,
            Word::Choose { who, choice } => self.choose(*who, *choice).await,
            Word::Draw => Box::pin(self.draw()).await,
            Word::Apply => Box::pin(self.apply()).await,
        }
    }

    /// Decides about every hold, as it is shown.
    async fn decide(&mut self, verdict: Verdict, of: &Of) -> Result<(), String> {
        let holds = self.reader()?.holds().map_err(|error| error.to_string())?;
        for HoldView { id, .. } in holds {
            let people = self.reader()?.held(id.number).map_err(|error| error.to_string())?;
            let (only, except) = self.named(of);
            let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
            let (by, at) = (BY.to_owned(), program.engine.now());
            let decision = Decision { hold: id, verdict, only, except, by, at };
            let chosen: Vec<_> = people.into_iter().filter(|person| is_meant(&decision, person)).collect();
            if verdict == Verdict::Approved {
                self.has_approved = true;
                // Before it is known whether it was stored: if the program dies, it may have been.
                self.stage.tenants().said.approve(&chosen, at);
            }
            self.forget_of(&chosen);
            let ran = self.run(program.engine.decide_hold(decision)).await;
            self.program = Some(program);
            if let Ran::Done(Ok(on)) = &ran {
                if on.people != chosen.len() as u64 {
                    let detail = format!("hold {id}: {verdict} for {}, not for {}", on.people, chosen.len());
                    self.stage.broken(Rule::Reviewed, detail);
                }
                self.decided(verdict, &chosen);
            }
            self.after_run(Left::of(&ran)).await?;
        }
        Ok(())
    }

    /// Whom a decision names.
    fn named(&self, of: &Of) -> (Option<Vec<EntraId>>, Vec<EntraId>) {
        let tenants = self.stage.tenants();
        let ids = |people: &[u8]| people.iter().filter_map(|who| tenants.person(*who)).map(EntraId::new).collect();
        match of {
            Of::Everybody => (None, Vec::new()),
            Of::Only(people) => (Some(ids(people)), Vec::new()),
            Of::Except(people) => (None, ids(people)),
        }
    }

    /// Whoever is decided on anew is not kept out any more for what was said before.
    fn forget_of(&self, chosen: &[HeldPerson]) {
        let kept_out = &mut self.stage.tenants().said.kept_out;
        kept_out.retain(|kept| chosen.iter().all(|person| person.entra_id.as_str() != kept.person));
    }

    /// Remembers what is not to be done from now on.
    fn decided(&self, verdict: Verdict, chosen: &[HeldPerson]) {
        let is_up_to_date = self.is_up_to_date();
        let mut tenants = self.stage.tenants();
        if verdict == Verdict::Rejected && is_up_to_date {
            let rejected: Vec<_> = chosen.iter().map(|person| tenants.kept_out(person, Because::Rejected)).collect();
            tenants.said.kept_out.extend(rejected);
        }
    }

    async fn pause(&mut self, what: Stops) -> Result<(), String> {
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.pause(what, BY.to_owned(), None)).await;
        self.program = Some(program);
        let is_set = matches!(ran, Ran::Done(Ok(_)));
        self.after_run(Left::of(&ran)).await?;
        self.paused(is_set.then_some(what)).await
    }

    /// From now on this is paused; none: nobody knows before the state was read.
    async fn paused(&self, known: Option<Stops>) -> Result<(), String> {
        let Some(Program { store, .. }) = &self.program else { return Err("no program".to_owned()) };
        let stored = store.pause().await.map_err(|error| error.to_string())?;
        self.stage.notes().paused = known.or(stored.map(|pause| pause.what));
        Ok(())
    }

    async fn pause_meanwhile(&mut self, what: Stops, after_ms: u64) -> Result<(), String> {
        let outset = self.outset().await;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let stage = Arc::clone(&self.stage);
        self.played.cycles += 1;
        let both = async {
            let late = async {
                sleep(Duration::from_millis(after_ms)).await;
                // It replaces another one, which may stop more.
                stage.notes().paused = None;
                let set = program.beside.pause(what, BY.to_owned(), None).await;
                stage.notes().paused = set.is_ok().then_some(what);
                set
            };
            tokio::join!(program.engine.cycle(), late)
        };
        let ran = Box::pin(self.run(both)).await;
        self.program = Some(program);
        self.judge();
        let writes = self.written_since(&outset);
        let left = match &ran {
            Ran::Done((Ok(_), Ok(_))) if !self.stage.fortune.met_full_disk() => Left::Running,
            Ran::Done(_) => Left::Ended,
            Ran::Killed | Ran::Endless => Left::Killed,
        };
        let is_set = matches!(ran, Ran::Done((_, Ok(_))));
        self.after_run(left).await?;
        self.paused(is_set.then_some(what)).await?;
        self.judge_cycle(&outset, &writes, None).await;
        Ok(())
    }

    async fn resume(&mut self) -> Result<(), String> {
        self.stage.notes().paused = None;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.resume(BY)).await;
        self.program = Some(program);
        self.after_run(Left::of(&ran)).await
    }

    /// Draws up a plan and keeps it as a file.
    async fn draw(&mut self) -> Result<(), String> {
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let Edges { source, reader, policy, settings } = Edges::new(&self.stage, &program.store)?;
        let fingerprint = policy.fingerprint();
        let planner = Planner::new(source, reader, program.store.clone(), policy, settings);
        let ran = self.run(planner.plan()).await;
        self.program = Some(program);
        if let Ran::Done(Ok(draft)) = &ran {
            let tenants = Tenants { tenant_id: String::new(), jostle_base_url: String::new() };
            let file = PlanFile::new(&draft.plan, (self.stage.time().of_program())(), tenants, fingerprint);
            self.drawn = Some(file.to_text().map_err(|error| error.to_string())?);
        }
        // It reads only: that a side fails ends nothing but the plan.
        let is_full = self.stage.fortune.met_full_disk();
        let left = match ran {
            Ran::Done(_) if is_full => Left::Ended,
            Ran::Done(_) => Left::Running,
            Ran::Killed | Ran::Endless => Left::Killed,
        };
        self.after_run(left).await
    }

    /// Carries out the plan that was drawn up last.
    async fn apply(&mut self) -> Result<(), String> {
        let Some(file) = self.drawn.as_deref().map(PlanFile::from_text) else { return Ok(()) };
        let file = file.map_err(|error| error.to_string())?;
        let operations: Vec<_> = file.entries.iter().map(|entry| entry.operation.clone()).collect();
        self.has_approved = true;
        let outset = self.outset().await;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.apply_plan(&file)).await;
        self.program = Some(program);
        let writes = self.written_since(&outset);
        self.judge_shown(&operations, &writes);
        self.judge();
        self.judge_rejected(&operations, &writes);
        if let Ran::Done(Ok(Carried { applied, .. })) = &ran {
            let lists = [&applied.done, &applied.stale, &applied.failed, &applied.waiting];
            let told: usize = lists.iter().map(|list| list.len()).sum();
            if told != operations.len() {
                self.stage.broken(Rule::Reviewed, format!("of {} in a plan {told} are told of", operations.len()));
            }
        }
        self.after_run(Left::of(&ran)).await
    }

    /// A plan is an approval of what is held, and not of what was rejected or undone.
    fn judge_rejected(&self, operations: &[PlannedOperation], writes: &[JostleWrite]) {
        let mut tenants = self.stage.tenants();
        let kept = tenants.said.kept_out.iter().filter(|kept| kept.because != Because::Held);
        let found = check::kept_out(kept, writes, tenants.hides_activity());
        tenants.said.kept_out.retain(|kept| operations.iter().all(|planned| planned.entra_id.as_str() != kept.person));
        drop(tenants);
        self.stage.notes().violations.extend(found);
    }

    pub(super) fn reader(&self) -> Result<Reader, String> {
        Reader::open(&self.file()).map_err(|error| error.to_string())
    }
}

fn stops(removals: bool) -> Stops {
    if removals { Stops::Removals } else { Stops::Everything }
}

/// Whether a decision is about somebody, by what is said of it: whoever is named, else whoever waits.
fn is_meant(Decision { only, except, .. }: &Decision, person: &HeldPerson) -> bool {
    match only {
        Some(only) => only.contains(&person.entra_id),
        None => person.held.verdict == Verdict::Open && !except.contains(&person.entra_id),
    }
}
