//! Writes in doubt: begun, and no outcome known, after a crash or because the answer was lost. Jostle is read, never
//! guessed at. Whoever is in doubt is not written before it is settled.

use std::collections::BTreeSet;

use super::outcome::{entry_of, log_success};
use super::perform::{Performed, with_changes};
use super::planner::LookUpError;
use super::{CycleError, Planner};
use crate::connector::{ErrorKind, TargetReader};
use crate::defects::{Defect, planted};
use crate::event::catalogue::IntentOpen;
use crate::model::{Account, Change, EntraId, Link, LinkOrigin, Operation, TargetPath, Values};
use crate::plan::{Hit, is_made_from, shown};
use crate::store::{HoldChange, Intent, IntentId, LinkChange, Outcome, PersonRecord, RetryChange, StoreError};

/// What stands in the provisioning log for a write of which only reading told.
const SETTLED_BY_READING: &str = "carried out, although its answer was lost; settled by reading the account";

/// What Jostle shows of a write in doubt.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) performed: Performed,
    /// All of it.
    pub(super) is_whole: bool,
}

/// Whether something about a person is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Nothing was.
    None,
    /// It was, and is settled.
    Settled,
    /// Jostle cannot be read.
    Remains,
}

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Settles whatever is in doubt of people whom nobody is working on: what those are sending is in no doubt yet.
    pub(super) async fn settle_intents(&self) -> Result<(), CycleError> {
        let people: BTreeSet<_> = self.store.open_intents().await?.into_iter().map(|(_, i)| i.entra_id).collect();
        for id in people {
            self.go_on()?;
            if let Some(_working) = self.interlock.people.try_lock(&id) {
                self.settle_person(&id).await?;
            }
        }
        Ok(())
    }

    /// Settles what is in doubt of one person, on whom the caller works.
    pub(super) async fn settle_person(&self, id: &EntraId) -> Result<Doubt, CycleError> {
        let mut doubt = Doubt::None;
        for (number, intent) in self.store.open_intents_of(id).await? {
            match self.find(&intent).await {
                Ok(found) => self.settle(number, &intent, found.as_ref()).await?,
                Err(LookUpError::Cycle(error)) => return Err(error),
                Err(LookUpError::Jostle(error)) => match self.outage(&error).await {
                    Some(outage) => return Err(outage),
                    None => {
                        IntentOpen {
                            entra_id: (&id).into(),
                            operation: intent.operation.into(),
                            error: Some(error.into()),
                        }
                        .emit();
                        return Ok(Doubt::Remains);
                    }
                },
            }
            doubt = Doubt::Settled;
        }
        Ok(doubt)
    }

    /// The outcome of a write by what was found of it. The person stays due, unless all of it is there.
    pub(super) async fn settle(
        &self,
        number: IntentId,
        intent: &Intent,
        found: Option<&Found>,
    ) -> Result<(), CycleError> {
        let Some(Found { performed, is_whole }) = found else { return Ok(self.store.drop_intent(number).await?) };
        let mut entry = entry_of(intent, performed, (self.settings.clock)());
        entry.message = Some(SETTLED_BY_READING.to_owned());
        let hold = match &intent.undo {
            None => HoldChange::End,
            Some(hold) if *is_whole => hold.clone(),
            Some(_) => HoldChange::Keep,
        };
        let is_settled = *is_whole && hold != HoldChange::Keep;
        let retry = if is_settled { RetryChange::Clear } else { RetryChange::Keep };
        let link = performed.link.clone();
        let outcome =
            Outcome { intent: Some(number), entry: entry.clone(), link, retry, watch: None, mark: None, hold };
        match self.store.record(outcome.clone()).await {
            // It was written all the same, although it is somebody else's by now.
            Err(StoreError::LinkTaken { .. }) => {
                self.store.record(Outcome { link: LinkChange::Keep, ..outcome }).await?;
            }
            result => result?,
        }
        log_success(&entry);
        Ok(())
    }

    /// What Jostle shows of a write; none if it shows nothing of it.
    pub(super) async fn find(&self, intent: &Intent) -> Result<Option<Found>, LookUpError> {
        let record = self.store.person(&intent.entra_id).await.map_err(CycleError::from)?;
        if intent.operation == Operation::Create {
            return self.find_created(intent, record.as_ref()).await;
        }
        let account = self.account_of(intent).await?;
        Ok(match (intent.operation, account) {
            (Operation::Delete, None) => {
                let performed = Performed {
                    operation: Operation::Delete,
                    changes: Vec::new(),
                    link: LinkChange::Remove,
                    target_id: intent.target_id.clone(),
                    skipped: None,
                    receipt: None,
                };
                Some(Found { performed, is_whole: true })
            }
            (Operation::Delete, Some(_)) | (_, None) => None,
            (_, Some(account)) => self.find_changes(intent, record.as_ref(), &account),
        })
    }

    /// The account that a POST made. It has the name that was sent, whatever the person is called by now.
    async fn find_created(&self, intent: &Intent, record: Option<&PersonRecord>) -> Result<Option<Found>, LookUpError> {
        if record.and_then(|record| record.link.as_ref()).is_some_and(|link| !link.gone) {
            return Ok(None);
        }
        if planted(Defect::CreateNotLookedUp) {
            return Ok(None);
        }
        let mut hits = self.hits(&intent.user_name).await?;
        if hits.is_empty() {
            hits = match self.hits_by_list(&intent.user_name).await {
                // A list that cannot be read to its end says nothing: the filter's no is believed at the second time.
                Err(LookUpError::Jostle(error)) if error.kind == ErrorKind::Protocol => {
                    self.hits(&intent.user_name).await?
                }
                hits => hits?,
            };
        }
        let is_ours = |hit: &Hit| hit.owner.is_none() && is_made_from(&intent.changes, intent.at, &hit.account);
        let mut ours = hits.into_iter().filter(is_ours).map(|hit| hit.account);
        let (Some(account), None) = (ours.next(), ours.next()) else { return Ok(None) };
        let changes = shown(&intent.changes, &Values::new(), &account);
        let link = record.map(|_| self.new_link(intent, &account, LinkOrigin::Created, &changes));
        Ok(Some(found(intent, account, changes, link)))
    }

    /// What an account shows of the changes that a PATCH had.
    fn find_changes(&self, intent: &Intent, record: Option<&PersonRecord>, account: &Account) -> Option<Found> {
        let known = record.and_then(|record| record.link.clone());
        let adopts = intent.operation == Operation::Adopt;
        let before = if adopts { &intent.seen } else { known.as_ref().map_or(&intent.seen, |link| &link.seen) };
        let changes = shown(&intent.changes, before, account);
        if changes.is_empty() {
            return None;
        }
        let link = match known {
            Some(link) if link.target_id == account.id => Some(with_changes(link, Some(account), &changes)),
            Some(link) if !link.gone => None,
            _ if adopts => record.map(|_| self.new_link(intent, account, LinkOrigin::Adopted, &changes)),
            _ => None,
        };
        Some(found(intent, account.clone(), changes, link))
    }

    fn new_link(&self, intent: &Intent, account: &Account, origin: LinkOrigin, changes: &[Change]) -> Link {
        let link = Link {
            entra_id: intent.entra_id.clone(),
            target_id: account.id.clone(),
            origin,
            gone: false,
            sent: Values::new(),
            seen: self.seen_with_active(account),
        };
        with_changes(link, Some(account), changes)
    }

    /// The account that a write was for. Some servers answer 500 for an id that they do not have: then the account is
    /// there only if it is found under one of its names.
    async fn account_of(&self, intent: &Intent) -> Result<Option<Account>, LookUpError> {
        let Some(id) = &intent.target_id else { return Ok(None) };
        match self.target.account(id).await {
            Err(error) if error.status == Some(500) && self.outage(&error).await.is_none() => {
                let name = TargetPath::user_name();
                let renamed = intent.changes.iter().filter(|change| change.attribute == name);
                let old = renamed.filter_map(|change| change.old.as_ref()?.as_text());
                for user_name in old.chain([intent.user_name.as_str()]) {
                    let hits = self.hits(user_name).await?;
                    if let Some(hit) = hits.into_iter().find(|hit| hit.account.id == *id) {
                        return Ok(Some(hit.account));
                    }
                }
                Ok(None)
            }
            account => Ok(account?),
        }
    }
}

/// What was found. A deactivation of which another attribute alone is there was no deactivation.
fn found(intent: &Intent, account: Account, changes: Vec<Change>, link: Option<Link>) -> Found {
    let switches = matches!(intent.operation, Operation::Deactivate | Operation::Reactivate);
    let is_switched = changes.iter().any(|change| change.attribute == TargetPath::active());
    let operation = if switches && !is_switched { Operation::Update } else { intent.operation };
    let is_whole = changes.len() == intent.changes.len();
    let link = link.map_or(LinkChange::Keep, LinkChange::Put);
    let performed = Performed { operation, changes, link, target_id: Some(account.id), skipped: None, receipt: None };
    Found { performed, is_whole }
}
