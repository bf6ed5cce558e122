//! What a reconciliation found: attributes that were changed in Jostle, accounts whose person is gone or that are gone
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::columns::{Json, Millis, Named, count, limit};
use super::error::StoreError;
use super::types::PersonRecord;
use super::{intents, links, people, unmanaged};
use crate::model::{Change, Drift, EntraId, Link, TargetId, TargetPath, TargetValue, Treatment};

/// An attribute that was changed in Jostle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDrift {
    /// What.
    pub drift: Drift,
    /// When it was found first.
    pub since: Timestamp,
}

/// What reading one account came to.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadBack {
    /// The link that it was compared with.
    pub before: Link,
    /// The link from now on.
    pub after: Link,
    /// What differs.
    pub drift: Vec<Drift>,
    /// Whether the person has to be planned again.
    pub is_due: bool,
}

/// A managed account whose person is deleted for good in Entra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The name that the account has, as far as is known.
    pub user: String,
    /// Who it was.
    pub entra_id: EntraId,
    /// The account.
    pub jostle_id: TargetId,
    /// Whether somebody can sign in with it.
    pub active: bool,
}

/// An account that was deleted in Jostle although its person is still in Entra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The name that the account had, as far as is known.
    pub user: String,
    /// Whose it was.
    pub entra_id: EntraId,
    /// The account.
    pub jostle_id: TargetId,
}

/// The last reconciliation at a glance, without what was settled since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// When it began.
    pub at: Timestamp,
    /// Attributes that were changed in Jostle and stand so.
    pub drift: u64,
    /// Managed accounts whose person is deleted for good.
    pub orphans: u64,
    /// Those of them that are active.
    pub active_orphans: u64,
    /// Accounts that are nobody's; none: the accounts could not be listed.
    pub unmanaged: Option<u64>,
    /// Accounts that were deleted in Jostle.
    pub deleted: u64,
}

/// One page of the people who have an account, in the order of ids.
pub(super) fn managed(
    connection: &Connection,
    after: Option<&EntraId>,
    most: usize,
) -> Result<Vec<PersonRecord>, StoreError> {
    let sql = "SELECT entra_id FROM links WHERE gone = 0 AND entra_id > ?1 ORDER BY entra_id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let after = after.map_or("", EntraId::as_str);
    let ids = statement.query_map(params![after, limit(most)], |row| row.get::<_, String>(0))?;
    let mut records = Vec::new();
    for id in ids {
        records.extend(people::person(connection, &EntraId::new(&id?))?);
    }
    Ok(records)
}

/// Replaces what the last reconciliation found. A person whose link is not any more what was compared, or of whom a
/// write is in doubt, stays as before, and so does everybody of `left`; those of the first kind are returned.
pub(super) fn put(
    connection: &Connection,
    at: Timestamp,
    read: &[ReadBack],
    left: &BTreeSet<EntraId>,
) -> Result<BTreeSet<EntraId>, StoreError> {
    let mut known: BTreeMap<EntraId, Vec<KnownDrift>> = BTreeMap::new();
    for (id, one) in all(connection)? {
        known.entry(id).or_default().push(one);
    }
    connection.execute("INSERT OR REPLACE INTO reconciled (id, at) VALUES (1, ?1)", [Millis(at)])?;
    connection.execute("DELETE FROM drift", [])?;
    let mut moved = BTreeSet::new();
    for one in read {
        let id = &one.before.entra_id;
        if !apply(connection, one)? {
            moved.insert(id.clone());
            continue;
        }
        let earlier = known.remove(id).unwrap_or_default();
        for drift in &one.drift {
            let same = earlier.iter().find(|known| known.drift.is_same_as(drift));
            let since = same.map_or(at, |known| known.since);
            insert(connection, id, &KnownDrift { drift: drift.clone(), since })?;
        }
    }
    for (id, before) in known.iter().filter(|(id, _)| left.contains(*id) || moved.contains(*id)) {
        before.iter().try_for_each(|known| insert(connection, id, known))?;
    }
    Ok(moved)
}

fn apply(connection: &Connection, ReadBack { before, after, is_due, drift: _ }: &ReadBack) -> Result<bool, StoreError> {
    let id = &before.entra_id;
    let is_as_read = people::person(connection, id)?.and_then(|record| record.link).as_ref() == Some(before);
    if !is_as_read || !intents::open_of(connection, id)?.is_empty() {
        return Ok(false);
    }
    if after != before {
        match links::put(connection, after) {
            Err(StoreError::LinkTaken { .. }) => return Ok(false),
            result => result?,
        }
    }
    if *is_due {
        people::mark_if_known(connection, id)?;
    }
    Ok(true)
}

fn insert(connection: &Connection, id: &EntraId, KnownDrift { drift, since }: &KnownDrift) -> Result<(), StoreError> {
    let Drift { attribute, expected, shown, treatment } = drift;
    let sql = "INSERT INTO drift (entra_id, attribute, expected, shown, treatment, since)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        id.as_str(),
        attribute.to_string(),
        Json(expected),
        Json(shown),
        Named(treatment),
        Millis(*since),
    ])?;
    Ok(())
}

/// What was found of one person.
pub(super) fn of(connection: &Connection, id: &EntraId) -> Result<Vec<KnownDrift>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM drift WHERE entra_id = ?1 ORDER BY attribute")?;
    let rows = statement.query_map([id.as_str()], known)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn all(connection: &Connection) -> Result<Vec<(EntraId, KnownDrift)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM drift ORDER BY entra_id, attribute")?;
    let rows = statement.query_map([], |row| Ok((EntraId::new(&row.get::<_, String>("entra_id")?), known(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What stands in a row.
pub(super) fn known(row: &Row<'_>) -> rusqlite::Result<KnownDrift> {
    let attribute: Named<TargetPath> = row.get("attribute")?;
    let Json::<Option<TargetValue>>(expected) = row.get("expected")?;
    let Json::<Option<TargetValue>>(shown) = row.get("shown")?;
    let Named::<Treatment>(treatment) = row.get("treatment")?;
    let drift = Drift { attribute: attribute.0, expected, shown, treatment };
    Ok(KnownDrift { drift, since: row.get::<_, Millis>("since")?.0 })
}

/// What was written is no drift any more. That it was repaired is remembered until the next reconciliation, which
/// wants to know whether it lasted.
pub(super) fn settle(connection: &Connection, id: &EntraId, changes: &[Change]) -> Result<(), StoreError> {
    let sql = "DELETE FROM drift WHERE entra_id = ?1 AND attribute = ?2 AND treatment <> 'repaired'";
    for change in changes {
        connection.prepare_cached(sql)?.execute(params![id.as_str(), change.attribute.to_string()])?;
    }
    Ok(())
}

/// Managed accounts whose person is deleted for good, the active ones first.
pub(super) fn orphans(connection: &Connection) -> Result<Vec<Orphan>, StoreError> {
    let sql = "SELECT l.entra_id FROM links l JOIN source_users u ON u.entra_id = l.entra_id
                WHERE l.gone = 0 AND u.presence = 'hard_deleted' ORDER BY l.entra_id";
    let mut orphans = Vec::new();
    for (link, user) in linked(connection, sql)? {
        let found = of(connection, &link.entra_id)?;
        let shown = found.iter().find(|known| known.drift.attribute.is_active()).map(|known| &known.drift.shown);
        let active = match shown {
            Some(shown) => *shown != Some(TargetValue::Flag(false)),
            None => link.is_active(),
        };
        orphans.push(Orphan { user, active, entra_id: link.entra_id, jostle_id: link.target_id });
    }
    orphans.sort_by(|a, b| (!a.active, &a.user).cmp(&(!b.active, &b.user)));
    Ok(orphans)
}

/// Accounts that were deleted in Jostle although their person is in Entra.
pub(super) fn deleted(connection: &Connection) -> Result<Vec<Deleted>, StoreError> {
    let sql = "SELECT l.entra_id FROM links l JOIN source_users u ON u.entra_id = l.entra_id
                WHERE l.gone = 1 AND u.presence = 'live' ORDER BY l.entra_id";
    let all = linked(connection, sql)?.into_iter();
    Ok(all.map(|(link, user)| Deleted { user, entra_id: link.entra_id, jostle_id: link.target_id }).collect())
}

/// Links with the name under which the account is known.
fn linked(connection: &Connection, sql: &str) -> Result<Vec<(Link, String)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut linked = Vec::new();
    for id in ids {
        let Some(record) = people::person(connection, &EntraId::new(&id?))? else { continue };
        let name = name(&record);
        linked.extend(record.link.map(|link| (link, name)));
    }
    Ok(linked)
}

/// The name under which the account of a person is known, else that of the person.
pub(super) fn name(PersonRecord { link, user, .. }: &PersonRecord) -> String {
    let name = link.as_ref().and_then(|link| link.known(&TargetPath::user_name())).and_then(TargetValue::as_text);
    name.or_else(|| user.user_principal_name()).unwrap_or(user.id.as_str()).to_owned()
}

/// When the last reconciliation began; before the first one, when the first cycle did; none before that.
pub(super) fn last(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT coalesce((SELECT at FROM reconciled), (SELECT min(started_at) FROM cycles))";
    let at: Option<Millis> = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(at.map(|at| at.0))
}

/// The last reconciliation; none if there was none.
pub(super) fn reconciliation(connection: &Connection) -> Result<Option<Reconciliation>, StoreError> {
    let at = connection.query_row("SELECT at FROM reconciled", [], |row| row.get::<_, Millis>(0)).optional()?;
    let Some(Millis(at)) = at else { return Ok(None) };
    let orphans = orphans(connection)?;
    Ok(Some(Reconciliation {
        at,
        drift: count(connection, "SELECT count(*) FROM drift WHERE treatment IN ('reported', 'in_vain')", [])?,
        orphans: orphans.len() as u64,
        active_orphans: orphans.iter().filter(|orphan| orphan.active).count() as u64,
        unmanaged: unmanaged::listing(connection)?.map(|listing| listing.unmanaged.len() as u64),
        deleted: deleted(connection)?.len() as u64,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::super::fixtures::{at, id, intent, link, outcome, person, removed, round, with_people};
    use super::super::records::{CycleKind, LinkChange, Outcome};
    use super::super::types::RoundKind;
    use super::super::work;
    use super::*;
    use crate::model::Presence;

    fn drift(attribute: &str, shown: &str, treatment: Treatment) -> Drift {
        let shown = Some(TargetValue::Text(shown.to_owned()));
        Drift { attribute: attribute.parse().unwrap(), expected: None, shown, treatment }
    }

    fn with_links(names: &[&str]) -> Connection {
        let connection = with_people(names);
        for name in names {
            links::put(&connection, &link(name, name)).unwrap();
        }
        connection
    }

    fn read(connection: &Connection, name: &str, drift: Vec<Drift>) -> ReadBack {
        let before = person(connection, name).link.unwrap();
        ReadBack { after: before.clone(), before, drift, is_due: false }
    }

    fn found(connection: &Connection, name: &str) -> Vec<(String, Timestamp)> {
        let found = of(connection, &id(name)).unwrap();
        found.into_iter().map(|known| (known.drift.attribute.to_string(), known.since)).collect()
    }

    #[test]
    fn what_is_found_again_is_known_since_it_was_found_first_and_the_rest_is_forgotten() {
        let connection = with_links(&["ann", "bob", "cem"]);
        let (title, nick) = (drift("title", "a", Treatment::Reported), drift("nickName", "b", Treatment::Reported));
        let first = ["ann", "bob", "cem"].map(|name| read(&connection, name, vec![title.clone(), nick.clone()]));
        assert!(put(&connection, at(1), &first, &BTreeSet::new()).unwrap().is_empty());
        let other = drift("title", "c", Treatment::Repaired);
        let again = [read(&connection, "ann", vec![nick.clone(), other])];
        assert!(put(&connection, at(2), &again, &[id("cem")].into()).unwrap().is_empty());
        let of_ann = found(&connection, "ann");
        assert_eq!(of_ann, [("nickName".to_owned(), at(1)), ("title".to_owned(), at(2))]);
        assert_eq!((found(&connection, "bob").len(), found(&connection, "cem").len()), (0, 2));
        let known = reconciliation(&connection).unwrap().unwrap();
        assert_eq!((known.at, known.drift, known.unmanaged), (at(2), 3, None));
    }

    #[test]
    fn whoever_moved_since_it_was_read_is_not_judged() {
        let connection = with_links(&["ann", "bob", "cem"]);
        let seen = |name: &str| {
            let one = read(&connection, name, vec![drift("title", "a", Treatment::Repaired)]);
            let mut after = one.before.clone();
            after.seen.insert("title".parse().unwrap(), TargetValue::Text("a".to_owned()));
            ReadBack { after, is_due: true, ..one }
        };
        let all = ["ann", "bob", "cem"].map(seen);
        connection.execute("DELETE FROM dirty", []).unwrap();
        let cycle = work::begin_cycle(&connection, CycleKind::OnDemand, at(1)).unwrap();
        let other = Link { gone: true, ..link("ann", "ann") };
        let write = Outcome { link: LinkChange::Put(other), ..outcome(cycle, "ann") };
        work::record(&connection, &write).unwrap();
        intents::begin(&connection, &intent(cycle, "bob")).unwrap();
        let moved = put(&connection, at(2), &all, &BTreeSet::new()).unwrap();
        assert_eq!(moved, [id("ann"), id("bob")].into());
        assert_eq!(["ann", "bob", "cem"].map(|name| found(&connection, name).len()), [0, 0, 1]);
        assert_eq!(["ann", "bob", "cem"].map(|name| person(&connection, name).mark.is_some()), [false, false, true]);
        assert_eq!(person(&connection, "cem").link.unwrap(), all[2].after);
    }

    #[test]
    fn what_is_written_is_no_drift_any_more_but_that_it_was_repaired_is_remembered() {
        let connection = with_links(&["ann"]);
        let both = vec![drift("title", "a", Treatment::Reported), drift("nickName", "b", Treatment::Repaired)];
        put(&connection, at(1), &[read(&connection, "ann", both)], &BTreeSet::new()).unwrap();
        let change =
            |attribute: &str| Change { attribute: attribute.parse().unwrap(), old: None, new: None, redacted: false };
        let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
        let mut written = outcome(cycle, "ann");
        written.entry.changes = vec![change("title"), change("nickName")];
        work::record(&connection, &written).unwrap();
        assert_eq!(found(&connection, "ann"), [("nickName".to_owned(), at(1))]);
        assert_eq!(reconciliation(&connection).unwrap().unwrap().drift, 0);
    }

    #[test]
    fn orphans_are_those_who_are_gone_for_good_and_the_active_ones_come_first() {
        let mut connection = with_links(&["ann", "bob", "cem", "dee"]);
        let active = |name: &str, active| {
            let sent = [(TargetPath::active(), TargetValue::Flag(active))].into();
            links::put(&connection, &Link { sent, ..link(name, name) }).unwrap();
        };
        active("ann", false);
        active("bob", true);
        links::put(&connection, &Link { gone: true, ..link("dee", "dee") }).unwrap();
        let leavers = vec![removed("ann", Presence::HardDeleted), removed("bob", Presence::HardDeleted)];
        round(&mut connection, RoundKind::Incremental, leavers).unwrap();
        let names: Vec<_> = orphans(&connection).unwrap().into_iter().map(|one| (one.user, one.active)).collect();
        assert_eq!(names, [("bob@x".to_owned(), true), ("ann@x".to_owned(), false)]);
        assert_eq!(deleted(&connection).unwrap()[0].entra_id, id("dee"));
        let reactivated = Drift {
            attribute: TargetPath::active(),
            expected: Some(TargetValue::Flag(false)),
            shown: Some(TargetValue::Flag(true)),
            treatment: Treatment::Reported,
        };
        put(&connection, at(1), &[read(&connection, "ann", vec![reactivated])], &BTreeSet::new()).unwrap();
        let known = reconciliation(&connection).unwrap().unwrap();
        assert_eq!((known.orphans, known.active_orphans, known.deleted), (2, 2, 1));
    }

    #[test]
    fn before_the_first_reconciliation_the_first_cycle_counts() {
        let connection = with_people(&[]);
        assert_eq!((last(&connection).unwrap(), reconciliation(&connection).unwrap()), (None, None));
        for second in [5, 6] {
            work::begin_cycle(&connection, CycleKind::Incremental, at(second)).unwrap();
        }
        assert_eq!(last(&connection).unwrap(), Some(at(5)));
        put(&connection, at(9), &[], &BTreeSet::new()).unwrap();
        assert_eq!(last(&connection).unwrap(), Some(at(9)));
    }
}
