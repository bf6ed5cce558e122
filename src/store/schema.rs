//! The tables and how a file comes to have them: migrations, the checks of a file's identity, the connection settings.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::StoreError;

/// Append only: a file remembers in `user_version` how many of these it has.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
    include_str!("migrations/10.sql"),
    include_str!("migrations/11.sql"),
];

/// Marks a `SQLite` file as this program's state ("EJSs").
const APPLICATION_ID: i32 = 0x454A_5373;

/// How long a statement waits for another process that holds the file, a backup for example.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Statements kept ready; more than the program has.
const STATEMENT_CACHE: usize = 64;

/// Opens or creates the file for writing and brings it to the newest format.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    create_private(path).map_err(|error| unusable(path, &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags)?;
    identify(&connection, path)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(StoreError::from)?;
    if mode != "wal" {
        return Err(failed(path, "its file system has no shared memory (WAL); put the state on a local disk"));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    check_pages(&connection)?;
    if version(&connection)? == 0 {
        // Before the tables: a file with tables and without the mark is taken for another program's.
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    migrate(&mut connection, MIGRATIONS)?;
    Ok(connection)
}

/// Opens an existing file of the newest format for reading only.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    if !path.try_exists().map_err(|error| unusable(path, &error))? {
        return Err(failed(path, "there is no such file; start the daemon once, or name the right state file"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    identify(&connection, path)?;
    if version(&connection)? < known(MIGRATIONS) {
        return Err(failed(
            path,
            "it has the format of an older version; start the daemon once to bring it up to date",
        ));
    }
    Ok(connection)
}

fn failed(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Open { path: path.to_owned(), reason: reason.into() }
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> StoreError {
    failed(path, format!("{error}; check that its directory exists and that this user may read and write there"))
}

/// `SQLite` gives `-wal` and `-shm` the mode of the main file, so this one mode decides, whatever the umask is.
fn create_private(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(|error| unusable(path, &error))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}

/// Refuses a foreign database and a newer format, before anything is written.
fn identify(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || tables != 0) {
        return Err(failed(path, "it is another program's SQLite database; name the right state file"));
    }
    let (found, known) = (version(connection)?, known(MIGRATIONS));
    if found > known { Err(StoreError::NewerVersion { found, known }) } else { Ok(()) }
}

/// Reads every page, a quarter of a second for 100,000 people: what is damaged is found before anything is sent.
fn check_pages(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Corrupt(found)) }
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn known(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

/// Applies what the file does not have yet, each migration with its number in one transaction.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let done = version(connection)?;
    for (number, sql) in (1_u32..).zip(migrations).filter(|(number, _)| *number > done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{Scratch, at, intent, memory};
    use super::super::{CycleId, Intent, IntentId, Pause, Stops, intents, pauses, sides};
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn every_file_is_private() {
        let scratch = Scratch::new();
        // As `touch` would make it; an existing file must not stay readable for others.
        std::fs::write(scratch.file(), "").unwrap();
        std::fs::set_permissions(scratch.file(), Permissions::from_mode(0o644)).unwrap();
        let connection = open_writer(&scratch.file()).unwrap();
        connection.execute("UPDATE feed SET selection = 's'", []).unwrap();
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            assert_eq!(mode(&scratch.path().join(name)), 0o600, "{name}");
        }
        drop(connection);
        std::fs::remove_file(scratch.file()).unwrap();
        drop(open_writer(&scratch.file()).unwrap());
        assert_eq!(mode(&scratch.file()), 0o600);
    }

    #[test]
    fn the_connection_is_durable_and_holds_references() {
        let scratch = Scratch::new();
        let connection = open_writer(&scratch.file()).unwrap();
        let text = |name| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(text("journal_mode"), "wal");
        assert_eq!(
            (number("synchronous"), number("foreign_keys"), number("user_version")),
            (2, 1, i64::from(known(MIGRATIONS)))
        );
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let scratch = Scratch::new();
        let connection = open_writer(&scratch.file()).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let before = std::fs::read(scratch.file()).unwrap();
        let newer = StoreError::NewerVersion { found: 99, known: known(MIGRATIONS) };
        assert_eq!(open_writer(&scratch.file()).unwrap_err(), newer);
        assert_eq!(open_reader(&scratch.file()).unwrap_err(), newer);
        assert_eq!(std::fs::read(scratch.file()).unwrap(), before);
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused() {
        let scratch = Scratch::new();
        Connection::open(scratch.file()).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(open_writer(&scratch.file()).unwrap_err().to_string().contains("another program's"));

        let garbage = scratch.path().join("garbage");
        std::fs::write(&garbage, "not a database at all, by far".repeat(100)).unwrap();
        assert!(matches!(open_writer(&garbage), Err(StoreError::Corrupt(_))));
        assert!(matches!(open_writer(&scratch.path().join("no/state.db")), Err(StoreError::Open { .. })));
    }

    #[test]
    fn a_reader_needs_a_file_of_this_format() {
        let scratch = Scratch::new();
        let missing = open_reader(&scratch.file()).unwrap_err();
        assert!(missing.to_string().contains("there is no such file"), "{missing}");
        assert!(!scratch.file().exists());
        let connection = open_writer(&scratch.file()).unwrap();
        connection.pragma_update(None, "user_version", 0).unwrap();
        assert!(open_reader(&scratch.file()).unwrap_err().to_string().contains("older version"));
    }

    #[test]
    fn an_old_file_gets_what_it_lacks_and_keeps_its_rows() {
        let mut connection = memory();
        connection.execute("UPDATE feed SET selection = 'old'", []).unwrap();
        let newer = [MIGRATIONS, &["ALTER TABLE feed ADD COLUMN extra TEXT"][..]].concat();
        migrate(&mut connection, &newer).unwrap();
        migrate(&mut connection, &newer).unwrap();
        let (selection, extra): (String, Option<String>) = connection
            .query_row("SELECT selection, extra FROM feed", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!((selection.as_str(), extra), ("old", None));
        assert_eq!(version(&connection).unwrap(), known(&newer));
    }

    #[test]
    fn people_stored_before_there_were_managers_are_below_whom_they_name() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..1]).unwrap();
        let sql = "INSERT INTO source_users (entra_id, presence, attributes, generation, read_generation,
                       first_generation) VALUES ('ann', 'live', '{\"manager\":{\"id\":\"bob\"}}', 1, 0, 1)";
        connection.execute(sql, []).unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let sql = "SELECT manager_id, no_manager_generation FROM source_users";
        let row: (String, i64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, ("bob".to_owned(), 0));
    }

    #[test]
    fn a_write_that_was_in_doubt_before_its_changes_were_kept_still_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..3]).unwrap();
        let sql = "INSERT INTO cycles (id, kind, started_at) VALUES (7, 'initial', 0);
                   INSERT INTO intents (id, cycle, entra_id, operation, user_name, target_id, at)
                        VALUES (5, 7, 'ann', 'create', 'ann@x', NULL, 1700000003000)";
        connection.execute_batch(sql).unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let before = Intent { counts_as: None, reason: None, matched: None, ..intent(CycleId(7), "ann") };
        assert_eq!(intents::open(&connection).unwrap(), [(IntentId(5), before)]);
        assert_eq!(sides::quarantines(&connection).unwrap(), []);
    }

    #[test]
    fn a_file_from_before_there_were_pauses_has_none_and_takes_one() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..4]).unwrap();
        let sql = "INSERT INTO quarantines (side, since, failures, next_at, code, reason)
                        VALUES ('jostle', 0, 2, 9, '503', 'down')";
        connection.execute(sql, []).unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        assert_eq!(pauses::pause(&connection).unwrap(), None);
        let pause = Pause { what: Stops::Removals, since: at(1), by: "ann".to_owned(), why: None };
        pauses::set(&connection, &pause).unwrap();
        assert_eq!(pauses::pause(&connection).unwrap(), Some(pause));
        assert_eq!(sides::quarantines(&connection).unwrap()[0].failures, 2, "what was there is there");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_format_before_it() {
        let mut connection = memory();
        let broken = [MIGRATIONS, &["CREATE TABLE half (x); CREATE TABLE half (x)"][..]].concat();
        migrate(&mut connection, &broken).unwrap_err();
        assert_eq!(version(&connection).unwrap(), known(MIGRATIONS));
        connection.execute_batch("CREATE TABLE half (x)").unwrap();
    }
}
