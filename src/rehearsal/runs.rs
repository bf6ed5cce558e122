//! The runs of the program, and what is judged after each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::check;
use super::oracle::Life;
use super::player::Player;
use super::rules::Rule;
use super::tenants::Tenants;
use crate::connector::{ErrorKind, Side};
use crate::engine::{CycleError, CycleReport, Decision, HoldId, ImportError, Verdict};
use crate::model::fold;
use crate::plan::APPROVAL_LIFETIME;
use crate::simulator::jostle::Author;
use crate::simulator::{Effect, Fault};
use crate::store::{Retry, StoreError};

/// How a run ended.
#[derive(Debug)]
pub(super) enum Ran<T> {
    Done(T),
    Killed,
    Endless,
}

/// What a run leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// A program that goes on.
    Running,
    /// None: a state that cannot be written ends the program.
    Ended,
    /// None: it was killed.
    Killed,
}

impl Left {
    /// After a run that ended so.
    pub(super) fn of<T, E>(ran: &Ran<Result<T, E>>) -> Self {
        match ran {
            Ran::Done(Ok(_)) => Self::Running,
            Ran::Done(Err(_)) => Self::Ended,
            Ran::Killed | Ran::Endless => Self::Killed,
        }
    }
}

/// Failures that no request caused.
const OF_PLANNING: [&str; 3] = ["mapping", "conflict", "scope"];

impl Player {
    /// One cycle.
    pub(super) async fn cycle(&mut self) -> Result<(), String> {
        let foretold = Box::pin(self.foretold()).await;
        let (before, outset) = (self.before().await, self.outset().await);
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let calm = self.is_calm();
        let outage = self.is_outage();
        let meets_strangers = self.meets_strangers();
        self.played.cycles += 1;
        let ran = self.run(program.engine.cycle()).await;
        self.program = Some(program);
        if let Ran::Done(result) = &ran {
            if self.ended(result, calm) {
                self.knows_since(before.moment);
            }
            if outage {
                self.attempts(&before.attempts).await;
            }
        }
        if meets_strangers {
            self.judge_contact();
        }
        self.judge();
        let writes = self.written_since(&outset);
        self.after_run(Left::of(&ran)).await?;
        self.judge_cycle(&outset, &writes, None).await;
        if let (Some(foretold), Ran::Done(Ok(report))) = (foretold, &ran)
            && report.error.is_none()
        {
            self.judge_foretold(foretold, report).await;
        }
        Ok(())
    }

    /// Whether the next cycle meets people in Jostle of whom nobody has said anything: it never wrote to it, and whoever
    /// is configured wants to be asked.
    fn meets_strangers(&self) -> bool {
        let tenants = self.stage.tenants();
        let asks = tenants.rulebook.asks_first && !self.has_approved;
        let was_written = || tenants.sim.jostle().journal().iter().any(|write| write.by == Author::Api);
        asks && has_strangers(&tenants) && !was_written()
    }

    /// Nothing is done for anybody at the first contact before somebody has looked at it.
    fn judge_contact(&self) {
        let tenants = self.stage.tenants();
        let written = tenants.sim.jostle().journal().iter().filter(|write| write.by == Author::Api).count();
        let is_broken = written > 0 && has_strangers(&tenants);
        drop(tenants);
        if is_broken {
            self.stage
                .broken(Rule::Contact, format!("{written} writes before anybody has looked at the first contact"));
        }
    }

    /// An administrator lets everything happen: what is held, and what was rejected before.
    pub(super) async fn approve(&mut self) -> Result<(), String> {
        self.has_approved = true;
        self.stage.notes().paused = None;
        let Some(program) = &self.program else { return Ok(()) };
        self.stage.fortune.begin(super::fortune::Lot::default());
        let at = program.engine.now();
        let record = program.store.guard_record(at, APPROVAL_LIFETIME).await.map_err(|error| error.to_string())?;
        let undecided = record.held.iter().filter(|person| person.held.verdict != Verdict::Approved);
        for person in undecided {
            let hold = HoldId { number: person.hold, revision: i64::MAX };
            let (verdict, by) = (Verdict::Approved, "an administrator".to_owned());
            let only = Some(vec![person.entra_id.clone()]);
            let decision = Decision { hold, verdict, only, except: Vec::new(), by, at };
            program.engine.decide_hold(decision).await.map_err(|error| error.to_string())?;
            let mut tenants = self.stage.tenants();
            tenants.said.approve(std::slice::from_ref(person), at);
            tenants.said.kept_out.retain(|kept| kept.person != person.entra_id.as_str());
        }
        // Whoever looked at what a group has lost lets it go on.
        program.engine.resume("an administrator").await.map_err(|error| error.to_string())?;
        Ok(())
    }

    /// What was true at this moment is known.
    fn knows_since(&mut self, moment: u64) {
        self.known_since = moment;
        self.stage.tenants().chronicle.known_since(moment);
    }

    /// Whether a cycle came to its end; an error without any fault is a defect.
    fn ended(&mut self, result: &Result<CycleReport, CycleError>, calm: bool) -> bool {
        let full = self.stage.fortune.met_full_disk();
        match result {
            Err(error) if !full => self.stage.broken(Rule::Runs, format!("a cycle failed: {error}")),
            Ok(report) => {
                tracing::debug!(event = "rehearsal.cycle", "{} {:?}", report.operations, report.error);
                if let Some(error) = report.error.as_ref().filter(|error| calm && !is_left_over(error)) {
                    self.stage.broken(Rule::Runs, format!("a cycle failed without any fault: {error}"));
                }
            }
            Err(_) => {}
        }
        matches!(result, Ok(report) if report.error.is_none()) && calm
    }

    /// One person on demand.
    pub(super) async fn on_demand(&mut self, who: u8) -> Result<(), String> {
        let Some(key) = self.key_of(who) else { return Ok(()) };
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let calm = self.is_calm();
        let ran = self.run(program.engine.provision(&key)).await;
        self.program = Some(program);
        if let Ran::Done(Err(error)) = &ran {
            self.refusal(error, calm);
        }
        self.judge();
        self.after_run(Left::of(&ran)).await?;
        self.forget_what_was_said(who);
        Ok(())
    }

    /// What is asked for by hand is done, whatever was held of it.
    fn forget_what_was_said(&self, who: u8) {
        let mut tenants = self.stage.tenants();
        let id = tenants.person(who).map(str::to_owned);
        tenants.said.kept_out.retain(|kept| Some(&kept.person) != id.as_ref());
    }

    /// A cycle, and one person beside it.
    pub(super) async fn cycle_and_beside(&mut self, who: u8, after_ms: u64) -> Result<(), String> {
        let Some(key) = self.key_of(who) else { return self.cycle().await };
        let outset = self.outset().await;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let calm = self.is_calm();
        let moment = self.stage.tenants().chronicle.moment;
        let id = self.stage.tenants().person(who).map(str::to_owned);
        self.played.cycles += 1;
        let stage = Arc::clone(&self.stage);
        let both = async {
            let late = async {
                sleep(Duration::from_millis(after_ms)).await;
                // Whoever asks by hand after a refusal wants to know whether it still holds.
                stage.notes().refused_at = None;
                program.beside.provision(&key).await
            };
            tokio::join!(program.engine.cycle(), late)
        };
        let ran = Box::pin(self.run(both)).await;
        self.program = Some(program);
        if let Ran::Done((cycle, provisioned)) = &ran {
            if let Err(error) = provisioned {
                self.refusal(error, calm);
            }
            if self.ended(cycle, calm) {
                self.knows_since(moment);
            }
        }
        self.judge();
        let left = match ran {
            Ran::Done((Ok(_), _)) => Left::Running,
            Ran::Done(_) => Left::Ended,
            Ran::Killed | Ran::Endless => Left::Killed,
        };
        let full = left == Left::Running && self.stage.fortune.met_full_disk();
        let writes = self.written_since(&outset);
        self.after_run(if full { Left::Ended } else { left }).await?;
        self.judge_cycle(&outset, &writes, id.as_deref()).await;
        Ok(())
    }

    /// All accounts are compared.
    pub(super) async fn reconcile(&mut self) -> Result<(), String> {
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let calm = self.is_calm();
        let ran = self.run(program.engine.reconcile()).await;
        self.program = Some(program);
        let full = self.stage.fortune.met_full_disk();
        if let Ran::Done(Err(error)) = &ran
            && calm
        {
            self.stage.broken(Rule::Runs, format!("a reconciliation failed without any fault: {error}"));
        }
        self.judge();
        let left = match ran {
            Ran::Done(_) if full => Left::Ended,
            Ran::Done(_) => Left::Running,
            Ran::Killed | Ran::Endless => Left::Killed,
        };
        self.after_run(left).await
    }

    /// An administrator lets those who wait be tried.
    pub(super) async fn retry_now(&mut self, who: Option<u8>) -> Result<(), String> {
        let key = match who {
            Some(who) => match self.key_of(who) {
                Some(key) => Some(key),
                None => return Ok(()),
            },
            None => None,
        };
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.retry_now(key.as_deref())).await;
        self.program = Some(program);
        if let Ran::Done(Err(ImportError::Cycle(error))) = &ran
            && !self.stage.fortune.met_full_disk()
        {
            self.stage.broken(Rule::Runs, format!("waking failed: {error}"));
        }
        self.after_run(Left::of(&ran)).await
    }

    /// What an administrator calls a person: sometimes by name, sometimes by id.
    fn key_of(&self, who: u8) -> Option<String> {
        let tenants = self.stage.tenants();
        let id = tenants.person(who)?.to_owned();
        let person = tenants.truth().people.remove(&id)?;
        drop(tenants);
        let name = person.text("userPrincipalName").filter(|_| person.life == Life::Live);
        let by_name = self.stage.notes().rng().bool();
        Some(name.filter(|_| by_name).unwrap_or(id))
    }

    /// On demand may find nobody; a cycle's error needs a fault.
    fn refusal(&self, error: &ImportError, calm: bool) {
        let ImportError::Cycle(error) = error else { return };
        if calm && !self.stage.fortune.met_full_disk() {
            self.stage.broken(Rule::Runs, format!("on demand failed without any fault: {error}"));
        }
    }

    /// What this run did to people who were in scope all the time, and to accounts that are nobody's.
    pub(super) fn judge(&mut self) {
        let tenants = self.stage.tenants();
        let journal = tenants.sim.jostle().journal();
        let writes = journal.get(self.judged..).unwrap_or_default();
        let found = check::leavers(writes, &tenants.chronicle, self.known_since, &self.losses.accounts);
        drop(tenants);
        self.judged = journal.len();
        self.stage.notes().violations.extend(found);
    }

    async fn before(&self) -> Before {
        let moment = self.stage.tenants().chronicle.moment;
        let attempts = if self.is_outage() { self.waiting().await } else { BTreeMap::new() };
        Before { moment, attempts }
    }

    /// Nobody's attempts may have grown while all of Jostle was down.
    async fn attempts(&self, before: &BTreeMap<String, Retry>) {
        for (id, retry) in self.waiting().await {
            let earlier = before.get(&id).map_or(0, |retry| retry.attempts);
            if retry.attempts > earlier && !OF_PLANNING.contains(&retry.kind.as_str()) {
                self.stage.broken(
                    Rule::Attempts,
                    format!(
                        "{id} had {earlier} attempts before the outage and {} now: {}",
                        retry.attempts, retry.message
                    ),
                );
            }
        }
    }

    /// Who waits, by Entra id.
    pub(super) async fn waiting(&self) -> BTreeMap<String, Retry> {
        let Some(program) = &self.program else { return BTreeMap::new() };
        self.stage.fortune.begin(super::fortune::Lot::default());
        let Ok(status) = program.store.status().await else { return BTreeMap::new() };
        status.waiting.into_iter().map(|waiting| (waiting.entra_id.as_str().to_owned(), waiting.retry)).collect()
    }
}

struct Before {
    moment: u64,
    attempts: BTreeMap<String, Retry>,
}

/// Whether a fault fails every request to its server.
pub(super) fn is_outage(fault: &Fault) -> bool {
    let Fault { side: _, method, path, skip, times, effect } = fault;
    let fails = match effect {
        Effect::Reset {} | Effect::ResetAfter {} | Effect::Hang {} => true,
        Effect::Status { status, .. } => matches!(status, 401 | 403 | 408 | 429 | 500 | 502 | 503 | 504),
        _ => false,
    };
    fails && method.is_none() && path.is_none() && *skip == 0 && times.is_none()
}

/// What a fault leaves behind fails once more: a round that never ends is given up when it is taken up again, and
/// whoever was read alone and has gone before the first complete read makes it look like a short one.
fn is_left_over(error: &CycleError) -> bool {
    match error {
        CycleError::Store(error) => matches!(**error, StoreError::ShrunkenBaseline { .. }),
        CycleError::Side(error) => error.side == Side::Entra && error.kind == ErrorKind::Protocol,
        _ => false,
    }
}

/// Whether Jostle has anybody who is not protected.
fn has_strangers(tenants: &Tenants) -> bool {
    let protected = tenants.rulebook.protected.as_ref().map(|name| fold(name));
    let accounts = tenants.sim.jostle().users_json();
    accounts.iter().any(|account| account["userName"].as_str().map(fold) != protected)
}
