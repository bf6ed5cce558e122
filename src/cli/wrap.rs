//! Text of any length on lines that fit a terminal of 80 columns.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use clap::CommandFactory;
use serde_json::Value;

use super::args::Args;

/// The columns of a terminal that everybody has.
pub(super) const WIDTH: usize = 80;

/// By so much a line that goes on is indented further.
const FURTHER: usize = 2;

/// With what a command begins.
const PROGRAM: &str = "entra-jostle-sync ";
/// With what commands of others begin.
const OTHERS: [&str; 2] = ["systemctl ", "journalctl "];

/// The names of all commands.
static NAMES: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| Args::command().get_subcommands().map(|command| command.get_name().to_owned()).collect());

/// Adds a text behind a short head, broken at blanks; every further line is indented to where the text began.
pub(super) fn field(out: &mut String, head: &str, text: &str) {
    let start = head.chars().count();
    for (number, line) in lines(text, WIDTH - start).iter().enumerate() {
        let head = if number == 0 { head } else { "" };
        let _infallible = writeln!(out, "{head:<start$}{line}");
    }
}

/// The lines of a text: broken at the last blank that fits, or within a word that is longer than a line. A command to be
/// typed stays on one line if it fits there.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut rest: Vec<char> = paragraph.chars().collect();
        let mut glue = commands(&rest, width);
        while rest.len() > width {
            let blank = last_blank(&rest, &glue, width);
            let length = blank.unwrap_or(width);
            lines.push(rest.drain(..length).collect());
            glue.drain(..length);
            if blank.is_some() {
                rest.remove(0);
                glue.remove(0);
            }
        }
        lines.push(rest.into_iter().collect());
    }
    lines
}

/// A whole text, of which each line that is too long goes on below, indented by two more. What cannot be broken, like an
/// id or an address, is left whole: a terminal breaks it so that it can still be copied.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        whole(&mut out, line);
    }
    out
}

fn whole(out: &mut String, line: &str) {
    let mut rest: Vec<char> = line.chars().collect();
    if rest.len() <= WIDTH {
        return out.push_str(line);
    }
    let indent = rest.iter().take_while(|c| **c == ' ').count();
    rest.drain(..indent);
    let mut glue = commands(&rest, WIDTH - indent - FURTHER);
    let mut head = indent;
    while rest.len() + head > WIDTH {
        let width = WIDTH.saturating_sub(head);
        let next = || rest.iter().position(|c| *c == ' ');
        let Some(blank) = last_blank(&rest, &glue, width).or_else(next) else { break };
        let _infallible = writeln!(out, "{:head$}{}", "", rest.drain(..blank).collect::<String>());
        glue.drain(..blank);
        rest.remove(0);
        glue.remove(0);
        head = indent + FURTHER;
    }
    let _infallible = write!(out, "{:head$}{}", "", rest.into_iter().collect::<String>());
}

/// The last blank at which a line may end; one within a command only if there is no other.
fn last_blank(rest: &[char], glue: &[bool], width: usize) -> Option<usize> {
    let find = |may_break_commands: bool| {
        let ends = |at: &usize| rest[*at] == ' ' && (may_break_commands || !glue[*at]);
        (1..rest.len().min(width + 1)).rev().find(ends)
    };
    find(false).or_else(|| find(true))
}

/// What belongs to a command that fits a line: from the name of the program to the next sign that ends it.
fn commands(text: &[char], width: usize) -> Vec<bool> {
    let mut glue = vec![false; text.len()];
    let mut at = 0;
    while at < text.len() {
        let begins = |with: &str| text[at..].iter().copied().take(with.len()).eq(with.chars());
        let length = match begins(PROGRAM) {
            true => command(&text[at..]),
            false if OTHERS.into_iter().any(begins) => to_the_end(&text[at..]),
            false => 0,
        };
        if length <= width {
            glue[at..at + length].fill(true);
        }
        at += length.max(1);
    }
    glue
}

/// How long the command is that a text begins with; the name of the program alone is none.
fn command(text: &[char]) -> usize {
    let word: String = text.iter().skip(PROGRAM.len()).take_while(|c| c.is_ascii_lowercase() || **c == '-').collect();
    if !word.starts_with("--") && !NAMES.contains(&word) {
        return 0;
    }
    to_the_end(text)
}

/// The length up to the next sign that ends a command.
fn to_the_end(text: &[char]) -> usize {
    let ends = |at: &usize| {
        let is_last = text.get(at + 1).is_none_or(|next| *next == ' ');
        matches!(text[*at], ';' | ',' | ')' | ':') && is_last
    };
    (0..text.len()).find(ends).unwrap_or(text.len())
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
    fn a_command_is_not_broken_where_a_line_has_room_for_it() {
        let said = "look at it: entra-jostle-sync hold show 3.1; then decide";
        assert_eq!(lines(said, 34), ["look at it:", "entra-jostle-sync hold show 3.1;", "then decide"]);
        assert_eq!(lines(said, 20), ["look at it:", "entra-jostle-sync", "hold show 3.1; then", "decide"]);
        assert_eq!(lines("entra-jostle-sync retry ann@x", 20), ["entra-jostle-sync", "retry ann@x"]);
        let on_demand = "or: entra-jostle-sync --provision-on-demand ann@x";
        assert_eq!(lines(on_demand, 45), ["or:", "entra-jostle-sync --provision-on-demand ann@x"]);
        let others = "then systemctl restart entra-jostle-sync";
        assert_eq!(lines(others, 37), ["then", "systemctl restart entra-jostle-sync"]);
        let name = "the pause is ended; entra-jostle-sync had set it";
        assert_eq!(lines(name, 40), ["the pause is ended; entra-jostle-sync", "had set it"], "that is no command");
    }

    #[test]
    fn of_a_whole_text_only_what_is_too_long_is_broken() {
        let long = "word ".repeat(30);
        let shown = text(&format!("HELD: {long}\n\n      ? {long}\nshort  and  wide\n"));
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
        assert!(shown.starts_with("HELD: word word") && shown.contains("\n  word"), "{shown}");
        assert!(shown.contains("\n\n      ? word") && shown.contains("\n        word"), "{shown}");
        assert!(shown.ends_with("\nshort  and  wide\n"), "{shown}");
    }

    #[test]
    fn what_cannot_be_broken_stays_whole() {
        let id = "x".repeat(90);
        assert_eq!(
            text(&format!("      title: {id} => {id}")),
            format!("      title:\n        {id}\n        =>\n        {id}")
        );
        assert_eq!(text(&id), id);
        let address = format!("  {id} and what is behind");
        assert_eq!(text(&address), format!("  {id}\n    and what is behind"));
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
