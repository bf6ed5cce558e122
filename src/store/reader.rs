//! Reading the state beside a running daemon. A reader cannot write and never blocks the writer.

use std::path::Path;

use rusqlite::Connection;

use super::error::StoreError;
use super::records::{LogEntry, LogQuery, Status};
use super::types::PersonRecord;
use super::{memberships, people, schema, status, work};
use crate::model::MembershipSnapshot;

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

    /// Everybody with this user principal name, mail address or object id, in any case; the living first.
    pub fn find_people(&self, key: &str) -> Result<Vec<PersonRecord>, StoreError> {
        people::find(&self.connection, key)
    }

    /// All that was last read of groups and assignments, of one moment.
    pub fn memberships(&self) -> Result<MembershipSnapshot, StoreError> {
        memberships::memberships(&*self.connection.unchecked_transaction()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{Scratch, at, id, outcome, user};
    use super::super::{CycleKind, MembershipCommit, Store};
    use super::*;
    use crate::model::Principal;

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
            assert_eq!(reader.find_people("ann@X").unwrap()[0].user.id, id("ann"));
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
        let commit = MembershipCommit { snapshot: Some(snapshot.clone()), feeds: Vec::new(), dirty: [].into() };
        store.commit_memberships(commit).await.unwrap();
        assert_eq!(Reader::open(&scratch.file()).unwrap().memberships().unwrap(), snapshot);
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
