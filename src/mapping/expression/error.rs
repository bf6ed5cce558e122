//! What is wrong with an expression, shown under its text; and why one gives nothing for a person.

use std::fmt;

use thiserror::Error;

/// An expression that cannot be used. Prints the reason, then the expression with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ExpressionError {
    /// What is wrong and what to do, one lower-case fragment.
    pub message: String,
    /// The expression as it was written.
    pub text: String,
    /// Where, as a byte offset into the text, on a character boundary.
    pub at: usize,
}

/// Why an expression gives nothing for one person.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{function} {problem}")]
pub struct EvaluationError {
    /// The function, in Entra's spelling, or the operator.
    pub function: String,
    /// What is wrong with which value.
    pub problem: String,
}

/// As [`ExpressionError`], while only the place in the text is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    at: usize,
    message: String,
}

impl Problem {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    pub(super) fn within(self, text: &str) -> ExpressionError {
        ExpressionError { message: self.message, text: text.to_owned(), at: self.at }
    }
}

/// Characters of the expression that are shown; a terminal's line holds them.
const WINDOW: usize = 100;

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line: a line break would part the caret from its place.
        let text: Vec<char> = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let place = self.text.char_indices().take_while(|(index, _)| *index < self.at).count();
        let start = place.saturating_sub(WINDOW / 2).min(text.len().saturating_sub(WINDOW));
        let (before, after) = (if start > 0 { "…" } else { "" }, if start + WINDOW < text.len() { "…" } else { "" });
        let shown: String = text.iter().skip(start).take(WINDOW).collect();
        let column = place - start + before.chars().count();
        write!(f, "{}\n{before}{shown}{after}\n{:column$}^", self.message, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, place: &str) -> String {
        let at = text.find(place).expect("the place");
        Problem::new(at, "here").within(text).to_string()
    }

    /// The character above the caret.
    fn pointed_at(printed: &str) -> Option<char> {
        let lines: Vec<&str> = printed.lines().collect();
        let column = lines.last()?.chars().position(|c| c == '^')?;
        lines.iter().rev().nth(1)?.chars().nth(column)
    }

    #[test]
    fn the_caret_counts_characters() {
        insta::assert_snapshot!(shown("Append(\"Žluťoučký\", #)", "#"), @r#"
        here
        Append("Žluťoučký", #)
                            ^
        "#);
    }

    #[test]
    fn line_breaks_and_tabs_are_spaces() {
        insta::assert_snapshot!(shown("Append(\n\t[mail],\r\n\t#)", "#"), @r"
        here
        Append(  [mail],   #)
                           ^
        ");
    }

    #[test]
    fn of_a_long_text_a_window_is_shown() {
        let filler = "ä".repeat(300);
        for text in [format!("#{filler}"), format!("{filler}#{filler}"), format!("{filler}#"), format!("ab{filler}#bc")]
        {
            let printed = shown(&text, "#");
            assert_eq!(pointed_at(&printed), Some('#'), "{printed}");
            assert!(printed.lines().all(|line| line.chars().count() <= WINDOW + 2), "{printed}");
            let ends = printed.lines().nth(1).map(|line| (line.starts_with('…'), line.ends_with('…')));
            assert_eq!(
                ends,
                Some((!text.starts_with('#'), !text.ends_with('#') && !text.ends_with("bc"))),
                "{printed}"
            );
        }
    }

    #[test]
    fn the_end_of_the_text_is_a_place_and_beyond_it_is_none() {
        let error = |at| ExpressionError { message: "here".into(), text: "[a] =".into(), at };
        assert_eq!(error(5).to_string(), "here\n[a] =\n     ^");
        assert_eq!(error(99).to_string(), "here\n[a] =\n     ^");
    }
}
