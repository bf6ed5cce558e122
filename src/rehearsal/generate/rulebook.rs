//! What is configured.

use super::people::MOST_PEOPLE;
use super::{chance, names, pick};
use crate::model::Operation;
use crate::rehearsal::allowance::Allowance;
use crate::rehearsal::company::{Empty, Formula, From, MappedRow, Rulebook, Whom};

pub(super) fn rulebook(rng: &mut fastrand::Rng, people: u8) -> Rulebook {
    let user_name = if chance(rng, 60) { "userPrincipalName" } else { "mail" };
    let protected = chance(rng, 30).then(|| match rng.u8(..3) {
        0 => names::names(rng.u8(..people), 0)[user_name].as_str().unwrap_or_default().to_owned(),
        _ => "robot@corp.example".to_owned(),
    });
    let switched_off = match chance(rng, 8) {
        true => {
            vec![pick(rng, &[Operation::Create, Operation::Update, Operation::Deactivate, Operation::Reactivate])]
        }
        false => Vec::new(),
    };
    Rulebook {
        whom: pick(rng, &[Whom::All, Whom::All, Whom::Assigned, Whom::Chosen]),
        nested: chance(rng, 60),
        guests: chance(rng, 30),
        rows: rows(rng),
        user_name,
        protected,
        switched_off,
        keeps_leavers: chance(rng, 8),
        grace_days: pick(rng, &[0, 0, 0, 1, 2]),
        delete_after_days: chance(rng, 12).then(|| rng.u32(0..=3)),
        recreates: chance(rng, 15),
        entra_dialect: chance(rng, 30),
        limits: limit(rng).map(|count| Allowance::all(count, TENTH)),
        asks_first: chance(&mut fastrand::Rng::with_seed(!rng.clone().u64(..)), 25),
        repairs: chance(&mut fastrand::Rng::with_seed(rng.clone().u64(..)), if limit(rng).is_none() { 75 } else { 25 }),
        concurrency: pick(rng, &[1, 2, 4, 8]),
    }
}

/// Of the managed accounts, in percent.
const TENTH: u64 = 10;

/// Of a stream of its own, so that the seeds that are known stay what they are.
fn limit(rng: &fastrand::Rng) -> Option<u64> {
    pick(&mut rng.clone(), &[None, Some(1), Some(2)])
}

/// Another one for the same company: the mapping, the scope or the actions are others.
pub(super) fn another(rng: &mut fastrand::Rng, before: &Rulebook) -> Rulebook {
    let new = rulebook(rng, MOST_PEOPLE);
    let mut after = before.clone();
    match rng.u8(..4) {
        0 => after.rows = new.rows,
        1 => (after.whom, after.nested) = (new.whom, new.nested),
        2 => after.guests = !after.guests,
        _ => (after.recreates, after.grace_days) = (new.recreates, new.grace_days),
    }
    after
}

const fn row(target: &'static str, from: From) -> MappedRow {
    MappedRow { target, from, empty: Empty::Keep, required: false, create_only: false, longest: None, cut: false }
}

fn rows(rng: &mut fastrand::Rng) -> Vec<MappedRow> {
    let mut rows = vec![
        MappedRow { longest: Some(30), cut: chance(rng, 60), ..row("name.givenName", From::Own("givenName")) },
        MappedRow { longest: Some(40), ..row("name.familyName", From::Own("surname")) },
        MappedRow { required: chance(rng, 60), ..row("emails[type eq \"work\"].value", From::Own("mail")) },
    ];
    let empty = |rng: &mut fastrand::Rng| pick(rng, &[Empty::Keep, Empty::Clear, Empty::Clear, Empty::Default("None")]);
    let optional = [
        ("title", &[From::Own("jobTitle"), From::Formula(Formula::TitleOrDepartment)][..]),
        ("phoneNumbers[type eq \"workmobilephone\"].value", &[From::Own("mobilePhone")]),
        (
            "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge",
            &[From::Own("department"), From::Formula(Formula::DepartmentLetter)],
        ),
        ("displayName", &[From::Formula(Formula::FullName), From::Own("displayName"), From::Manager("displayName")]),
        ("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:PersonalPronouns", &[From::Constant("they/them")]),
        ("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Address1Locality", &[From::Own("city")]),
        (
            "emails[type eq \"personal\"].value",
            &[From::Formula(Formula::LowerMail), From::Own("mail"), From::Manager("mail")],
        ),
    ];
    for (target, sources) in optional {
        if chance(rng, 40) {
            let (from, empty) = (pick(rng, sources), empty(rng));
            let mail = target.starts_with("emails");
            let empty = if mail && matches!(empty, Empty::Default(_)) { Empty::Clear } else { empty };
            rows.push(MappedRow { empty, create_only: chance(rng, 8), ..row(target, from) });
        }
    }
    for row in &mut rows {
        // A value for new accounts alone is never cleared.
        if row.create_only && row.empty == Empty::Clear {
            row.empty = Empty::Keep;
        }
    }
    rows
}
