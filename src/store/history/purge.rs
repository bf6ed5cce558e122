//! Removing one person from everything that is remembered, on request.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::audit::{Act, note};
use crate::model::{Attributes, EntraId, Presence, TargetId, fold};
use crate::store::columns::{Json, Named, count};
use crate::store::error::StoreError;

/// What stands where somebody was named.
const PURGED: &str = "(purged)";

/// What is removed of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Operations of the log.
    pub operations: u64,
    /// Decisions and acts that were about them, or also about them.
    pub decisions: u64,
    /// Whatever else: what Entra last showed of them, a link to an account that is gone, a failure, a value that differed.
    pub others: u64,
}

/// Why somebody is not removed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotPurged {
    /// They would come back with the next reading, and not whole.
    #[error(
        "the person is still in Entra, or in its recycle bin, and would be read again: delete them there for good first, \
         and let a cycle see it"
    )]
    InEntra,
    /// The account would be nobody's from then on.
    #[error(
        "the account {0} is still linked to the person: delete it in Jostle, let entra-jostle-sync reconcile see it, and \
         purge them then"
    )]
    Managed(TargetId),
    /// Nobody knows what came of it.
    #[error("a write for the person is under way or in doubt: let a cycle settle it first")]
    InFlight,
}

/// What would be removed, or why nothing is.
pub(in crate::store) fn preview(
    connection: &Connection,
    id: &EntraId,
) -> Result<Result<Purged, NotPurged>, StoreError> {
    if let Some(refused) = refused(connection, id)? {
        return Ok(Err(refused));
    }
    let rows = |sql: &str| count(connection, sql, [id.as_str()]);
    let mut others = 0;
    for (table, column) in OF_A_PERSON {
        others += rows(&format!("SELECT count(*) FROM {table} WHERE {column} = ?1"))?;
    }
    Ok(Ok(Purged {
        operations: rows("SELECT count(*) FROM provisioning_log WHERE entra_id = ?1")?,
        decisions: rows("SELECT count(*) FROM audit WHERE entra_id = ?1")?
            + rows(&format!("SELECT count(*) {DECIDED}"))?,
        others,
    }))
}

/// Removes it, in one transaction, and notes that it was done and how much it was, but not of whom. What is left in free
/// pages is for the caller to have removed.
pub(in crate::store) fn purge(
    connection: &Connection,
    id: &EntraId,
    by: &str,
    now: Timestamp,
) -> Result<Result<Purged, NotPurged>, StoreError> {
    let purged = match preview(connection, id)? {
        Ok(purged) => purged,
        Err(refused) => return Ok(Err(refused)),
    };
    let names = identifiers(connection, id)?;
    scrub(connection, &names)?;
    forget_told(connection, &names)?;
    let accounts = "DELETE FROM unmanaged WHERE target_id IN (
                        SELECT target_id FROM provisioning_log WHERE entra_id = ?1
                         UNION SELECT target_id FROM links WHERE entra_id = ?1)";
    connection.execute(accounts, [id.as_str()])?;
    for (table, column) in [("provisioning_log", "entra_id")].iter().chain(OF_A_PERSON) {
        connection.execute(&format!("DELETE FROM {table} WHERE {column} = ?1"), [id.as_str()])?;
    }
    // That somebody decided stays, and about how many.
    let sql =
        "UPDATE decisions SET people = (SELECT json_group_array(iif(value = ?1, ?2, value)) FROM json_each(people))
                WHERE id IN (SELECT id ";
    connection.execute(&format!("{sql}{DECIDED})"), params![id.as_str(), PURGED])?;
    connection
        .execute("UPDATE audit SET entra_id = NULL, user_name = ?2 WHERE entra_id = ?1", [id.as_str(), PURGED])?;
    let Purged { operations, decisions, others } = purged;
    note(connection, &Act::Purged { operations, decisions, others }, Some(by), None, now)?;
    Ok(Ok(purged))
}

/// Decisions that were about a person.
const DECIDED: &str = "FROM decisions WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?1)";

/// Where rows of one person are, but for the log; whatever refers to the snapshot before it.
const OF_A_PERSON: &[(&str, &str)] = &[
    ("dirty", "entra_id"),
    ("noticed", "entra_id"),
    ("links", "entra_id"),
    ("retries", "entra_id"),
    ("watches", "entra_id"),
    ("held", "entra_id"),
    ("choices", "entra_id"),
    ("drift", "entra_id"),
    ("group_members", "member_id"),
    ("assignments", "principal_id"),
    ("shadow_differences", "entra_id"),
    ("shadow_agreed", "entra_id"),
    ("source_users", "entra_id"),
];

fn refused(connection: &Connection, id: &EntraId) -> Result<Option<NotPurged>, StoreError> {
    let one =
        |sql: &str| connection.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get::<_, String>(0)).optional();
    if let Some(account) = one("SELECT target_id FROM links WHERE entra_id = ?1 AND gone = 0")? {
        return Ok(Some(NotPurged::Managed(TargetId::new(account))));
    }
    let sql = "SELECT presence FROM source_users WHERE entra_id = ?1";
    let presence = connection.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get::<_, Named<Presence>>(0));
    let is_gone = presence.optional()?.is_none_or(|Named(presence)| presence == Presence::HardDeleted);
    if !is_gone {
        return Ok(Some(NotPurged::InEntra));
    }
    Ok(one("SELECT entra_id FROM intents WHERE entra_id = ?1")?.map(|_| NotPurged::InFlight))
}

/// By what somebody can be named in a text, folded.
fn identifiers(connection: &Connection, id: &EntraId) -> Result<BTreeSet<String>, StoreError> {
    let mut names = BTreeSet::from([id.as_str().to_owned()]);
    let sql = "SELECT attributes FROM source_users WHERE entra_id = ?1";
    let attributes = connection.query_row(sql, [id.as_str()], |row| row.get::<_, Json<Attributes>>(0)).optional()?;
    let text = |Json(attributes): &Json<Attributes>, name: &str| attributes.get(name)?.as_str().map(fold);
    names.extend(
        attributes.iter().flat_map(|user| ["userPrincipalName", "mail"].map(|name| text(user, name))).flatten(),
    );
    let mut statement = connection.prepare("SELECT DISTINCT user_name FROM provisioning_log WHERE entra_id = ?1")?;
    for name in statement.query_map([id.as_str()], |row| row.get::<_, String>(0))? {
        names.insert(fold(&name?));
    }
    Ok(names)
}

/// Takes the names out of what is said of others: that somebody has the same userName, or the account.
fn scrub(connection: &Connection, names: &BTreeSet<String>) -> Result<(), StoreError> {
    for (table, column) in [
        ("provisioning_log", "message"),
        ("retries", "message"),
        ("held", "reason"),
        ("cycles", "error"),
        ("quarantines", "reason"),
    ] {
        let sql = format!("SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut update = connection.prepare(&format!("UPDATE {table} SET {column} = ?2 WHERE rowid = ?1"))?;
        for row in rows {
            let (number, said) = row?;
            let without = without(&said, names);
            if without != said {
                update.execute(params![number, without])?;
            }
        }
    }
    Ok(())
}

/// Whoever was sent an alert that names the person may be told again what is still so.
fn forget_told(connection: &Connection, names: &BTreeSet<String>) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT channel, book FROM alert_books")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    for row in rows.collect::<Result<Vec<_>, _>>()? {
        let (channel, book) = row;
        let book = fold(&book);
        if names.iter().any(|name| book.contains(name)) {
            connection.execute("DELETE FROM alert_books WHERE channel = ?1", [channel])?;
        }
    }
    Ok(())
}

/// A text without these words; what is a part of another word stays.
fn without(said: &str, names: &BTreeSet<String>) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ',' | ';' | ':');
    let word = |word: &str| {
        let name = word.trim_end_matches(ends).trim_end_matches('.');
        match names.contains(&fold(name)) {
            true => word.replacen(name, PURGED, 1),
            false => word.to_owned(),
        }
    };
    said.split_inclusive(ends).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_out_of_a_text_and_not_out_of_another_name() {
        let names = ["ann@x.example", "0a1b"].map(str::to_owned).into();
        for (said, left) in [
            (
                "the Entra user 0A1B has the userName Ann@x.example too: give",
                "the Entra user (purged) has the userName (purged) too: give",
            ),
            ("(ann@x.example, \"ann@x.example\")", "((purged), \"(purged)\")"),
            ("it is ann@x.example.", "it is (purged)."),
            ("joann@x.example and ann@x.example.org", "joann@x.example and ann@x.example.org"),
        ] {
            assert_eq!(without(said, &names), left);
        }
    }
}
