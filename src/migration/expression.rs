//! The text of an expression, from what the schema has of it.

use serde_json::Value;

use super::job::EntraSource;
use super::members::{Object, objects, text};

/// Deeper trees than this are no expression that somebody wrote.
const MAX_DEPTH: usize = 50;

/// The source of an attribute mapping (`attributeMappingSource`).
pub(super) fn source(value: Option<&Value>) -> EntraSource {
    let source = match value {
        None | Some(Value::Null) => return EntraSource::None,
        Some(Value::Object(source)) => source,
        Some(_) => return EntraSource::Unreadable("its source is no object".to_owned()),
    };
    let (name, expression) = (text(source, "name"), text(source, "expression"));
    let kind = text(source, "type").unwrap_or_default();
    let read = match kind.to_ascii_lowercase().as_str() {
        "attribute" => name.or_else(|| expression.as_deref().map(unbracketed)).map(EntraSource::Attribute),
        "constant" => {
            Some(EntraSource::Constant(name.or_else(|| expression.as_deref().map(unquoted)).unwrap_or_default()))
        }
        "function" => expression.or_else(|| rebuilt(source, 0)).map(EntraSource::Function),
        _ => return EntraSource::Unreadable(format!("its source is of the unknown type {kind:?}")),
    };
    read.unwrap_or_else(|| EntraSource::Unreadable("its source has neither a name nor an expression".to_owned()))
}

/// The text of a tree of functions, whose own text is missing.
fn rebuilt(source: &Object, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(expression) = text(source, "expression") {
        return Some(expression);
    }
    let name = text(source, "name");
    match text(source, "type")?.to_ascii_lowercase().as_str() {
        "attribute" => name.map(|name| format!("[{}]", unbracketed(&name))),
        "constant" => Some(literal(&name.unwrap_or_default())),
        "function" => {
            let arguments = objects(source, "parameters").into_iter().map(|parameter| match parameter.get("value") {
                Some(Value::Object(value)) => rebuilt(value, depth + 1),
                // An argument that was left out is an empty place.
                None | Some(Value::Null) => Some(String::new()),
                Some(_) => None,
            });
            Some(format!("{}({})", name?, arguments.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        _ => None,
    }
}

/// A text as the language writes it.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unbracketed(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).to_owned()
}

fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_four_kinds_of_source_are_read() {
        for (given, wanted) in [
            (json!(null), EntraSource::None),
            (json!({"type": "Attribute", "name": "mail"}), EntraSource::Attribute("mail".to_owned())),
            (json!({"type": "Attribute", "expression": "[mail]"}), EntraSource::Attribute("mail".to_owned())),
            (
                json!({"type": "Constant", "name": "SSO", "expression": "\"SSO\""}),
                EntraSource::Constant("SSO".to_owned()),
            ),
            (json!({"type": "Constant", "expression": r#""a \"b\"""#}), EntraSource::Constant("a \"b\"".to_owned())),
            (
                json!({"type": "Function", "name": "Not", "expression": "Not([a])"}),
                EntraSource::Function("Not([a])".to_owned()),
            ),
        ] {
            assert_eq!(source(Some(&given)), wanted, "{given}");
        }
        assert!(
            matches!(source(Some(&json!({"type": "Magic"}))), EntraSource::Unreadable(why) if why.contains("Magic"))
        );
        assert!(matches!(source(Some(&json!({"type": "Attribute"}))), EntraSource::Unreadable(_)));
    }

    #[test]
    fn a_tree_without_a_text_is_written_out() {
        let tree = json!({"type": "Function", "name": "Replace", "parameters": [
            {"key": "source", "value": {"type": "Function", "name": "ToLower", "parameters": [
                {"key": "source", "value": {"type": "Attribute", "name": "mail"}}]}},
            {"key": "oldValue", "value": {"type": "Constant", "name": "a\"b\\c"}},
            {"key": "regexPattern", "value": null},
        ]});
        let wanted = r#"Replace(ToLower([mail]), "a\"b\\c", )"#;
        assert_eq!(source(Some(&tree)), EntraSource::Function(wanted.to_owned()));
    }
}
