//! What the server says of itself, flat, so that it can be compared with what it said before.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ScimReader;
use super::capabilities::CORE_USER;
use crate::connector::{ConnectorError, Description};

/// Members of every resource that say nothing of the server, and texts for people.
const NOT_SAID: [&str; 6] = ["schemas", "id", "externalId", "meta", "documentationUri", "description"];

/// What an attribute is like, in this order (RFC 7643 §7).
const CHARACTERISTICS: [&str; 5] = ["type", "mutability", "returned", "uniqueness", "canonicalValues"];

impl ScimReader {
    /// Both in the words of the server.
    pub(super) async fn describe(&self) -> Result<Description, ConnectorError> {
        let answer = self.channel.get(self.endpoints.service_provider_config()).await?;
        let config = answer.into_json("reading ServiceProviderConfig")?;
        let answer = self.channel.get(self.endpoints.schemas()).await?;
        let schemas = if answer.status == 404 { None } else { Some(answer.into_json("reading Schemas")?) };
        Ok(describe(&config, schemas.as_ref()))
    }
}

/// From `/ServiceProviderConfig`, and `/Schemas` if the server has them.
pub(super) fn describe(config: &Value, schemas: Option<&Value>) -> Description {
    let mut said = BTreeMap::new();
    features(config, "", &mut said);
    let listed = schemas.map(|json| json.get("Resources").unwrap_or(json));
    for schema in listed.and_then(Value::as_array).into_iter().flatten() {
        let urn = match schema["id"].as_str().unwrap_or_default() {
            urn if urn.eq_ignore_ascii_case(CORE_USER) => String::new(),
            urn => format!("{urn}:"),
        };
        attributes(&schema["attributes"], &format!("the attribute {urn}"), &mut said);
    }
    Description(said)
}

/// `patch.supported`, `filter.maxResults`; of lists, as of the ways to authenticate, the types.
fn features(value: &Value, name: &str, said: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members.iter().filter(|(member, _)| !NOT_SAID.contains(&member.as_str())) {
                let below = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                features(value, &below, said);
            }
        }
        Value::Array(items) => {
            let mut types: Vec<_> = items.iter().map(|item| text(item.get("type").unwrap_or(item))).collect();
            types.sort_unstable();
            said.insert(name.to_owned(), types.join(", "));
        }
        Value::Null => {}
        value => drop(said.insert(name.to_owned(), text(value))),
    }
}

fn attributes(list: &Value, before: &str, said: &mut BTreeMap<String, String>) {
    for attribute in list.as_array().into_iter().flatten() {
        let Some(name) = attribute["name"].as_str() else { continue };
        let flag = |member: &str, word: &str| attribute[member].as_bool().unwrap_or(false).then(|| word.to_owned());
        let stated = CHARACTERISTICS.iter().filter_map(|member| match attribute.get(*member)? {
            Value::Array(values) => Some(values.iter().map(text).collect::<Vec<_>>().join("|")),
            value => Some(text(value)),
        });
        let stated = stated.chain(flag("required", "required")).chain(flag("multiValued", "multi-valued"));
        said.insert(format!("{before}{name}"), stated.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "));
        attributes(&attribute["subAttributes"], &format!("{before}{name}."), said);
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schemas(attributes: &Value) -> Value {
        json!({"totalResults": 1, "Resources": [{"id": "urn:x:User", "name": "User", "attributes": attributes}]})
    }

    #[test]
    fn what_is_said_is_compared_and_what_says_nothing_is_not() {
        let config = json!({
            "schemas": ["urn"], "documentationUri": "https://a", "patch": {"supported": true},
            "filter": {"supported": true, "maxResults": 200}, "meta": {"lastModified": "2026-01-01"},
            "authenticationSchemes": [{"type": "oauthbearertoken", "name": "a"}, {"type": "httpbasic"}],
        });
        let phones = json!({"name": "phoneNumbers", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "type", "type": "string", "canonicalValues": ["work", "home"]}]});
        let title = json!({"name": "title", "type": "string", "mutability": "readWrite", "required": false});
        let before = describe(&config, Some(&schemas(&json!([phones, title]))));
        insta::assert_snapshot!(before.0.iter().map(|(name, said)| format!("{name}: {said}")).collect::<Vec<_>>().join("\n"), @"
        authenticationSchemes: httpbasic, oauthbearertoken
        filter.maxResults: 200
        filter.supported: true
        patch.supported: true
        the attribute urn:x:User:phoneNumbers: complex, multi-valued
        the attribute urn:x:User:phoneNumbers.type: string, work|home
        the attribute urn:x:User:title: string, readWrite
        ");

        let mut later = config.clone();
        later["meta"]["lastModified"] = json!("2026-02-02");
        later["documentationUri"] = json!("https://b");
        assert_eq!(before.changes(&describe(&later, Some(&schemas(&json!([title, phones]))))), Vec::<String>::new());
        later["patch"]["supported"] = json!(false);
        let mut required = title.clone();
        required["required"] = json!(true);
        let nick = json!({"name": "nickName", "type": "string"});
        let later = describe(&later, Some(&schemas(&json!([required, nick]))));
        insta::assert_snapshot!(before.changes(&later).join("\n"), @r#"
        the attribute urn:x:User:phoneNumbers is gone
        the attribute urn:x:User:phoneNumbers.type is gone
        patch.supported was "true" and is "false"
        the attribute urn:x:User:nickName is new (string)
        the attribute urn:x:User:title was "string, readWrite" and is "string, readWrite, required"
        "#);
    }

    #[test]
    fn whatever_is_said_can_be_described() {
        for json in [json!(null), json!([1, "x", {"type": null}]), json!("x"), json!({"Resources": 1, "": {"": []}})] {
            let described = describe(&json, Some(&json));
            assert_eq!(described.changes(&described), Vec::<String>::new(), "{json}");
        }
    }
}
