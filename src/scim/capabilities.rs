//! What the server says of itself: `/ServiceProviderConfig` (RFC 7643 §5) and `/Schemas` (RFC 7643 §7).

use std::collections::BTreeSet;

use serde_json::Value;

use super::ScimReader;
use crate::connector::ConnectorError;
use crate::model::{TargetPath, TargetValue};

pub(super) const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:user";

/// What the server says that it can do; none where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// PATCH.
    pub patch: Option<bool>,
    /// `filter` in a query.
    pub filter: Option<bool>,
    /// The most resources in one answer to a query.
    pub filter_max_results: Option<u64>,
    /// `/Bulk`.
    pub bulk: Option<bool>,
    /// `sortBy` in a query.
    pub sort: Option<bool>,
    /// `ETag` and `If-Match`.
    pub etag: Option<bool>,
    /// Changes of passwords.
    pub change_password: Option<bool>,
}

impl Capabilities {
    pub(super) fn read(config: &Value) -> Self {
        let stated = |feature: &str, member: &str| {
            TargetPath::Sub { attribute: feature.to_owned(), sub: member.to_owned() }.read(config)
        };
        let supported = |feature| match stated(feature, "supported")? {
            TargetValue::Flag(flag) => Some(flag),
            TargetValue::Text(text) => text.to_ascii_lowercase().parse().ok(),
        };
        Self {
            patch: supported("patch"),
            filter: supported("filter"),
            filter_max_results: stated("filter", "maxResults").and_then(|number| number.as_text()?.parse().ok()),
            bulk: supported("bulk"),
            sort: supported("sort"),
            etag: supported("etag"),
            change_password: supported("changePassword"),
        }
    }
}

/// The attributes of a user that the server's schemas declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredAttributes(BTreeSet<String>);

impl DeclaredAttributes {
    /// Reads `/Schemas`, which may be a list, an array or one schema; none if there is no schema with attributes.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let schemas = match json {
            Value::Array(schemas) => schemas.as_slice(),
            Value::Object(list) => match list.get("Resources") {
                Some(resources) => resources.as_array()?.as_slice(),
                None => std::slice::from_ref(json),
            },
            _ => return None,
        };
        let paths: BTreeSet<String> = schemas.iter().flat_map(paths_of_schema).collect();
        (!paths.is_empty()).then_some(Self(paths))
    }

    /// Whether the attribute of a path is declared; the `type` of an element is not looked at, since servers take
    /// others than the canonical ones. `externalId` belongs to every resource without a schema (RFC 7643 §3.1).
    pub fn declares(&self, path: &TargetPath) -> bool {
        let text = match path {
            TargetPath::Typed { attribute, sub, .. } => format!("{attribute}.{sub}"),
            path => path.to_string(),
        };
        let text = text.to_ascii_lowercase();
        text == "externalid" || self.0.contains(&text)
    }

    /// The declared paths in lower case and in order: `name.givenname`, `emails.value`,
    /// `urn:ietf:params:scim:schemas:extension:jostle:2.0:user:joindate`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl ScimReader {
    /// What the server says that it can do (`/ServiceProviderConfig`). It may be wrong: nothing is decided by it.
    pub async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let answer = self.channel.get(self.endpoints.service_provider_config()).await?;
        Ok(Capabilities::read(&answer.into_json("reading ServiceProviderConfig")?))
    }

    /// The attributes of a user that `/Schemas` declares; none if the server has no `/Schemas`.
    pub async fn schema_attributes(&self) -> Result<Option<DeclaredAttributes>, ConnectorError> {
        let doing = "reading Schemas";
        let mut answer = self.channel.get(self.endpoints.schemas()).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(answer.error(doing));
        }
        let declared = answer.json.take().and_then(|json| DeclaredAttributes::read(&json));
        declared.map(Some).ok_or_else(|| answer.unusable(doing, "the answer lists no SCIM schema of a user"))
    }
}

fn paths_of_schema(schema: &Value) -> Vec<String> {
    let Some(id) = lower(&schema["id"]) else { return Vec::new() };
    let prefix = if id == CORE_USER { String::new() } else { format!("{id}:") };
    let mut paths = Vec::new();
    for attribute in schema["attributes"].as_array().into_iter().flatten() {
        let Some(name) = lower(&attribute["name"]) else { continue };
        let subs = attribute["subAttributes"].as_array().into_iter().flatten();
        paths.extend(subs.filter_map(|sub| Some(format!("{prefix}{name}.{}", lower(&sub["name"])?))));
        paths.push(format!("{prefix}{name}"));
    }
    paths
}

fn lower(text: &Value) -> Option<String> {
    text.as_str().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::*;

    fn schemas() -> Vec<Value> {
        vec![
            json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [
                {"name": "userName"},
                {"name": "emails", "subAttributes": [{"name": "value"}, {"name": "type"}]},
            ]}),
            json!({"id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": [{"name": "displayName"}]}),
            json!({"id": "urn:ietf:params:scim:schemas:extension:jostle:2.0:User", "attributes": [{"name": "JoinDate"}]}),
        ]
    }

    fn declares(declared: &DeclaredAttributes, path: &str) -> bool {
        declared.declares(&path.parse().unwrap())
    }

    #[test]
    fn schemas_may_come_as_a_list_an_array_or_alone() {
        let jostle = "urn:ietf:params:scim:schemas:extension:JOSTLE:2.0:User:joinDate";
        for json in [json!({"totalResults": 3, "Resources": schemas()}), json!(schemas())] {
            let declared = DeclaredAttributes::read(&json).unwrap();
            assert!(declares(&declared, "username"));
            assert!(declares(&declared, "emails[type eq \"alternate1\"].value"));
            assert!(declares(&declared, "externalId"));
            assert!(declares(&declared, jostle));
            assert!(!declares(&declared, "displayName"), "a group's attribute is not a user's");
            assert!(!declares(&declared, "emails[type eq \"work\"].display"));
            assert!(!declares(&declared, "JoinDate"));
        }
        let alone = DeclaredAttributes::read(&schemas()[2]).unwrap();
        assert_eq!(
            alone.paths().collect::<Vec<_>>(),
            ["urn:ietf:params:scim:schemas:extension:jostle:2.0:user:joindate"]
        );
    }

    #[test]
    fn what_declares_nothing_is_no_answer() {
        for json in [json!({}), json!([]), json!("x"), json!({"Resources": 1}), json!({"Resources": [{"id": "x"}]})] {
            assert_eq!(DeclaredAttributes::read(&json), None, "{json}");
        }
    }

    #[test]
    fn capabilities_are_what_is_said_and_no_more() {
        let read = Capabilities::read(&json!({
            "patch": {"supported": true},
            "filter": {"supported": "True", "maxResults": 200},
            "bulk": {"supported": false},
            "sort": {},
        }));
        assert_eq!(
            read,
            Capabilities {
                patch: Some(true),
                filter: Some(true),
                filter_max_results: Some(200),
                bulk: Some(false),
                ..Capabilities::default()
            }
        );
        assert_eq!(Capabilities::read(&json!([])), Capabilities::default());
    }
}
