//! The import of provisioning schemas, from the JSON that the portal and Graph give to the files that are written.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may")]

use entra_jostle_sync::config;
use entra_jostle_sync::migration::{Import, ImportError, Options, import};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::{Actions, OutOfScope};
use entra_jostle_sync::scope::{Guests, Who};
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;
use serde_json::{Value, json};

const SCHEMAS: [&str; 3] = ["default-scim-app", "jostle-gallery-job", "rich"];

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

#[test]
fn a_schema_is_found_in_everything_that_it_comes_in() {
    let plain = schema("default-scim-app");
    let wanted = imported(&plain);
    for wrapped in [json!([plain]), json!({"value": [plain]}), json!({"id": "scim", "schema": plain})] {
        assert_eq!(imported(&wrapped), wanted);
    }
}

#[test]
fn of_several_jobs_one_must_be_named() {
    let job = |id: &str| json!({"id": id, "templateId": "t", "schema": schema("default-scim-app")});
    let input = json!({"value": [job("a"), job("b")]});
    let several = ImportError::SeveralJobs(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(import(&input, &options(None)), Err(several));
    assert!(import(&input, &options(Some("B"))).is_ok());
    let unknown = import(&input, &options(Some("c"))).expect_err("no such job");
    assert_eq!(unknown.to_string(), "has no job \"c\", only: a, b");
}

#[test]
fn what_is_no_schema_is_refused_with_the_way_to_one() {
    for input in [json!(null), json!({}), json!({"value": []}), json!([1]), json!({"error": {"code": "x"}})] {
        assert_eq!(import(&input, &options(None)), Err(ImportError::NotASchema), "{input}");
    }
    let job = json!({"value": [{"id": "j", "templateId": "t", "schedule": {}}]});
    assert_eq!(import(&job, &options(None)), Err(ImportError::JobWithoutSchema("j".to_owned())));
    let groups = json!({"synchronizationRules": [{"objectMappings": [{"sourceObjectName": "Group"}]}]});
    assert_eq!(import(&groups, &options(None)), Err(ImportError::NoUserMapping));
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

fn live(rows: &Value) -> Vec<toml::Table> {
    tables(&imported(&of(rows, &json!({}))).mapping, "attribute")
}

#[test]
fn every_known_spelling_of_active_comes_along_and_another_source_is_named() {
    let function = |text: &str| json!({"type": "Function", "expression": text});
    for text in [
        "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
        "Switch([IsSoftDeleted],,\"True\",\"False\",\"False\",\"True\")",
        "Not([IsSoftDeleted])",
        "IIF([IsSoftDeleted] = \"True\", \"False\", \"True\")",
    ] {
        let report = imported(&of(&json!([row("active", &function(text))]), &json!({}))).report;
        assert!(report.differs.iter().all(|item| item.what != "active"), "{text}: {report}");
    }
    for source in [
        json!({"type": "Attribute", "name": "accountEnabled"}),
        json!({"type": "Constant", "name": "True"}),
        function("Switch([IsSoftDeleted], , \"False\", \"False\", \"True\", \"True\")"),
        json!(null),
    ] {
        let input = of(&json!([row("active", &source)]), &json!({}));
        let Import { mapping, report, .. } = imported(&input);
        assert!(report.differs.iter().any(|item| item.what == "active"), "{source}: {report}");
        assert!(mapping.contains("source = \"$active\""), "{mapping}");
    }
}

#[test]
fn needed_rows_are_required_unless_they_have_a_default() {
    let attribute = |name: &str| json!({"type": "Attribute", "name": name});
    let mut with_default = row("name.givenName", &attribute("givenName"));
    with_default["defaultValue"] = json!("Unknown");
    let rows = live(&json!([
        row("userName", &attribute("userPrincipalName")),
        row("name.familyName", &json!({"type": "Constant", "name": "Smith"})),
        with_default,
        row("title", &attribute("jobTitle")),
    ]));
    let required: Vec<_> = rows.iter().map(|row| row.contains_key("required")).collect();
    assert_eq!(required, [true, false, false, false, false], "{rows:?}");
}

#[test]
fn filters_that_cannot_come_along_never_let_everybody_in() {
    let group = |operator: &str| json!({"clauses": [{"sourceOperandName": "city", "operatorName": operator, "targetOperand": {"values": ["Ulm"]}}]});
    let scope = |groups: Value| imported(&of(&json!([]), &json!({"scope": {"groups": groups}}))).scope;
    let filters = |text: &str| {
        let table: toml::Table = text.parse().expect("TOML");
        table["scope"].get("filters").and_then(toml::Value::as_array).map_or(0, Vec::len)
    };
    let of_lifecycle = json!({"clauses": [{"sourceOperandName": "IsSoftDeleted", "operatorName": "IS FALSE"}]});
    assert_eq!(filters(&scope(json!([]))), 0);
    assert_eq!(filters(&scope(json!([group("EQUALS"), group("NOT_EQUALS")]))), 2);
    assert_eq!(filters(&scope(json!([group("EQUALS"), group("IsMemberOf")]))), 1);
    assert_eq!(filters(&scope(json!([group("EQUALS"), of_lifecycle]))), 1);
    let closed = scope(json!([group("IsMemberOf")]));
    assert_eq!(filters(&closed), 1);
    assert!(closed.contains("title = \"nobody\""), "{closed}");
}

#[test]
fn actions_follow_the_flow_types() {
    let actions = |flow_types: Value| {
        let scope = imported(&of(&json!([]), &json!({"flowTypes": flow_types}))).scope;
        let table: toml::Table = scope.parse().expect("TOML");
        ["create", "update", "deactivate", "reactivate"].map(|key| table["actions"][key].as_bool().expect("a flag"))
    };
    assert_eq!(actions(json!("Add, Update, Delete")), [true; 4]);
    assert_eq!(actions(json!("update,delete")), [false, true, true, true]);
    assert_eq!(actions(json!(["Add"])), [true, false, false, false]);
    assert_eq!(actions(json!(null)), [true; 4], "a new job has all three");
}

fn any_target() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("userName".to_owned()),
        Just("active".to_owned()),
        Just("title".to_owned()),
        Just("emails[type eq \"work\"].value".to_owned()),
        Just("emails[type eq \"personal\"].value".to_owned()),
        Just("name.givenName".to_owned()),
        Just("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Locations".to_owned()),
        "[a-z\"'#\n\\\\\\[\\]]{1,12}",
        any::<String>().prop_filter("a target", |text| !text.is_empty()),
    ]
}

fn any_source() -> impl Strategy<Value = Value> {
    let text = || any::<String>();
    prop_oneof![
        Just(json!(null)),
        text().prop_map(|name| json!({"type": "Attribute", "name": name})),
        prop_oneof![
            Just("mail"),
            Just("jobtitle"),
            Just("manager"),
            Just("objectId"),
            Just("IsSoftDeleted"),
            Just("$active")
        ]
        .prop_map(|name| json!({"type": "Attribute", "name": name})),
        prop_oneof![
            Just("Coalesce([mail], [jobtitle])"),
            Just("Not([IsSoftDeleted])"),
            Just("Replace([mail], , \"(\", , \"\", , )"),
            Just("RandomString(9, 1, 1, 1, 1)"),
            Just("\"fixed\""),
        ]
        .prop_map(|text| json!({"type": "Function", "expression": text})),
        text().prop_map(|name| json!({"type": "Constant", "name": name})),
        "[a-z\"'#\n\r\t\\\\(),]{0,20}".prop_map(|text| json!({"type": "Function", "expression": text})),
        text().prop_map(|kind| json!({"type": kind})),
    ]
}

fn any_row() -> impl Strategy<Value = Value> {
    let flow = prop_oneof![Just("Always"), Just("ObjectAddOnly"), Just("ValueAddOnly"), Just("?\n")];
    (any_target(), any_source(), flow, any::<Option<String>>(), 0..3).prop_map(
        |(target, source, flow, default, priority)| {
            json!({"targetAttributeName": target, "source": source, "flowType": flow, "defaultValue": default,
            "matchingPriority": priority})
        },
    )
}

fn any_group() -> impl Strategy<Value = Value> {
    let known = ["EQUALS", "IS NULL", "IS TRUE", "REGEX MATCH", "NOT REGEX MATCH", "Greater_Than", "INCLUDES", "!&"];
    let operator = prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    let attribute = prop_oneof![Just("mail"), Just("jobtitle"), Just("manager"), Just("IsSoftDeleted")];
    let attribute = prop_oneof![3 => attribute.prop_map(str::to_owned), 1 => any::<String>()];
    let value = prop_oneof![Just("7".to_owned()), Just("(".to_owned()), Just("[a-z]+)|(b".to_owned()), any::<String>()];
    let clause = (attribute, operator, prop::collection::vec(value, 0..3));
    let clauses = prop::collection::vec(clause, 1..3).prop_map(|clauses| {
        let clause = |(attribute, operator, values)| {
            json!({"sourceOperandName": attribute, "operatorName": operator, "targetOperand": {"values": values}})
        };
        clauses.into_iter().map(clause).collect::<Vec<_>>()
    });
    (any::<Option<String>>(), clauses).prop_map(|(name, clauses)| json!({"name": name, "clauses": clauses}))
}

proptest! {
    /// Every row is one live table, or every line of it is commented out; what the texts have in them breaks nothing.
    #[test]
    fn whatever_texts_a_schema_has_the_files_are_toml_and_every_row_is_accounted_for(
        rows in prop::collection::vec(any_row(), 0..6),
        groups in prop::collection::vec(any_group(), 0..3),
        early in prop::collection::vec(any_group(), 0..2),
    ) {
        let scope = json!({"scope": {"groups": groups, "inputFilterGroups": early}});
        let input = of(&json!(rows), &scope);
        let Import { mapping, scope: scope_text, report } = imported(&input);
        prop_assert_eq!(&imported(&input).mapping, &mapping);
        let live = tables(&mapping, "attribute").len();
        let added = report.to_decide.iter().filter(|item| ["userName", "active"].contains(&item.what.as_str())).count();
        let commented = mapping.lines().filter(|line| line.starts_with("# NOT BROUGHT ALONG")).count();
        prop_assert_eq!(live - added + commented, rows.len());
        let scope: toml::Table = scope_text.parse().unwrap_or_else(|error| panic!("{error} in {scope_text}"));
        let filters = scope["scope"].get("filters").and_then(toml::Value::as_array).map_or(0, Vec::len);
        prop_assert!(filters > 0 || groups.is_empty(), "the filters are gone, and everybody is in scope");
        if let Err(errors) = loaded(&mapping, &scope_text) {
            panic!("{errors} in\n{mapping}\n{scope_text}");
        }
        let texts = report.to_string();
        prop_assert!(texts.lines().all(|line| line.chars().count() <= 80 && !line.contains(char::is_control)));
    }
}

#[test]
fn a_constant_that_cannot_be_sent_to_everybody_is_commented_out() {
    let constant = |text: &str| json!({"type": "Constant", "name": text});
    let rows = json!([row("userName", &constant("x@y")), row("name.givenName", &constant(&"x".repeat(31)))]);
    let Import { mapping, report, .. } = imported(&of(&rows, &json!({})));
    let rows = tables(&mapping, "attribute");
    assert!(rows.iter().all(|row| row["target"].as_str() != Some("name.givenName")), "{mapping}");
    assert_eq!(rows[0].get("source").and_then(toml::Value::as_str), Some("userPrincipalName"), "the shipped row");
    assert_eq!(report.not_possible.len(), 2, "{report}");
}

#[test]
fn a_constant_or_a_default_that_is_no_mail_address_does_not_come_along() {
    let target = "emails[type eq \"personal\"].value";
    let constant = of(&json!([row(target, &json!({"type": "Constant", "name": "none"}))]), &json!({}));
    let report = imported(&constant).report;
    assert!(report.not_possible[0].note.contains("must be a mail address"), "{report}");
    let mut with_default = row(target, &json!({"type": "Attribute", "name": "mail"}));
    with_default["defaultValue"] = json!("none");
    let Import { mapping, report, .. } = imported(&of(&json!([with_default]), &json!({})));
    assert!(report.differs.iter().any(|item| item.note.contains("\"none\" is left out")), "{report}");
    assert!(!tables(&mapping, "attribute")[0].contains_key("default"), "{mapping}");
}

#[test]
fn an_expression_that_reads_what_graph_does_not_have_does_not_come_along() {
    let source = json!({"type": "Function", "expression": "Coalesce([mail], [jobtitle])"});
    let report = imported(&of(&json!([row("title", &source)]), &json!({}))).report;
    assert!(report.not_possible[0].note.contains("it reads [jobtitle]"), "{report}");
    assert!(report.not_possible[0].note.contains("did you mean jobTitle?"), "{report}");
}

/// The scope and the report of one filter with one clause.
fn filtered(clause: &Value) -> (toml::Table, String) {
    let groups = json!({"scope": {"groups": [{"name": "f", "clauses": [clause]}]}});
    let Import { scope, report, .. } = imported(&of(&json!([]), &groups));
    let table: toml::Table = scope.parse().expect("TOML");
    (table["scope"]["filters"][0].as_table().cloned().expect("a filter"), report.to_string().replace("\n    ", " "))
}

#[test]
fn a_clause_that_the_scope_would_refuse_does_not_come_along_and_the_reason_is_given() {
    let clause = |operator: &str, values: Value| json!({"sourceOperandName": "city", "operatorName": operator, "targetOperand": {"values": values}});
    for (given, wanted) in [
        (clause("REGEX MATCH", json!(["("])), "is a regular expression that is not supported"),
        (clause("Greater_Than", json!(["ten"])), "Greater_Than takes a whole number"),
        (clause("EQUALS", json!([""])), "EQUALS needs a value"),
        (clause("EQUALS", json!(["a", "b"])), "EQUALS has 2 values, and takes one"),
        (json!("city EQUALS Ulm"), "a clause names no attribute (\"city EQUALS Ulm\")"),
        (json!({"operatorName": "EQUALS", "targetOperand": {"values": ["a"]}}), "names no attribute (EQUALS \"a\")"),
    ] {
        let (filter, report) = filtered(&given);
        assert_eq!(filter["title"].as_str(), Some("nobody"), "{given}: {report}");
        assert!(report.contains(wanted), "{given}: {report}");
    }
}

#[test]
fn what_entra_never_documents_is_named_and_the_rest_comes_along() {
    let known = json!({"sourceOperandName": "city", "operatorName": "IsMemberOf", "ignoreCase": true});
    let groups = |name: &str| json!({"scope": {name: [{"negate": true, "clauses": [known]}]}});
    for name in ["groups", "inputFilterGroups", "categoryFilterGroups"] {
        let report = imported(&of(&json!([]), &groups(name))).report.to_string();
        assert!(report.contains("[ignoreCase = true]") && report.contains("[negate = true]"), "{name}: {report}");
    }
    let (filter, report) = filtered(&json!({
        "sourceOperandName": "city", "operatorName": "IS TRUE", "ignoreCase": true,
        "targetOperand": {"values": ["true"], "culture": "de"},
    }));
    assert_eq!(filter["title"].as_str(), Some("f"));
    assert!(filter["clauses"][0].get("value").is_none(), "{filter}");
    for wanted in ["ignoreCase = true", "targetOperand.culture = \"de\"", "the value \"true\" is left out"] {
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
    let mut odd = row("title", &json!({"type": "Attribute", "name": "jobTitle", "culture": "de"}));
    odd["defaultValue"] = json!({"text": "x"});
    let groups = json!([{"name": "Open", "clauses": []}, {"clauses": [], "negate": true}, {"name": "", "clauses": []}]);
    let mut input = of(&json!([odd, "row"]), &json!({"scope": {"groups": groups, "window": 7}}));
    input["synchronizationRules"].as_array_mut().expect("rules").push(json!(7));
    let report = imported(&input).report.to_string().replace("\n    ", " ");
    for wanted in [
        "source.culture = \"de\"",
        "defaultValue = {\"text\":\"x\"}",
        "1 in attributeMappings cannot be read",
        "1 in synchronizationRules cannot be read",
        "filter \"Open\": has no clauses",
        "filter without a name: has no clauses and is left out; negate = true",
        "window = 7",
    ] {
        assert!(report.contains(wanted), "{wanted}: {report}");
    }
    assert_eq!(report.matches("has no clauses").count(), 2, "a filter without anything says nothing: {report}");
    let Import { scope, report, .. } = imported(&of(&json!([]), &json!({"scope": "all"})));
    assert!(scope.contains("title = \"nobody\"") && report.to_string().contains("\"all\""), "{scope}\n{report}");
}

#[test]
fn a_pattern_says_that_it_must_match_the_whole_value_and_how_to_change_that() {
    let clause =
        json!({"sourceOperandName": "city", "operatorName": "REGEX MATCH", "targetOperand": {"values": ["U"]}});
    let (_, report) = filtered(&clause);
    assert!(report.contains("add anchored = false to the clause"), "{report}");
    let value =
        json!({"sourceOperandName": "city", "operatorName": "EQUALS", "targetOperand": {"values": ["REGEX MATCH"]}});
    let (_, report) = filtered(&value);
    assert!(!report.contains("anchored"), "{report}");
}
