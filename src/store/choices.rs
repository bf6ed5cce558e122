//! What an administrator decided about somebody's account.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::columns::{Json, Millis};
use super::error::StoreError;
use super::history::{self, Act};
use super::records::LinkChange;
use super::{holds, links, people, retries};
use crate::defects::{Defect, planted};
use crate::model::{EntraId, MatchChoice, TargetId};
use crate::store::RetryChange;

/// What was decided for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// For whom.
    pub entra_id: EntraId,
    /// What.
    #[serde(flatten)]
    pub choice: MatchChoice,
}

/// What was decided for one person, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceView {
    /// For whom.
    pub entra_id: EntraId,
    /// Under which name people know them.
    pub user: String,
    /// What.
    #[serde(flatten)]
    pub choice: MatchChoice,
    /// The user of the operating system who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// That a hold was approved said so.
    pub by_approval: bool,
    /// When the person got the account; none: they have not, or are to get none.
    pub done_at: Option<Timestamp>,
}

/// Stores what was decided; whoever it is for is due, and is held no more for what was planned without it. Returns for
/// how many people: whoever is not in the snapshot, or has an account of theirs, is passed over.
pub(super) fn choose(connection: &Connection, all: &[Chosen], by: &str, now: Timestamp) -> Result<u64, StoreError> {
    let mut people = 0;
    for Chosen { entra_id, choice } in all {
        let known = people::person(connection, entra_id)?;
        if known.is_none_or(|known| known.link.is_some_and(|link| !link.gone)) {
            continue;
        }
        put(connection, entra_id, choice, by, now, false)?;
        let act = Act::Chosen { choice: choice.clone() };
        history::note(connection, &act, Some(by), Some(entra_id), now)?;
        holds::end(connection, entra_id)?;
        retries::change(connection, entra_id, &RetryChange::Clear)?;
        people::mark_if_known(connection, entra_id)?;
        people += 1;
    }
    Ok(people)
}

/// Stores what was decided for one person, in the place of what was before. That a hold was approved says nothing of
/// whoever changes in Entra since.
pub(super) fn put(
    connection: &Connection,
    id: &EntraId,
    choice: &MatchChoice,
    by: &str,
    now: Timestamp,
    approved: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO choices (entra_id, choice, at, by_user, approved) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![id.as_str(), Json(choice), Millis(now), by, approved])?;
    Ok(())
}

/// A decision is over when the person has an account: if that is ever gone, they are asked for anew. That it was made is
/// remembered.
pub(super) fn fulfil(
    connection: &Connection,
    id: &EntraId,
    link: &LinkChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    if matches!(link, LinkChange::Put(link) if !link.gone) {
        let sql = "UPDATE choices SET done_at = ?2 WHERE entra_id = ?1 AND done_at IS NULL";
        connection.prepare_cached(sql)?.execute(params![id.as_str(), Millis(now)])?;
    }
    Ok(())
}

/// Whose an account is, or is to be by what was said of it last. Whoever is deleted for good is to have none, and an
/// approval answers only what was asked about one person.
pub(super) fn owner_of(connection: &Connection, account: &TargetId) -> Result<Option<EntraId>, StoreError> {
    let owner = links::owner_of(connection, account)?;
    if owner.is_some() || planted(Defect::ChosenAccountNotKept) {
        return Ok(owner);
    }
    let sql = "SELECT c.entra_id FROM choices c JOIN source_users u ON u.entra_id = c.entra_id
                WHERE c.choice ->> '$.jostle_id' = ?1 AND c.approved = 0 AND c.done_at IS NULL
                  AND u.presence <> 'hard_deleted'
                ORDER BY c.at DESC, c.rowid DESC LIMIT 1";
    let owner: Option<String> =
        connection.prepare_cached(sql)?.query_row([account.as_str()], |row| row.get(0)).optional()?;
    Ok(owner.map(|id| EntraId::new(&id)))
}

/// Forgets what was approved of somebody who has changed.
pub(super) fn outdate(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    let sql = "DELETE FROM choices WHERE entra_id = ?1 AND approved = 1 AND done_at IS NULL";
    connection.prepare_cached(sql)?.execute([id.as_str()])?;
    Ok(())
}

const CHOICES: &str = "SELECT c.*, coalesce(u.attributes ->> '$.userPrincipalName', c.entra_id) AS user
                         FROM choices c JOIN source_users u ON u.entra_id = c.entra_id";

/// What was decided for anybody, the newest first.
pub(super) fn list(connection: &Connection) -> Result<Vec<ChoiceView>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{CHOICES} ORDER BY c.at DESC, user"))?;
    let rows = statement.query_map([], view)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What was decided for one person last.
pub(super) fn of(connection: &Connection, id: &EntraId) -> Result<Option<ChoiceView>, StoreError> {
    let sql = format!("{CHOICES} WHERE c.entra_id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id.as_str()], view).optional()?)
}

fn view(row: &Row<'_>) -> rusqlite::Result<ChoiceView> {
    Ok(ChoiceView {
        entra_id: EntraId::new(&row.get::<_, String>("entra_id")?),
        user: row.get("user")?,
        choice: row.get::<_, Json<_>>("choice")?.0,
        by: row.get("by_user")?,
        at: row.get::<_, Millis>("at")?.0,
        by_approval: row.get("approved")?,
        done_at: row.get::<_, Option<Millis>>("done_at")?.map(|at| at.0),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, id, link, person, user, with_people};
    use super::*;

    fn chosen(name: &str, choice: MatchChoice) -> Chosen {
        Chosen { entra_id: id(name), choice }
    }

    #[test]
    fn what_was_said_is_remembered_and_counts_until_the_person_has_an_account() {
        let connection = with_people(&["ann", "bob"]);
        let to_link = MatchChoice::Link { jostle_id: TargetId::new("17") };
        let said = [chosen("ann", to_link.clone()), chosen("bob", MatchChoice::Ignore)];
        assert_eq!(choose(&connection, &said, "root", at(5)).unwrap(), 2);
        assert_eq!(person(&connection, "ann").choice, Some(to_link.clone()));
        links::put(&connection, &link("ann", "17")).unwrap();
        fulfil(&connection, &id("ann"), &LinkChange::Put(link("ann", "17")), at(9)).unwrap();
        assert_eq!(person(&connection, "ann").choice, None, "it is over");
        let view = |name: &str, choice, done_at| ChoiceView {
            entra_id: id(name),
            user: format!("{name}@x"),
            choice,
            by: "root".to_owned(),
            at: at(5),
            by_approval: false,
            done_at,
        };
        let expected = [view("ann", to_link, Some(at(9))), view("bob", MatchChoice::Ignore, None)];
        assert_eq!(list(&connection).unwrap(), expected);
        assert_eq!(of(&connection, &id("ann")).unwrap().as_ref(), Some(&expected[0]));
        choose(&connection, &[chosen("bob", MatchChoice::Create)], "ann", at(10)).unwrap();
        let bob = of(&connection, &id("bob")).unwrap().expect("what was said last");
        assert_eq!((bob.choice, bob.by.as_str(), bob.at), (MatchChoice::Create, "ann", at(10)));
    }

    #[test]
    fn what_was_approved_is_forgotten_when_the_person_changes_unless_it_was_done() {
        let connection = with_people(&["ann", "bob"]);
        for name in ["ann", "bob"] {
            put(&connection, &id(name), &MatchChoice::Create, "root", at(5), true).unwrap();
        }
        fulfil(&connection, &id("ann"), &LinkChange::Put(link("ann", "17")), at(9)).unwrap();
        for name in ["ann", "bob"] {
            people::put_user(&connection, user(name, json!({"mail": "other@x"})), at(10)).unwrap();
        }
        assert!(of(&connection, &id("ann")).unwrap().is_some());
        assert_eq!(of(&connection, &id("bob")).unwrap(), None);
    }
}
