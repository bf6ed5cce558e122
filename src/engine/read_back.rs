//! Reading managed accounts back: by listing them, and each alone of which the list says too little. Nothing is stored
//! here; what was read counts only if all of it could be.

use std::collections::HashMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use super::draft::name_of;
use super::perform::PerformError;
use super::planner::person;
use super::{CycleError, Planner, Stage};
use crate::connector::{ConnectorError, TargetReader};
use crate::model::{Drift, EntraId, Link, TargetId, Values};
use crate::plan::{Drifted, Person, Situation, shown_values};
use crate::scope::Memberships;
use crate::store::{Listing, PersonRecord};

/// People compared at once per read of the state.
const BATCH: usize = 500;

/// Every managed account as it was read.
pub(super) struct ReadBacks {
    /// Managed accounts, whatever came of them.
    pub(super) managed: u64,
    /// Accounts of which the list showed that there is nothing to say.
    pub(super) quiet: u64,
    /// Who is nobody's; none: the accounts cannot be listed.
    pub(super) listing: Option<Listing>,
    /// Accounts that were read alone.
    pub(super) looks: Vec<Look>,
}

/// One account that was read alone.
pub(super) struct Look {
    pub(super) entra_id: EntraId,
    /// The name under which the person is known.
    pub(super) user: String,
    /// What the account was compared with.
    pub(super) link: Link,
    pub(super) looked: Looked,
}

/// What came of it.
pub(super) enum Looked {
    /// It was compared; what was found the last time stands beside it.
    Compared(Box<Drifted>, Vec<Drift>),
    /// Jostle does not know its id: it is gone, or has another one.
    Lost(Box<Link>),
    /// The person is being worked on.
    Left,
    /// It cannot be read.
    Unread(String),
}

/// Compares what an account shows with its link; `before` is what was found of the person the last time. None: there is
/// nothing to compare.
pub(super) type Comparison = fn(Person<'_>, Situation<'_>, &Values, before: &[Drift]) -> Option<Drifted>;

/// What the list showed, by account.
type Shown = HashMap<TargetId, Values>;

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Reads every managed account. What the list shows otherwise than it is known is read alone, and so is what it does
    /// not show: absence from a list proves nothing.
    pub(super) async fn read_back(&self, compare: Comparison) -> Result<ReadBacks, CycleError> {
        let rows = self.policy.mapping.rows();
        let mut shown = Shown::new();
        let take = |account: &crate::model::Account| {
            shown.insert(account.id.clone(), shown_values(rows, account));
        };
        let listing = self.list_unmanaged(take).await?;
        if listing.is_none() {
            shown.clear();
        }
        let memberships = self.memberships().await?;
        let (managed, unclear) = self.unclear(&shown, &memberships, compare).await?;
        self.settings.progress.begin(Stage::Reconcile, Some(unclear.len() as u64));
        let (unclear_count, is_listed) = (unclear.len() as u64, listing.is_some());
        let looks = stream::iter(unclear)
            .map(|(id, is_shown)| self.look(id, is_listed && !is_shown, &memberships, compare))
            .buffered(self.settings.concurrency)
            .try_filter_map(|look| async move { Ok(look) })
            .try_collect()
            .await?;
        Ok(ReadBacks { managed, quiet: managed - unclear_count, listing, looks })
    }

    /// How many accounts are managed, and those of which the list does not show that all is as known, each with whether it
    /// was on the list.
    async fn unclear(
        &self,
        shown: &Shown,
        memberships: &Arc<Memberships>,
        compare: Comparison,
    ) -> Result<(u64, Vec<(EntraId, bool)>), CycleError> {
        let (mut managed, mut unclear, mut after) = (0, Vec::new(), None);
        loop {
            self.go_on()?;
            let batch = self.store.managed(after.take(), BATCH).await?;
            let Some(last) = batch.last() else { return Ok((managed, unclear)) };
            after = Some(last.user.id.clone());
            managed += batch.len() as u64;
            for record in &batch {
                let values = record.link.as_ref().and_then(|link| shown.get(&link.target_id));
                if !values.is_some_and(|values| self.is_quiet(record, values, memberships, compare)) {
                    unclear.push((record.user.id.clone(), values.is_some()));
                }
            }
        }
    }

    fn is_quiet(&self, record: &PersonRecord, shown: &Values, memberships: &Memberships, compare: Comparison) -> bool {
        let Some(link) = &record.link else { return true };
        compare(person(record), self.situation(memberships), shown, &[]).is_none_or(|drifted| drifted.is_quiet(link))
    }

    /// Reads one account on which nobody works. `is_unlisted`: the list was read to its end and did not show it.
    async fn look(
        &self,
        entra_id: EntraId,
        is_unlisted: bool,
        memberships: &Memberships,
        compare: Comparison,
    ) -> Result<Option<Look>, CycleError> {
        self.go_on()?;
        let working = self.interlock.people.try_lock(&entra_id);
        let Some(record) = self.store.person(&entra_id).await? else { return Ok(None) };
        let Some(link) = record.link.clone().filter(|link| !link.gone) else { return Ok(None) };
        let looked = match working {
            Some(_working) if self.store.open_intents_of(&entra_id).await?.is_empty() => {
                self.look_at(&record, &link, is_unlisted, memberships, compare).await?
            }
            _ => Looked::Left,
        };
        self.settings.progress.advance(1);
        Ok(Some(Look { entra_id, user: name_of(&record), link, looked }))
    }

    async fn look_at(
        &self,
        record: &PersonRecord,
        link: &Link,
        is_unlisted: bool,
        memberships: &Memberships,
        compare: Comparison,
    ) -> Result<Looked, CycleError> {
        let account = match self.target.account(&link.target_id).await {
            Ok(Some(account)) => account,
            Ok(None) => return self.lost(link).await,
            // Some servers answer 500 for an id that they do not have.
            Err(error) if error.status == Some(500) && is_unlisted => return self.lost(link).await,
            Err(error) => return self.unread(error).await,
        };
        let before =
            self.store.drift_of(&link.entra_id).await?.into_iter().map(|known| known.drift).collect::<Vec<_>>();
        let shown = shown_values(self.policy.mapping.rows(), &account);
        let found = compare(person(record), self.situation(memberships), &shown, &before);
        let nothing = || Drifted { link: link.clone(), drift: Vec::new(), is_due: false, is_unwelcome: false };
        Ok(Looked::Compared(Box::new(found.unwrap_or_else(nothing)), before))
    }

    /// The id is unknown to Jostle.
    async fn lost(&self, link: &Link) -> Result<Looked, CycleError> {
        match self.relink(link).await {
            // It is there at the second look.
            Ok(same) if same == *link => Ok(Looked::Left),
            Ok(other) => Ok(Looked::Lost(Box::new(other))),
            Err(PerformError::Person(failure)) => Ok(Looked::Unread(failure.to_string())),
            Err(PerformError::Side(error)) => self.unread(error).await,
            Err(PerformError::Cycle(error)) => Err(error),
        }
    }

    /// A read that failed: of this account, or because all of Jostle fails.
    async fn unread(&self, error: ConnectorError) -> Result<Looked, CycleError> {
        match self.outage(&error).await {
            Some(outage) => Err(outage),
            None => Ok(Looked::Unread(error.to_string())),
        }
    }
}
