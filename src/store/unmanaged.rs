//! The last listing of all accounts: who in Jostle is nobody's.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{Json, Millis};
use super::error::StoreError;
use crate::model::{Names, TargetId, Unmanaged};

/// Accounts that were nobody's when all were listed. Whoever was linked or created since is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// When.
    pub at: Timestamp,
    /// The accounts, by `userName`.
    pub unmanaged: Vec<Unmanaged>,
}

/// Replaces the last listing.
pub(super) fn put(connection: &Connection, listing: &Listing) -> Result<(), StoreError> {
    forget(connection)?;
    connection.prepare_cached("INSERT INTO listing (id, at) VALUES (1, ?1)")?.execute([Millis(listing.at)])?;
    let sql = "INSERT OR REPLACE INTO unmanaged (target_id, user_name, active, names, work_email)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(sql)?;
    for Unmanaged { id, user_name, active, names, work_email } in &listing.unmanaged {
        statement.execute(params![id.as_str(), user_name, active, Json(names), work_email])?;
    }
    Ok(())
}

/// Forgets the last listing: it is not known any more who is nobody's.
pub(super) fn forget(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM unmanaged")?.execute([])?;
    connection.prepare_cached("DELETE FROM listing")?.execute([])?;
    Ok(())
}

/// The last listing; none if there was none.
pub(super) fn listing(connection: &Connection) -> Result<Option<Listing>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT at FROM listing")?;
    let Some(at) = statement.query_map([], |row| row.get::<_, Millis>(0))?.next().transpose()? else {
        return Ok(None);
    };
    let sql = "SELECT target_id, user_name, active, names, work_email FROM unmanaged u
                WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.target_id = u.target_id)
                ORDER BY user_name, target_id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let Json::<Names>(names) = row.get(3)?;
        Ok(Unmanaged {
            id: TargetId::new(row.get::<_, String>(0)?),
            user_name: row.get(1)?,
            active: row.get(2)?,
            names,
            work_email: row.get(4)?,
        })
    })?;
    Ok(Some(Listing { at: at.0, unmanaged: rows.collect::<Result<_, _>>()? }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::super::fixtures::{at, id, memory, user};
    use super::super::{links, people};
    use super::*;
    use crate::model::{Link, LinkOrigin, Values};

    fn account(id: &str) -> Unmanaged {
        let names = Names { given: Some("Ann".to_owned()), ..Names::default() };
        let user_name = format!("{id}@x");
        Unmanaged { id: TargetId::new(id), user_name, active: true, names, work_email: None }
    }

    #[test]
    fn the_last_listing_counts_without_whoever_was_linked_since() {
        let connection = memory();
        assert_eq!(listing(&connection).unwrap(), None);
        put(&connection, &Listing { at: at(1), unmanaged: vec![account("1")] }).unwrap();
        let both = Listing { at: at(2), unmanaged: vec![account("2"), account("3")] };
        put(&connection, &both).unwrap();
        assert_eq!(listing(&connection).unwrap(), Some(both));
        people::put_user(&connection, user("ann", serde_json::json!({})), at(0)).unwrap();
        let (sent, seen) = (Values::new(), Values::new());
        let (entra_id, target_id) = (id("ann"), TargetId::new("2"));
        let link = Link { entra_id, target_id, origin: LinkOrigin::Adopted, gone: false, sent, seen };
        links::put(&connection, &link).unwrap();
        let left = Listing { at: at(2), unmanaged: vec![account("3")] };
        assert_eq!(listing(&connection).unwrap(), Some(left));
        forget(&connection).unwrap();
        assert_eq!(listing(&connection).unwrap(), None);
    }
}
