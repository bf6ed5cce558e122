//! Writes that were begun: stored before the request, removed with its outcome.

use rusqlite::{Connection, Row, params};

use super::columns::{Json, Millis, Named};
use super::error::StoreError;
use super::records::{CycleId, Intent, IntentId};
use crate::model::{Change, EntraId, TargetId, Whole};

const INTENT: &str = "SELECT id, cycle, entra_id, operation, user_name, target_id, at, changes, seen, counts_as,
                             undo, reason, matched
                      FROM intents";

pub(super) fn begin(connection: &Connection, intent: &Intent) -> Result<IntentId, StoreError> {
    let Intent {
        cycle,
        entra_id,
        operation,
        user_name,
        target_id,
        at,
        changes,
        seen,
        counts_as,
        undo,
        reason,
        matched,
    } = intent;
    let sql =
        "INSERT INTO intents (cycle, entra_id, operation, user_name, target_id, at, changes, seen, counts_as, undo,
                              reason, matched)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute(params![
        cycle.0,
        entra_id.as_str(),
        Named(operation),
        user_name,
        target_id.as_ref().map(TargetId::as_str),
        Millis(*at),
        Json(changes.iter().map(Whole::from).collect::<Vec<_>>()),
        Json(seen),
        counts_as.map(Named),
        undo.as_ref().map(Json),
        reason,
        matched.map(Named),
    ])?;
    Ok(IntentId(connection.last_insert_rowid()))
}

/// Every intent without an outcome, the oldest first.
pub(super) fn open(connection: &Connection) -> Result<Vec<(IntentId, Intent)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{INTENT} ORDER BY id"))?;
    let rows = statement.query_map([], intent)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The same of one person.
pub(super) fn open_of(connection: &Connection, id: &EntraId) -> Result<Vec<(IntentId, Intent)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{INTENT} WHERE entra_id = ?1 ORDER BY id"))?;
    let rows = statement.query_map([id.as_str()], intent)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn end(connection: &Connection, id: IntentId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM intents WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

fn intent(row: &Row<'_>) -> rusqlite::Result<(IntentId, Intent)> {
    let Json::<Vec<Whole>>(changes) = row.get("changes")?;
    let intent = Intent {
        cycle: CycleId(row.get("cycle")?),
        entra_id: EntraId::new(&row.get::<_, String>("entra_id")?),
        operation: row.get::<_, Named<_>>("operation")?.0,
        user_name: row.get("user_name")?,
        target_id: row.get::<_, Option<String>>("target_id")?.map(TargetId::new),
        at: row.get::<_, Millis>("at")?.0,
        changes: changes.into_iter().map(Change::from).collect(),
        seen: row.get::<_, Json<_>>("seen")?.0,
        counts_as: row.get::<_, Option<Named<_>>>("counts_as")?.map(|class| class.0),
        undo: row.get::<_, Option<Json<_>>>("undo")?.map(|undo| undo.0),
        reason: row.get("reason")?,
        matched: row.get::<_, Option<Named<_>>>("matched")?.map(|matched| matched.0),
    };
    Ok((IntentId(row.get("id")?), intent))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use proptest::prelude::*;

    use super::super::fixtures::{at, id, intent, memory};
    use super::super::work;
    use super::*;
    use crate::model::{Operation, TargetValue};
    use crate::store::CycleKind;

    fn value() -> impl Strategy<Value = Option<TargetValue>> {
        let value = prop_oneof![any::<bool>().prop_map(TargetValue::Flag), ".+".prop_map(TargetValue::Text)];
        prop::option::of(value)
    }

    fn change() -> impl Strategy<Value = Change> {
        let path = prop::sample::select(&["active", "name.givenName", "emails[type eq \"work\"].value"][..]);
        (path, value(), value(), any::<bool>()).prop_map(|(path, old, new, redacted)| Change {
            attribute: path.parse().unwrap(),
            old,
            new,
            redacted,
        })
    }

    proptest! {
        /// What is hidden from people must be sent again, or compared with what Jostle shows.
        #[test]
        fn an_intent_comes_back_as_it_was_with_its_hidden_values(
            changes in prop::collection::vec(change(), 0..5),
            seen in prop::collection::vec(change(), 0..3),
            operation in prop::sample::select(&Operation::ALL[..]),
            target in prop::option::of("[a-z0-9-]+"),
        ) {
            let connection = memory();
            let cycle = work::begin_cycle(&connection, CycleKind::Initial, at(0)).unwrap();
            let seen = seen.into_iter().filter_map(|c| Some((c.attribute, c.new?))).collect();
            let target_id = target.map(TargetId::new);
            let stored = Intent { operation, target_id, changes, seen, ..intent(cycle, "ann") };
            let number = begin(&connection, &stored).unwrap();
            prop_assert_eq!(open(&connection).unwrap(), [(number, stored)]);
        }
    }

    #[test]
    fn each_person_has_their_own_and_each_ends_alone() {
        let connection = memory();
        let cycle = work::begin_cycle(&connection, CycleKind::Initial, at(0)).unwrap();
        let numbers = ["ann", "bob", "ann"].map(|name| begin(&connection, &intent(cycle, name)).unwrap());
        let of = |name| open_of(&connection, &id(name)).unwrap().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!((of("ann"), of("bob"), of("cem")), (vec![numbers[0], numbers[2]], vec![numbers[1]], vec![]));
        end(&connection, numbers[0]).unwrap();
        assert_eq!((of("ann"), of("bob")), (vec![numbers[2]], vec![numbers[1]]));
    }
}
