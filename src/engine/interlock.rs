//! What engines over one state share, so that none writes the person whom another is writing.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, OwnedMutexGuard};

use super::claims::Claims;
use super::pausing::Pauses;
use crate::connector::ConnectorError;
use crate::defects::{Defect, planted};
use crate::model::EntraId;
use crate::plan::Ledger;
use crate::store::CycleId;

/// What is shared.
#[derive(Debug, Default)]
pub(super) struct Interlock {
    /// Who is being worked on.
    pub(super) people: PersonLocks,
    /// What is paused.
    pub(super) pauses: Pauses,
    /// Which accounts somebody is being linked to.
    pub(super) claims: Claims,
    /// Held while a page of people, or one person, is read and stored: what was read first is stored first.
    pub(super) pages: AsyncMutex<()>,
    /// Held by what reads or writes everybody: a cycle, and a reconciliation, which would judge by what a cycle is just
    /// writing.
    pub(super) alone: AsyncMutex<()>,
    /// Held while the source is read: what one reading begins, another would end.
    pub(super) reading: AsyncMutex<()>,
    /// By what is judged what the cycle under way does instead of something planned: one after the other.
    pub(super) ledger: AsyncMutex<Ledger>,
    /// Held while groups and assignments are read and stored.
    pub(super) groups: AsyncMutex<()>,
    /// Groups and assignments were read since the program started, with the configuration that it started with.
    pub(super) knows_groups: AtomicBool,
    /// Whoever was worked on beside the cycle since it began to plan. Held while somebody is added, and while those who
    /// need no write are settled.
    beside: AsyncMutex<BTreeSet<EntraId>>,
    /// The newest cycle or on-demand run.
    newest: Mutex<Option<CycleId>>,
    /// Jostle refused the credentials, and which run was the newest then: none up to it writes any more.
    refusal: Mutex<Option<(CycleId, ConnectorError)>>,
    /// Whoever failed when all of Jostle seemed to: they come last in the next cycle.
    suspects: Mutex<BTreeSet<EntraId>>,
}

impl Interlock {
    /// Works on a person beside a cycle: what the cycle planned for them until now is void.
    pub(super) async fn work_beside(&self, id: &EntraId) -> PersonGuard {
        let guard = self.people.lock(id).await;
        self.beside.lock().await.insert(id.clone());
        guard
    }

    /// A cycle begins to plan: whoever is worked on at this moment may be planned from what is half done.
    pub(super) async fn begin_plan(&self) {
        self.beside.lock().await.retain(|id| self.people.try_lock(id).is_none());
    }

    /// Whoever was worked on since; nobody more as long as it is held.
    pub(super) async fn worked_on(&self) -> AsyncMutexGuard<'_, BTreeSet<EntraId>> {
        self.beside.lock().await
    }

    /// A run begins: what was refused before does not concern it.
    pub(super) fn begin_run(&self, run: CycleId) {
        *lock(&self.newest) = Some(run);
    }

    /// Jostle refused the credentials: every run under way ends.
    pub(super) fn refused(&self, error: &ConnectorError) {
        let newest = *lock(&self.newest);
        *lock(&self.refusal) = newest.map(|newest| (newest, error.clone()));
    }

    /// Why a run may not write any more.
    pub(super) fn refusal(&self, run: CycleId) -> Option<ConnectorError> {
        lock(&self.refusal).as_ref().filter(|(newest, _)| run <= *newest).map(|(_, error)| error.clone())
    }

    /// Whoever comes last.
    pub(super) fn suspects(&self) -> BTreeSet<EntraId> {
        lock(&self.suspects).clone()
    }

    /// From now on these come last.
    pub(super) fn suspect(&self, people: BTreeSet<EntraId>) {
        *lock(&self.suspects) = people;
    }
}

/// What a panicking holder left behind is whole: each is set in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One lock for each person who is being worked on.
#[derive(Debug, Default)]
pub(super) struct PersonLocks(Mutex<HashMap<EntraId, Arc<AsyncMutex<()>>>>);

/// Somebody is worked on as long as this lives.
pub(super) type PersonGuard = OwnedMutexGuard<()>;

impl PersonLocks {
    /// Waits until nobody works on a person.
    pub(super) async fn lock(&self, id: &EntraId) -> PersonGuard {
        self.of(id).lock_owned().await
    }

    /// The same, but only if nobody does now.
    pub(super) fn try_lock(&self, id: &EntraId) -> Option<PersonGuard> {
        self.of(id).try_lock_owned().ok()
    }

    /// The lock of a person; those that nobody holds or waits for are forgotten.
    fn of(&self, id: &EntraId) -> Arc<AsyncMutex<()>> {
        if planted(Defect::InterlockMissing) {
            return Arc::default();
        }
        let mut locks = lock(&self.0);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(id.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn one_works_on_a_person_at_a_time_and_others_on_other_people() {
        let locks = PersonLocks::default();
        let (ann, bob) = (EntraId::new("ann"), EntraId::new("bob"));
        let working = locks.lock(&ann).await;
        let _other = locks.lock(&bob).await;
        assert!(locks.try_lock(&ann).is_none());
        let mut waiting = Box::pin(locks.lock(&ann));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(working);
        assert!(locks.try_lock(&ann).is_none(), "whoever waits is next");
        drop(waiting.now_or_never().unwrap());
        assert!(locks.try_lock(&ann).is_some());
    }

    #[tokio::test]
    async fn whoever_is_worked_on_when_a_plan_begins_is_not_forgotten() {
        let interlock = Interlock::default();
        let (ann, bob) = (EntraId::new("ann"), EntraId::new("bob"));
        let _working = interlock.work_beside(&ann).await;
        drop(interlock.work_beside(&bob).await);
        assert_eq!(interlock.worked_on().await.len(), 2);
        interlock.begin_plan().await;
        assert_eq!(*interlock.worked_on().await, [ann].into());
    }

    #[tokio::test]
    async fn locks_that_nobody_needs_are_forgotten() {
        let locks = PersonLocks::default();
        for number in 0..100 {
            drop(locks.lock(&EntraId::new(&number.to_string())).await);
        }
        assert_eq!(locks.0.lock().unwrap().len(), 1);
    }
}
