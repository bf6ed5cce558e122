//! The body of a PATCH (RFC 7644 §3.5.2). Pure: what is sent follows from the changes and from what a resource shows.
//!
//! Servers take `add` and `replace` of a simple value alike. Not so of an element of a multi-valued attribute:
//! `replace` of one that is not there is `noTarget` on half of the servers, and `add` of one that is there makes a
//! second one. So an element of which it is not known whether it is there is removed and added in the same request.

use serde_json::{Value, json};

use super::Dialect;
use super::body;
use crate::model::{Change, TargetPath, TargetValue};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The request for all changes; none if there is nothing to change. Without a resource, `old` of each change says
/// whether a value is there, as far as is known; what a resource shows, it says for certain.
pub(super) fn request(changes: &[Change], shown: Option<&Value>, dialect: Dialect) -> Option<Value> {
    let builder = Builder { shown, dialect };
    let (mut operations, mut elements) = (Vec::new(), Vec::new());
    for change in changes {
        match &change.attribute {
            TargetPath::Typed { attribute, kind, sub } => group(&mut elements, attribute, kind, (sub, change)),
            path => operations.extend(builder.in_place(change, &path.to_string())),
        }
    }
    operations.extend(elements.iter().flat_map(|element| builder.element(element)));
    (!operations.is_empty()).then(|| json!({"schemas": [PATCH_OP], "Operations": operations}))
}

/// Whether one of the changes is to an element of a multi-valued attribute.
pub(super) fn has_elements(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change.attribute, TargetPath::Typed { .. }))
}

/// The changes to one element of a multi-valued attribute, by sub-attribute.
struct Element<'a> {
    attribute: &'a str,
    kind: &'a str,
    changes: Vec<(&'a str, &'a Change)>,
}

fn group<'a>(elements: &mut Vec<Element<'a>>, attribute: &'a str, kind: &'a str, change: (&'a str, &'a Change)) {
    match elements.iter_mut().find(|element| element.attribute == attribute && element.kind == kind) {
        Some(element) => element.changes.push(change),
        None => elements.push(Element { attribute, kind, changes: vec![change] }),
    }
}

impl Element<'_> {
    fn path(&self) -> String {
        format!("{}[type eq \"{}\"]", self.attribute, self.kind)
    }

    fn sets_its_value(&self) -> bool {
        self.changes.iter().any(|(sub, change)| is_value(sub) && change.new.is_some())
    }
}

/// `value` is what an element is for (RFC 7643 §2.4): without it, nothing is left of the element.
fn is_value(sub: &str) -> bool {
    sub.eq_ignore_ascii_case("value")
}

enum Presence {
    Present,
    Absent,
    Unknown,
}

#[derive(Clone, Copy)]
enum Op {
    Add,
    Replace,
    Remove,
}

struct Builder<'a> {
    shown: Option<&'a Value>,
    dialect: Dialect,
}

impl Builder<'_> {
    fn element(&self, element: &Element<'_>) -> Vec<Value> {
        match self.presence(element) {
            Presence::Absent => self.add(element).into_iter().collect(),
            Presence::Unknown if element.sets_its_value() && self.dialect == Dialect::Rfc => {
                let remove = self.operation(Op::Remove, &element.path(), None);
                std::iter::once(remove).chain(self.add(element)).collect()
            }
            Presence::Present | Presence::Unknown => {
                let in_place = |(sub, change): &(&str, &Change)| {
                    let clears_element = is_value(sub) && change.new.is_none();
                    let path = if clears_element { element.path() } else { change.attribute.to_string() };
                    self.in_place(change, &path)
                };
                element.changes.iter().filter_map(in_place).collect()
            }
        }
    }

    fn presence(&self, element: &Element<'_>) -> Presence {
        let by_type = TargetPath::Typed {
            attribute: element.attribute.to_owned(),
            kind: element.kind.to_owned(),
            sub: "type".to_owned(),
        };
        match self.shown {
            Some(resource) if by_type.read(resource).is_some() => Presence::Present,
            Some(_) => Presence::Absent,
            None if element.changes.iter().any(|(_, change)| change.old.is_some()) => Presence::Present,
            None => Presence::Unknown,
        }
    }

    /// Adds the whole element; nothing if no change has a value for it.
    fn add(&self, element: &Element<'_>) -> Option<Value> {
        let mut added = body::element(element.attribute, element.kind, !self.has_primary(element.attribute));
        let mut has_value = false;
        for (sub, change) in &element.changes {
            if let Some(value) = &change.new {
                added[sub] = json!(value);
                has_value = true;
            }
        }
        has_value.then(|| self.operation(Op::Add, element.attribute, Some(json!([added]))))
    }

    fn has_primary(&self, attribute: &str) -> bool {
        let elements = self.shown.and_then(|resource| resource[attribute].as_array());
        elements.is_some_and(|elements| elements.iter().any(|element| element["primary"] == true))
    }

    /// One operation on a path; none if a value that is not there is to be cleared.
    fn in_place(&self, change: &Change, path: &str) -> Option<Value> {
        let is_there = match self.shown {
            // Every account has a state, shown or not, and `replace` is the only way in which Entra's service writes it.
            _ if change.attribute == TargetPath::active() => true,
            Some(resource) => change.attribute.read(resource).is_some(),
            None => change.old.is_some(),
        };
        match (&change.new, is_there) {
            (Some(value), true) => Some(self.operation(Op::Replace, path, Some(self.spell(value)))),
            (Some(value), false) => Some(self.operation(Op::Add, path, Some(self.spell(value)))),
            (None, true) => Some(self.operation(Op::Remove, path, None)),
            (None, false) => None,
        }
    }

    fn operation(&self, op: Op, path: &str, value: Option<Value>) -> Value {
        let op = match (self.dialect, op) {
            (Dialect::Rfc, Op::Add) => "add",
            (Dialect::Rfc, Op::Replace) => "replace",
            (Dialect::Rfc, Op::Remove) => "remove",
            (Dialect::Entra, Op::Add) => "Add",
            (Dialect::Entra, Op::Replace) => "Replace",
            (Dialect::Entra, Op::Remove) => "Remove",
        };
        let mut operation = json!({"op": op, "path": path});
        if let Some(value) = value {
            operation["value"] = value;
        }
        operation
    }

    fn spell(&self, value: &TargetValue) -> Value {
        match (self.dialect, value) {
            (Dialect::Entra, TargetValue::Flag(flag)) => Value::from(if *flag { "True" } else { "False" }),
            _ => json!(value),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::testing::change;
    use super::*;

    const JOIN_DATE: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate";
    const WORK: &str = "emails[type eq \"work\"].value";
    const PERSONAL: &str = "emails[type eq \"personal\"].value";
    const LOCALITY: &str = "addresses[type eq \"work\"].locality";
    const REGION: &str = "addresses[type eq \"work\"].region";

    /// The operations, one a line.
    fn lines(changes: &[Change], shown: Option<&Value>, dialect: Dialect) -> String {
        let request = request(changes, shown, dialect).unwrap();
        assert_eq!(request["schemas"], json!([PATCH_OP]));
        let operations = request["Operations"].as_array().unwrap().clone();
        operations.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// Every form of path: replaced, new, cleared.
    fn every_form() -> Vec<Change> {
        vec![
            change("active", Some("true"), Some("false")),
            change("title", None, Some("Chief")),
            change("nickName", Some("Anni"), None),
            change("name.givenName", Some("Ana"), Some("Anna")),
            change("name.middleName", None, Some("B.")),
            change("name.honorificPrefix", Some("Dr."), None),
            change(JOIN_DATE, Some("2026-01-01"), Some("2026-01-31")),
            change(&JOIN_DATE.replace("JoinDate", "CustomBadge"), None, Some("Gold")),
            change(&JOIN_DATE.replace("JoinDate", "CustomProfile"), Some("x"), None),
            change(WORK, None, Some("anna@c.example")),
            change(PERSONAL, Some("old@home.example"), Some("new@home.example")),
            change("phoneNumbers[type eq \"homephone\"].value", Some("+43 1"), None),
            change("phoneNumbers[type eq \"workofficephone\"].value", None, Some("+43 2")),
        ]
    }

    #[test]
    fn rfc_has_lower_case_operations_real_booleans_and_a_path_each() {
        insta::assert_snapshot!(lines(&every_form(), None, Dialect::Rfc), @r#"
        {"op":"replace","path":"active","value":false}
        {"op":"add","path":"title","value":"Chief"}
        {"op":"remove","path":"nickName"}
        {"op":"replace","path":"name.givenName","value":"Anna"}
        {"op":"add","path":"name.middleName","value":"B."}
        {"op":"remove","path":"name.honorificPrefix"}
        {"op":"replace","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate","value":"2026-01-31"}
        {"op":"add","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge","value":"Gold"}
        {"op":"remove","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomProfile"}
        {"op":"remove","path":"emails[type eq \"work\"]"}
        {"op":"add","path":"emails","value":[{"primary":true,"type":"work","value":"anna@c.example"}]}
        {"op":"replace","path":"emails[type eq \"personal\"].value","value":"new@home.example"}
        {"op":"remove","path":"phoneNumbers[type eq \"homephone\"]"}
        {"op":"remove","path":"phoneNumbers[type eq \"workofficephone\"]"}
        {"op":"add","path":"phoneNumbers","value":[{"type":"workofficephone","value":"+43 2"}]}
        "#);
    }

    #[test]
    fn entra_has_capitals_and_flags_as_texts() {
        insta::assert_snapshot!(lines(&every_form(), None, Dialect::Entra), @r#"
        {"op":"Replace","path":"active","value":"False"}
        {"op":"Add","path":"title","value":"Chief"}
        {"op":"Remove","path":"nickName"}
        {"op":"Replace","path":"name.givenName","value":"Anna"}
        {"op":"Add","path":"name.middleName","value":"B."}
        {"op":"Remove","path":"name.honorificPrefix"}
        {"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate","value":"2026-01-31"}
        {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge","value":"Gold"}
        {"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomProfile"}
        {"op":"Add","path":"emails[type eq \"work\"].value","value":"anna@c.example"}
        {"op":"Replace","path":"emails[type eq \"personal\"].value","value":"new@home.example"}
        {"op":"Remove","path":"phoneNumbers[type eq \"homephone\"]"}
        {"op":"Add","path":"phoneNumbers[type eq \"workofficephone\"].value","value":"+43 2"}
        "#);
    }

    #[test]
    fn a_shown_resource_outweighs_the_old_values() {
        let shown = json!({
            "title": "Boss",
            "emails": [{"type": "Personal", "value": "x@home.example", "primary": true}],
            "phoneNumbers": [{"type": "workofficephone"}],
        });
        insta::assert_snapshot!(lines(&every_form(), Some(&shown), Dialect::Rfc), @r#"
        {"op":"replace","path":"active","value":false}
        {"op":"replace","path":"title","value":"Chief"}
        {"op":"add","path":"name.givenName","value":"Anna"}
        {"op":"add","path":"name.middleName","value":"B."}
        {"op":"add","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate","value":"2026-01-31"}
        {"op":"add","path":"urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge","value":"Gold"}
        {"op":"add","path":"emails","value":[{"type":"work","value":"anna@c.example"}]}
        {"op":"replace","path":"emails[type eq \"personal\"].value","value":"new@home.example"}
        {"op":"add","path":"phoneNumbers[type eq \"workofficephone\"].value","value":"+43 2"}
        "#);
        insta::assert_snapshot!(lines(&every_form()[9..], Some(&shown), Dialect::Entra), @r#"
        {"op":"Add","path":"emails","value":[{"type":"work","value":"anna@c.example"}]}
        {"op":"Replace","path":"emails[type eq \"personal\"].value","value":"new@home.example"}
        {"op":"Add","path":"phoneNumbers[type eq \"workofficephone\"].value","value":"+43 2"}
        "#);
    }

    #[test]
    fn an_element_of_several_values_is_added_whole_and_changed_in_parts() {
        let new = [change(LOCALITY, None, Some("Wien")), change(REGION, None, Some("W"))];
        insta::assert_snapshot!(lines(&new, Some(&json!({})), Dialect::Rfc), @r#"{"op":"add","path":"addresses","value":[{"locality":"Wien","region":"W","type":"work"}]}"#);
        insta::assert_snapshot!(lines(&new, None, Dialect::Rfc), @r#"
        {"op":"add","path":"addresses[type eq \"work\"].locality","value":"Wien"}
        {"op":"add","path":"addresses[type eq \"work\"].region","value":"W"}
        "#);
        let half = [change(LOCALITY, Some("Graz"), None), change(REGION, None, Some("W"))];
        insta::assert_snapshot!(lines(&half, None, Dialect::Rfc), @r#"
        {"op":"remove","path":"addresses[type eq \"work\"].locality"}
        {"op":"add","path":"addresses[type eq \"work\"].region","value":"W"}
        "#);
    }

    #[test]
    fn the_state_is_replaced_even_if_it_was_never_seen() {
        let changes = [change("active", None, Some("false"))];
        let replace = json!([{"op": "replace", "path": "active", "value": false}]);
        for shown in [None, Some(&json!({}))] {
            assert_eq!(request(&changes, shown, Dialect::Rfc).unwrap()["Operations"], replace);
        }
    }

    #[test]
    fn nothing_to_clear_is_no_request() {
        let changes = [change("title", None, None), change(WORK, None, None)];
        assert_eq!(request(&changes, None, Dialect::Rfc), None);
        let changes = [change("title", Some("x"), None), change(WORK, Some("x"), None)];
        assert_eq!(request(&changes, Some(&json!({})), Dialect::Rfc), None);
    }
}
