//! The end of a scenario: the faults stop, time passes, and everything must be right.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::sleep;

use super::check;
use super::evidence::Evidence;
use super::play::Played;
use super::player::Player;
use super::rules::{Rule, Violation};
use super::runs::{Left, Ran};
use crate::model::{EntraId, Treatment};
use crate::store::{LogQuery, Retry, Status};

/// The longest wait of a person is a day and a quarter of it; an hour more, and everybody has been tried again.
const LONGEST_WAIT: Duration = Duration::from_hours(31);

/// Beside one cycle for each person. A name that is free only when another person's account has given it up costs a
/// wait each, and no chain of names is longer than the company; the first cycles settle, read again, and end the days
/// of grace and those up to a deletion.
const MORE_CYCLES: usize = 6;

/// Before the cycle that must have nothing to do.
const A_REST: Duration = Duration::from_mins(1);

/// More lines than any scenario writes.
pub(super) const WHOLE_LOG: usize = 100_000;

impl Player {
    /// Lets the faults stop and judges.
    pub(super) async fn end(mut self) -> Played {
        if let Err(why) = self.finale().await {
            self.stage.broken(Rule::Runs, why);
        }
        let mut notes = self.stage.notes();
        let mut violations = std::mem::take(&mut notes.violations);
        violations.dedup();
        let (digest, requests, faults) = (notes.digested(), notes.requests, notes.faults);
        drop(notes);
        Played { violations, digest, requests, faults, ..self.played }
    }

    async fn finale(&mut self) -> Result<(), String> {
        self.calm()?;
        let most = MORE_CYCLES + self.stage.tenants().truth().people.len();
        let mut wrong = Vec::new();
        for cycle in 0..most {
            tracing::debug!(event = "rehearsal.finale", cycle);
            // What was approved is done within a day or asked for again.
            self.approve().await?;
            self.cycle().await?;
            // Who wants the name of somebody held is asked about as soon as that one was written.
            if self.status().await?.held > 0 {
                self.approve().await?;
                self.cycle().await?;
            }
            if cycle == 0 && self.stage.tenants().rulebook.repairs {
                self.reconcile().await?;
            }
            let evidence = self.evidence().await?;
            wrong = check::in_the_end(&evidence);
            if cycle > 0 && wrong.is_empty() || cycle + 1 == most {
                break;
            }
            sleep(if cycle == 0 { Duration::from_mins(10) } else { LONGEST_WAIT }).await;
        }
        self.stage.notes().violations.extend(wrong);
        self.rest().await?;
        let evidence = self.evidence().await?;
        let always = check::always(&evidence);
        let mut notes = self.stage.notes();
        notes.violations.extend(always);
        let state: Vec<String> = evidence.log.iter().map(|line| format!("{line:?}")).collect();
        notes.digest(state);
        notes.digest(format!("{:?}", evidence.accounts));
        Ok(())
    }

    /// Cycles until nobody who waits comes due before the next one.
    async fn until_nobody_is_due(&mut self) -> Result<(), String> {
        for _ in 0..MORE_CYCLES {
            let next_cycle = (self.stage.time().of_program())() + SignedDuration::try_from(A_REST).unwrap_or_default();
            let is_due = |retry: &Retry| retry.next_at.is_some_and(|at| at <= next_cycle);
            if !self.waiting().await.values().any(is_due) {
                break;
            }
            sleep(A_REST).await;
            self.approve().await?;
            self.cycle().await?;
        }
        Ok(())
    }

    /// The next cycle has nothing to do, and nothing is left open.
    async fn rest(&mut self) -> Result<(), String> {
        self.until_nobody_is_due().await?;
        sleep(A_REST).await;
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        let ran = self.run(program.engine.cycle()).await;
        self.program = Some(program);
        let mut details = Vec::new();
        match ran {
            Ran::Done(Ok(report)) => {
                if report.operations.total() + report.failed + report.held > 0 || report.requests.jostle > 0 {
                    details.push(format!(
                        "{}; {} failed, {} held, {} requests to Jostle",
                        report.operations, report.failed, report.held, report.requests.jostle
                    ));
                }
                details.extend(report.error.map(|error| error.to_string()));
            }
            other => details.push(format!("the last cycle: {other:?}")),
        }
        self.after_run(Left::Running).await?;
        details.extend(left_open(&self.status().await?));
        let violations = details.into_iter().map(|detail| Violation { rule: Rule::Rest, detail });
        self.stage.notes().violations.extend(violations);
        Ok(())
    }

    async fn status(&self) -> Result<Status, String> {
        let Some(program) = &self.program else { return Err("no program".to_owned()) };
        program.store.status().await.map_err(|error| error.to_string())
    }

    async fn evidence(&self) -> Result<Evidence, String> {
        let Some(program) = &self.program else { return Err("no program".to_owned()) };
        let (truth, mut evidence) = self.gathered();
        let query = LogQuery { entra_id: None, limit: WHOLE_LOG };
        evidence.log = program.store.log(query).await.map_err(|error| error.to_string())?;
        evidence.log.reverse();
        evidence.waiting = self.waiting().await;
        for id in truth {
            let entra_id = EntraId::new(&id);
            let record = program.store.person(&entra_id).await.map_err(|error| error.to_string())?;
            if let Some(link) = record.and_then(|record| record.link) {
                let drift = program.store.drift_of(&entra_id).await.map_err(|error| error.to_string())?.into_iter();
                let in_vain = drift.filter(|known| known.drift.treatment == Treatment::InVain);
                let given_up = in_vain.map(|known| (link.target_id.to_string(), known.drift.attribute.to_string()));
                evidence.given_up.extend(given_up);
                evidence.links.insert(id, link);
            }
        }
        Ok(evidence)
    }

    /// What both tenants show, and the ids of all people.
    fn gathered(&self) -> (Vec<String>, Evidence) {
        let tenants = self.stage.tenants();
        let truth = tenants.truth();
        let ids = truth.people.keys().cloned().collect();
        let accounts = tenants.sim.jostle().users_json().into_iter();
        let evidence = Evidence {
            truth,
            rulebook: tenants.rulebook.clone(),
            chosen: tenants.chosen.clone(),
            chronicle: tenants.chronicle.clone(),
            said: tenants.said.clone(),
            switches: tenants.switches.clone(),
            accounts: accounts.filter_map(|account| Some((account["id"].as_str()?.to_owned(), account))).collect(),
            journal: tenants.sim.jostle().journal(),
            told_from: self.losses.told_from,
            log: Vec::new(),
            links: BTreeMap::new(),
            waiting: BTreeMap::new(),
            clock_set: self.clock_set,
            forgotten: self.losses.accounts.clone(),
            given_up: BTreeSet::new(),
        };
        (ids, evidence)
    }
}

fn left_open(status: &Status) -> Vec<String> {
    let mut left = Vec::new();
    let Status { dirty, open_intents, cycles, quarantines, .. } = status;
    if *dirty > 0 {
        left.push(format!("{dirty} people are dirty"));
    }
    if *open_intents > 0 {
        left.push(format!("{open_intents} intents are open"));
    }
    left.extend(cycles.iter().filter(|cycle| cycle.result.is_none()).map(|cycle| format!("cycle {:?} runs", cycle.id)));
    left.extend(
        quarantines.iter().map(|quarantine| format!("{} is in quarantine: {}", quarantine.side, quarantine.reason)),
    );
    left
}
