//! Cycles, outcomes and the provisioning log.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::columns::{Json, Millis, Named, count, limit};
use super::error::StoreError;
use super::history::DecidedBy;
use super::records::{ByHand, CycleEnd, CycleId, CycleKind, CycleProgress, LogEntry, LogQuery, Outcome, Settled};
use super::{choices, drift, history, holds, intents, links, noticed, people, rejections, retries, watches};
use crate::model::{EntraId, TargetId};

/// Cycles that the process before this one never finished.
pub(super) fn interrupt_cycles(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE cycles SET result = 'interrupted' WHERE result IS NULL", [])?;
    Ok(())
}

pub(super) fn ever_completed(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM cycles
                WHERE kind NOT IN ('on_demand', 'apply', 'undo', 'reconcile') AND result IN ('ok', 'partial'))";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

pub(super) fn begin_cycle(connection: &Connection, kind: CycleKind, now: Timestamp) -> Result<CycleId, StoreError> {
    begin_for(connection, kind, &ByHand::default(), now)
}

/// A cycle at the word of somebody.
pub(super) fn begin_for(
    connection: &Connection,
    kind: CycleKind,
    ByHand { by, undoes }: &ByHand,
    now: Timestamp,
) -> Result<CycleId, StoreError> {
    let sql = "INSERT INTO cycles (kind, started_at, by_user, undoes) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(sql, params![Named(kind), Millis(now), by, undoes])?;
    Ok(CycleId(connection.last_insert_rowid()))
}

/// How much a cycle has to do from now on, for whoever watches it; its summary takes that place in the end.
pub(super) fn announce_work(
    connection: &Connection,
    id: CycleId,
    planned: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let lines_before = count(connection, "SELECT coalesce(max(id), 0) FROM provisioning_log", [])?;
    let announced = Announced { planned, since: now, lines_before };
    let sql = "UPDATE cycles SET summary = ?2 WHERE id = ?1 AND result IS NULL";
    connection.prepare_cached(sql)?.execute(params![id.0, Json(&announced)])?;
    Ok(())
}

/// What stands in the summary of a cycle as long as it writes.
#[derive(Serialize, Deserialize)]
struct Announced {
    planned: u64,
    since: Timestamp,
    /// The last line of the provisioning log before it.
    lines_before: u64,
}

/// How far a cycle has come with what it announced; none if it has not yet.
pub(super) fn progress(
    connection: &Connection,
    id: CycleId,
    summary: &Value,
) -> Result<Option<CycleProgress>, StoreError> {
    let Ok(Announced { planned, since, lines_before }) = Announced::deserialize(summary) else { return Ok(None) };
    let sql = "SELECT count(*) FROM provisioning_log WHERE id > ?1 AND cycle = ?2";
    let done = count(connection, sql, params![lines_before.cast_signed(), id.0])?;
    Ok(Some(CycleProgress { planned, done: done.min(planned), since }))
}

pub(super) fn finish_cycle(connection: &Connection, id: CycleId, end: &CycleEnd) -> Result<(), StoreError> {
    let sql = "UPDATE cycles SET finished_at = ?2, result = ?3, error = ?4, summary = ?5 WHERE id = ?1";
    connection.execute(sql, params![id.0, Millis(end.at), end.result, end.error, Json(&end.summary)])?;
    Ok(())
}

pub(super) fn announce_next_cycle(connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
    connection.execute("INSERT OR REPLACE INTO schedule (id, next_cycle_at) VALUES (1, ?1)", [Millis(at)])?;
    Ok(())
}

pub(super) fn record(connection: &Connection, outcome: &Outcome) -> Result<(), StoreError> {
    let Outcome { intent, entry, link, retry, watch, mark, hold } = outcome;
    let decided = history::decided(connection, entry)?;
    if let Some(intent) = intent {
        intents::end(connection, *intent)?;
    }
    links::change_link(connection, &entry.entra_id, link)?;
    choices::fulfil(connection, &entry.entra_id, link, entry.at)?;
    retries::change(connection, &entry.entra_id, retry)?;
    watches::change(connection, &entry.entra_id, *watch)?;
    people::unmark(connection, &entry.entra_id, *mark)?;
    if entry.status == "success" {
        drift::settle(connection, &entry.entra_id, &entry.changes)?;
    }
    rejections::change(connection, (&entry.entra_id, &entry.user_name), hold, entry.at)?;
    let noticed_at = noticed::carried(connection, &entry.entra_id)?.filter(|_| entry.status == "success");
    append(connection, entry, decided.as_ref(), noticed_at)
}

pub(super) fn settle(connection: &Connection, settled: &[Settled]) -> Result<(), StoreError> {
    for Settled { entra_id, mark, retry, watch, ends_hold } in settled {
        if *ends_hold {
            holds::end(connection, entra_id)?;
        }
        retries::change(connection, entra_id, retry)?;
        watches::change(connection, entra_id, *watch)?;
        people::unmark(connection, entra_id, *mark)?;
        noticed::settle(connection, entra_id)?;
    }
    Ok(())
}

fn append(
    connection: &Connection,
    entry: &LogEntry,
    decided: Option<&DecidedBy>,
    noticed_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO provisioning_log
            (cycle, at, entra_id, user_name, target_id, operation, status, changes, message, request_id, duration_ms,
             counts_as, reason, matched, http_status, code, decided_by, hold, noticed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
    connection.prepare_cached(sql)?.execute(params![
        entry.cycle.0,
        Millis(entry.at),
        entry.entra_id.as_str(),
        entry.user_name,
        entry.target_id.as_ref().map(TargetId::as_str),
        entry.operation,
        entry.status,
        Json(&entry.changes),
        entry.message,
        entry.request_id,
        entry.duration_ms,
        entry.counts_as.map(Named),
        entry.reason,
        entry.matched.map(Named),
        entry.http_status,
        entry.code,
        decided.map(|decided| decided.by.as_str()),
        decided.and_then(|decided| decided.hold),
        noticed_at.map(Millis),
    ])?;
    Ok(())
}

/// The newest lines first.
pub(super) fn log(connection: &Connection, query: &LogQuery) -> Result<Vec<LogEntry>, StoreError> {
    let filter = if query.entra_id.is_some() { "entra_id = ?1" } else { "?1 IS NULL" };
    let sql = format!("SELECT * FROM provisioning_log WHERE {filter} ORDER BY id DESC LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let id = query.entra_id.as_ref().map(EntraId::as_str);
    let rows = statement.query_map(params![id, limit(query.limit)], entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whomever a cycle has written.
pub(super) fn written_by(connection: &Connection, cycle: CycleId) -> Result<Vec<EntraId>, StoreError> {
    let sql =
        "SELECT DISTINCT entra_id FROM provisioning_log WHERE cycle = ?1 AND status = 'success' ORDER BY entra_id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([cycle.0], entra_id)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The line in a row of the log.
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    Ok(LogEntry {
        cycle: CycleId(row.get("cycle")?),
        at: row.get::<_, Millis>("at")?.0,
        entra_id: entra_id(row)?,
        user_name: row.get("user_name")?,
        target_id: target_id(row)?,
        operation: row.get("operation")?,
        status: row.get("status")?,
        changes: row.get::<_, Json<_>>("changes")?.0,
        message: row.get("message")?,
        request_id: row.get("request_id")?,
        duration_ms: row.get("duration_ms")?,
        counts_as: row.get::<_, Option<Named<_>>>("counts_as")?.map(|class| class.0),
        reason: row.get("reason")?,
        matched: row.get::<_, Option<Named<_>>>("matched")?.map(|matched| matched.0),
        http_status: row.get("http_status")?,
        code: row.get("code")?,
    })
}

fn entra_id(row: &Row<'_>) -> rusqlite::Result<EntraId> {
    Ok(EntraId::new(&row.get::<_, String>("entra_id")?))
}

fn target_id(row: &Row<'_>) -> rusqlite::Result<Option<TargetId>> {
    Ok(row.get::<_, Option<String>>("target_id")?.map(TargetId::new))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, entry, id, intent, link, outcome, person, retry, user, with_people};
    use super::super::records::LinkChange;
    use super::super::rejections::HoldChange;
    use super::super::status;
    use super::super::types::RetryChange;
    use super::*;
    use crate::model::{Change, Link, LinkOrigin, TargetPath, TargetValue, Watch};

    #[test]
    fn an_outcome_settles_everything_about_one_person() {
        let connection = with_people(&["ann"]);
        people::put_user(&connection, user("ann", json!({"mail": "a@x"})), at(1)).unwrap();
        let cycle = begin_cycle(&connection, CycleKind::Initial, at(2)).unwrap();
        let pending = intents::begin(&connection, &intent(cycle, "ann")).unwrap();
        assert_eq!(intents::open(&connection).unwrap(), [(pending, intent(cycle, "ann"))]);
        retries::change(&connection, &id("ann"), &RetryChange::Set(retry(1, Some(9)))).unwrap();

        let value = TargetValue::Text("ann@x".into());
        let put = Link {
            origin: LinkOrigin::Adopted,
            gone: true,
            sent: [(TargetPath::user_name(), value.clone())].into(),
            seen: [(TargetPath::active(), TargetValue::Flag(true))].into(),
            ..link("ann", "t-1")
        };
        let done = Outcome {
            intent: Some(pending),
            entry: LogEntry {
                target_id: Some(TargetId::new("t-1")),
                changes: vec![Change {
                    attribute: TargetPath::user_name(),
                    old: None,
                    new: Some(value),
                    redacted: false,
                }],
                message: Some("why".into()),
                request_id: Some("r".into()),
                ..entry(cycle, "ann")
            },
            link: LinkChange::Put(put.clone()),
            retry: RetryChange::Clear,
            watch: Some(Watch { left_at: Some(at(5)), revisit_at: None }),
            mark: person(&connection, "ann").mark,
            hold: HoldChange::End,
        };
        record(&connection, &done).unwrap();

        let ann = person(&connection, "ann");
        assert_eq!((ann.link, ann.retry, ann.mark, ann.left_at), (Some(put), None, None, Some(at(5))));
        assert_eq!(intents::open(&connection).unwrap(), []);
        assert_eq!(log(&connection, &LogQuery { entra_id: None, limit: 9 }).unwrap(), [done.entry]);
        assert_eq!(links::owner_of(&connection, &TargetId::new("t-1")).unwrap(), Some(id("ann")));

        let remove = Outcome { link: LinkChange::Remove, ..outcome(cycle, "ann") };
        record(&connection, &remove).unwrap();
        assert_eq!(person(&connection, "ann").link, None);
        assert_eq!(links::owner_of(&connection, &TargetId::new("t-1")).unwrap(), None);
    }

    #[test]
    fn one_account_has_one_owner() {
        let connection = with_people(&["ann", "bob"]);
        let cycle = begin_cycle(&connection, CycleKind::OnDemand, at(2)).unwrap();
        let put = |name, target| Outcome { link: LinkChange::Put(link(name, target)), ..outcome(cycle, name) };
        record(&connection, &put("ann", "t-1")).unwrap();
        let clash = record(&connection, &put("bob", "t-1"));
        assert_eq!(clash, Err(StoreError::LinkTaken { target_id: TargetId::new("t-1"), owner: id("ann") }));
        record(&connection, &put("ann", "t-1")).unwrap();
        record(&connection, &put("ann", "t-2")).unwrap();
        record(&connection, &put("bob", "t-1")).unwrap();
        assert_eq!(person(&connection, "bob").link, Some(link("bob", "t-1")));
    }

    #[test]
    fn a_link_needs_a_person() {
        let connection = with_people(&[]);
        let cycle = begin_cycle(&connection, CycleKind::OnDemand, at(2)).unwrap();
        record(&connection, &outcome(cycle, "nobody")).unwrap();
        let put = Outcome { link: LinkChange::Put(link("nobody", "t")), ..outcome(cycle, "nobody") };
        assert!(matches!(record(&connection, &put), Err(StoreError::Sqlite(_))));
    }

    #[test]
    fn settling_takes_off_the_marks_that_stayed_and_changes_retries() {
        let connection = with_people(&["ann", "bob", "cem"]);
        for name in ["ann", "bob", "cem"] {
            people::put_user(&connection, user(name, json!({})), at(1)).unwrap();
        }
        let marks = ["ann", "bob", "cem"].map(|name| person(&connection, name).mark);
        people::put_user(&connection, user("bob", json!({"mail": "moved@x"})), at(2)).unwrap();
        let set = retry(4, None);
        let settled =
            |name: &str, mark, retry| Settled { entra_id: id(name), mark, retry, watch: None, ends_hold: true };
        settle(
            &connection,
            &[
                settled("ann", marks[0], RetryChange::Set(set.clone())),
                settled("bob", marks[1], RetryChange::Clear),
                settled("cem", None, RetryChange::Keep),
            ],
        )
        .unwrap();
        let people = ["ann", "bob", "cem"].map(|name| person(&connection, name));
        assert_eq!((people[0].mark, &people[0].retry), (None, &Some(set)));
        assert!(people[1].mark.is_some(), "it moved");
        assert_eq!(people[2].mark, marks[2]);
        settle(&connection, &[settled("ann", None, RetryChange::Keep)]).unwrap();
        assert!(person(&connection, "ann").retry.is_some());
        let watch = Some(Watch { left_at: Some(at(5)), revisit_at: None });
        settle(&connection, &[Settled { watch, ..settled("ann", None, RetryChange::Clear) }]).unwrap();
        assert_eq!(person(&connection, "ann").left_at, Some(at(5)));
        assert_eq!(person(&connection, "ann").retry, None);
    }

    #[test]
    fn the_log_is_newest_first_and_of_one_person_if_asked() {
        let connection = with_people(&[]);
        let cycle = begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
        for name in ["ann", "bob", "ann", "cem"] {
            record(&connection, &outcome(cycle, name)).unwrap();
        }
        let who = |entra_id, limit| {
            let lines = log(&connection, &LogQuery { entra_id, limit }).unwrap();
            lines.iter().map(|line| line.entra_id.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(who(None, 3), "cem ann bob");
        assert_eq!(who(Some(id("ann")), 9), "ann ann");
        assert_eq!(who(None, 0), "");
    }

    #[test]
    fn a_cycle_ends_once_and_the_rest_are_interrupted() {
        let connection = with_people(&[]);
        let first = begin_cycle(&connection, CycleKind::Initial, at(1)).unwrap();
        let end = CycleEnd { at: at(5), result: "partial".into(), error: Some("e".into()), summary: json!({"n": 1}) };
        finish_cycle(&connection, first, &end).unwrap();
        let second = begin_cycle(&connection, CycleKind::OnDemand, at(6)).unwrap();
        interrupt_cycles(&connection).unwrap();
        let cycles = status::status(&connection).unwrap().cycles;
        assert_eq!((cycles[0].id, cycles[0].kind, cycles[0].started_at), (second, CycleKind::OnDemand, at(6)));
        assert_eq!((cycles[0].result.as_deref(), cycles[0].finished_at), (Some("interrupted"), None));
        assert!(cycles[0].summary.is_null());
        assert_eq!((cycles[1].result.as_deref(), cycles[1].finished_at), (Some("partial"), Some(at(5))));
        assert_eq!((cycles[1].error.as_deref(), &cycles[1].summary), (Some("e"), &json!({"n": 1})));
    }
}
