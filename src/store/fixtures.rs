//! What the tests of the store share.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::schema;
use super::{
    CycleId, HoldChange, Intent, LinkChange, LogEntry, Matched, Outcome, PageCommit, PageOutcome, PersonRecord, Retry,
    RetryChange, RoundKind, StoreError,
};
use crate::connector::{FeedLink, Next};
use crate::model::{
    EntraId, HoldClass, Link, LinkOrigin, Operation, Presence, SourceChange, SourceUser, TargetId, Values,
};

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(super) fn id(name: &str) -> EntraId {
    EntraId::new(name)
}

/// A directory with room for one state file.
pub(super) struct Scratch {
    directory: TempDir,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.directory.path().join("state.db")
    }

    /// What a crash at this moment would leave: the files as they are, in a place of their own.
    pub(super) fn after_a_crash(&self) -> Self {
        let copy = Self::new();
        for name in ["state.db", "state.db-wal"] {
            let from = self.directory.path().join(name);
            if from.exists() {
                std::fs::copy(from, copy.directory.path().join(name)).unwrap();
            }
        }
        copy
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// A state in memory, for tests of single functions.
pub(super) fn memory() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    schema::migrate(&mut connection, schema::MIGRATIONS).unwrap();
    connection
}

#[expect(clippy::needless_pass_by_value, reason = "tests hand over json!(…)")]
pub(super) fn present(name: &str, attributes: Value) -> SourceChange {
    SourceChange::Present { id: id(name), attributes: attributes.as_object().unwrap().clone() }
}

pub(super) fn removed(name: &str, presence: Presence) -> SourceChange {
    SourceChange::Removed { id: id(name), presence }
}

#[expect(clippy::needless_pass_by_value, reason = "tests hand over json!(…)")]
pub(super) fn user(name: &str, attributes: Value) -> SourceUser {
    SourceUser { id: id(name), presence: Presence::Live, attributes: attributes.as_object().unwrap().clone() }
}

pub(super) fn to_page(link: &str) -> Next {
    Next::Page(FeedLink::new(link))
}

pub(super) fn to_round(link: &str) -> Next {
    Next::Round(FeedLink::new(link))
}

pub(super) fn page(changes: Vec<SourceChange>, next: Next) -> PageCommit {
    PageCommit { changes, next, now: at(100), smallest_baseline_share: 0.5 }
}

/// Stores a page as the writer would.
pub(super) fn commit(connection: &mut Connection, page: PageCommit) -> Result<PageOutcome, StoreError> {
    let mut savepoint = connection.savepoint()?;
    let result = super::page::commit(&mut savepoint, page)?;
    savepoint.commit()?;
    result
}

/// One whole round of one page.
pub(super) fn round(
    connection: &mut Connection,
    kind: RoundKind,
    changes: Vec<SourceChange>,
) -> Result<PageOutcome, StoreError> {
    super::feed::start_round(connection, kind, "selection", at(0))?;
    commit(connection, page(changes, to_round("delta")))
}

/// A baseline with these people, everybody clean.
pub(super) fn with_people(names: &[&str]) -> Connection {
    let mut connection = memory();
    let people = names.iter().map(|name| present(name, json!({"userPrincipalName": format!("{name}@x")}))).collect();
    round(&mut connection, RoundKind::Baseline, people).unwrap();
    clean(&connection);
    connection
}

pub(super) fn clean(connection: &Connection) {
    connection.execute_batch("DELETE FROM dirty; DELETE FROM noticed").unwrap();
}

pub(super) fn person(connection: &Connection, name: &str) -> PersonRecord {
    super::people::person(connection, &id(name)).unwrap().expect("a known person")
}

pub(super) fn link(name: &str, target: &str) -> Link {
    Link {
        entra_id: id(name),
        target_id: TargetId::new(target),
        origin: LinkOrigin::Created,
        gone: false,
        sent: Values::new(),
        seen: Values::new(),
    }
}

pub(super) fn retry(first_failed: i64, next: Option<i64>) -> Retry {
    Retry {
        first_failed_at: at(first_failed),
        attempts: 2,
        next_at: next.map(at),
        kind: "rejected".into(),
        message: "a message".into(),
        request_id: Some("r-1".into()),
    }
}

pub(super) fn entry(cycle: CycleId, name: &str) -> LogEntry {
    LogEntry {
        cycle,
        at: at(7),
        entra_id: id(name),
        user_name: format!("{name}@x"),
        target_id: None,
        operation: "update".into(),
        status: "success".into(),
        changes: Vec::new(),
        message: None,
        request_id: None,
        duration_ms: 12,
        counts_as: None,
        reason: Some("values differ".into()),
        matched: Some(Matched::Link),
        http_status: Some(200),
        code: None,
    }
}

/// A create, so far without an outcome.
pub(super) fn intent(cycle: CycleId, name: &str) -> Intent {
    Intent {
        cycle,
        entra_id: id(name),
        operation: Operation::Create,
        user_name: format!("{name}@x"),
        target_id: None,
        at: at(3),
        changes: Vec::new(),
        seen: Values::new(),
        counts_as: Some(HoldClass::Update),
        undo: None,
        reason: Some("in scope".into()),
        matched: Some(Matched::NoAccount),
    }
}

/// An outcome that only writes the log.
pub(super) fn outcome(cycle: CycleId, name: &str) -> Outcome {
    Outcome {
        intent: None,
        entry: entry(cycle, name),
        link: LinkChange::Keep,
        retry: RetryChange::Keep,
        watch: None,
        mark: None,
        hold: HoldChange::End,
    }
}
