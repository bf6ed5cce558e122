//! The discovery documents (RFC 7643 §5 to §7): what the tenant says of itself.

use serde_json::{Value, json};

use super::schema::{CORE, CORE_SCHEMA, EXTENSION, EXTENSION_SCHEMA, Schema};
use super::switches::Switches;

/// `/ServiceProviderConfig`.
pub(super) fn service_provider_config(base_url: &str, switches: &Switches) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": switches.spc_patch_supported },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": switches.page_cap },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API key",
            "description": "A provisioning API key, sent as a bearer token",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base_url}/ServiceProviderConfig"),
        },
    })
}

/// `/ResourceTypes/User`, the only one.
pub(super) fn user_resource_type(base_url: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "description": "User account",
        "endpoint": "/Users",
        "schema": CORE,
        "schemaExtensions": [{ "schema": EXTENSION, "required": false }],
        "meta": { "resourceType": "ResourceType", "location": format!("{base_url}/ResourceTypes/User") },
    })
}

/// `/Schemas`: both, without the attribute that the tenant lacks.
pub(super) fn schemas(base_url: &str, switches: &Switches) -> Vec<Value> {
    [(CORE, &*CORE_SCHEMA), (EXTENSION, &*EXTENSION_SCHEMA)]
        .into_iter()
        .map(|(urn, schema)| served(urn, schema, base_url, switches))
        .collect()
}

fn served(urn: &str, schema: &Schema, base_url: &str, switches: &Switches) -> Value {
    let mut document = schema.document.clone();
    if let Some(attributes) = document["attributes"].as_array_mut() {
        attributes.retain(|attribute| {
            let known = attribute["name"].as_str().and_then(|name| schema.attribute(name));
            !known.is_some_and(|known| switches.lacks(known))
        });
    }
    document["meta"] = json!({ "resourceType": "Schema", "location": format!("{base_url}/Schemas/{urn}") });
    document
}

/// A list that is never paged.
pub(super) fn whole_list(resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(),
        "itemsPerPage": resources.len(),
        "startIndex": 1,
        "Resources": resources,
    })
}
