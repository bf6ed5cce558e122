//! The thread that owns the writing connection, and the group commit.
//!
//! Jobs that wait at the same time share one transaction and so one sync of the disk. Each has a savepoint of its
//! own, so that a failing job takes nobody with it; nobody is answered before the transaction is on disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::{Connection, Savepoint, TransactionBehavior};
use tokio::sync::oneshot;

use super::error::StoreError;
use super::home::Home;
use crate::event::catalogue::StateUntidied;

/// Jobs in one transaction at most: bounds how long the first of them waits for the others.
const LARGEST_GROUP: usize = 256;

/// Something to do on the connection.
pub(super) trait Job: Send {
    /// Does it; an error takes back what it did.
    fn run(&mut self, savepoint: &mut Savepoint<'_>) -> Result<(), StoreError>;
    /// Tells the caller, once it is known whether the transaction is on disk.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A message to the thread.
pub(super) enum Message {
    Job(Box<dyn Job>),
    /// Write the whole file anew after what came before, so that nothing is left of what was removed.
    Rewrite(oneshot::Sender<Result<(), StoreError>>),
    /// Finish what came before, close the file, then answer.
    Close(oneshot::Sender<()>),
}

/// A job made of a closure, and the way back to its caller.
pub(super) struct Call<F, T> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Call<F, T> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { work: Some(work), result: None, reply }
    }
}

impl<F, T> Job for Call<F, T>
where
    F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, savepoint: &mut Savepoint<'_>) -> Result<(), StoreError> {
        let result = self.work.take().ok_or(StoreError::Closed).and_then(|work| work(savepoint));
        let ended = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.result = Some(result);
        ended
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (self.result, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(shared)) => Err(shared),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(StoreError::Closed),
        };
        // A caller that no longer waits has nothing to be told.
        let _ = self.reply.send(result);
    }
}

/// What a job came to, once it is known.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// Hands a job to the thread.
pub(super) fn send<T, F>(sender: &Sender<Message>, work: F) -> Result<Answer<T>, StoreError>
where
    F: FnOnce(&mut Savepoint<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    sender.send(Message::Job(Box::new(Call::new(work, reply)))).map_err(|_| StoreError::Closed)?;
    Ok(answer)
}

/// Starts the thread; it ends when it is told to, or when nobody can send to it any more.
pub(super) fn start(connection: Connection, home: Home) -> std::io::Result<Sender<Message>> {
    let (sender, receiver) = channel();
    thread::Builder::new().name("store".into()).spawn(move || serve(connection, &home, &receiver))?;
    Ok(sender)
}

fn serve(mut connection: Connection, home: &Home, receiver: &Receiver<Message>) {
    let mut closing = None;
    while closing.is_none()
        && let Ok(first) = receiver.recv()
    {
        let (mut jobs, mut rewrite) = (Vec::new(), None);
        let mut message = Some(first);
        while let Some(next) = message.take() {
            match next {
                Message::Job(job) => jobs.push(job),
                Message::Rewrite(reply) => rewrite = Some(reply),
                Message::Close(reply) => closing = Some(reply),
            }
            if closing.is_none() && rewrite.is_none() && jobs.len() < LARGEST_GROUP {
                message = receiver.try_recv().ok();
            }
        }
        match home.check() {
            Ok(()) => run_group(&mut connection, jobs),
            Err(vanished) => jobs.into_iter().for_each(|job| job.answer(Err(vanished.clone()))),
        }
        if let Some(reply) = rewrite {
            // A caller that no longer waits has nothing to be told.
            let _ = reply.send(self::rewrite(&connection));
        }
    }
    close(connection);
    if let Some(reply) = closing {
        let _ = reply.send(());
    }
}

/// Closing the last connection would do it too, but a reader may be open.
pub(super) fn close(connection: Connection) {
    let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let closed = checkpoint.and_then(|()| connection.close().map_err(|(_, error)| error));
    if let Err(error) = closed {
        StateUntidied { error: error.into() }.emit();
    }
}

/// Writes the whole file anew, and empties the write-ahead log, which has the old pages.
pub(super) fn rewrite(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("VACUUM")?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Runs the jobs in one transaction and answers each.
pub(super) fn run_group(connection: &mut Connection, mut jobs: Vec<Box<dyn Job>>) {
    let committed = if jobs.is_empty() { Ok(()) } else { transact(connection, &mut jobs) };
    for job in jobs {
        job.answer(committed.clone());
    }
}

fn transact(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in jobs {
        let mut savepoint = transaction.savepoint()?;
        let ended = job.run(&mut savepoint);
        let released = if ended.is_ok() { savepoint.commit() } else { savepoint.finish() };
        // A full disk and the like make SQLite take back the whole transaction: the jobs before are lost as well,
        // and those behind would run without one.
        if transaction.is_autocommit() {
            return Err(ended.err().or(released.err().map(StoreError::from)).unwrap_or(StoreError::Closed));
        }
        released?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::memory;
    use super::*;

    type Answer = super::Answer<()>;

    fn job(work: impl FnOnce(&mut Savepoint<'_>) -> Result<(), StoreError> + Send + 'static) -> (Box<dyn Job>, Answer) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Call::new(work, reply)), answer)
    }

    fn insert(number: i64) -> (Box<dyn Job>, Answer) {
        job(move |savepoint| {
            savepoint.execute("INSERT INTO cycles (kind, started_at) VALUES ('initial', ?1)", [number])?;
            Ok(())
        })
    }

    fn run(connection: &mut Connection, jobs: Vec<(Box<dyn Job>, Answer)>) -> Vec<Result<(), StoreError>> {
        let (jobs, answers): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
        run_group(connection, jobs);
        answers.into_iter().map(|mut answer| answer.try_recv().expect("an answer")).collect()
    }

    fn stored(connection: &Connection) -> Vec<i64> {
        let mut statement = connection.prepare("SELECT started_at FROM cycles ORDER BY id").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn a_failing_job_is_taken_back_alone() {
        let mut connection = memory();
        let failing = job(|savepoint| {
            savepoint.execute("INSERT INTO cycles (kind, started_at) VALUES ('initial', 2)", [])?;
            Err(StoreError::NoRound)
        });
        let answers = run(&mut connection, vec![insert(1), failing, insert(3)]);
        assert_eq!(answers, [Ok(()), Err(StoreError::NoRound), Ok(())]);
        assert_eq!(stored(&connection), [1, 3]);
    }

    /// What `SQLite` does by itself on a full disk.
    #[test]
    fn when_the_transaction_is_lost_nobody_is_told_otherwise() {
        let mut connection = memory();
        let losing = job(|savepoint| {
            savepoint.execute_batch("ROLLBACK")?;
            Err(StoreError::Full)
        });
        let answers = run(&mut connection, vec![insert(1), losing, insert(3)]);
        assert_eq!(answers, [Err(StoreError::Full), Err(StoreError::Full), Err(StoreError::Full)]);
        assert_eq!(stored(&connection), [] as [i64; 0]);
        assert_eq!(run(&mut connection, vec![insert(4)]), [Ok(())], "the next group works");
    }

    #[test]
    fn a_commit_that_fails_fails_everybody() {
        let mut connection = memory();
        let breaking = job(|savepoint| {
            savepoint.pragma_update(None, "defer_foreign_keys", true)?;
            savepoint.execute("INSERT INTO dirty (entra_id) VALUES ('nobody')", [])?;
            Ok(())
        });
        let answers = run(&mut connection, vec![insert(1), breaking]);
        assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Sqlite(_)))), "{answers:?}");
        assert_eq!(stored(&connection), [] as [i64; 0]);
    }

    #[test]
    fn a_full_disk_is_named_and_passes() {
        let mut connection = memory();
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        let large = job(|savepoint| {
            savepoint.execute("INSERT INTO policy (fingerprint) VALUES (hex(zeroblob(100000)))", [])?;
            Ok(())
        });
        assert_eq!(run(&mut connection, vec![large])[0], Err(StoreError::Full));
        connection.pragma_update_and_check(None, "max_page_count", pages + 1000, |_| Ok(())).unwrap();
        assert_eq!(run(&mut connection, vec![insert(1)]), [Ok(())]);
    }
}
