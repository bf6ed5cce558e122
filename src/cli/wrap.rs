//! Text of any length on lines that fit a terminal of 80 columns.

use std::fmt::Write;

use serde_json::Value;

/// The columns of a terminal that everybody has.
pub(super) const WIDTH: usize = 80;

/// Adds a text behind a short head, broken at blanks; every further line is indented to where the text began.
pub(super) fn field(out: &mut String, head: &str, text: &str) {
    let start = head.chars().count();
    for (number, line) in lines(text, WIDTH - start).iter().enumerate() {
        let head = if number == 0 { head } else { "" };
        let _infallible = writeln!(out, "{head:<start$}{line}");
    }
}

/// The lines of a text: broken at the last blank that fits, or within a word that is longer than a line.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut rest: Vec<char> = paragraph.chars().collect();
        while rest.len() > width {
            let blank = rest[..=width].iter().rposition(|c| *c == ' ').filter(|at| *at > 0);
            let line: String = rest.drain(..blank.unwrap_or(width)).collect();
            lines.push(line);
            if blank.is_some() {
                rest.remove(0);
            }
        }
        lines.push(rest.into_iter().collect());
    }
    lines
}

/// A value for people: texts in quotes, several side by side, `(nothing)` for none.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "(nothing)".to_owned(),
        Value::Array(values) if values.is_empty() => "(nothing)".to_owned(),
        Value::Array(values) => values.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_break_at_blanks_and_long_words_anywhere() {
        assert_eq!(lines("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(lines("äöüäöüäö x", 3), ["äöü", "äöü", "äö", "x"]);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("a\nb", 5), ["a", "b"]);
        let mut out = String::new();
        field(&mut out, "  read  ", &"word ".repeat(30));
        assert!(out.starts_with("  read  word word"), "{out}");
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        assert!(out.lines().skip(1).all(|line| line.starts_with("        ")), "{out}");
    }

    #[test]
    fn nothing_is_named_and_texts_are_in_quotes() {
        for (json, shown) in [
            (json!(null), "(nothing)"),
            (json!([]), "(nothing)"),
            (json!("a \"b\""), "\"a \\\"b\\\"\""),
            (json!(["a", "b"]), "\"a\", \"b\""),
            (json!(true), "true"),
            (json!({"a": 1}), "{\"a\":1}"),
        ] {
            assert_eq!(value(&json), shown);
        }
    }
}
