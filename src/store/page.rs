//! One page of the users feed: its items, the position behind it, and the sweep at the end of a baseline, together.

use jiff::Timestamp;
use rusqlite::{Connection, Savepoint, params};

use super::columns::{self, Millis, count};
use super::error::StoreError;
use super::feed::{self, Round};
use super::merge::{self, Standing};
use super::types::{PageCommit, PageOutcome, RoundKind};
use super::{clock, noticed, people};
use crate::connector::Next;
use crate::defects::{Defect, planted};
use crate::model::{EntraId, SourceChange};

/// Applies a page. The inner error is a refused baseline: the page is not applied, and that the round is over stays.
pub(super) fn commit(job: &mut Savepoint<'_>, page: PageCommit) -> Result<Result<PageOutcome, StoreError>, StoreError> {
    let round = feed::round(job)?;
    let attempt = job.savepoint()?;
    match apply(&attempt, &round, page) {
        Ok(outcome) => {
            attempt.commit()?;
            Ok(Ok(outcome))
        }
        Err(refused @ StoreError::ShrunkenBaseline { .. }) => {
            attempt.finish()?;
            feed::drop_round(job)?;
            Ok(Err(refused))
        }
        Err(error) => Err(error),
    }
}

fn apply(connection: &Connection, round: &Round, page: PageCommit) -> Result<PageOutcome, StoreError> {
    let standing = Standing { kind: round.kind, generation: round.generation, now: page.now };
    let mut changed = 0;
    for change in page.changes {
        let known = people::stored(connection, id(&change))?;
        if let Some(next) = merge::apply(known.as_ref(), change, standing) {
            changed += usize::from(people::store(connection, known.as_ref(), &next, page.now)?);
        }
    }
    if matches!((round.kind, &page.next), (RoundKind::Baseline, Next::Round(_))) {
        check_size(connection, round, page.smallest_baseline_share)?;
        // A first baseline cannot tell a short read from people who left: whoever it did not show is asked for alone.
        if !round.is_first {
            changed += sweep(connection, round.generation, page.now)?;
        }
    }
    if matches!(page.next, Next::Round(_)) {
        clock::mend(connection, page.now)?;
    }
    feed::advance(connection, round.kind, &page.next, page.now)?;
    Ok(PageOutcome { changed })
}

fn id(change: &SourceChange) -> &EntraId {
    match change {
        SourceChange::Present { id, .. } | SourceChange::Removed { id, .. } => id,
    }
}

/// Live people whom the baseline of generation `?1` did not show, and no single read since it began.
const MISSING: &str = "presence = 'live' AND generation < ?1 AND read_generation < ?1";

/// People in the recycle bin who have an account, of whom it shows no trace either: they may be deleted for good by now,
/// and no later page says so.
const GONE_FROM_BIN: &str = "presence = 'soft_deleted' AND generation < ?1 AND read_generation < ?1
    AND EXISTS (SELECT 1 FROM links WHERE links.entra_id = source_users.entra_id AND NOT links.gone)";

/// Whoever the last complete read left in doubt: live people whom the first one did not show, and people of whose
/// recycle bin it did not tell. In the order of ids; nobody as soon as each was read alone.
pub(super) fn unshown(connection: &Connection, limit: usize) -> Result<Vec<EntraId>, StoreError> {
    let sql =
        format!("SELECT entra_id FROM source_users WHERE ({MISSING}) OR ({GONE_FROM_BIN}) ORDER BY entra_id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![feed::generation(connection)?, columns::limit(limit)], |row| {
        Ok(EntraId::new(&row.get::<_, String>(0)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Refuses a baseline that shows nobody or too few: a short read looks the same as people who left.
#[expect(clippy::cast_precision_loss, reason = "no directory has 2^52 people")]
fn check_size(connection: &Connection, round: &Round, smallest_share: f64) -> Result<(), StoreError> {
    // Newcomers, of another tenant for example, make up for nobody.
    let shown = "SELECT count(*) FROM source_users WHERE presence = 'live' AND generation = ?1";
    let sql = format!("{shown} AND first_generation < ?1");
    let (found, known) = (count(connection, &sql, [round.generation])?, round.known);
    // Asked this way round, a share that is not a number refuses.
    let enough = match round.is_first {
        // There is no complete read to compare with: somebody read alone may be the only one known, and be gone.
        true => count(connection, shown, [round.generation])? > 0,
        false => found > 0 && found as f64 >= known as f64 * smallest_share,
    };
    if known == 0 || enough || planted(Defect::ShrunkenBaselineBelieved) {
        Ok(())
    } else {
        Err(StoreError::ShrunkenBaseline { found, known })
    }
}

/// Live people whom this baseline did not show are gone, unless a single read showed them since it began. That
/// concerns whoever is below them too.
fn sweep(connection: &Connection, generation: i64, now: Timestamp) -> Result<usize, StoreError> {
    let below = format!("manager_id IN (SELECT entra_id FROM source_users WHERE {MISSING})");
    for concerned in [below.as_str(), MISSING] {
        let mark =
            format!("INSERT OR REPLACE INTO dirty (entra_id) SELECT entra_id FROM source_users WHERE {concerned}");
        connection.execute(&mark, [generation])?;
        noticed::notice_where(connection, concerned, &generation, now)?;
    }
    let remove = format!("UPDATE source_users SET presence = 'hard_deleted', deleted_at = ?2 WHERE {MISSING}");
    Ok(connection.execute(&remove, params![generation, Millis(now)])?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{
        at, clean, commit, id, link, page, person, present, removed, round, to_page, to_round, user, with_people,
    };
    use super::super::links;
    use super::*;
    use crate::connector::FeedLink;
    use crate::model::Presence;
    use crate::store::PersonRecord;

    const NAMES: [&str; 4] = ["ann", "bob", "cem", "dee"];

    fn shown(names: &[&str]) -> Vec<SourceChange> {
        names.iter().map(|name| present(name, json!({"userPrincipalName": format!("{name}@x")}))).collect()
    }

    fn dirty(connection: &Connection) -> u64 {
        count(connection, "SELECT count(*) FROM dirty", []).unwrap()
    }

    #[test]
    fn a_replayed_page_changes_nothing() {
        let mut connection = with_people(&NAMES);
        let changes = || {
            vec![
                present("ann", json!({"jobTitle": "chief", "mail": null})),
                removed("bob", Presence::SoftDeleted),
                removed("nobody", Presence::HardDeleted),
            ]
        };
        assert_eq!(round(&mut connection, RoundKind::Incremental, changes()).unwrap().changed, 2);
        assert_eq!(dirty(&connection), 2);
        let bob = person(&connection, "bob");
        clean(&connection);
        assert_eq!(round(&mut connection, RoundKind::Incremental, changes()).unwrap().changed, 0);
        assert_eq!(dirty(&connection), 0);
        assert_eq!(person(&connection, "bob"), PersonRecord { mark: None, ..bob });
        assert!(people::person(&connection, &id("nobody")).unwrap().is_none());
    }

    #[test]
    fn a_baseline_of_the_same_people_is_idle() {
        let mut connection = with_people(&NAMES);
        assert_eq!(round(&mut connection, RoundKind::Baseline, shown(&NAMES)).unwrap().changed, 0);
        assert_eq!(dirty(&connection), 0);
    }

    #[test]
    fn a_baseline_sweeps_only_the_living_whom_no_page_showed() {
        let mut connection = with_people(&NAMES);
        round(&mut connection, RoundKind::Incremental, vec![removed("bob", Presence::SoftDeleted)]).unwrap();
        clean(&connection);
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(0)).unwrap();
        commit(&mut connection, page(shown(&["ann"]), to_page("p"))).unwrap();
        assert_eq!(person(&connection, "dee").user.presence, Presence::Live, "not before the end");
        people::put_user(&connection, user("new", json!({})), at(1)).unwrap();
        clean(&connection);
        let mut last = page(shown(&["cem"]), to_round("d"));
        last.now = at(200);
        assert_eq!(commit(&mut connection, last).unwrap().changed, 1);

        let dee = person(&connection, "dee");
        assert_eq!((dee.user.presence, dee.deleted_at), (Presence::HardDeleted, Some(at(200))));
        assert_eq!(dee.user.user_principal_name(), Some("dee@x"), "the last attributes known stay");
        assert!(dee.mark.is_some());
        assert_eq!(dirty(&connection), 1);
        assert_eq!(person(&connection, "bob").user.presence, Presence::SoftDeleted);
        assert_eq!(person(&connection, "new").user.presence, Presence::Live, "read alone while the baseline ran");

        round(&mut connection, RoundKind::Baseline, shown(&["ann", "cem"])).unwrap();
        assert_eq!(person(&connection, "new").user.presence, Presence::HardDeleted, "but not for ever");
    }

    #[test]
    fn an_incremental_round_sweeps_nobody() {
        let mut connection = with_people(&NAMES);
        assert_eq!(round(&mut connection, RoundKind::Incremental, vec![]).unwrap().changed, 0);
        assert_eq!(person(&connection, "dee").user.presence, Presence::Live);
    }

    /// (people shown, the smallest share, whether the baseline of four is believed)
    #[test]
    fn a_baseline_that_shows_too_few_is_refused() {
        for (shown_people, share, believed) in [
            (&NAMES[..2], 0.5, true),
            (&NAMES[..1], 0.5, false),
            (&NAMES[..1], 0.0, true),
            (&NAMES[..0], 0.0, false),
            (&NAMES[..3], f64::NAN, false),
        ] {
            let mut connection = with_people(&NAMES);
            feed::start_round(&connection, RoundKind::Baseline, "selection", at(0)).unwrap();
            let commitment =
                PageCommit { smallest_baseline_share: share, ..page(shown(shown_people), to_round("new")) };
            let result = commit(&mut connection, commitment);
            let found = shown_people.len() as u64;
            let refused = Err(StoreError::ShrunkenBaseline { found, known: 4 });
            if believed {
                assert_eq!(result, Ok(PageOutcome { changed: 4 - shown_people.len() }));
            } else {
                assert_eq!(result, refused);
                assert_eq!(dirty(&connection), 0);
            }
        }
    }

    #[test]
    fn a_refused_baseline_leaves_the_feed_where_it_was() {
        let mut connection = with_people(&NAMES);
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(5)).unwrap();
        let last = page(vec![present("ann", json!({"jobTitle": "new"}))], to_round("new"));
        commit(&mut connection, last).unwrap_err();

        let feed = feed::feed(&connection).unwrap();
        assert_eq!((feed.delta_link, feed.open_round), (Some(FeedLink::new("delta")), None));
        assert_eq!(person(&connection, "ann").user.text("jobTitle"), None, "the page is not applied");
        assert_eq!(round(&mut connection, RoundKind::Baseline, shown(&NAMES)).unwrap().changed, 0);
    }

    #[test]
    fn a_first_baseline_is_not_measured_by_people_who_were_read_alone() {
        for (shown_people, believed) in [(&NAMES[1..], true), (&NAMES[..0], false)] {
            let mut connection = with_people(&[]);
            connection.execute("UPDATE feed SET baseline_at = NULL", []).unwrap();
            people::put_user(&connection, user("ann", json!({})), at(0)).unwrap();
            feed::start_round(&connection, RoundKind::Baseline, "selection", at(1)).unwrap();
            let result = commit(&mut connection, page(shown(shown_people), to_round("d")));
            assert_eq!(result.is_ok(), believed, "{result:?}");
            assert_eq!(person(&connection, "ann").user.presence, Presence::Live, "nobody says that they left");
            assert_eq!(unshown(&connection, 9).unwrap(), [id("ann")]);
            people::put_user(&connection, user("ann", json!({})), at(2)).unwrap();
            assert_eq!(unshown(&connection, 9).unwrap(), []);
        }
    }

    #[test]
    fn whoever_has_an_account_and_was_in_the_bin_before_a_complete_read_is_asked_for_alone() {
        let mut connection = with_people(&NAMES);
        let binned = NAMES[..3].iter().map(|name| removed(name, Presence::SoftDeleted)).collect();
        let _binned = round(&mut connection, RoundKind::Incremental, binned).unwrap();
        for name in ["ann", "bob"] {
            links::put(&connection, &link(name, name)).unwrap();
        }
        assert_eq!(unshown(&connection, 9).unwrap(), []);
        let mut again = shown(&NAMES[3..]);
        again.push(removed("bob", Presence::SoftDeleted));
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(5)).unwrap();
        commit(&mut connection, PageCommit { smallest_baseline_share: 0.0, ..page(again, to_round("e")) }).unwrap();
        assert_eq!(unshown(&connection, 9).unwrap(), [id("ann")], "of bob there is a trace, cem has no account");
    }

    #[test]
    fn newcomers_make_up_for_nobody() {
        let mut connection = with_people(&NAMES);
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(5)).unwrap();
        let strangers = shown(&["x1", "x2", "x3", "x4", "ann"]);
        let refused = commit(&mut connection, page(strangers, to_round("d")));
        assert_eq!(refused, Err(StoreError::ShrunkenBaseline { found: 1, known: 4 }));
    }

    #[test]
    fn people_removed_by_the_baseline_itself_count_as_missing() {
        let mut connection = with_people(&NAMES);
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(5)).unwrap();
        let leavers = NAMES[1..].iter().map(|name| removed(name, Presence::HardDeleted)).collect();
        commit(&mut connection, page(leavers, to_page("p"))).unwrap();
        let refused = commit(&mut connection, page(shown(&["ann"]), to_round("d")));
        assert_eq!(refused, Err(StoreError::ShrunkenBaseline { found: 1, known: 4 }), "known when the round began");
    }
}
