//! One attribute mapping of Entra as one row of the mapping file.

use crate::jostle::{self, Attribute};
use crate::model::TargetPath;

use super::draft::{Draft, shown};
use super::job::EntraRow;
use super::report::{Group, Report};
use super::text::{Text, pair};
use super::value::WrongSource;

/// Microsoft's tutorial prints a label where the schema may have it too.
const LABELS: [(&str, &str); 1] = [("externalidentifier", "externalId")];

macro_rules! address {
    ($name:literal) => {
        concat!("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Address1", $name)
    };
}

/// Attributes of the default mapping of a SCIM application, in lower case, and where Jostle keeps the same.
const ALIKE: [(&str, &str); 7] = [
    ("phonenumbers[type eq \"work\"].value", "phoneNumbers[type eq \"workofficephone\"].value"),
    ("phonenumbers[type eq \"mobile\"].value", "phoneNumbers[type eq \"workmobilephone\"].value"),
    ("addresses[type eq \"work\"].streetaddress", address!("StreetAddress")),
    ("addresses[type eq \"work\"].locality", address!("Locality")),
    ("addresses[type eq \"work\"].region", address!("Region")),
    ("addresses[type eq \"work\"].postalcode", address!("PostalCode")),
    ("addresses[type eq \"work\"].country", address!("Country")),
];

/// A row of the mapping file, live or commented out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The attribute of Jostle; none if Jostle does not publish it.
    pub(super) attribute: Option<&'static str>,
    /// The target as it is written.
    pub(super) target: String,
    /// Comments above the row, first the reason why it is commented out.
    pub(super) comments: Vec<String>,
    /// The lines under `[[attribute]]`.
    pub(super) lines: Vec<String>,
    pub(super) is_live: bool,
}

impl Row {
    /// A row that is written under a comment.
    pub(super) fn new(target: &str, comment: &str, pairs: &[(&str, &str)], is_live: bool) -> Self {
        let mut lines = vec![pair("target", target)];
        lines.extend(pairs.iter().map(|(key, text)| pair(key, *text)));
        let attribute = published(target).map(|attribute| attribute.path);
        Self { attribute, target: target.to_owned(), comments: vec![comment.to_owned()], lines, is_live }
    }

    pub(super) fn write(&self, text: &mut Text) {
        text.blank();
        for comment in &self.comments {
            text.comment(&sentence(comment));
        }
        text.lines("[[attribute]]", self.is_live);
        for line in &self.lines {
            text.lines(line, self.is_live);
        }
    }

    /// Comments the row out.
    pub(super) fn comment_out(&mut self, reason: &str) {
        self.is_live = false;
        self.comments.insert(0, format!("NOT BROUGHT ALONG: {reason}"));
    }
}

/// The attribute of Jostle that a target means.
fn published(target: &str) -> Option<&'static Attribute> {
    let folded = target.trim().to_ascii_lowercase();
    let name = LABELS.iter().find(|(label, _)| *label == folded).map_or(target, |(_, name)| name);
    name.parse().ok().and_then(|path: TargetPath| jostle::published(&path))
}

/// Converts one attribute mapping; the rows above it have their targets already.
pub(super) fn convert(row: &EntraRow, above: &[Row], wrong_source: WrongSource<'_>, report: &mut Report) -> Row {
    let attribute = published(&row.target);
    let target = attribute.map_or(row.target.as_str(), |attribute| attribute.path);
    let mut draft = Draft { row, target, comments: Vec::new(), lines: vec![pair("target", target)], report };
    let is_taken = above.iter().any(|row| row.is_live && row.target == target);
    let result = match attribute {
        Some(_) if is_taken => Err(draft.refused("a row above has the same target".to_owned())),
        Some(attribute) => draft.convert(attribute, wrong_source),
        None => Err(draft.refused(unpublished(target))),
    };
    let Draft { comments, lines, .. } = draft;
    let mut done = Row {
        attribute: attribute.map(|attribute| attribute.path),
        target: target.to_owned(),
        comments,
        lines,
        is_live: true,
    };
    match result {
        Ok(origin) => report.add(Group::Brought, target, origin),
        Err(reason) => {
            report.add(Group::Impossible, target, format!("{reason} ({})", shown(&row.source)));
            done.comment_out(&reason);
        }
    }
    done
}

fn unpublished(target: &str) -> String {
    let folded = target.to_ascii_lowercase();
    let alike = ALIKE.iter().find(|(scim, _)| *scim == folded).map(|(_, jostles)| *jostles);
    match alike.or_else(|| jostle::suggest(target)) {
        Some(meant) => format!("Jostle does not publish this attribute; perhaps {meant} is meant"),
        None => "Jostle does not publish this attribute".to_owned(),
    }
}

/// A fragment as a comment.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if fragment.ends_with(['?', '.']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
