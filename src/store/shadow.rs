//! What a shadow remembers from round to round: what it would have written, what came of it, and its last report.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::columns::{Json, Millis};
use super::error::StoreError;
use super::{links, watches};
use crate::model::{Agreed, Difference, EntraId, KnownDifference, Link, Watch};

/// What is known after the rounds until now.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowMemory {
    /// When the first round was.
    pub first_at: Timestamp,
    /// Since when nothing differs for longer than it may; none: something does.
    pub content_since: Option<Timestamp>,
    /// What Jostle does not show.
    pub differences: Vec<KnownDifference>,
    /// How often something has come to agree.
    pub agreed: u64,
    /// The last of these, the newest first.
    pub last_agreed: Vec<Agreed>,
}

/// What one round stores.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowRound {
    /// What is known from now on.
    pub memory: ShadowMemory,
    /// Accounts that were found to be a person's.
    pub adopted: Vec<Link>,
    /// What time alone will change about people.
    pub watches: Vec<(EntraId, Watch)>,
    /// The report, as JSON, with what may be shown.
    pub report: Value,
}

/// Stores links, and returns whose could not be: the account is linked to somebody else.
pub(super) fn put_links(connection: &Connection, all: &[Link]) -> Result<BTreeSet<EntraId>, StoreError> {
    let mut taken = BTreeSet::new();
    for link in all {
        match links::put(connection, link) {
            Err(StoreError::LinkTaken { .. }) => drop(taken.insert(link.entra_id.clone())),
            result => result?,
        }
    }
    Ok(taken)
}

/// Stores a round in the place of the last one.
pub(super) fn put(connection: &Connection, round: &ShadowRound) -> Result<(), StoreError> {
    let ShadowRound { memory, adopted, watches, report } = round;
    let ShadowMemory { first_at, content_since, differences, agreed, last_agreed } = memory;
    put_links(connection, adopted)?;
    watches.iter().try_for_each(|(id, watch)| watches::change(connection, id, Some(*watch)))?;
    connection.execute("DELETE FROM shadow_differences", [])?;
    differences.iter().try_for_each(|known| insert(connection, known))?;
    connection.execute("DELETE FROM shadow_agreed", [])?;
    last_agreed.iter().try_for_each(|agreed| insert_agreed(connection, agreed))?;
    let sql = "INSERT OR REPLACE INTO shadow_round (id, first_at, content_since, agreed, report)
               VALUES (1, ?1, ?2, ?3, ?4)";
    let agreed = i64::try_from(*agreed).unwrap_or(i64::MAX);
    connection.execute(sql, params![Millis(*first_at), content_since.map(Millis), agreed, Json(report)])?;
    Ok(())
}

fn insert(connection: &Connection, known: &KnownDifference) -> Result<(), StoreError> {
    let KnownDifference { difference: Difference { user, entra_id, aspect, old, new, why }, since, last_seen, told } =
        known;
    let sql = "INSERT INTO shadow_differences (entra_id, aspect, user_name, old, new, why, since, last_seen, told)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        entra_id.as_str(),
        Json(aspect),
        user,
        Json(old),
        Json(new),
        why,
        Millis(*since),
        Millis(*last_seen),
        told,
    ])?;
    Ok(())
}

fn insert_agreed(connection: &Connection, agreed: &Agreed) -> Result<(), StoreError> {
    let Agreed { user, entra_id, aspect, since, at } = agreed;
    let sql = "INSERT INTO shadow_agreed (entra_id, aspect, user_name, since, at) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        entra_id.as_str(),
        Json(aspect),
        user,
        Millis(*since),
        Millis(*at),
    ])?;
    Ok(())
}

/// What is known; none before the first round.
pub(super) fn memory(connection: &Connection) -> Result<Option<ShadowMemory>, StoreError> {
    let sql = "SELECT first_at, content_since, agreed FROM shadow_round";
    let row = |row: &Row<'_>| {
        let (Millis(first_at), content_since) = (row.get(0)?, row.get::<_, Option<Millis>>(1)?);
        Ok((first_at, content_since.map(|Millis(at)| at), row.get::<_, i64>(2)?.unsigned_abs()))
    };
    let Some((first_at, content_since, agreed)) = connection.query_row(sql, [], row).optional()? else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached("SELECT * FROM shadow_differences ORDER BY entra_id, aspect")?;
    let differences = statement.query_map([], known)?.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached("SELECT * FROM shadow_agreed ORDER BY number")?;
    let last_agreed = statement.query_map([], agreed_of)?.collect::<Result<_, _>>()?;
    Ok(Some(ShadowMemory { first_at, content_since, differences, agreed, last_agreed }))
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownDifference> {
    let difference = Difference {
        user: row.get("user_name")?,
        entra_id: EntraId::new(&row.get::<_, String>("entra_id")?),
        aspect: row.get::<_, Json<_>>("aspect")?.0,
        old: row.get::<_, Json<_>>("old")?.0,
        new: row.get::<_, Json<_>>("new")?.0,
        why: row.get("why")?,
    };
    let (Millis(since), Millis(last_seen)) = (row.get("since")?, row.get("last_seen")?);
    Ok(KnownDifference { difference, since, last_seen, told: row.get("told")? })
}

fn agreed_of(row: &Row<'_>) -> rusqlite::Result<Agreed> {
    let (Millis(since), Millis(at)) = (row.get("since")?, row.get("at")?);
    Ok(Agreed {
        user: row.get("user_name")?,
        entra_id: EntraId::new(&row.get::<_, String>("entra_id")?),
        aspect: row.get::<_, Json<_>>("aspect")?.0,
        since,
        at,
    })
}

/// The last report; none before the first round.
pub(super) fn report(connection: &Connection) -> Result<Option<Value>, StoreError> {
    let row = |row: &Row<'_>| Ok(row.get::<_, Json<Value>>(0)?.0);
    Ok(connection.query_row("SELECT report FROM shadow_round", [], row).optional()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, id, memory as empty, user};
    use super::super::people;
    use super::*;
    use crate::model::{Aspect, LinkOrigin, Operation, TargetId, TargetValue, Values};

    fn link(name: &str, account: &str) -> Link {
        let (entra_id, target_id) = (id(name), TargetId::new(account));
        let (sent, seen) = (Values::new(), Values::new());
        Link { entra_id, target_id, origin: LinkOrigin::Adopted, gone: false, sent, seen }
    }

    #[test]
    fn a_round_takes_the_place_of_the_last_one() {
        let connection = empty();
        assert_eq!((memory(&connection).unwrap(), report(&connection).unwrap()), (None, None));
        people::put_user(&connection, user("ann", json!({})), at(0)).unwrap();
        let aspect = Aspect::Attribute("title".parse().unwrap());
        let text = |text: &str| Some(TargetValue::Text(text.to_owned()));
        let difference = Difference {
            user: "ann@x".to_owned(),
            entra_id: id("ann"),
            aspect,
            old: text("Clerk"),
            new: None,
            why: Some("so".to_owned()),
        };
        let agreed = |name: &str| Agreed {
            user: format!("{name}@x"),
            entra_id: id(name),
            aspect: Aspect::Operation(Operation::Create),
            since: at(1),
            at: at(2),
        };
        let first = ShadowMemory {
            first_at: at(1),
            content_since: None,
            differences: vec![KnownDifference { difference, since: at(1), last_seen: at(3), told: true }],
            agreed: 9,
            last_agreed: vec![agreed("cem"), agreed("bob")],
        };
        let second = ShadowMemory { content_since: Some(at(4)), differences: Vec::new(), ..first.clone() };
        for memory in [first, second] {
            let watches = vec![(id("ann"), Watch { left_at: Some(at(2)), revisit_at: None })];
            let report = json!({"at": memory.content_since});
            let adopted = vec![link("ann", "1")];
            let round = ShadowRound { memory: memory.clone(), adopted, watches, report: report.clone() };
            put(&connection, &round).unwrap();
            assert_eq!(super::memory(&connection).unwrap(), Some(memory));
            assert_eq!(super::report(&connection).unwrap(), Some(report));
        }
        let ann = people::person(&connection, &id("ann")).unwrap().unwrap();
        assert_eq!((ann.link, ann.left_at), (Some(link("ann", "1")), Some(at(2))));
    }

    #[test]
    fn an_account_of_somebody_else_is_not_linked_again() {
        let connection = empty();
        for name in ["ann", "bob"] {
            people::put_user(&connection, user(name, json!({})), at(0)).unwrap();
        }
        let taken = put_links(&connection, &[link("ann", "1"), link("bob", "1")]).unwrap();
        assert_eq!(taken, [id("bob")].into());
        assert_eq!(people::person(&connection, &id("bob")).unwrap().unwrap().link, None);
    }
}
