//! People whom a cycle has written, by name.

use std::collections::BTreeSet;

use crate::cli::exit::Failure;
use crate::model::{EntraId, TargetPath, TargetValue, fold};
use crate::store::{CycleFile, PersonFile};

/// So many names are told to somebody who named another one.
const TOLD: usize = 10;

/// Those who are named; none: nobody was. Everybody who is named must have been written.
pub(super) fn chosen(file: &CycleFile, names: &[String]) -> Result<Option<BTreeSet<EntraId>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    names.iter().map(|name| find(file, name)).collect::<Result<_, _>>().map(Some)
}

fn find(CycleFile { cycle, people, in_flight: _ }: &CycleFile, name: &str) -> Result<EntraId, Failure> {
    let wanted = fold(name);
    let found: Vec<_> = people.iter().filter(|person| names_of(person).any(|name| fold(name) == wanted)).collect();
    let number = cycle.id.0;
    match found.as_slice() {
        [one] => Ok(one.record.user.id.clone()),
        [] => Err(Failure::Unknown(format!(
            "cycle {number} has not written {name:?}; nothing was undone; {}",
            told(people)
        ))),
        several => {
            let ids: Vec<_> = several.iter().map(|person| person.record.user.id.as_str()).collect();
            Err(Failure::Unknown(format!(
                "cycle {number} has written {} people with the name {name:?}; nothing was undone; give the object id \
                 of one: {}",
                ids.len(),
                ids.join(", ")
            )))
        }
    }
}

/// Every name that somebody has or had.
fn names_of(PersonFile { record, log, .. }: &PersonFile) -> impl Iterator<Item = &str> {
    let in_jostle = record.link.as_ref().and_then(|link| link.known(&TargetPath::user_name()));
    let user = &record.user;
    [Some(user.id.as_str()), user.user_principal_name(), user.text("mail"), in_jostle.and_then(TargetValue::as_text)]
        .into_iter()
        .flatten()
        .chain(log.iter().map(|entry| entry.user_name.as_str()))
}

fn told(people: &[PersonFile]) -> String {
    if people.is_empty() {
        return "it has written nobody".to_owned();
    }
    let name = |person: &PersonFile| person.log.first().map(|entry| entry.user_name.clone()).unwrap_or_default();
    let mut names: Vec<_> = people.iter().map(name).collect();
    names.sort();
    let more = names.len().saturating_sub(TOLD);
    names.truncate(TOLD);
    let others = if more > 0 { format!(" and {more} others") } else { String::new() };
    format!("it has written {}{others}", names.join(", "))
}
