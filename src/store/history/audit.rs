//! What administrators did, and what else is to be accounted for. What another table keeps anyway is read from there.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params, params};
use serde::{Deserialize, Serialize};

use super::HistoryQuery;
use crate::model::{EntraId, HoldClass, MatchChoice, Verdict};
use crate::store::columns::{Json, Millis};
use crate::store::error::StoreError;
use crate::store::pauses::Stops;

/// Something that was done, and at whose word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// The user of the operating system; none: the program by itself, or nobody wrote it down.
    pub by: Option<String>,
    /// The one person whom it is about.
    pub entra_id: Option<EntraId>,
    /// Under which name people know them.
    pub user_name: Option<String>,
    /// What.
    pub act: Act,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Something was paused.
    Paused {
        /// What.
        what: Stops,
        /// Why, in the words of whoever did it.
        why: Option<String>,
    },
    /// A pause was ended.
    Resumed {
        /// What it had stopped.
        what: Stops,
        /// Since when.
        since: Timestamp,
        /// Who had set it.
        set_by: String,
    },
    /// It was said whose an account is.
    Chosen {
        /// What was said.
        choice: MatchChoice,
    },
    /// It was decided about what is held.
    Decided {
        /// Of which hold.
        hold: i64,
        /// In which state.
        revision: i64,
        /// What was held.
        class: HoldClass,
        /// What was decided.
        verdict: Verdict,
        /// About how many people.
        people: u64,
    },
    /// A plan was handed in.
    Applied {
        /// As which cycle it was carried out.
        cycle: i64,
    },
    /// A cycle was undone.
    Undone {
        /// As which cycle.
        cycle: i64,
        /// Which one; none: nobody wrote it down.
        undoes: Option<i64>,
    },
    /// Everything that was remembered of one person was removed, on request; of whom is not said.
    Purged {
        /// Operations.
        operations: u64,
        /// Decisions that were about them.
        decisions: u64,
        /// Whatever else.
        others: u64,
    },
    /// It is decided by another configuration than before.
    Configured {
        /// The sections that have changed.
        sections: Vec<String>,
    },
}

impl Act {
    /// One word for it, the one that serde gives it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Chosen { .. } => "chosen",
            Self::Decided { .. } => "decided",
            Self::Applied { .. } => "applied",
            Self::Undone { .. } => "undone",
            Self::Purged { .. } => "purged",
            Self::Configured { .. } => "configured",
        }
    }
}

/// Writes down what no other table keeps. Somebody whom it is about is remembered with the name that they have now.
pub(in crate::store) fn note(
    connection: &Connection,
    act: &Act,
    by: Option<&str>,
    entra_id: Option<&EntraId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (at, by_user, entra_id, user_name, act)
               VALUES (?1, ?2, ?3, (SELECT coalesce(attributes ->> '$.userPrincipalName', entra_id)
                                      FROM source_users WHERE entra_id = ?3), ?4)";
    let id = entra_id.map(EntraId::as_str);
    connection.prepare_cached(sql)?.execute(params![Millis(now), by, id, Json(act)])?;
    Ok(())
}

/// Remembers by which configuration it is decided, section by section, and notes which have changed; nothing the first
/// time.
pub(in crate::store) fn note_configuration(
    connection: &Connection,
    sections: &[(String, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_first: bool = connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sections)", [], |row| row.get(0))?;
    let sql = "INSERT INTO sections (name, fingerprint) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint
                   WHERE fingerprint <> excluded.fingerprint";
    let mut changed = Vec::new();
    for (name, fingerprint) in sections {
        if connection.prepare_cached(sql)?.execute([name, fingerprint])? > 0 {
            changed.push(name.clone());
        }
    }
    match is_first || changed.is_empty() {
        true => Ok(()),
        false => note(connection, &Act::Configured { sections: changed }, None, None, now),
    }
}

/// Decisions of one user about one person each, of the same hold and within a minute, are one: what an undo takes back is
/// kept out person by person.
const AUDIT: &str = "
    SELECT at, by_user, entra_id, user_name, act FROM audit
     WHERE at >= :since AND at < :until AND :cycle IS NULL
       AND (:people IS NULL OR entra_id IN (SELECT value FROM json_each(:people)))
    UNION ALL
    SELECT max(d.at), d.by_user, NULL, NULL,
           json_object('act', 'decided', 'hold', d.hold, 'revision', max(d.revision), 'class', h.class,
                       'verdict', d.verdict, 'people', sum(json_array_length(d.people)))
      FROM decisions d JOIN holds h ON h.id = d.hold
     WHERE d.at >= :since AND d.at < :until AND d.people <> '[]' AND :cycle IS NULL
       AND (:people IS NULL OR EXISTS (SELECT 1 FROM json_each(d.people) p
                                        WHERE p.value IN (SELECT value FROM json_each(:people))))
     GROUP BY d.hold, d.verdict, d.by_user,
              CASE json_array_length(d.people) WHEN 1 THEN d.at / 60000 ELSE -d.id END
    UNION ALL
    SELECT started_at, by_user, NULL, NULL,
           CASE kind WHEN 'apply' THEN json_object('act', 'applied', 'cycle', id)
                     ELSE json_object('act', 'undone', 'cycle', id, 'undoes', undoes) END
      FROM cycles
     WHERE kind IN ('apply', 'undo') AND started_at >= :since AND started_at < :until AND :people IS NULL
       AND (:cycle IS NULL OR id = :cycle)
    ORDER BY 1 DESC";

/// The newest first. A query for what was done to people, by operation or status, finds none.
pub(super) fn audit(
    connection: &Connection,
    query: &HistoryQuery,
    people: Option<&[String]>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let HistoryQuery { user: _, since, until, operations, statuses, cycle, records } = query;
    if !records.has_audit() || !operations.is_empty() || !statuses.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(AUDIT)?;
    let rows = statement.query_map(
        named_params! {
            ":since": since.map_or(i64::MIN, Timestamp::as_millisecond),
            ":until": until.map_or(i64::MAX, Timestamp::as_millisecond),
            ":cycle": cycle.map(|cycle| cycle.0),
            ":people": people.map(Json),
        },
        entry,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        at: row.get::<_, Millis>(0)?.0,
        by: row.get(1)?,
        entra_id: row.get::<_, Option<String>>(2)?.map(|id| EntraId::new(&id)),
        user_name: row.get(3)?,
        act: row.get::<_, Json<_>>(4)?.0,
    })
}
