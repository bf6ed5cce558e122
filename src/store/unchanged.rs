//! Whether somebody in Entra is as they were when something was rejected. That other properties are read since, because
//! the mapping is another one, is no change of theirs.

use std::collections::BTreeSet;

use rusqlite::Row;
use serde_json::{Map, Value};

/// What is remembered of a row of `source_users`: the properties that were read, and what they were. Earlier versions
/// remembered only what they were.
pub(super) const REMEMBERED: &str = "coalesce((SELECT selection FROM feed), '') || char(10) || presence || attributes";

/// Whether the person is not what the `source` of a row has of them, if anything is remembered.
pub(super) fn has_changed(row: &Row<'_>) -> rusqlite::Result<bool> {
    let Some(remembered) = row.get::<_, Option<String>>("source")? else { return Ok(false) };
    let selection: Option<String> = row.get("selection")?;
    let (presence, attributes) = (row.get("presence")?, row.get("attributes")?);
    let now = Now { selection: selection.unwrap_or_default(), presence, attributes };
    Ok(!now.is(&remembered))
}

struct Now {
    selection: String,
    presence: String,
    attributes: String,
}

impl Now {
    fn is(&self, remembered: &str) -> bool {
        let Self { selection, presence, attributes } = self;
        let (before, source) = remembered.split_once('\n').unwrap_or((selection, remembered));
        let Some(source) = source.strip_prefix(presence) else { return false };
        if before == selection {
            return source == attributes;
        }
        let read = |text: &str| serde_json::from_str::<Map<String, Value>>(text).ok();
        let (Some(was), Some(is)) = (read(source), read(attributes)) else { return false };
        let (before, now): (BTreeSet<_>, BTreeSet<_>) = (before.split(',').collect(), selection.split(',').collect());
        before.intersection(&now).all(|name| was.get(*name) == is.get(*name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(selection: &str, attributes: &str, remembered: &str) -> bool {
        let (selection, attributes) = (selection.to_owned(), attributes.to_owned());
        Now { selection, presence: "live".to_owned(), attributes }.is(remembered)
    }

    #[test]
    fn other_properties_that_are_read_are_no_change() {
        let remembered = "city,mail\nlive{\"city\":\"Rome\",\"mail\":\"a@x\"}";
        assert!(is("city,mail", r#"{"city":"Rome","mail":"a@x"}"#, remembered));
        assert!(is("mail,title", r#"{"mail":"a@x","title":"Boss"}"#, remembered), "one more and one less");
        assert!(!is("mail,title", r#"{"mail":"b@x","title":"Boss"}"#, remembered), "another value");
        assert!(!is("mail,title", r#"{"title":"Boss"}"#, remembered), "cleared");
        assert!(!is("city,mail", r#"{"city":"Rome","mail":"a@x","title":"Boss"}"#, remembered), "new");
        assert!(!is("city,mail", r#"{"city":"Rome","mail":"a@x"}"#, "city,mail\nsoft_deleted{}"), "restored");
    }

    #[test]
    fn what_an_earlier_version_remembered_counts_as_it_did() {
        assert!(is("mail", r#"{"mail":"a@x"}"#, r#"live{"mail":"a@x"}"#));
        assert!(!is("mail", r#"{"mail":"b@x"}"#, r#"live{"mail":"a@x"}"#));
        assert!(!is("mail", r#"{"mail":"a@x"}"#, r#"soft_deleted{"mail":"a@x"}"#));
    }
}
