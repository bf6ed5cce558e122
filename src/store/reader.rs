//! Reading the state beside a running daemon. A reader cannot write and never blocks the writer.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;

use super::choices::{self, ChoiceView};
use super::error::StoreError;
use super::history::{self, History, HistoryQuery, NotPurged, Purged};
use super::holds::{self, DecisionView, HeldPerson, HoldView};
use super::records::{CycleFile, CycleId, CycleView, LogEntry, LogQuery, LookUp, Status};
use super::report::Found;
use super::unmanaged::{self, Listing};
use super::{backup, links, look_up, report, schema, shadow, status, work};
use crate::model::{EntraId, TargetId};

/// The state file, open for reading only. Its methods block.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens a file that exists and has this version's format.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: schema::open_reader(path)? })
    }

    /// Everything at a glance, of one moment.
    pub fn status(&self) -> Result<Status, StoreError> {
        status::status(&*self.connection.unchecked_transaction()?)
    }

    /// The provisioning log, newest first.
    pub fn log(&self, query: &LogQuery) -> Result<Vec<LogEntry>, StoreError> {
        work::log(&self.connection, query)
    }

    /// What the history has, the newest first, page by page; none: nobody has or had the name that is asked for.
    pub fn history(&self, query: HistoryQuery) -> Result<Option<History<'_>>, StoreError> {
        history::history(&self.connection, query)
    }

    /// Everybody with this user principal name, mail address or object id, in any case, each with so many lines of the
    /// provisioning log, and what concerns everybody; all of one moment.
    pub fn look_up(&self, key: &str, log_lines: usize) -> Result<LookUp, StoreError> {
        look_up::look_up(&*self.connection.unchecked_transaction()?, key, log_lines)
    }

    /// One cycle with whomever it has written, and the whole log of each; none if there is none of this number. All of
    /// one moment.
    pub fn cycle(&self, id: CycleId) -> Result<Option<CycleFile>, StoreError> {
        look_up::cycle(&*self.connection.unchecked_transaction()?, id)
    }

    /// The object ids of whoever has this user principal name, mail address or object id, or had it as a name in the log.
    pub fn people(&self, name: &str) -> Result<Vec<EntraId>, StoreError> {
        history::people(&self.connection, name)
    }

    /// What a purge of a person would remove, or why there can be none.
    pub fn purge_preview(&self, id: &EntraId) -> Result<Result<Purged, NotPurged>, StoreError> {
        history::purge_preview(&*self.connection.unchecked_transaction()?, id)
    }

    /// Whether what the cycle of this number did is not kept any more, or not all of it.
    pub fn is_forgotten(&self, id: CycleId) -> Result<bool, StoreError> {
        history::is_forgotten(&self.connection, id)
    }

    /// The holds in which anybody is not done with, the oldest first.
    pub fn holds(&self) -> Result<Vec<HoldView>, StoreError> {
        holds::list(&self.connection)
    }

    /// Everybody of one hold who is not done with; nobody if there is none of this number.
    pub fn held(&self, hold: i64) -> Result<Vec<HeldPerson>, StoreError> {
        holds::of(&self.connection, hold)
    }

    /// The accounts on which something is held, or was and is not done with.
    pub fn held_accounts(&self) -> Result<BTreeSet<TargetId>, StoreError> {
        holds::accounts(&self.connection)
    }

    /// So many of the last decisions about holds, the newest first.
    pub fn decisions(&self, most: usize) -> Result<Vec<DecisionView>, StoreError> {
        holds::decisions(&self.connection, most)
    }

    /// Whatever was said about whose the accounts are, the newest first.
    pub fn choices(&self) -> Result<Vec<ChoiceView>, StoreError> {
        choices::list(&self.connection)
    }

    /// To whom an account is linked, links that are gone included.
    pub fn owner_of(&self, target: &TargetId) -> Result<Option<EntraId>, StoreError> {
        links::owner_of(&self.connection, target)
    }

    /// The last listing of all accounts; none if there was none, or it could not be read to its end.
    pub fn listing(&self) -> Result<Option<Listing>, StoreError> {
        unmanaged::listing(&*self.connection.unchecked_transaction()?)
    }

    /// Hands over the cycles that began in a time, the newest first, one by one: there may be very many.
    pub fn cycles(&self, time: (Timestamp, Timestamp), each: impl FnMut(CycleView)) -> Result<(), StoreError> {
        report::cycles(&self.connection, time, each)
    }

    /// When the oldest began that is remembered of cycles and operations; none: there is nothing.
    pub fn remembered_since(&self) -> Result<Option<Timestamp>, StoreError> {
        report::remembered_since(&self.connection)
    }

    /// What the last reconciliation found, with so many changed values at most; all of one moment.
    pub fn found(&self, most: usize) -> Result<Found, StoreError> {
        report::found(&*self.connection.unchecked_transaction()?, most)
    }

    /// The report of a shadow's last round; none before the first one.
    pub fn shadow_report(&self) -> Result<Option<serde_json::Value>, StoreError> {
        shadow::report(&self.connection)
    }

    /// Writes a consistent copy of the whole state, of one moment, to a new file with mode 0600. The writer beside it
    /// goes on meanwhile. The file is there only when the copy is complete and checked.
    /// Fails with [`StoreError::Backup`] if there is a file already, or if it cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        backup::copy(&self.connection, to)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{Scratch, at, id, intent, outcome, user};
    use super::super::{CycleKind, MembershipCommit, Outcome, Store};
    use super::*;
    use crate::model::{MembershipSnapshot, Principal, Watch};

    #[tokio::test]
    async fn sees_what_the_writer_stored_while_it_runs_and_after() {
        let scratch = Scratch::new();
        let store = Store::open(&scratch.file()).unwrap();
        let reader = Reader::open(&scratch.file()).unwrap();
        assert_eq!(reader.status().unwrap().people, 0);
        store.put_user(user("ann", json!({"userPrincipalName": "Ann@x"})), at(0)).await.unwrap();
        let cycle = store.begin_cycle(CycleKind::OnDemand, at(1)).await.unwrap();
        store.record(outcome(cycle, "ann")).await.unwrap();
        let check = |reader: &Reader| {
            assert_eq!(reader.status().unwrap().people, 1);
            let found = reader.look_up("ann@X", 1).unwrap();
            assert_eq!((&found.people[0].record.user.id, found.people[0].log.len()), (&id("ann"), 1));
            assert_eq!(reader.log(&LogQuery { entra_id: None, limit: 1 }).unwrap().len(), 1);
        };
        check(&reader);
        store.close().await;
        check(&reader);
        drop(reader);
        check(&Reader::open(&scratch.file()).unwrap());
    }

    #[tokio::test]
    async fn sees_the_memberships_that_the_writer_stored() {
        let scratch = Scratch::new();
        let store = Store::open(&scratch.file()).unwrap();
        let snapshot = MembershipSnapshot { assigned: [Principal::User(id("ann"))].into(), ..Default::default() };
        let commit = MembershipCommit {
            snapshot: Some(snapshot.clone()),
            feeds: Vec::new(),
            dirty: [].into(),
            pause: None,
            now: at(1),
        };
        store.commit_memberships(commit).await.unwrap();
        let found = Reader::open(&scratch.file()).unwrap().look_up("nobody", 1).unwrap();
        assert_eq!((found.people.len(), found.background.memberships), (0, snapshot));
    }

    #[tokio::test]
    async fn shows_all_that_is_stored_of_one_person_and_nothing_of_another() {
        let scratch = Scratch::new();
        let store = Store::open(&scratch.file()).unwrap();
        for name in ["ann", "bob"] {
            store.put_user(user(name, json!({"mail": "team@x"})), at(0)).await.unwrap();
        }
        store.set_policy("p").await.unwrap();
        let cycle = store.begin_cycle(CycleKind::OnDemand, at(1)).await.unwrap();
        let watch = Some(Watch { left_at: Some(at(2)), revisit_at: Some(at(3)) });
        for _ in 0..3 {
            store.record(Outcome { watch, ..outcome(cycle, "ann") }).await.unwrap();
        }
        let intent = intent(cycle, "ann");
        store.begin_intent(intent.clone()).await.unwrap();
        let LookUp { people, background } = Reader::open(&scratch.file()).unwrap().look_up("TEAM@x", 2).unwrap();
        assert_eq!(background.policy.as_deref(), Some("p"));
        let [ann, bob] = people.as_slice() else { panic!("{people:?}") };
        assert_eq!((ann.log.len(), ann.revisit_at, ann.in_flight.as_slice()), (2, Some(at(3)), [intent].as_slice()));
        assert_eq!((bob.log.len(), bob.revisit_at, bob.in_flight.len()), (0, None, 0));
    }

    #[test]
    fn cannot_write() {
        let scratch = Scratch::new();
        let _store = Store::open(&scratch.file()).unwrap();
        let reader = Reader::open(&scratch.file()).unwrap();
        let error = StoreError::from(reader.connection.execute("UPDATE feed SET selection = 's'", []).unwrap_err());
        assert_eq!(error, StoreError::ReadOnly);
    }
}
