//! Carrying out what was asked for.

use std::sync::Arc;

use tokio::sync::Notify;

use super::protocol::{Answer, Ask, PlanText};
use crate::connector::{SourceReader, TargetWriter};
use crate::daemon::SystemUser;
use crate::engine::{
    Carried, CarriedUndo, Chosen, CycleError, Decision, Engine, EntraId, FileError, ImportError, PlanFile, StepStatus,
    Stops, Tenants, Verdict, operations_from_text,
};

/// What carries out reviewed plans.
pub struct Plans<S, W> {
    /// It works beside that of the cycles.
    pub engine: Engine<S, W>,
    /// For whom a plan must have been made.
    pub tenants: Tenants,
}

/// What is asked for is done here, beside the cycles.
pub struct Desk<S, W> {
    engine: Engine<S, W>,
    plans: Plans<S, W>,
    wake: Option<Arc<Notify>>,
    code: fn(&ImportError) -> u8,
}

impl<S: SourceReader, W: TargetWriter> Desk<S, W> {
    /// `engine` works beside that of the cycles, and that of `plans` too; `wake` begins a cycle, where cycles come at all; `code` says with which exit code a command
    /// fails.
    pub fn new(
        engine: Engine<S, W>,
        plans: Plans<S, W>,
        wake: Option<Arc<Notify>>,
        code: fn(&ImportError) -> u8,
    ) -> Self {
        Self { engine, plans, wake, code }
    }

    /// Carries out what a user of the operating system, by number, has asked for.
    pub(super) async fn carry_out(&self, uid: u32, ask: &Ask) -> Answer {
        let done = match ask {
            Ask::Provision { user, sudo_user } => self.provision(user, name_of(uid, sudo_user.as_deref()).await).await,
            Ask::Retry { user } => self.retry(user.as_deref()).await,
            Ask::Pause { what, why, sudo_user } => {
                self.pause(*what, why.clone(), name_of(uid, sudo_user.as_deref()).await).await
            }
            Ask::Decide { hold, verdict, only, except, sudo_user } => {
                let by = name_of(uid, sudo_user.as_deref()).await;
                let (only, except, at) = (only.clone(), except.clone(), self.engine.now());
                self.decide(Decision { hold: *hold, verdict: *verdict, only, except, by, at }).await
            }
            Ask::Choose { chosen, sudo_user } => {
                self.choose(chosen.clone(), name_of(uid, sudo_user.as_deref()).await).await
            }
            Ask::Apply { plan, sudo_user } => self.apply(plan, name_of(uid, sudo_user.as_deref()).await).await,
            Ask::Undo { cycle, operations, sudo_user } => {
                self.undo(*cycle, operations, &name_of(uid, sudo_user.as_deref()).await).await
            }
            Ask::Reconcile {} => self.reconcile().await,
            Ask::Purge { entra_id, sudo_user } => self.purge(entra_id, &name_of(uid, sudo_user.as_deref()).await).await,
            Ask::Resume { sudo_user } => self.resume(&name_of(uid, sudo_user.as_deref()).await).await,
        };
        done.unwrap_or_else(|error| Answer::Failed { code: (self.code)(&error), reason: error.to_string() })
    }

    /// Both sides answered: whatever else waits for them need not wait for its time.
    async fn provision(&self, user: &str, by: String) -> Result<Answer, ImportError> {
        let provisioned = self.engine.provision_by(user, Some(by)).await?;
        if provisioned.status == StepStatus::Success {
            self.wake();
        }
        Ok(Answer::Provisioned(Box::new(provisioned)))
    }

    /// Everybody is asked for also to have a side tried again that is left alone, although nobody waits.
    async fn retry(&self, user: Option<&str>) -> Result<Answer, ImportError> {
        let people = self.engine.retry_now(user).await?.people;
        let cycle = (user.is_none() || people > 0) && self.wake();
        Ok(Answer::Woken { people, cycle })
    }

    async fn pause(&self, what: Stops, why: Option<String>, by: String) -> Result<Answer, ImportError> {
        let (pause, replaced) = self.engine.pause(what, by, why).await?;
        // What the first pause stopped and this one does not need not wait for its time.
        if what == Stops::Removals && replaced.as_ref().is_some_and(|old| old.what == Stops::Everything) {
            self.wake();
        }
        Ok(Answer::Paused { pause, replaced })
    }

    async fn decide(&self, decision: Decision) -> Result<Answer, ImportError> {
        let is_approval = decision.verdict == Verdict::Approved;
        let on = self.engine.decide_hold(decision).await.map_err(CycleError::from)?;
        let cycle = is_approval && on.people > 0 && self.wake();
        Ok(Answer::Decided { on, cycle })
    }

    async fn choose(&self, chosen: Vec<Chosen>, by: String) -> Result<Answer, ImportError> {
        let people = self.engine.choose(chosen, by).await.map_err(CycleError::from)?;
        let cycle = people > 0 && self.wake();
        Ok(Answer::Chosen { people, cycle })
    }

    async fn purge(&self, entra_id: &EntraId, by: &str) -> Result<Answer, ImportError> {
        Ok(match self.engine.purge(entra_id, by).await.map_err(CycleError::from)? {
            Ok(purged) => Answer::Purged(purged),
            Err(refused) => Answer::PurgeRefused { reason: refused.to_string() },
        })
    }

    async fn resume(&self, by: &str) -> Result<Answer, ImportError> {
        let ended = self.engine.resume(by).await?;
        let cycle = ended.is_some() && self.wake();
        Ok(Answer::Resumed { ended, cycle })
    }

    async fn apply(&self, plan: &PlanText, by: String) -> Result<Answer, ImportError> {
        let file =
            match read(plan, PlanFile::from_text).await.and_then(|file| file.check(&self.plans.tenants).map(|()| file))
            {
                Ok(file) => file,
                Err(refused) => return Ok(Answer::PlanRefused { reason: refused.to_string() }),
            };
        let Carried { applied, error } = self.plans.engine.apply_plan_by(&file, Some(by)).await?;
        let code = error.map(|error| (self.code)(&error.into()));
        Ok(Answer::Applied { applied: Box::new(applied), code })
    }

    async fn undo(&self, cycle: i64, operations: &PlanText, by: &str) -> Result<Answer, ImportError> {
        let operations = match read(operations, operations_from_text).await {
            Ok(operations) => operations,
            Err(refused) => return Ok(Answer::PlanRefused { reason: refused.to_string() }),
        };
        let CarriedUndo { undone, error } = self.plans.engine.undo(cycle, &operations, by).await?;
        let code = error.map(|error| (self.code)(&error.into()));
        Ok(Answer::Undone { undone: Box::new(undone), code })
    }

    /// It is as long as a plan, and no more urgent.
    async fn reconcile(&self) -> Result<Answer, ImportError> {
        let found = self.plans.engine.reconcile().await?;
        if found.is_for_the_next_cycle() {
            self.wake();
        }
        Ok(Answer::Reconciled { found: Box::new(found), cycle: self.wake.is_some() })
    }

    /// Whether there will be a cycle.
    fn wake(&self) -> bool {
        self.wake.as_ref().inspect(|wake| wake.notify_one()).is_some()
    }

    /// What a request that takes long waits for.
    pub(super) fn waits_for(&self) -> String {
        let waits = self.engine.throttled();
        let asked: Vec<_> =
            waits.iter().map(|(side, until)| format!("{side} has asked to be left alone until {until:.0}")).collect();
        match asked.as_slice() {
            [] => "Entra or Jostle has not answered yet".to_owned(),
            asked => asked.join(", and "),
        }
    }
}

/// A plan may be long: it is read beside everything else.
async fn read<T: Send + 'static>(
    PlanText(text): &PlanText,
    from_text: fn(&str) -> Result<T, FileError>,
) -> Result<T, FileError> {
    let text = text.clone();
    let read = tokio::task::spawn_blocking(move || from_text(&text)).await;
    read.unwrap_or_else(|died| Err(FileError::NoPlan(died.to_string())))
}

/// A user by name, which a directory of the company may have to be asked for.
async fn name_of(uid: u32, sudo_user: Option<&str>) -> String {
    let user = SystemUser::new(uid, sudo_user);
    tokio::task::spawn_blocking(move || user.name()).await.unwrap_or_else(|_| format!("user {uid}"))
}
