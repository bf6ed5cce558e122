//! One changed attribute of one person.

use std::fmt;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::{TargetPath, TargetValue};

/// Stands for a value that must not be shown, as in Entra's own provisioning log.
pub const REDACTED: &str = "[Redact]";

/// One attribute, from what it is to what it shall be. Prints and serialises what may be shown; what is sent is in the
/// fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Which.
    pub attribute: TargetPath,
    /// What Jostle has, as far as is known; none if it has no value.
    pub old: Option<TargetValue>,
    /// What it shall have; none clears the value.
    pub new: Option<TargetValue>,
    /// Whether both must not be shown: [`REDACTED`] stands for them. Read from a log, they are nothing else.
    #[serde(skip)]
    pub redacted: bool,
}

impl Change {
    /// After reading what was written as it may be shown: what stands for a value is shown as that again, and not as a
    /// text with these characters.
    pub fn redact_what_was(&mut self) {
        let stands_for =
            |value: &Option<TargetValue>| matches!(value, Some(TargetValue::Text(text)) if text == REDACTED);
        self.redacted |= stands_for(&self.old) || stands_for(&self.new);
    }

    /// Both values as they may be shown, as texts; none where there is no value.
    pub fn texts(&self) -> [Option<String>; 2] {
        self.shown().map(|value| value.map(|value| value.to_string()))
    }

    /// Both values as they may be shown.
    fn shown(&self) -> [Option<Shown<'_>>; 2] {
        let shown = |value| if self.redacted { Shown::Redacted } else { Shown::Value(value) };
        [self.old.as_ref().map(shown), self.new.as_ref().map(shown)]
    }
}

/// A value, or what stands for it.
enum Shown<'c> {
    Value(&'c TargetValue),
    Redacted,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Redacted => serializer.serialize_str(REDACTED),
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Redacted => f.write_str(REDACTED),
        }
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [old, new] = self.shown();
        let mut out = serializer.serialize_struct("Change", 3)?;
        out.serialize_field("attribute", &self.attribute)?;
        out.serialize_field("old", &old)?;
        out.serialize_field("new", &new)?;
        out.end()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [old, new] = self.texts().map(|value| value.unwrap_or_else(|| "(none)".to_owned()));
        write!(f, "{}: {old} => {new}", self.attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn change(old: Option<TargetValue>, new: Option<TargetValue>, redacted: bool) -> (String, Value) {
        let change = Change { attribute: "title".parse().expect("a path"), old, new, redacted };
        (change.to_string(), serde_json::to_value(change).expect("JSON"))
    }

    fn text(text: &str) -> TargetValue {
        TargetValue::Text(text.to_owned())
    }

    #[test]
    fn a_change_shows_both_values() {
        let (printed, json) = change(Some(text("Boss")), Some(TargetValue::Flag(true)), false);
        assert_eq!(printed, "title: \"Boss\" => true");
        assert_eq!(json, json!({ "attribute": "title", "old": "Boss", "new": true }));
    }

    #[test]
    fn what_is_redacted_is_shown_nowhere_but_that_there_is_nothing_is() {
        let (printed, json) = change(Some(text("Boss")), Some(text("Chief")), true);
        assert_eq!(printed, "title: [Redact] => [Redact]");
        assert_eq!(json, json!({ "attribute": "title", "old": "[Redact]", "new": "[Redact]" }));
        let (printed, json) = change(None, Some(text("Chief")), true);
        assert_eq!(printed, "title: (none) => [Redact]");
        assert_eq!(json, json!({ "attribute": "title", "old": null, "new": "[Redact]" }));
        let mut read: Change = serde_json::from_value(json).expect("a change");
        assert_eq!(read.new, Some(text(REDACTED)));
        read.redact_what_was();
        assert_eq!(read.to_string(), printed);
    }
}
