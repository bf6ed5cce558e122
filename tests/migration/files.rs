//! The files and the report: complete, a configuration, always the same, and without credentials.

use entra_jostle_sync::migration::Import;
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::{Actions, OutOfScope};
use entra_jostle_sync::scope::{Guests, Who};
use serde_json::Value;

use super::{APP, imported, loaded, schema, tables};

const SCHEMAS: [&str; 3] = ["default-scim-app", "jostle-gallery-job", "rich"];

/// The only schema in the input, whatever it is wrapped in.
fn rules(input: &Value) -> Vec<Value> {
    let job = input.get("value").map_or(input, |list| &list[0]);
    let schema = job.get("schema").unwrap_or(job);
    schema["synchronizationRules"].as_array().cloned().expect("rules")
}

fn attribute_mappings(input: &Value) -> Vec<Value> {
    let mappings =
        rules(input).into_iter().flat_map(|rule| rule["objectMappings"].as_array().cloned().expect("mappings"));
    mappings.flat_map(|mapping| mapping["attributeMappings"].as_array().cloned().expect("rows")).collect()
}

#[test]
fn the_files_and_the_report_are_these() {
    for name in SCHEMAS {
        let Import { mapping, scope, report } = imported(&schema(name));
        insta::assert_snapshot!(format!("{name}-mapping"), mapping);
        insta::assert_snapshot!(format!("{name}-scope"), scope);
        insta::assert_snapshot!(format!("{name}-report"), report);
    }
}

#[test]
fn every_attribute_mapping_is_in_a_file_or_in_the_report() {
    for name in SCHEMAS {
        let input = schema(name);
        let Import { mapping, report, .. } = imported(&input);
        let everything = format!("{mapping}\n{}", serde_json::to_string(&report).expect("JSON").replace("\\\"", "\""));
        let rows = attribute_mappings(&input);
        assert!(rows.len() >= 10);
        for row in rows {
            let target = row["targetAttributeName"].as_str().expect("a target");
            assert!(everything.to_lowercase().contains(&target.to_lowercase()), "{name}: {target} is lost");
        }
    }
}

#[test]
fn the_files_are_toml_with_one_live_row_a_target_and_the_lifecycle_in_active() {
    for name in SCHEMAS {
        let Import { mapping, scope, .. } = imported(&schema(name));
        let rows = tables(&mapping, "attribute");
        let mut targets: Vec<_> = rows.iter().map(|row| row["target"].as_str().expect("a target")).collect();
        targets.sort_unstable();
        let count = targets.len();
        targets.dedup();
        assert_eq!(targets.len(), count, "{name}: a target twice");
        for needed in ["userName", "active"] {
            assert!(targets.contains(&needed), "{name} has no {needed}");
        }
        let active = rows.iter().find(|row| row["target"].as_str() == Some("active")).expect("a row");
        assert_eq!(active.get("source").and_then(toml::Value::as_str), Some("$active"), "{name}");
        let scope: toml::Table = scope.parse().expect("TOML");
        assert!(scope.contains_key("scope") && scope.contains_key("actions"), "{name}");
    }
}

#[test]
fn what_is_written_is_a_configuration_as_soon_as_the_application_is_filled_in() {
    for name in SCHEMAS {
        let Import { mapping, scope, .. } = imported(&schema(name));
        let config = loaded(&mapping, &scope).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        assert_eq!(config.offline.scope.who, Who::Assigned { app_id: APP.to_owned() });
        assert!(
            !config.offline.scope.nested && config.offline.scope.guests == Guests::Include,
            "{name}: as Entra does it"
        );
    }
    let config = |name| {
        let Import { mapping, scope, .. } = imported(&schema(name));
        loaded(&mapping, &scope).expect("a configuration")
    };
    assert_eq!(config("jostle-gallery-job").offline.actions, Actions::default());
    let rich = config("rich");
    let off = [Operation::Update, Operation::Deactivate, Operation::Reactivate].into();
    assert_eq!(
        rich.offline.actions,
        Actions { switched_off: off, out_of_scope: OutOfScope::Keep, ..Actions::default() }
    );
    let titles: Vec<_> =
        rich.offline.scope.filters.iter().map(|filter| (filter.title.as_str(), filter.clauses.len())).collect();
    assert_eq!(titles, [("Staff of \"DE\"", 3), ("Entra filter 2", 2)]);
    let unfilled = imported(&schema("default-scim-app"));
    let errors =
        loaded(&unfilled.mapping, &unfilled.scope.replace("app_id = \"\"", "app_id = \" \"")).expect_err("no id");
    assert!(errors.to_string().contains("scope.app_id: is empty; fill it in"), "{errors}");
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for name in SCHEMAS {
        assert_eq!(imported(&schema(name)), imported(&schema(name)));
    }
}

#[test]
fn no_credential_of_the_input_is_in_the_output() {
    let Import { mapping, scope, report } = imported(&schema("rich"));
    for text in [mapping, scope, report.to_string()] {
        assert!(!text.contains("not-to-be-shown") && !text.contains("admin@corp.example"), "{text}");
    }
}
