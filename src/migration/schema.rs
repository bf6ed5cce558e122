//! Reads a `synchronizationSchema`: leniently, and nothing that says something is passed over.

use serde_json::Value;

use super::expression;
use super::filters::{group, groups};
use super::job::{EntraJob, EntraRow, FlowTypes};
use super::members::{Object, elements, is_empty, objects, shortened, text, unknown, unknown_of};
use super::report::{Group, Report};

const SCHEMA: [&str; 8] = [
    "id",
    "version",
    "directories",
    "metadata",
    "synchronizationRules",
    "provisioningTaskIdentifier",
    "name",
    "templateId",
];
const RULE: [&str; 8] =
    ["id", "name", "priority", "editable", "metadata", "objectMappings", "sourceDirectoryName", "targetDirectoryName"];
const MAPPING: [&str; 8] =
    ["attributeMappings", "enabled", "flowTypes", "metadata", "name", "scope", "sourceObjectName", "targetObjectName"];
const ROW: [&str; 7] = [
    "defaultValue",
    "exportMissingReferences",
    "flowBehavior",
    "flowType",
    "matchingPriority",
    "source",
    "targetAttributeName",
];
const SOURCE: [&str; 4] = ["expression", "name", "parameters", "type"];
/// Members whose elements are objects.
const LISTS: [&str; 3] = ["synchronizationRules", "objectMappings", "attributeMappings"];
const SCOPE: [&str; 4] = ["groups", "inputFilterGroups", "categoryFilterGroups", "name"];

/// Values of `metadata` that every job has and that change nothing.
const NEUTRAL_METADATA: [&str; 5] = ["", "Default", "False", "false", "Normal"];

/// The rows, filters and actions of people; none if the schema maps no people.
pub(super) fn read(schema: &Object, report: &mut Report) -> Option<EntraJob> {
    others("schema", schema, &SCHEMA, report);
    let rules = objects(schema, "synchronizationRules");
    for rule in &rules {
        others(&format!("rule {}", name_of(rule)), rule, &RULE, report);
    }
    let mappings: Vec<&Object> = rules.iter().flat_map(|rule| objects(rule, "objectMappings")).collect();
    let people = || mappings.iter().filter(|mapping| is_of(mapping, "user"));
    let chosen = *people().find(|mapping| is_enabled(mapping)).or_else(|| people().next())?;
    let mut job = EntraJob::default();
    for mapping in mappings {
        if std::ptr::eq(mapping, chosen) {
            read_people(mapping, &mut job, report);
        } else {
            left_out(mapping, report);
        }
    }
    Some(job)
}

fn is_of(mapping: &Object, kind: &str) -> bool {
    text(mapping, "sourceObjectName").is_some_and(|name| name.eq_ignore_ascii_case(kind))
}

fn is_enabled(mapping: &Object) -> bool {
    mapping.get("enabled") != Some(&Value::Bool(false))
}

fn name_of(object: &Object) -> String {
    text(object, "name").unwrap_or_else(|| "without a name".to_owned())
}

/// Reports members that nobody reads.
pub(super) fn others(what: &str, object: &Object, known: &[&str], report: &mut Report) {
    for (name, value) in unknown(object, known) {
        report.add(Group::Impossible, what, format!("{name} = {} has no equivalent", shortened(value)));
    }
    for name in LISTS {
        let strangers = elements(object, name).into_iter().filter(|element| !element.is_object()).count();
        if strangers > 0 {
            report.add(Group::Impossible, what, format!("{strangers} in {name} cannot be read and are left out"));
        }
    }
    for entry in objects(object, "metadata") {
        let (key, value) = (text(entry, "key").unwrap_or_default(), text(entry, "value").unwrap_or_default());
        if !NEUTRAL_METADATA.contains(&value.as_str()) {
            report.add(Group::Impossible, what, format!("metadata {key} = {value} has no equivalent"));
        }
    }
}

fn left_out(mapping: &Object, report: &mut Report) {
    let rows = objects(mapping, "attributeMappings");
    let targets: Vec<_> =
        rows.iter().map(|row| text(row, "targetAttributeName").unwrap_or_else(|| "no target".to_owned())).collect();
    let why = if is_of(mapping, "group") {
        "Jostle has no groups".to_owned()
    } else if is_of(mapping, "user") {
        "another object mapping of people is imported; look whether this one matters".to_owned()
    } else {
        format!(
            "Jostle takes no {}",
            text(mapping, "sourceObjectName").unwrap_or_else(|| "objects of no name".to_owned())
        )
    };
    let state = if is_enabled(mapping) { "" } else { ", disabled in Entra" };
    let list = if targets.is_empty() { String::new() } else { format!(" (rows: {})", targets.join(", ")) };
    report.add(Group::Impossible, format!("object mapping {}{state}", name_of(mapping)), format!("{why}{list}"));
}

fn read_people(mapping: &Object, job: &mut EntraJob, report: &mut Report) {
    let what = format!("object mapping {}", name_of(mapping));
    others(&what, mapping, &MAPPING, report);
    if !is_enabled(mapping) {
        report.add(
            Group::Decide,
            what,
            "is disabled in Entra, so nobody was provisioned by it; it is imported nevertheless",
        );
    }
    for (index, row) in objects(mapping, "attributeMappings").into_iter().enumerate() {
        match text(row, "targetAttributeName") {
            Some(target) => job.rows.push(read_row(target, row)),
            None => report.add(Group::Impossible, format!("row {}", index + 1), "has no targetAttributeName"),
        }
    }
    job.flow_types = flow_types(mapping.get("flowTypes"), report);
    match mapping.get("scope") {
        Some(Value::Object(scope)) => {
            others("scope", scope, &SCOPE, report);
            job.filters = groups(scope, "groups", report);
            job.early_filters = groups(scope, "inputFilterGroups", report);
            job.early_filters.extend(groups(scope, "categoryFilterGroups", report));
        }
        None | Some(Value::Null) => {}
        Some(scope) => job.filters = vec![group(scope)],
    }
}

fn read_row(target: String, row: &Object) -> EntraRow {
    let mut unknown = unknown_of("", row, &ROW);
    if let Some(Value::Object(source)) = row.get("source") {
        unknown.extend(unknown_of("source.", source, &SOURCE));
    }
    if let Some(default @ (Value::Array(_) | Value::Object(_))) = row.get("defaultValue") {
        unknown.push(format!("defaultValue = {}", shortened(default)));
    }
    EntraRow {
        target,
        source: expression::source(row.get("source")),
        default: text(row, "defaultValue").filter(|text| !text.trim().is_empty()),
        flow_type: text(row, "flowType").unwrap_or_else(|| "Always".to_owned()),
        flow_behavior: text(row, "flowBehavior").unwrap_or_else(|| "FlowWhenChanged".to_owned()),
        matching_priority: row.get("matchingPriority").and_then(Value::as_i64).unwrap_or_default(),
        export_missing_references: row.get("exportMissingReferences") == Some(&Value::Bool(true)),
        unknown,
    }
}

/// `"Add, Update, Delete"`, or a list of the same names.
fn flow_types(value: Option<&Value>, report: &mut Report) -> FlowTypes {
    let names: Vec<&str> = match value {
        Some(Value::String(text)) => text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return FlowTypes::default(),
    };
    let mut types = FlowTypes { add: false, update: false, delete: false };
    for name in names {
        match name.to_ascii_lowercase().as_str() {
            "add" => types.add = true,
            "update" => types.update = true,
            "delete" => types.delete = true,
            "none" => {}
            _ => report.add(Group::Decide, "flowTypes", format!("{name} is not known; look at [actions]")),
        }
    }
    types
}

/// Whether a value is a schema.
pub(super) fn is_schema(value: &Value) -> bool {
    value.get("synchronizationRules").is_some_and(|rules| rules.is_array() && !is_empty(rules))
}
