//! Divides the text of an expression into tokens.

use super::ast::Operator;
use super::error::Problem;
use crate::model::SourcePath;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Name(&'t str),
    Attribute(SourcePath),
    Text(String),
    Number(i64),
    Operator(Operator),
    Open,
    Close,
    Comma,
    End,
}

/// Gives one token after the other, and [`Token::End`] for ever after the last.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and where it begins.
    pub(super) fn next(&mut self) -> Result<(Token<'t>, usize), Problem> {
        let rest = self.text[self.at..].trim_start();
        let at = self.text.len() - rest.len();
        let (token, length) = token(rest).map_err(|message| Problem::new(at, message))?;
        self.at = at + length;
        Ok((token, at))
    }
}

/// The token with which a text begins, and its length in bytes.
fn token(rest: &str) -> Result<(Token<'_>, usize), String> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    match first {
        '(' => Ok((Token::Open, 1)),
        ')' => Ok((Token::Close, 1)),
        ',' => Ok((Token::Comma, 1)),
        '"' => text(rest),
        '[' => attribute(rest),
        '-' | '0'..='9' => number(rest),
        '&' => hexadecimal(rest),
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            Ok((Token::Name(&rest[..length]), length))
        }
        _ => operator(rest).ok_or_else(|| meaningless(first)),
    }
}

/// How many bytes at the beginning are of this kind of character.
fn run(text: &str, kind: impl Fn(char) -> bool) -> usize {
    text.len() - text.trim_start_matches(kind).len()
}

fn operator(rest: &str) -> Option<(Token<'_>, usize)> {
    if rest.starts_with("==") {
        return None;
    }
    let operator = Operator::ALL.into_iter().find(|operator| rest.starts_with(operator.symbol()))?;
    Some((Token::Operator(operator), operator.symbol().len()))
}

fn meaningless(c: char) -> String {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' => {
            format!("{c} is a quote of a word processor; write \" around a text")
        }
        '\'' => "a text stands in double quotes; write \"…\"".to_owned(),
        '=' | '!' => "compare with =, <>, >, >=, < or <=".to_owned(),
        ']' => "there is no [ for this ]".to_owned(),
        ';' => "arguments are divided by commas".to_owned(),
        '+' | '*' | '/' => format!("{c} has no meaning here; texts are put together with Append or Join"),
        _ => format!("{c:?} has no meaning here; an attribute stands in [ ], a text in \" \""),
    }
}

/// Entra escapes `"` and `\` by `\`. Before another character it stays, since regular expressions are written so.
fn text(rest: &str) -> Result<(Token<'_>, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, c)) = characters.next() {
        match c {
            '"' => return Ok((Token::Text(text), index + 1)),
            '\\' => text.push(characters.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or(c, |(_, next)| next)),
            _ => text.push(c),
        }
    }
    Err("the text that begins here has no closing \"; within a text write \\\" for a quote and \\\\ for a backslash"
        .to_owned())
}

fn attribute(rest: &str) -> Result<(Token<'_>, usize), String> {
    let end = rest.find(']').ok_or("the attribute that begins here has no closing ]")?;
    let path = rest[1..end].trim().parse().map_err(|error| format!("{error}"))?;
    Ok((Token::Attribute(path), end + 1))
}

fn number(rest: &str) -> Result<(Token<'_>, usize), String> {
    let sign = run(rest, |c| c == '-').min(1);
    let length = sign + run(&rest[sign..], |c| c.is_ascii_digit());
    if length == sign {
        return Err("- stands only before a number".to_owned());
    }
    if rest[length..].starts_with('.') {
        return Err("only whole numbers are known; write another number as a text, in quotes".to_owned());
    }
    let number = rest[..length].parse().map_err(|_| too_large())?;
    Ok((Token::Number(number), length))
}

/// `&HF7`, as Visual Basic writes it.
fn hexadecimal(rest: &str) -> Result<(Token<'_>, usize), String> {
    let digits = rest.strip_prefix("&H").or_else(|| rest.strip_prefix("&h")).unwrap_or_default();
    let length = run(digits, |c| c.is_ascii_hexdigit());
    if length == 0 {
        return Err(
            "& stands only before a hexadecimal number, &HF7; texts are put together with Append or Join".into()
        );
    }
    let number = i64::from_str_radix(&digits[..length], 16).map_err(|_| too_large())?;
    Ok((Token::Number(number), 2 + length))
}

fn too_large() -> String {
    format!("this number is too large; the largest is {}", i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, Problem> {
        let mut lexer = Lexer::new(text);
        let mut tokens = Vec::new();
        loop {
            match lexer.next()?.0 {
                Token::End => return Ok(tokens),
                token => tokens.push(token),
            }
        }
    }

    fn only(text: &str) -> Token<'_> {
        let tokens = tokens(text).expect(text);
        assert_eq!(tokens.len(), 1, "{text}");
        tokens.into_iter().next().expect("one")
    }

    #[test]
    fn reads_every_kind_of_token() {
        let path = "mail".parse().expect("a path");
        let read = tokens("Left([mail],\u{a0}\"x\" <> -12 )").expect("tokens");
        assert_eq!(
            read,
            [
                Token::Name("Left"),
                Token::Open,
                Token::Attribute(path),
                Token::Comma,
                Token::Text("x".into()),
                Token::Operator(Operator::NotEqual),
                Token::Number(-12),
                Token::Close
            ]
        );
        assert_eq!(tokens(" \t\r\n"), Ok(Vec::new()));
    }

    #[test]
    fn the_longest_operator_is_meant() {
        for operator in Operator::ALL {
            assert_eq!(only(operator.symbol()), Token::Operator(operator));
        }
    }

    #[test]
    fn a_backslash_escapes_quotes_and_itself_and_stays_before_anything_else() {
        for (written, meant) in [
            (r#""say \"hi\"""#, r#"say "hi""#),
            (r#""C:\\""#, r"C:\"),
            (r#""[()\\s-]+""#, r"[()\s-]+"),
            (r#""\d+\.\D""#, r"\d+\.\D"),
            (r#""\\\d""#, r"\\d"),
            (r#""“smart”, [x] & 'y'""#, "“smart”, [x] & 'y'"),
            ("\"\"", ""),
            ("\"a\nb\"", "a\nb"),
        ] {
            assert_eq!(only(written), Token::Text(meant.to_owned()), "{written}");
        }
    }

    #[test]
    fn numbers_are_whole_and_may_be_negative_or_hexadecimal() {
        for (written, meant) in [
            ("0", 0),
            ("-5", -5),
            ("007", 7),
            ("&HF7", 247),
            ("&hff", 255),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("&H7FFFFFFFFFFFFFFF", i64::MAX),
        ] {
            assert_eq!(only(written), Token::Number(meant), "{written}");
        }
    }

    #[test]
    fn white_space_in_brackets_does_not_count() {
        assert_eq!(only("[ manager.mail\t]"), only("[manager.mail]"));
    }
}
