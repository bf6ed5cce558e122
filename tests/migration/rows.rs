//! Rows that come along, and those that do not, with the reason.

use entra_jostle_sync::migration::Import;
use serde_json::{Value, json};

use super::{imported, of, row, tables};

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
