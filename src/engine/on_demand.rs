//! Provisioning one person on demand: the way of a cycle, through the same functions, with every step shown.

use std::sync::Arc;

use serde_json::{Value, json};

use super::carry_out::{GIVEN_TO_ANOTHER, Overtaken, STILL_IN_DOUBT};
use super::draft::{Basis, failed, name_of};
use super::import::Imported;
use super::outcome::Done;
use super::perform::PerformError;
use super::planner::person;
use super::settle::Doubt;
use super::steps::{Provisioned, Step, StepName, StepStatus, connect_step, import_step, match_step, scope_step, step};
use super::tally::Tally;
use super::{CycleError, Engine, ImportError};
use crate::connector::{SourceReader, TargetWriter};
use crate::model::Link;
use crate::plan::{Decided, Decision, Hit, Identity, Matching, PlannedOperation, decide};
use crate::scope::Memberships;
use crate::store::{ByHand, CycleId, CycleKind, Forgiven, PersonRecord, RetryChange, Settled, Stops, StoreError};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Provisions one person, named by user principal name, mail address or object id, at once. While everything is
    /// paused it asks and writes nothing, and while removals are, it removes nobody: both fail with
    /// [`ImportError::Paused`].
    pub async fn provision(&self, key: &str) -> Result<Provisioned, ImportError> {
        self.provision_by(key, None).await
    }

    /// The same at the word of a user of the operating system, whom the history remembers.
    pub async fn provision_by(&self, key: &str, by: Option<String>) -> Result<Provisioned, ImportError> {
        if let Some(pause) = self.planner.read_pause().await?.filter(|pause| pause.what == Stops::Everything) {
            return Err(ImportError::Paused { user: key.to_owned(), pause });
        }
        let running = self.begin_by_hand(CycleKind::OnDemand, ByHand { by, undoes: None }).await?;
        let tally = Tally::default();
        let id = running.id;
        let result = self.provision_steps(id, key, &tally).await;
        let end = match &result {
            Err(ImportError::Cycle(error)) => Err(error.clone()),
            _ => Ok(0),
        };
        let _report = self.end(running, tally, end).await?;
        result
    }

    async fn provision_steps(&self, id: CycleId, key: &str, tally: &Tally) -> Result<Provisioned, ImportError> {
        let planner = &self.planner;
        // Whoever comes with the configuration of before plans this person again.
        planner.begin_deciding().await?;
        // Before the person is read, so that the mark of a membership that differs is taken off with the outcome.
        let groups_note = planner.read_memberships_beside().await?;
        let jostle_before = planner.target.requests();
        let Imported { entra_id, note } = planner.import(key).await?;
        let _working = planner.interlock.work_beside(&entra_id).await;
        let doubt = planner.settle_person(&entra_id).await?;
        let record = planner.store.person(&entra_id).await?.ok_or_else(|| ImportError::Unknown(key.to_owned()))?;
        let memberships = planner.memberships().await?;
        let mut out = Provisioned {
            cycle: id.0,
            user: name_of(&record),
            entra_id,
            steps: vec![
                import_step(&record.user, &planner.policy.mapping.redacted_properties()).with_note(note),
                scope_step(person(&record), planner.situation(&memberships)).with_note(groups_note),
            ],
            operation: None,
            changes: Vec::new(),
            status: StepStatus::Skipped,
        };
        let found = match doubt {
            Doubt::Remains => Found::Failed(format!("{STILL_IN_DOUBT}; it is settled before anything else is sent")),
            Doubt::None | Doubt::Settled => self.find_account(record, &memberships).await?,
        };
        out.steps.insert(0, connect_step(planner.target.requests() > jostle_before));
        match found {
            Found::Record(record, hits, matched) => {
                out.steps.push(matched);
                let known = Known { record: &record, hits: &hits, memberships: &memberships };
                self.act(id, known, &mut out, tally).await?;
            }
            Found::Failed(message) => {
                out.steps.push(step(StepName::Match, StepStatus::Failure, &message, Value::Null));
                out.status = StepStatus::Failure;
                tally.add(0, 1);
            }
        }
        Ok(out)
    }

    /// The person's account: by id where there is a link, by `userName` where there is none.
    async fn find_account(&self, record: PersonRecord, memberships: &Memberships) -> Result<Found, ImportError> {
        if let Some(link) = record.link.clone().filter(|link| !link.gone) {
            return self.find_linked(record, link).await;
        }
        let planner = &self.planner;
        let decided = decide(person(&record), planner.situation(memberships), Matching::NotAsked);
        let Decision::Match(wanted) = decided.decision else {
            let found = step(StepName::Match, StepStatus::Skipped, "no account, and none is looked for", Value::Null);
            return Ok(Found::Record(Box::new(record), Vec::new(), found));
        };
        let hits = match planner.look_for(&wanted).await {
            Ok(hits) => hits,
            Err(error) => return self.not_found_out(error.into()).await,
        };
        let found = match_step(&wanted, &hits);
        Ok(Found::Record(Box::new(record), hits, found))
    }

    async fn find_linked(&self, record: PersonRecord, link: Link) -> Result<Found, ImportError> {
        let planner = &self.planner;
        match planner.target.account(&link.target_id).await {
            Err(error) => return self.not_found_out(error.into()).await,
            Ok(Some(account)) => {
                let details =
                    json!({ "jostle_id": account.id, "userName": account.user_name, "active": account.is_active() });
                let found = step(StepName::Match, StepStatus::Success, "the linked account, by its Jostle id", details);
                return Ok(Found::Record(Box::new(record), Vec::new(), found));
            }
            Ok(None) => {}
        }
        let before = link.target_id.clone();
        let link = match planner.relink(&link).await {
            Ok(link) => link,
            Err(error) => return self.not_found_out(error).await,
        };
        let description = match (link.gone, link.target_id == before) {
            (true, _) => "the linked account was deleted in Jostle",
            (false, true) => "the linked account, by its Jostle id, at the second look",
            (false, false) => "the linked account has another Jostle id now, found by userName",
        };
        let found = step(StepName::Match, StepStatus::Success, description, json!({ "jostle_id": link.target_id }));
        // Due from now on: what the other account needs must not depend on what comes next.
        let entra_id = record.user.id.clone();
        planner.store.forgive(vec![Forgiven { entra_id: entra_id.clone(), retry: record.retry }]).await?;
        let Some(_claim) = planner.interlock.claims.take(&link.target_id) else {
            return Ok(Found::Failed(GIVEN_TO_ANOTHER.to_owned()));
        };
        if let Err(taken) = planner.store.put_link(link).await {
            return match taken {
                StoreError::LinkTaken { .. } => Ok(Found::Failed(taken.to_string())),
                error => Err(error.into()),
            };
        }
        let record = planner.store.person(&entra_id).await?.ok_or(CycleError::Moved(entra_id))?;
        Ok(Found::Record(Box::new(record), Vec::new(), found))
    }

    /// A look-up that failed: for this person, or because all of Jostle fails.
    async fn not_found_out(&self, error: PerformError) -> Result<Found, ImportError> {
        match error {
            PerformError::Person(failure) => Ok(Found::Failed(failure.to_string())),
            PerformError::Cycle(error) => Err(error.into()),
            PerformError::Side(error) => match self.planner.outage(&error).await {
                Some(outage) => Err(outage.into()),
                None => Ok(Found::Failed(error.to_string())),
            },
        }
    }

    async fn act(
        &self,
        id: CycleId,
        Known { record, hits, memberships }: Known<'_>,
        out: &mut Provisioned,
        tally: &Tally,
    ) -> Result<(), ImportError> {
        let planner = &self.planner;
        let Decided { decision, watch } = decide(person(record), planner.situation(memberships), Matching::Found(hits));
        let basis = Basis::of(record, watch, memberships);
        let (status, description) = match decision {
            Decision::Do(operation) if planner.hold_if_doubtful(&operation, &basis).await? => {
                tally.add(0, 1);
                (StepStatus::Failure, in_doubt(&operation))
            }
            Decision::Do(operation) => {
                let done = planner.write(id, &operation, &basis, Overtaken::Done).await?;
                tally.count(&done);
                match done {
                    Done::Written(performed) => {
                        out.operation = Some(performed.operation).filter(|_| performed.skipped.is_none());
                        out.changes = performed.changes;
                        match performed.skipped {
                            Some(reason) => (StepStatus::Skipped, reason.to_string()),
                            None => (StepStatus::Success, format!("{}: {}", performed.operation, operation.reason)),
                        }
                    }
                    Done::Failed(failed) => (StepStatus::Failure, failed.message),
                    Done::PutOff(why) => (StepStatus::Skipped, why.to_owned()),
                    Done::Paused(pause) => {
                        tally.wait(&pause, [&out.entra_id]);
                        return Err(ImportError::Paused { user: out.user.clone(), pause });
                    }
                }
            }
            Decision::Skip(reason) => {
                let (entra_id, mark) = (record.user.id.clone(), record.mark);
                let (retry, watch, ends_hold) = (RetryChange::Clear, Some(watch), true);
                let settled = Settled { entra_id, mark, retry, watch, ends_hold };
                planner.store.settle(vec![settled]).await?;
                tally.add(1, 0);
                (StepStatus::Skipped, reason.to_string())
            }
            Decision::Fail(failure) => {
                planner.record_planning_failure(id, &failed(record, &failure), &basis).await?;
                tally.add(0, 1);
                (StepStatus::Failure, failure.to_string())
            }
            Decision::Match(_) => (StepStatus::Skipped, "not decided; the next cycle decides".to_owned()),
        };
        let details = json!({ "changes": out.changes });
        out.steps.push(step(StepName::Act, status, &description, details));
        out.status = status;
        Ok(())
    }
}

/// Why nothing was done for somebody whose account is doubtful.
fn in_doubt(PlannedOperation { user_name, identity, target_id, .. }: &PlannedOperation) -> String {
    let (Identity::Doubtful(doubtful), Some(id)) = (identity, target_id) else { return String::new() };
    format!("held: {doubtful}; if it is theirs: entra-jostle-sync link {user_name} {id}")
}

/// What was found out before anything is done.
#[derive(Clone, Copy)]
struct Known<'a> {
    record: &'a PersonRecord,
    hits: &'a [Hit],
    memberships: &'a Arc<Memberships>,
}

enum Found {
    Record(Box<PersonRecord>, Vec<Hit>, Step),
    Failed(String),
}
