//! A store without a thread: every job runs at once where it is called, and a fate decides what becomes of it. For
//! rehearsals that must come out the same every time.

use std::fmt;
use std::future::pending;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Savepoint};
use tokio::sync::oneshot;

use super::error::StoreError;
use super::writer::{self, Call};

/// Decides what becomes of the jobs of an inline store.
pub trait Fate: Send + Sync + fmt::Debug {
    /// Asked before each job; not any more after a death.
    fn next(&self) -> Destiny;
}

/// What becomes of a job. After a death the store is closed and no call on it returns any more, as in a killed process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destiny {
    /// It is done.
    GoOn,
    /// It is not done, and the call never returns.
    DieBefore,
    /// It is done, and the call never returns.
    DieAfter,
    /// It is taken back and fails so.
    Fail(StoreError),
}

/// The connection, and what decides.
#[derive(Clone, Debug)]
pub(super) struct Inline {
    place: Arc<Mutex<Place>>,
    fate: Arc<dyn Fate>,
}

#[derive(Debug)]
enum Place {
    Open(Connection),
    Closed,
    Dead,
}

/// What came of a job: a result, or nobody who could be told of it.
type Told<T> = Option<Result<T, StoreError>>;

impl Inline {
    pub(super) fn new(connection: Connection, fate: Arc<dyn Fate>) -> Self {
        Self { place: Arc::new(Mutex::new(Place::Open(connection))), fate }
    }

    /// A death never returns.
    pub(super) async fn call<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        match self.run(work) {
            Some(result) => result,
            None => pending().await,
        }
    }

    /// None after a death.
    pub(super) fn run<T, F>(&self, work: F) -> Told<T>
    where
        F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match &mut *place {
            Place::Open(connection) => connection,
            Place::Closed => return Some(Err(StoreError::Closed)),
            Place::Dead => return None,
        };
        match self.fate.next() {
            Destiny::GoOn => Some(transact(connection, work)),
            Destiny::Fail(error) => Some(transact(connection, |job| work(job).and(Err(error)))),
            Destiny::DieBefore => {
                *place = Place::Dead;
                None
            }
            Destiny::DieAfter => {
                let _nobody_is_told = transact(connection, work);
                *place = Place::Dead;
                None
            }
        }
    }

    /// Writes the whole file anew.
    pub(super) fn rewrite(&self) -> Result<(), StoreError> {
        match &*self.place.lock().unwrap_or_else(PoisonError::into_inner) {
            Place::Open(connection) => writer::rewrite(connection),
            Place::Closed | Place::Dead => Err(StoreError::Closed),
        }
    }

    pub(super) fn close(&self) {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Place::Open(connection) = std::mem::replace(&mut *place, Place::Closed) {
            writer::close(connection);
        }
    }
}

/// One job in a transaction of its own, as the thread does it.
fn transact<T, F>(connection: &mut Connection, work: F) -> Result<T, StoreError>
where
    F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    let (reply, mut answer) = oneshot::channel();
    writer::run_group(connection, vec![Box::new(Call::new(work, reply))]);
    answer.try_recv().unwrap_or(Err(StoreError::Closed))
}

/// What is opened for an inline store: nothing that is rehearsed cuts the power, so that no sync is waited for.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = super::schema::open_writer(path)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use std::collections::VecDeque;

    use futures::FutureExt;
    use serde_json::json;

    use super::super::Store;
    use super::super::fixtures::{Scratch, at, id, user};
    use super::*;
    use crate::connector::Side;

    /// What it is told, then on for ever.
    #[derive(Debug, Default)]
    struct Told(Mutex<VecDeque<Destiny>>);

    impl Fate for Told {
        fn next(&self) -> Destiny {
            self.0.lock().unwrap().pop_front().unwrap_or(Destiny::GoOn)
        }
    }

    fn open(scratch: &Scratch, told: &[Destiny]) -> Store {
        let fate = Told(Mutex::new(told.iter().cloned().collect()));
        Store::open_inline(&scratch.file(), Arc::new(fate)).unwrap()
    }

    /// The result of a call that has not to wait; none if it does not return.
    fn put(store: &Store, name: &str) -> Option<Result<(), StoreError>> {
        store.put_user(user(name, json!({})), at(0)).now_or_never()
    }

    fn known(scratch: &Scratch, names: &[&str]) -> Vec<bool> {
        let store = open(scratch, &[]);
        let person = |name: &&str| store.person(&id(name)).now_or_never().unwrap().unwrap().is_some();
        names.iter().map(person).collect()
    }

    #[test]
    fn every_call_is_done_when_it_is_asked_for_without_a_runtime() {
        let scratch = Scratch::new();
        let store = open(&scratch, &[]);
        assert_eq!(put(&store, "ann"), Some(Ok(())));
        store.note_throttled(Side::Jostle, at(9));
        assert_eq!(store.status().now_or_never().unwrap().unwrap().throttled.len(), 1);
        let other = store.clone();
        store.close().now_or_never().unwrap();
        assert_eq!(put(&other, "bob"), Some(Err(StoreError::Closed)));
        assert_eq!(known(&scratch, &["ann", "bob"]), [true, false]);
    }

    #[test]
    fn a_job_that_shall_fail_stores_nothing_and_the_next_one_works() {
        let scratch = Scratch::new();
        let store = open(&scratch, &[Destiny::Fail(StoreError::Full)]);
        assert_eq!(put(&store, "ann"), Some(Err(StoreError::Full)));
        assert_eq!(put(&store, "bob"), Some(Ok(())));
        drop(store);
        assert_eq!(known(&scratch, &["ann", "bob"]), [false, true]);
    }

    /// (the death, whether the job of the death is stored)
    #[test]
    fn after_a_death_nothing_returns_and_nothing_more_is_stored() {
        for (death, stored) in [(Destiny::DieBefore, false), (Destiny::DieAfter, true)] {
            let scratch = Scratch::new();
            let store = open(&scratch, &[Destiny::GoOn, death]);
            let others = store.clone();
            assert_eq!(put(&store, "ann"), Some(Ok(())));
            assert_eq!(put(&store, "bob"), None);
            assert_eq!(put(&others, "cem"), None);
            others.note_throttled(Side::Entra, at(9));
            assert_eq!(known(&scratch, &["ann", "bob", "cem"]), [true, stored, false], "while the clones are held");
            assert_eq!(open(&scratch, &[]).status().now_or_never().unwrap().unwrap().throttled, []);
        }
    }
}
