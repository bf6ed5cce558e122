//! Whatever texts a schema has in it.

use entra_jostle_sync::migration::Import;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{imported, loaded, of, tables};

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
