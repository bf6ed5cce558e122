//! The body of a POST: the resource to create.

use serde_json::{Map, Value, json};

use crate::model::{NewAccount, TargetPath, TargetValue};

const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// The resource: `schemas` names the core and every extension that occurs; no nulls, no empty texts, one element a
/// type. Real Booleans in both dialects: Entra's service writes texts in a PATCH only.
pub(super) fn resource(new: &NewAccount) -> Value {
    let mut schemas = vec![Value::from(CORE_USER)];
    let mut body = Map::new();
    let name = (TargetPath::user_name(), TargetValue::Text(new.user_name.clone()));
    for (path, value) in std::iter::once((&name.0, &name.1)).chain(&new.values) {
        if value.as_text().is_some_and(str::is_empty) {
            continue;
        }
        match path {
            TargetPath::Simple(attribute) => {
                body.insert(attribute.clone(), json!(value));
            }
            TargetPath::Sub { attribute, sub } => set(&mut body, attribute, sub, value),
            TargetPath::Extension { schema, attribute } => {
                if !body.contains_key(schema) {
                    schemas.push(Value::from(schema.as_str()));
                }
                set(&mut body, schema, attribute, value);
            }
            TargetPath::Typed { attribute, kind, sub } => {
                let elements = body.entry(attribute).or_insert_with(|| json!([]));
                set_in_element(elements, element(attribute, kind, true), sub, value);
            }
        }
    }
    body.insert("schemas".to_owned(), Value::Array(schemas));
    Value::Object(body)
}

/// A new element of a multi-valued attribute, its value still missing. The work e-mail is the primary one where there
/// can be one: servers refuse a second.
pub(super) fn element(attribute: &str, kind: &str, may_be_primary: bool) -> Value {
    let is_primary = may_be_primary && attribute.eq_ignore_ascii_case("emails") && kind.eq_ignore_ascii_case("work");
    if is_primary { json!({"type": kind, "primary": true}) } else { json!({"type": kind}) }
}

fn set(body: &mut Map<String, Value>, complex: &str, name: &str, value: &TargetValue) {
    if let Value::Object(members) = body.entry(complex).or_insert_with(|| json!({})) {
        members.insert(name.to_owned(), json!(value));
    }
}

fn set_in_element(elements: &mut Value, empty: Value, sub: &str, value: &TargetValue) {
    let Value::Array(elements) = elements else { return };
    let position = elements.iter().position(|element| element["type"] == empty["type"]).unwrap_or_else(|| {
        elements.push(empty);
        elements.len() - 1
    });
    elements[position][sub] = json!(value);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::testing::values;
    use super::*;

    #[test]
    fn a_new_account_has_every_form_of_value_and_nothing_empty() {
        let values = values(&[
            ("userName", "anna@c.example"),
            ("name.givenName", "Anna"),
            ("name.familyName", "Ärmel"),
            ("title", ""),
            ("emails[type eq \"work\"].value", "anna@c.example"),
            ("emails[type eq \"personal\"].value", "a@home.example"),
            ("phoneNumbers[type eq \"homephone\"].value", "+43 1"),
            ("addresses[type eq \"work\"].locality", "Wien"),
            ("addresses[type eq \"work\"].region", "W"),
            ("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate", "2026-01-31"),
            ("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge", "Gold"),
            ("active", "true"),
        ]);
        let body = resource(&NewAccount { user_name: "anna@c.example".into(), values });
        insta::assert_json_snapshot!(body, @r#"
        {
          "active": true,
          "addresses": [
            {
              "locality": "Wien",
              "region": "W",
              "type": "work"
            }
          ],
          "emails": [
            {
              "type": "personal",
              "value": "a@home.example"
            },
            {
              "primary": true,
              "type": "work",
              "value": "anna@c.example"
            }
          ],
          "name": {
            "familyName": "Ärmel",
            "givenName": "Anna"
          },
          "phoneNumbers": [
            {
              "type": "homephone",
              "value": "+43 1"
            }
          ],
          "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:jostle:2.0:User"
          ],
          "urn:ietf:params:scim:schemas:extension:jostle:2.0:User": {
            "CustomBadge": "Gold",
            "JoinDate": "2026-01-31"
          },
          "userName": "anna@c.example"
        }
        "#);
    }

    #[test]
    fn the_name_is_sent_even_if_it_is_not_among_the_values() {
        let body = resource(&NewAccount { user_name: "a@c.example".into(), values: values(&[]) });
        assert_eq!(body, json!({"schemas": [CORE_USER], "userName": "a@c.example"}));
    }
}
