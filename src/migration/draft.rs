//! A row while it is made: what of an attribute mapping comes along, and what is said of the rest.

use crate::jostle::Attribute;
use crate::mapping::expression::Place;

use super::job::{EntraRow, EntraSource};
use super::report::{Group, Report};
use super::text::pair;
use super::value::{Origin, WrongSource, origin};

/// Without these Jostle takes no person.
pub(super) const REQUIRED: [&str; 4] =
    ["userName", "name.givenName", "name.familyName", "emails[type eq \"work\"].value"];

/// Spellings of "not soft-deleted", in lower case, without blanks and quotation marks.
const NOT_SOFT_DELETED: [&str; 9] = [
    "issoftdeleted",
    "not([issoftdeleted])",
    "switch([issoftdeleted],,false,true,true,false)",
    "switch([issoftdeleted],,true,false,false,true)",
    "switch([issoftdeleted],true,true,false)",
    "iif([issoftdeleted]=true,false,true)",
    "iif([issoftdeleted]=false,true,false)",
    "iif([issoftdeleted],false,true)",
    "iif([issoftdeleted]<>true,true,false)",
];

/// A row while it is converted.
pub(super) struct Draft<'a> {
    pub(super) row: &'a EntraRow,
    pub(super) target: &'a str,
    pub(super) comments: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) report: &'a mut Report,
}

impl Draft<'_> {
    /// What the value comes from, for the report. Error: why the row is commented out.
    pub(super) fn convert(&mut self, attribute: &Attribute, wrong_source: WrongSource<'_>) -> Result<String, String> {
        if self.target != self.row.target {
            self.comments.push(format!("In Entra: {}", self.row.target));
        }
        if let Some(trap) = attribute.trap {
            self.comments.push(format!("TRAP: {trap}"));
        }
        self.remarks();
        if self.target == "active" {
            return Ok(self.active());
        }
        let is_match = self.target == "userName";
        let creates_only = !is_match && self.creates_only();
        let place = if creates_only { Place::CreateRow } else { Place::Row };
        let origin = self.origin(place, wrong_source).inspect_err(|_| self.raw())?;
        let (key, text) = origin.key();
        self.lines.push(pair(key, text.as_str()));
        if let Origin::Constant(text) = &origin {
            fits(text, attribute, is_match)?;
        }
        self.options(&origin, attribute, is_match, creates_only);
        Ok(format!("{key} {text}"))
    }

    /// The keys after the one that says where the value comes from.
    fn options(&mut self, origin: &Origin, attribute: &Attribute, is_match: bool, creates_only: bool) {
        let is_constant = matches!(origin, Origin::Constant(_));
        let default = self.default(attribute, is_match, is_constant);
        if default.is_none() && !is_constant && REQUIRED.contains(&self.target) {
            self.lines.push(pair("required", true));
        }
        if creates_only {
            self.lines.push(pair("when", "create"));
        }
        if let Some(default) = default {
            self.lines.push(pair("default", default.as_str()));
        }
        if let Origin::Source { entras: Some(entras), .. } = origin {
            self.comments.push(format!("In Entra: {entras}"));
        }
    }

    fn origin(&mut self, place: Place, wrong_source: WrongSource<'_>) -> Result<Origin, String> {
        match (&self.row.source, &self.row.default) {
            (EntraSource::None, Some(default)) => {
                self.differs(
                    "Entra has no source here and writes this text whenever the attribute is empty; this row writes it \
                     with a new account only",
                );
                Ok(Origin::Constant(default.clone()))
            }
            (source, _) => origin(source, place, wrong_source),
        }
    }

    /// `default`, where it has an effect.
    fn default(&mut self, attribute: &Attribute, is_match: bool, is_constant: bool) -> Option<String> {
        let default = self.row.default.clone()?;
        let why = if self.row.source == EntraSource::None {
            return None;
        } else if is_constant {
            "a constant always has a value".to_owned()
        } else if is_match {
            "several people would get the same userName".to_owned()
        } else if let Some(why) = wrong_text(&default, attribute) {
            format!("it {why}")
        } else {
            return Some(default);
        };
        self.differs(&format!("the default {default:?} is left out: {why}"));
        None
    }

    /// `when = "create"`, or as near as possible to it.
    fn creates_only(&mut self) -> bool {
        match self.row.flow_type.as_str() {
            "Always" => self.row.source == EntraSource::None && self.row.default.is_some(),
            "ObjectAddOnly" => true,
            other => {
                self.differs(&format!(
                    "the flow type {other} has no equivalent; the row is written with a new account only, which writes less"
                ));
                true
            }
        }
    }

    fn active(&mut self) -> String {
        self.lines.push(pair("source", "$active"));
        let text = match &self.row.source {
            EntraSource::Attribute(text) | EntraSource::Constant(text) | EntraSource::Function(text) => text.as_str(),
            EntraSource::None | EntraSource::Unreadable(_) => "",
        };
        let known: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>().to_ascii_lowercase();
        if !NOT_SOFT_DELETED.contains(&known.as_str()) {
            let source = shown(&self.row.source);
            self.differs(&format!(
                "Entra computes it from another source ({source}); here it is always that of the lifecycle, because any \
                 other would leave people active who are no longer in scope"
            ));
        }
        let default = self.row.default.as_deref().unwrap_or("True");
        if !default.eq_ignore_ascii_case("true") {
            self.differs(&format!("the default {default:?} is left out: $active always has a value"));
        }
        if self.row.flow_type != "Always" {
            let flow_type = &self.row.flow_type;
            self.differs(&format!("the flow type {flow_type} is left out: an account must be deactivated later too"));
        }
        "source $active".to_owned()
    }

    /// What else Entra does with the row.
    fn remarks(&mut self) {
        let EntraRow { flow_type, flow_behavior, matching_priority, export_missing_references, unknown, .. } = self.row;
        let is_match = self.target == "userName";
        match (is_match, *matching_priority) {
            (true, 0) => {
                self.differs("Entra does not match by it; here an account is found by userName and nothing else");
            }
            (true, priority) if priority > 1 => self.differs(&format!(
                "Entra matches by it with priority {priority}, after another attribute; here by it alone"
            )),
            (false, priority) if priority != 0 => self.differs(&format!(
                "Entra matches by it with priority {priority}; Jostle can be searched by userName only, so nobody is \
                 found by it"
            )),
            _ => {}
        }
        if is_match && flow_type != "Always" {
            self.differs(&format!(
                "the flow type {flow_type} is left out: userName is the match and is always written"
            ));
        }
        if flow_behavior != "FlowWhenChanged" {
            self.differs(&format!(
                "the flow behaviour {flow_behavior} is left out: a value is written when it differs"
            ));
        }
        if *export_missing_references {
            self.differs("exportMissingReferences is left out: Jostle has no references");
        }
        for member in unknown {
            self.differs(&format!("{member} is not known and left out"));
        }
    }

    /// For a row that is not looked at further.
    pub(super) fn refused(&mut self, reason: String) -> String {
        self.remarks();
        self.raw();
        reason
    }

    /// The lines of a row that cannot be used, for whoever wants to mend it.
    fn raw(&mut self) {
        match &self.row.source {
            EntraSource::Attribute(text) => self.lines.push(pair("source", text.as_str())),
            EntraSource::Constant(text) => self.lines.push(pair("constant", text.as_str())),
            EntraSource::Function(text) => self.lines.push(pair("expression", text.as_str())),
            EntraSource::None | EntraSource::Unreadable(_) => {}
        }
        if self.row.flow_type != "Always" {
            self.lines.push(pair("when", "create"));
        }
        if let Some(default) = &self.row.default {
            self.lines.push(pair("default", default.as_str()));
        }
    }

    /// A comment above the row and a line in the report.
    fn differs(&mut self, note: &str) {
        self.comments.push(note.to_owned());
        self.report.add(Group::Differs, self.target, note);
    }
}

/// Whether a constant can be sent to everybody. Error: why not.
fn fits(text: &str, attribute: &Attribute, is_match: bool) -> Result<(), String> {
    if is_match {
        return Err("a constant would give everybody the same userName".to_owned());
    }
    wrong_text(text, attribute).map_or(Ok(()), |why| Err(format!("its constant {why}")))
}

/// Why Jostle does not take a text that is the same for everybody.
fn wrong_text(text: &str, attribute: &Attribute) -> Option<String> {
    if attribute.max_length.is_some_and(|limit| text.chars().count() > limit) {
        return Some("is longer than Jostle takes".to_owned());
    }
    attribute.format.fault(text).map(|fault| format!("must be a mail address, and {fault}"))
}

/// A source for people.
pub(super) fn shown(source: &EntraSource) -> String {
    match source {
        EntraSource::None => "no source".to_owned(),
        EntraSource::Attribute(text) => format!("from {text}"),
        EntraSource::Constant(text) => format!("constant {text:?}"),
        EntraSource::Function(text) => format!("expression {text}"),
        EntraSource::Unreadable(_) => "source not understood".to_owned(),
    }
}
