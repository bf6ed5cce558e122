//! A clock that was set back: a stored time that lies in the future is no reason to wait for it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::columns::Millis;
use super::error::StoreError;
use crate::event::catalogue::ClockSetBack;

/// No wait before another try is as long as this (plan/retry.rs: a day and a quarter).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(36);

/// Smaller steps back are a clock that is kept right; nothing here depends on a minute.
const SMALL_STEP: SignedDuration = SignedDuration::from_mins(1);

/// A retry whose next time lies behind this was set under another clock.
pub(super) fn latest_retry(now: Timestamp) -> Timestamp {
    now.checked_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX)
}

/// At the end of a round. If an earlier one was read under a clock that was ahead of this one, dates may have fallen
/// due that lie in the future now: everybody is planned again, and a deletion was seen now at the latest.
pub(super) fn mend(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT max(ifnull(delta_at, 0), ifnull(round_started_at, 0)) FROM feed";
    let Millis(last) = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    if last.duration_since(now) <= SMALL_STEP {
        return Ok(());
    }
    ClockSetBack { before: last, now }.emit();
    connection.execute("UPDATE source_users SET deleted_at = ?1 WHERE deleted_at > ?1", params![Millis(now)])?;
    connection.execute("INSERT OR REPLACE INTO dirty (entra_id) SELECT entra_id FROM source_users", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{at, clean, commit, page, person, removed, round, to_page, to_round, with_people};
    use super::super::types::RoundKind;
    use super::super::{PageCommit, feed};
    use super::*;
    use crate::model::Presence;
    use crate::plan::{Pace, next_attempt};

    #[test]
    fn no_wait_for_another_try_is_longer_than_what_counts_as_another_clock() {
        for pace in [Pace::Soon, Pace::Daily, Pace::OnChange] {
            let longest = next_attempt(pace, u32::MAX, 1.0).unwrap_or_default();
            assert!(longest < LONGEST_WAIT.unsigned_abs(), "{longest:?}");
        }
    }

    /// (second of the last round's end, second of this one's, whether everybody is planned again)
    #[test]
    fn after_a_step_back_everybody_is_planned_again_and_nobody_was_deleted_in_the_future() {
        for (before, now, again) in [(100, 100, false), (100, 90, false), (100, 39, true), (100, 9_000_000, false)] {
            let mut connection = with_people(&["ann", "bob"]);
            feed::start_round(&connection, RoundKind::Incremental, "selection", at(before)).unwrap();
            let leaver = vec![removed("bob", Presence::HardDeleted)];
            commit(&mut connection, PageCommit { now: at(before), ..page(leaver, to_round("d")) }).unwrap();
            clean(&connection);
            feed::start_round(&connection, RoundKind::Incremental, "selection", at(now)).unwrap();
            let mut next = |to| commit(&mut connection, PageCommit { now: at(now), ..page(vec![], to) }).unwrap();
            next(to_page("p"));
            next(to_round("e"));
            let dirty = ["ann", "bob"].map(|name| person(&connection, name).mark.is_some());
            assert_eq!(dirty, [again; 2], "{now}");
            let since = if again { now } else { before };
            assert_eq!(person(&connection, "bob").deleted_at, Some(at(since)));

            clean(&connection);
            feed::start_round(&connection, RoundKind::Incremental, "selection", at(now)).unwrap();
            commit(&mut connection, PageCommit { now: at(now), ..page(vec![], to_round("f")) }).unwrap();
            assert_eq!(person(&connection, "ann").mark, None, "once");
        }
    }

    #[test]
    fn a_round_that_began_under_another_clock_counts_too() {
        let mut connection = with_people(&["ann"]);
        feed::start_round(&connection, RoundKind::Incremental, "selection", at(1_000_000)).unwrap();
        commit(&mut connection, page(vec![], to_round("d"))).unwrap();
        assert!(person(&connection, "ann").mark.is_some());
        clean(&connection);
        round(&mut connection, RoundKind::Incremental, vec![]).unwrap();
        assert_eq!(person(&connection, "ann").mark, None);
    }
}
