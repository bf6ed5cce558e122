//! Everything at a glance.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::columns::{Json, Millis, Named, count};
use super::error::StoreError;
use super::records::{CycleId, CycleProgress, CycleView, GroupFeeds, Status, Waiting};
use super::{drift, feed, holds, memberships, pauses, people, sides, survey, work};
use crate::model::{Attributes, EntraId, Presence, SourceUser};

const LAST_CYCLES: i64 = 10;

pub(super) const MANAGED: &str = "SELECT count(*) FROM links WHERE gone = 0";

/// To be called in a transaction, so that the numbers belong together.
pub(super) fn status(connection: &Connection) -> Result<Status, StoreError> {
    let count = |sql| count(connection, sql, []);
    let cycles = cycles(connection)?;
    Ok(Status {
        people: count("SELECT count(*) FROM source_users WHERE presence = 'live'")?,
        deleted: count("SELECT count(*) FROM source_users WHERE presence IN ('soft_deleted', 'hard_deleted')")?,
        managed: count(MANAGED)?,
        dirty: count("SELECT count(*) FROM dirty")?,
        waiting: waiting(connection)?,
        last_success: last_success(connection)?,
        progress: progress(connection, &cycles)?,
        cycles,
        feed: feed::feed(connection)?,
        groups: groups(connection)?,
        next_cycle: next_cycle(connection)?,
        open_intents: count("SELECT count(*) FROM intents")?,
        quarantines: sides::quarantines(connection)?,
        throttled: sides::throttled(connection)?,
        held: holds::open(connection)?,
        pause: pauses::pause(connection)?,
        reconciliation: drift::reconciliation(connection)?,
        survey: survey::survey(connection)?,
    })
}

fn groups(connection: &Connection) -> Result<Option<GroupFeeds>, StoreError> {
    let feeds = memberships::group_feeds(connection)?;
    let groups = feeds.iter().map(|feed| feed.groups.len() as u64).sum();
    Ok(feeds.iter().map(|feed| feed.delta_at).min().map(|position_at| GroupFeeds { groups, position_at }))
}

pub(super) fn next_cycle(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let at =
        connection.query_row("SELECT next_cycle_at FROM schedule", [], |row| row.get::<_, Millis>(0)).optional()?;
    Ok(at.map(|at| at.0))
}

fn last_success(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(finished_at) FROM cycles
                WHERE kind IN ('initial', 'incremental') AND result IN ('ok', 'partial', 'paused')";
    Ok(connection.query_row(sql, [], |row| row.get::<_, Option<Millis>>(0))?.map(|at| at.0))
}

fn waiting(connection: &Connection) -> Result<Vec<Waiting>, StoreError> {
    let sql = "SELECT r.*, u.attributes FROM retries r JOIN source_users u ON u.entra_id = r.entra_id
               ORDER BY r.first_failed_at, r.entra_id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let id = EntraId::new(&row.get::<_, String>("entra_id")?);
        let Json::<Attributes>(attributes) = row.get("attributes")?;
        Ok(people::retry(row)?.map(|retry| Waiting { user_name: name(&id, attributes), entra_id: id, retry }))
    })?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

fn name(id: &EntraId, attributes: Attributes) -> String {
    let user = SourceUser { id: id.clone(), presence: Presence::Live, attributes };
    user.user_principal_name().map_or_else(|| id.to_string(), str::to_owned)
}

fn cycles(connection: &Connection) -> Result<Vec<CycleView>, StoreError> {
    // A long cycle stays among them, whatever was done on demand meanwhile.
    let sql = "SELECT * FROM cycles
               WHERE result IS NULL OR id IN (SELECT id FROM cycles ORDER BY id DESC LIMIT ?1) ORDER BY id DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([LAST_CYCLES], cycle)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn progress(connection: &Connection, cycles: &[CycleView]) -> Result<Option<CycleProgress>, StoreError> {
    let Some(running) = cycles.iter().find(|cycle| cycle.result.is_none() && !cycle.kind.is_by_hand()) else {
        return Ok(None);
    };
    work::progress(connection, running.id, &running.summary)
}

/// One cycle by its number.
pub(super) fn cycle_of(connection: &Connection, id: CycleId) -> Result<Option<CycleView>, StoreError> {
    Ok(connection.query_row("SELECT * FROM cycles WHERE id = ?1", [id.0], cycle).optional()?)
}

/// What stands in a row.
pub(super) fn cycle(row: &Row<'_>) -> rusqlite::Result<CycleView> {
    Ok(CycleView {
        id: CycleId(row.get("id")?),
        kind: row.get::<_, Named<_>>("kind")?.0,
        started_at: row.get::<_, Millis>("started_at")?.0,
        finished_at: row.get::<_, Option<Millis>>("finished_at")?.map(|at| at.0),
        result: row.get("result")?,
        error: row.get("error")?,
        summary: row.get::<_, Json<_>>("summary")?.0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, intent, link, outcome, removed, retry, round, user, with_people};
    use super::super::records::{CycleEnd, CycleKind, LinkChange, Outcome};
    use super::super::types::{RetryChange, RoundKind};
    use super::super::{intents, work};
    use super::*;
    use crate::model::Link;

    #[test]
    fn counts_what_there_is() {
        let mut connection = with_people(&["ann", "bob", "cem", "dee"]);
        let leavers = vec![removed("cem", Presence::SoftDeleted), removed("dee", Presence::HardDeleted)];
        round(&mut connection, RoundKind::Incremental, leavers).unwrap();
        people::put_user(&connection, user("nameless", json!({})), at(1)).unwrap();
        let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
        for (name, gone, first_failed) in [("ann", false, 5), ("bob", true, 4), ("nameless", false, 6)] {
            let put = LinkChange::Put(Link { gone, ..link(name, name) });
            let failed = RetryChange::Set(retry(first_failed, None));
            work::record(&connection, &Outcome { link: put, retry: failed, ..outcome(cycle, name) }).unwrap();
        }
        intents::begin(&connection, &intent(cycle, "ann")).unwrap();

        let status = status(&connection).unwrap();
        assert_eq!((status.people, status.deleted, status.managed), (3, 2, 2));
        assert_eq!((status.dirty, status.open_intents), (3, 1));
        let waiting: Vec<_> = status.waiting.iter().map(|waiting| waiting.user_name.as_str()).collect();
        assert_eq!(waiting, ["bob@x", "ann@x", "nameless"]);
        assert_eq!(status.waiting[1].retry, retry(5, None));
        assert_eq!(status.feed, feed::feed(&connection).unwrap());
    }

    #[test]
    fn a_cycle_that_writes_says_how_far_it_has_come() {
        let connection = with_people(&["ann", "bob"]);
        let progress = || status(&connection).unwrap().progress;
        let earlier = work::begin_cycle(&connection, CycleKind::OnDemand, at(1)).unwrap();
        work::record(&connection, &outcome(earlier, "ann")).unwrap();
        let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
        assert_eq!(progress(), None, "it has not planned yet");
        work::announce_work(&connection, cycle, 2, at(3)).unwrap();
        work::record(&connection, &outcome(earlier, "ann")).unwrap();
        assert_eq!(progress(), Some(CycleProgress { planned: 2, done: 0, since: at(3) }));
        for done in [1, 2, 2] {
            work::record(&connection, &outcome(cycle, "bob")).unwrap();
            assert_eq!(progress(), Some(CycleProgress { planned: 2, done, since: at(3) }));
        }
        let end = CycleEnd { at: at(4), result: "ok".to_owned(), error: None, summary: json!({"operations": {}}) };
        work::finish_cycle(&connection, cycle, &end).unwrap();
        assert_eq!(progress(), None);
    }

    #[test]
    fn the_last_success_is_of_a_cycle_over_everybody_that_ended_well() {
        let connection = with_people(&[]);
        let cycles = [
            (CycleKind::Initial, "failed", None),
            (CycleKind::Initial, "partial", Some(1)),
            (CycleKind::Incremental, "ok", Some(2)),
            (CycleKind::OnDemand, "ok", Some(2)),
            (CycleKind::Incremental, "paused", Some(4)),
            (CycleKind::Incremental, "stopped", Some(4)),
        ];
        for (second, (kind, result, expected)) in cycles.into_iter().enumerate() {
            let at = at(i64::try_from(second).unwrap());
            let id = work::begin_cycle(&connection, kind, at).unwrap();
            let end = CycleEnd { at, result: result.to_owned(), error: None, summary: json!({}) };
            work::finish_cycle(&connection, id, &end).unwrap();
            assert_eq!(
                last_success(&connection).unwrap(),
                expected.map(super::super::fixtures::at),
                "{kind:?} {result}"
            );
        }
    }

    #[test]
    fn shows_the_last_ten_cycles_and_those_that_are_running() {
        let connection = with_people(&[]);
        for second in 0..12 {
            let id = work::begin_cycle(&connection, CycleKind::Incremental, at(second)).unwrap();
            let end = CycleEnd { at: at(second), result: "ok".to_owned(), error: None, summary: json!({}) };
            if second > 0 {
                work::finish_cycle(&connection, id, &end).unwrap();
            }
        }
        let started: Vec<_> = status(&connection).unwrap().cycles.iter().map(|cycle| cycle.started_at).collect();
        assert_eq!(started, (2..12).rev().chain([0]).map(at).collect::<Vec<_>>());
    }
}
