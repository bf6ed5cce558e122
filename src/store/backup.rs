//! A copy of the whole state beside a running writer.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};

use super::error::StoreError;

/// Copies in one step, so that the copy is of one moment; in WAL mode the writer does not wait for it. What is written
/// has another name until it is complete, checked and on disk.
pub(super) fn copy(source: &Connection, to: &Path) -> Result<(), StoreError> {
    refuse_existing(to)?;
    let partial = Partial::create(to)?;
    let check = write(source, &partial.path).map_err(|error| of_copy(error, to))?;
    if check != "ok" {
        return Err(StoreError::Corrupt(check));
    }
    refuse_existing(to)?;
    partial.publish(to).map_err(|error| unwritten(to, &error))
}

/// Returns what the integrity check of the copy says.
fn write(source: &Connection, path: &Path) -> rusqlite::Result<String> {
    let mut copy = Connection::open(path)?;
    match Backup::new(source, &mut copy)?.step(-1)? {
        StepResult::Done => {}
        // Another process holds the state for good, which no process of ours does.
        _ => return Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
    // One file without a log beside it; whoever opens it as a state sets the mode again.
    copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    let check = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(check)
}

/// The copy as long as it is not complete. Removed when dropped; a killed process leaves it behind, under a name that
/// nobody takes for a backup.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn create(to: &Path) -> Result<Self, StoreError> {
        let path = beside(to, &format!(".{}.partial", std::process::id()));
        let partial = Self { path };
        // Of an earlier process with this number.
        partial.remove();
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial.path);
        created.map_err(|error| unwritten(to, &error))?;
        Ok(partial)
    }

    fn publish(self, to: &Path) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        std::fs::rename(&self.path, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    fn remove(&self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            // Most of them are not there.
            let _ = std::fs::remove_file(beside(&self.path, end));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.remove();
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn refuse_existing(to: &Path) -> Result<(), StoreError> {
    match to.symlink_metadata() {
        Ok(_) => Err(failed(to, "there is a file of this name already; name a new one")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritten(to, &error)),
    }
}

fn failed(to: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Backup { path: to.to_owned(), reason: reason.into() }
}

fn unwritten(to: &Path, error: &io::Error) -> StoreError {
    failed(to, format!("{error}; check that its directory exists and that this user may write there"))
}

/// The state is only read: what has no room and what cannot be written is the copy.
fn of_copy(error: rusqlite::Error, to: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => failed(to, "its disk is full; free some space, or name another place"),
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::DatabaseBusy) => {
            failed(to, format!("{error}; check the disk of the backup and of the state, and whether there is room"))
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicBool, Ordering};

    use serde_json::json;

    use super::super::fixtures::{Scratch, at, id, user};
    use super::super::{CycleKind, Reader, Store};
    use super::*;

    /// Jobs that store two things together, which a copy of one moment shows alike. Returns how many people were added.
    async fn write_pairs(store: &Store, from: u32, until: impl Fn(u32) -> bool) -> u32 {
        let mut number = from;
        while until(number) {
            let people = ["ann", "bob"].map(|name| (id(name), Some(id(&format!("boss{number}")))));
            store.settle_managers(people.into(), at(1)).await.unwrap();
            store.put_user(user(&format!("p{number}"), json!({"mail": "x".repeat(3000)})), at(0)).await.unwrap();
            number += 1;
        }
        number
    }

    async fn manager(store: &Store, name: &str) -> String {
        let person = store.person(&id(name)).await.unwrap().unwrap();
        person.user.attributes["manager"]["id"].as_str().unwrap().to_owned()
    }

    async fn begun(scratch: &Scratch) -> Store {
        let store = Store::open(&scratch.file()).unwrap();
        for name in ["ann", "bob"] {
            store.put_user(user(name, json!({})), at(0)).await.unwrap();
        }
        write_pairs(&store, 0, |number| number < 300).await;
        store
    }

    fn names(scratch: &Scratch) -> Vec<String> {
        let entries = std::fs::read_dir(scratch.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with("state.db"));
        names.sort();
        names
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_copy_beside_a_writer_that_keeps_writing_is_of_one_moment_and_stops_nobody() {
        let scratch = Scratch::new();
        let store = begun(&scratch).await;
        let go_on = std::sync::Arc::new(AtomicBool::new(true));
        let writing = tokio::spawn({
            let (store, go_on) = (store.clone(), std::sync::Arc::clone(&go_on));
            async move { write_pairs(&store, 300, |_| go_on.load(Ordering::Relaxed)).await }
        });
        let file = scratch.file();
        let copies = tokio::task::spawn_blocking(move || {
            let to = |number: u32| file.with_file_name(format!("copy{number}"));
            for number in 0..5 {
                Reader::open(&file).unwrap().backup(&to(number)).unwrap();
            }
            (0..5).map(to).collect::<Vec<_>>()
        });
        let copies = copies.await.unwrap();
        go_on.store(false, Ordering::Relaxed);
        let written = writing.await.unwrap();
        assert!(written > 300, "the writer went on");
        for copy in copies {
            assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let again = Store::open(&copy).unwrap();
            assert_eq!(manager(&again, "ann").await, manager(&again, "bob").await);
            let people = again.status().await.unwrap().people;
            assert!((302..=u64::from(written) + 2).contains(&people), "{people}");
            again.close().await;
        }
        assert_eq!(names(&scratch), ["copy0", "copy1", "copy2", "copy3", "copy4"]);
        assert_eq!(store.status().await.unwrap().people, u64::from(written) + 2);
    }

    #[tokio::test]
    async fn a_copy_is_a_state_to_go_on_from_with_what_was_in_doubt() {
        let scratch = Scratch::new();
        let store = begun(&scratch).await;
        let cycle = store.begin_cycle(CycleKind::Initial, at(0)).await.unwrap();
        let pending = store.begin_intent(super::super::fixtures::intent(cycle, "ann")).await.unwrap();
        Reader::open(&scratch.file()).unwrap().backup(&scratch.path().join("copy")).unwrap();
        store.drop_intent(pending).await.unwrap();
        let copied = Store::open(&scratch.path().join("copy")).unwrap();
        assert_eq!(copied.open_intents().await.unwrap().len(), 1);
        assert_eq!(copied.status().await.unwrap().cycles[0].result.as_deref(), Some("interrupted"));
        assert_eq!(copied.begin_cycle(CycleKind::Incremental, at(1)).await.unwrap().0, cycle.0 + 1);
    }

    #[tokio::test]
    async fn an_existing_file_is_left_alone() {
        let scratch = Scratch::new();
        let store = begun(&scratch).await;
        let reader = Reader::open(&scratch.file()).unwrap();
        let file = scratch.path().join("precious");
        std::fs::write(&file, "mine").unwrap();
        std::os::unix::fs::symlink("nowhere", scratch.path().join("dangling")).unwrap();
        for (to, why) in [
            (file.clone(), "there is a file of this name already"),
            (scratch.file(), "there is a file of this name already"),
            (scratch.path().join("dangling"), "there is a file of this name already"),
            (scratch.path().join("no/copy"), "check that its directory exists"),
            (file.join("copy"), "check that its directory exists"),
        ] {
            let error = reader.backup(&to).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains(to.to_str().unwrap()), "{error}");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
        assert_eq!(names(&scratch), ["dangling", "precious"]);
        assert!(store.status().await.is_ok());
    }

    /// What a process leaves that was killed in the middle is no backup, and in nobody's way.
    #[tokio::test]
    async fn what_a_killed_process_left_is_replaced() {
        let scratch = Scratch::new();
        let _store = begun(&scratch).await;
        let left = format!("copy.{}.partial", std::process::id());
        for end in ["", "-journal"] {
            std::fs::write(scratch.path().join(format!("{left}{end}")), "half").unwrap();
        }
        let reader = Reader::open(&scratch.file()).unwrap();
        reader.backup(&scratch.path().join("copy")).unwrap();
        assert_eq!(names(&scratch), ["copy"]);
        assert!(Store::open(&scratch.path().join("copy")).is_ok());
    }

    #[tokio::test]
    async fn a_damaged_state_gives_no_backup() {
        let scratch = Scratch::new();
        begun(&scratch).await.close().await;
        let mut bytes = std::fs::read(scratch.file()).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0xA5);
        std::fs::write(scratch.file(), bytes).unwrap();
        let reader = Reader::open(&scratch.file()).unwrap();
        let error = reader.backup(&scratch.path().join("copy")).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
        assert_eq!(names(&scratch), [] as [&str; 0]);
    }
}
