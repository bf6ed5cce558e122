//! TOML as it is written: comments, tables and values, nothing that depends on an order other than that of the calls.

use toml::Value;

/// As wide as the shipped files.
const COMMENT_WIDTH: usize = 118;

/// The heading line between parts, as in the shipped files.
const RULE: &str = "# ---------------------------------------------------------------------------------------------------------------------";

/// A TOML file while it is written.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// A comment, broken into lines; what is no printable character becomes a blank.
    pub(super) fn comment(&mut self, comment: &str) {
        for line in wrap(comment, COMMENT_WIDTH) {
            self.line(&format!("# {line}"));
        }
    }

    /// The start of a part.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blank();
        self.line(RULE);
        self.comment(heading);
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.line("");
    }

    /// A line as it stands.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Lines as they stand, or commented out, each of them.
    pub(super) fn lines(&mut self, lines: &str, live: bool) {
        for line in lines.lines() {
            self.line(&if live { line.to_owned() } else { format!("#{}", printable(line)) });
        }
    }

    /// `key = value`.
    pub(super) fn pair(&mut self, key: &str, value: impl Into<Value>) {
        self.line(&pair(key, value));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// `key = value`, the value as TOML writes it best: a literal string where a text has quotes in it.
pub(super) fn pair(key: &str, value: impl Into<Value>) -> String {
    format!("{key} = {}", value.into())
}

/// A text as a TOML value.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The words of a text in lines of at most so many characters; what is longer than a line is broken. Characters that
/// are not printable, which a comment must not have, become blanks.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut length) = (Vec::new(), String::new(), 0);
    for word in printable(text).split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += word.len();
        line.extend(word);
    }
    if length > 0 {
        lines.push(line);
    }
    lines
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole_unless_one_is_longer_than_a_line() {
        assert_eq!(wrap("a bc  def", 4), ["a bc", "def"]);
        assert_eq!(wrap("ab\ncd", 10), ["ab cd"]);
        assert_eq!(wrap("x abcdefg y", 3), ["x", "abc", "def", "g y"]);
        assert_eq!(wrap(" ", 3), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn whatever_a_text_is_its_comment_is_one_and_its_value_is_read_back(text in any::<String>(), live: bool) {
            let mut file = Text::default();
            file.comment(&text);
            file.lines(&pair("key", text.as_str()), live);
            let table: toml::Table = file.finish().parse().unwrap();
            prop_assert_eq!(table.get("key").and_then(Value::as_str), live.then_some(text.as_str()));
        }

        #[test]
        fn no_line_is_longer_than_asked_and_no_character_is_lost(text in "[a-z ]{0,80}", width in 1_usize..20) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= width));
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
