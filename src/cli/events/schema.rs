//! A JSON schema of the log, `config/monitoring/events.schema.json`.

use serde_json::{Map, Value, json};

use crate::event::{Definition, FieldDefinition, Kind, PersonalData};

/// One schema for every line: which event it is decides what else is in it.
pub(super) fn schema(events: &[Definition]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the log of entra-jostle-sync with --log-format json",
        "type": "object",
        "required": ["timestamp", "level", "message", "event"],
        "oneOf": events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(Definition { id, level, meaning, sentence: _, fields }: &Definition) -> Value {
    let mut properties: Map<String, Value> = [
        ("timestamp".to_owned(), json!({"type": "string", "format": "date-time"})),
        ("level".to_owned(), json!({"const": level.as_str()})),
        ("message".to_owned(), json!({"type": "string"})),
        ("event".to_owned(), json!({"const": id})),
    ]
    .into_iter()
    .collect();
    properties.extend(fields.iter().map(|field| (field.name.to_owned(), property(field))));
    let always = |field: &&FieldDefinition| !field.optional && field.shown_from == PersonalData::Ids;
    let required: Vec<_> = fields.iter().filter(always).map(|field| field.name).collect();
    json!({
        "title": id, "description": meaning.trim(), "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn property(field: &FieldDefinition) -> Value {
    let mut schema = match field.kind {
        Kind::Count => json!({"type": "integer", "minimum": 0}),
        Kind::Number => json!({"type": "integer"}),
        Kind::Decimal => json!({"type": "number"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Word | Kind::Name | Kind::Prose | Kind::Values => json!({"type": "string"}),
    };
    schema["description"] = json!(field.meaning.trim());
    schema
}
