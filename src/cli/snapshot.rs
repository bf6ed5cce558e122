//! Somebody in the snapshot, by name.

use std::path::Path;

use super::exit::Failure;
use crate::store::{Background, Feed, LookUp, PersonFile, Reader};

/// Finds the one person who has a user principal name, mail address or object id. `hint` says what else can be done
/// about somebody who is not there.
pub(super) fn find(
    state: &Path,
    name: &str,
    log_lines: usize,
    hint: &str,
) -> Result<(PersonFile, Background), Failure> {
    let LookUp { people, background } = Reader::open(state)?.look_up(name, log_lines)?;
    match <[_; 1]>::try_from(people) {
        Ok([file]) => Ok((file, background)),
        Err(people) if people.is_empty() => Err(Failure::Unknown(format!(
            "the snapshot does not know {name:?}; {}: {hint}",
            last_read(&background.feed)
        ))),
        Err(people) => {
            let ids: Vec<_> = people.iter().map(|file| file.record.user.id.as_str()).collect();
            Err(Failure::Unknown(format!(
                "{} people of the snapshot have {name:?}; give the object id of one: {}",
                ids.len(),
                ids.join(", ")
            )))
        }
    }
}

/// When Entra was last read to the end.
fn last_read(feed: &Feed) -> String {
    match feed.delta_at {
        Some(at) => format!("Entra was last read at {at:.0}"),
        None => "Entra was never read to the end".to_owned(),
    }
}
