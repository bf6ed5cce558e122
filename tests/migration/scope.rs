//! Filters and actions that come along, and those that do not, with the reason.

use entra_jostle_sync::migration::Import;
use serde_json::{Value, json};

use super::{imported, of, row};

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
