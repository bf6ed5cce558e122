//! The handle by which the engine reads and writes the state.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Savepoint;
use tokio::sync::oneshot;

use super::choices::{self, Chosen};
use super::error::StoreError;
use super::holds::{self, DecidedOn, Decision, GuardRecord, Raised, ToHold};
use super::home::Home;
use super::inline::{self, Fate, Inline};
use super::pauses::Pause;
use super::records::{
    ByHand, CycleEnd, CycleId, CycleKind, Intent, IntentId, LogEntry, LogQuery, Outcome, Settled, Status,
};
use super::retries::Forgiven;
use super::sides::Quarantine;
use super::types::{DueQuery, Feed, GroupFeed, MembershipCommit, PageCommit, PageOutcome, PersonRecord, RoundKind};
use super::unmanaged::{self, Listing};
use super::writer::{self, Message};
use super::{feed, intents, links, managers, memberships, page, pauses, people, retries, schema, sides, status, work};
use crate::connector::Side;
use crate::defects::{Defect, planted};
use crate::model::{EntraId, Link, MembershipSnapshot, SourceUser, TargetId};

mod alerts;
mod history;
mod reconcile;
mod shadow;
mod survey;

/// The state file, open for reading and writing. Clones share one thread and one connection.
///
/// What a method did is on disk when it returns. A call that is given up on is carried out all the same. Every method
/// fails with [`StoreError`]; nothing of a failed call is stored unless its description says so.
#[derive(Clone, Debug)]
pub struct Store {
    executor: Executor,
}

/// Where the jobs run.
#[derive(Clone, Debug)]
enum Executor {
    /// On a thread of their own, many in one transaction.
    Thread(Sender<Message>),
    /// Where they are called, one by one.
    Inline(Inline),
}

impl Store {
    /// Opens the file, creating it with mode 0600 in a directory that exists, brings it to the newest format, and
    /// marks cycles that were left running as interrupted; for whom a side asked to be left alone is over. The caller holds the [`Lock`](super::Lock). Blocks.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_writer(path)?;
        work::interrupt_cycles(&connection)?;
        sides::forget_throttled(&connection)?;
        let sender = Home::of(path)
            .and_then(|home| writer::start(connection, home))
            .map_err(|error| StoreError::Open { path: path.to_owned(), reason: error.to_string() })?;
        Ok(Self { executor: Executor::Thread(sender) })
    }

    /// Opens the file as [`open`](Self::open) does, without a thread: every job runs at once where it is called, in a
    /// transaction of its own, and `fate` decides what becomes of it. For rehearsals that must come out the same every
    /// time; what was stored would not survive a power cut.
    pub fn open_inline(path: &Path, fate: Arc<dyn Fate>) -> Result<Self, StoreError> {
        let connection = inline::open(path)?;
        work::interrupt_cycles(&connection)?;
        sides::forget_throttled(&connection)?;
        Ok(Self { executor: Executor::Inline(Inline::new(connection, fate)) })
    }

    /// Finishes what was asked for, folds the write-ahead log into the file and closes it. Later calls on other
    /// clones fail with [`StoreError::Closed`].
    pub async fn close(self) {
        match self.executor {
            Executor::Inline(inline) => inline.close(),
            Executor::Thread(sender) => {
                let (reply, closed) = oneshot::channel();
                if sender.send(Message::Close(reply)).is_ok() {
                    // An error says that the thread is gone, which is what was wanted.
                    let _ = closed.await;
                }
            }
        }
    }

    async fn call<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        match &self.executor {
            Executor::Inline(inline) => inline.call(work).await,
            Executor::Thread(sender) => writer::send(sender, work)?.await.unwrap_or(Err(StoreError::Closed)),
        }
    }

    /// Where the reading of the users feed stands.
    pub async fn feed(&self) -> Result<Feed, StoreError> {
        self.call(|job| feed::feed(job)).await
    }

    /// Opens a round and forgets the page link of one that was open. A baseline begins a new generation. The deltaLink
    /// stays until the round ends, but only if it was given for the same selection.
    pub async fn start_round(&self, round: RoundKind, selection: &str, now: Timestamp) -> Result<(), StoreError> {
        let selection = selection.to_owned();
        self.call(move |job| feed::start_round(job, round, &selection, now)).await
    }

    /// Stores a page of the open round with the link behind it, as one. The last page of a baseline sweeps: live people
    /// whom it did not show become hard-deleted. With [`StoreError::ShrunkenBaseline`] the page is not applied, nobody
    /// is swept, the old deltaLink stays, and the round is closed.
    pub async fn commit_page(&self, page: PageCommit) -> Result<PageOutcome, StoreError> {
        if planted(Defect::TokenBeforePage) {
            let next = page.next.clone();
            self.call(move |job| feed::move_on(job, &next)).await?;
        }
        self.call(move |job| page::commit(job, page)).await?
    }

    /// Stores a person as a complete single read showed them: attributes that are not there are cleared.
    pub async fn put_user(&self, user: SourceUser, now: Timestamp) -> Result<(), StoreError> {
        self.call(move |job| people::put_user(job, user, now)).await
    }

    /// People of whom the last complete read left open whether they are there, and who were not read alone since it began.
    pub async fn unshown(&self, limit: usize) -> Result<Vec<EntraId>, StoreError> {
        self.call(move |job| page::unshown(job, limit)).await
    }

    /// Live people of whom no manager is known and who were not found to have none since the last baseline began.
    pub async fn without_manager(&self, limit: usize) -> Result<Vec<EntraId>, StoreError> {
        self.call(move |job| managers::without_manager(job, limit)).await
    }

    /// Stores what the source answered about the managers of such people, none for nobody.
    pub async fn settle_managers(
        &self,
        answers: Vec<(EntraId, Option<EntraId>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.call(move |job| {
            answers.iter().try_for_each(|(id, manager)| managers::settle(job, id, manager.as_ref(), now))
        })
        .await
    }

    /// All that was last read of groups and assignments.
    pub async fn memberships(&self) -> Result<MembershipSnapshot, StoreError> {
        self.call(|job| memberships::memberships(job)).await
    }

    /// Where the reading of groups stands.
    pub async fn group_feeds(&self) -> Result<Vec<GroupFeed>, StoreError> {
        self.call(|job| memberships::group_feeds(job)).await
    }

    /// Stores a complete reading of groups and assignments, the links behind it, and who must be planned again.
    pub async fn commit_memberships(&self, commit: MembershipCommit) -> Result<(), StoreError> {
        self.call(move |job| memberships::commit(job, &commit)).await
    }

    /// One page of those who must be planned, in the order of ids.
    pub async fn due(&self, query: DueQuery) -> Result<Vec<PersonRecord>, StoreError> {
        self.call(move |job| people::due(job, &query)).await
    }

    /// One person by object id.
    pub async fn person(&self, id: &EntraId) -> Result<Option<PersonRecord>, StoreError> {
        let id = id.clone();
        self.call(move |job| people::person(job, &id)).await
    }

    /// Everybody with this user principal name, mail address or object id, in any case; the living first.
    pub async fn find_people(&self, key: &str) -> Result<Vec<PersonRecord>, StoreError> {
        let key = key.to_owned();
        self.call(move |job| people::find(job, &key)).await
    }

    /// To whom an account is linked, links that are gone included, or is to be by what an administrator said of it last.
    pub async fn owner_of(&self, target: &TargetId) -> Result<Option<EntraId>, StoreError> {
        let target = target.clone();
        self.call(move |job| choices::owner_of(job, &target)).await
    }

    /// Every account that is linked, links that are gone included.
    pub async fn linked(&self) -> Result<BTreeSet<TargetId>, StoreError> {
        self.call(|job| links::linked(job)).await
    }

    /// Remembers the fingerprint of mapping and scope. If it is another one, everybody is marked dirty and the answer
    /// is true; false at the first call on an empty snapshot.
    pub async fn set_policy(&self, fingerprint: &str) -> Result<bool, StoreError> {
        let fingerprint = fingerprint.to_owned();
        self.call(move |job| people::set_policy(job, &fingerprint)).await
    }

    /// Whether a cycle over everybody ever came to its end.
    pub async fn ever_completed(&self) -> Result<bool, StoreError> {
        self.call(|job| work::ever_completed(job)).await
    }

    /// Begins a cycle.
    pub async fn begin_cycle(&self, kind: CycleKind, now: Timestamp) -> Result<CycleId, StoreError> {
        self.call(move |job| work::begin_cycle(job, kind, now)).await
    }

    /// Says how many operations a cycle is about to carry out, for whoever watches it.
    pub async fn announce_work(&self, cycle: CycleId, planned: u64, now: Timestamp) -> Result<(), StoreError> {
        self.call(move |job| work::announce_work(job, cycle, planned, now)).await
    }

    /// Begins a cycle at the word of somebody.
    pub async fn begin_cycle_by_hand(
        &self,
        kind: CycleKind,
        by_hand: ByHand,
        now: Timestamp,
    ) -> Result<CycleId, StoreError> {
        self.call(move |job| work::begin_for(job, kind, &by_hand, now)).await
    }

    /// Ends a cycle.
    pub async fn finish_cycle(&self, id: CycleId, end: CycleEnd) -> Result<(), StoreError> {
        self.call(move |job| work::finish_cycle(job, id, &end)).await
    }

    /// Says that a write is about to be sent.
    pub async fn begin_intent(&self, intent: Intent) -> Result<IntentId, StoreError> {
        self.call(move |job| intents::begin(job, &intent)).await
    }

    /// Writes without an outcome, the oldest first: after a start, those that are in doubt.
    pub async fn open_intents(&self) -> Result<Vec<(IntentId, Intent)>, StoreError> {
        self.call(|job| intents::open(job)).await
    }

    /// The same of one person.
    pub async fn open_intents_of(&self, id: &EntraId) -> Result<Vec<(IntentId, Intent)>, StoreError> {
        let id = id.clone();
        self.call(move |job| intents::open_of(job, &id)).await
    }

    /// Ends an intent of which nothing came: nothing was sent, or reading Jostle showed nothing of it.
    pub async fn drop_intent(&self, id: IntentId) -> Result<(), StoreError> {
        self.call(move |job| intents::end(job, id)).await
    }

    /// Stores a link that was found to be another one than known.
    /// Fails with [`StoreError::LinkTaken`] if the account belongs to another person.
    pub async fn put_link(&self, link: Link) -> Result<(), StoreError> {
        self.call(move |job| links::put(job, &link)).await
    }

    /// Remembers when the daemon means to run the next cycle, for `status`.
    pub async fn announce_next_cycle(&self, at: Timestamp) -> Result<(), StoreError> {
        self.call(move |job| work::announce_next_cycle(job, at)).await
    }

    /// Stores what came of an operation: intent, link, retry, dirty mark and log line, as one.
    /// Fails with [`StoreError::LinkTaken`] if the account belongs to another person.
    pub async fn record(&self, outcome: Outcome) -> Result<(), StoreError> {
        self.call(move |job| work::record(job, &outcome)).await
    }

    /// Settles people who need no write, as one.
    pub async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError> {
        self.call(move |job| work::settle(job, &settled)).await
    }

    /// Takes back the failures of people who failed for no reason of their own, and marks them dirty, as one.
    pub async fn forgive(&self, people: Vec<Forgiven>) -> Result<(), StoreError> {
        self.call(move |job| retries::forgive(job, &people)).await
    }

    /// Makes one person who waits for another try due at once, or everybody who does; also those without a next time.
    /// Returns how many.
    pub async fn retry_now(&self, who: Option<EntraId>, now: Timestamp) -> Result<u64, StoreError> {
        self.call(move |job| retries::retry_now(job, who.as_ref(), now)).await
    }

    /// Holds people, as one, and says to which holds somebody was added.
    pub async fn hold(&self, people: Vec<ToHold>, now: Timestamp) -> Result<Vec<Raised>, StoreError> {
        self.call(move |job| holds::hold(job, &people, now)).await
    }

    /// Decides about people who are held. Whoever is approved is due.
    pub async fn decide(&self, decision: Decision) -> Result<DecidedOn, StoreError> {
        self.call(move |job| holds::decide(job, &decision)).await
    }

    /// Stores what a user of the operating system decided about the accounts of people, who are due then. Returns how
    /// many: whoever is not in the snapshot, or has an account of theirs, is passed over.
    pub async fn choose(&self, chosen: Vec<Chosen>, by: String, now: Timestamp) -> Result<u64, StoreError> {
        self.call(move |job| choices::choose(job, &chosen, &by, now)).await
    }

    /// How many people wait for a decision.
    pub async fn held(&self) -> Result<u64, StoreError> {
        self.call(|job| holds::open(job)).await
    }

    /// By what the guard judges a plan now. A cycle may begin so long with what was approved, and what it has begun is
    /// finished: as long as no more time than that passes without any of it being done, and seven times as long at most.
    pub async fn guard_record(&self, now: Timestamp, approval: SignedDuration) -> Result<GuardRecord, StoreError> {
        self.call(move |job| holds::guard_record(job, now, approval)).await
    }

    /// Forgets whose an account was said to be by an approval that is none any more, see
    /// [`guard_record`](Self::guard_record).
    pub async fn expire_approvals(&self, now: Timestamp, approval: SignedDuration) -> Result<(), StoreError> {
        self.call(move |job| holds::expire(job, now, approval)).await
    }

    /// Stores who is nobody's after all accounts were listed; none: they could not be.
    pub async fn put_listing(&self, listing: Option<Listing>) -> Result<(), StoreError> {
        self.call(move |job| match &listing {
            Some(listing) => unmanaged::put(job, listing),
            None => unmanaged::forget(job),
        })
        .await
    }

    /// The last listing of all accounts; none if there was none, or it could not be read to its end.
    pub async fn listing(&self) -> Result<Option<Listing>, StoreError> {
        self.call(|job| unmanaged::listing(job)).await
    }

    /// The sides that are in quarantine, Entra first.
    pub async fn quarantines(&self) -> Result<Vec<Quarantine>, StoreError> {
        self.call(|job| sides::quarantines(job)).await
    }

    /// Puts a side into quarantine, or prolongs it.
    pub async fn set_quarantine(&self, quarantine: Quarantine) -> Result<(), StoreError> {
        self.call(move |job| sides::set_quarantine(job, &quarantine)).await
    }

    /// Ends a side's quarantine; whether there was one.
    pub async fn lift_quarantine(&self, side: Side) -> Result<bool, StoreError> {
        self.call(move |job| sides::lift_quarantine(job, side)).await
    }

    /// The pause that is set, if one is.
    pub async fn pause(&self) -> Result<Option<Pause>, StoreError> {
        self.call(|job| pauses::pause(job)).await
    }

    /// Sets a pause, and returns the one that it replaces.
    pub async fn set_pause(&self, pause: Pause) -> Result<Option<Pause>, StoreError> {
        self.call(move |job| pauses::set(job, &pause)).await
    }

    /// Ends the pause at the word of a user of the operating system, and returns it; none if there was none.
    pub async fn end_pause(&self, by: &str, now: Timestamp) -> Result<Option<Pause>, StoreError> {
        let by = by.to_owned();
        self.call(move |job| pauses::end(job, &by, now)).await
    }

    /// Remembers until when a side has asked to be left alone, for `status`. Does not wait for it, and nobody is told
    /// of a failure: nothing depends on it.
    pub fn note_throttled(&self, side: Side, until: Timestamp) {
        let work = move |job: &mut Savepoint<'_>| sides::note_throttled(job, side, until);
        match &self.executor {
            Executor::Inline(inline) => drop(inline.run(work)),
            Executor::Thread(sender) => drop(writer::send(sender, work)),
        }
    }

    /// Everything at a glance.
    pub async fn status(&self) -> Result<Status, StoreError> {
        self.call(|job| status::status(job)).await
    }

    /// The provisioning log, newest first.
    pub async fn log(&self, query: LogQuery) -> Result<Vec<LogEntry>, StoreError> {
        self.call(move |job| work::log(job, &query)).await
    }
}

#[cfg(test)]
mod tests;
