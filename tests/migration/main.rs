//! The import of provisioning schemas, from the JSON that the portal and Graph give to the files that are written.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may")]

mod files;
mod inputs;
mod rows;
mod scope;
mod texts;

use std::os::unix::fs::PermissionsExt;

use entra_jostle_sync::config;
use entra_jostle_sync::migration::{Import, Options, import};
use serde_json::{Value, json};

fn schema(name: &str) -> Value {
    let path = format!("{}/tests/data/entra-schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a schema");
    serde_json::from_str(&text).expect("JSON")
}

/// An application (client) id.
const APP: &str = "99999999-8888-7777-6666-555555555555";

fn options(job_id: Option<&str>) -> Options<'_> {
    Options { app_id: None, job_id, wrong_source: &config::wrong_source }
}

/// What the program says of a configuration with these files in it, with everything else that it needs.
fn loaded(mapping: &str, scope: &str) -> Result<config::Config, config::ConfigErrors> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let entra = format!("[entra]\ntenant_id = \"{APP}\"\nclient_id = \"{APP}\"\nclient_secret_file = \"secret\"\n");
    let jostle = "[jostle]\nbase_url = \"https://jostle.example/scim2\"\napi_key_file = \"secret\"\n";
    let filled_in = scope.replace("\napp_id = \"\"\n", &format!("\napp_id = \"{APP}\"\n"));
    std::fs::write(file("secret"), "canary").expect("written");
    std::fs::set_permissions(file("secret"), std::fs::Permissions::from_mode(0o600)).expect("restricted");
    std::fs::write(file("mapping.toml"), mapping).expect("written");
    std::fs::write(file("main.toml"), format!("{entra}\n{jostle}\n{filled_in}")).expect("written");
    config::load_with(&file("main.toml"), &|_| None)
}

fn imported(input: &Value) -> Import {
    import(input, &options(None)).unwrap_or_else(|error| panic!("{error}"))
}

fn tables(text: &str, key: &str) -> Vec<toml::Table> {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error} in\n{text}"));
    let list = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    list.into_iter().map(|row| row.as_table().cloned().expect("a table")).collect()
}

/// A schema of one rule whose people have these rows, this scope and these actions.
fn of(rows: &Value, more: &Value) -> Value {
    let mut mapping = json!({"name": "Users", "sourceObjectName": "User", "attributeMappings": rows});
    mapping.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    json!({"synchronizationRules": [{"name": "r", "objectMappings": [mapping]}]})
}

fn row(target: &str, source: &Value) -> Value {
    json!({"targetAttributeName": target, "source": source})
}
