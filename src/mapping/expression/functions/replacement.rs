//! What a match is replaced with: .NET's substitutions ("Substitutions in Regular Expressions", .NET).

use fancy_regex::Captures;

use super::Fault;
use super::args::bounded;
use crate::mapping::pattern::Pattern;

/// A replacement, divided.
#[derive(Debug)]
pub(super) struct Replacement<'r>(Vec<Part<'r>>);

#[derive(Debug, PartialEq, Eq)]
enum Part<'r> {
    Text(&'r str),
    /// `$1`, `${name}`, `$&` and `$+`: what a group has.
    Group(usize),
    /// What is before the match.
    Before,
    /// What is behind the match.
    Behind,
    /// The whole text.
    All,
    /// `${name}` of a group that the pattern does not have; .NET takes it for a text.
    Unknown(&'r str),
}

impl<'r> Replacement<'r> {
    /// Reads a replacement for the groups of a pattern. A `$` that starts nothing is a text, as in .NET.
    pub(super) fn new(mut text: &'r str, pattern: &Pattern) -> Self {
        let mut parts = Vec::new();
        while let Some(dollar) = text.find('$') {
            let (before, rest) = text.split_at(dollar);
            let (part, end) = substitution(rest, pattern).unwrap_or((Part::Text("$"), 1));
            parts.extend([Part::Text(before), part]);
            text = &rest[end..];
        }
        parts.push(Part::Text(text));
        Self(parts)
    }

    /// The name of a group that it names and the pattern does not have.
    pub(super) fn unknown_group(&self) -> Option<&'r str> {
        self.0.iter().find_map(|part| match part {
            Part::Unknown(written) => Some(written.trim_start_matches("${").trim_end_matches('}')),
            _ => None,
        })
    }

    /// Appends what one match in a text is replaced with, as long as it is not too much.
    pub(super) fn expand(&self, text: &str, captures: &Captures<'_>, replaced: &mut String) -> Result<(), Fault> {
        let range = captures.get(0).map_or(0..0, |whole| whole.range());
        for part in &self.0 {
            replaced.push_str(match part {
                Part::Text(text) | Part::Unknown(text) => text,
                Part::Group(place) => captures.get(*place).map_or("", |group| group.as_str()),
                Part::Before => &text[..range.start],
                Part::Behind => &text[range.end..],
                Part::All => text,
            });
            bounded(replaced.len())?;
        }
        Ok(())
    }
}

/// The substitution that starts with the `$` of a text, and how many bytes it is written in.
fn substitution<'r>(text: &'r str, pattern: &Pattern) -> Option<(Part<'r>, usize)> {
    let rest = &text[1..];
    let part = match rest.chars().next()? {
        '$' => Part::Text("$"),
        '&' => Part::Group(0),
        '+' => Part::Group(pattern.last_group()),
        '`' => Part::Before,
        '\'' => Part::Behind,
        '_' => Part::All,
        '{' => {
            let end = rest.find('}')? + 2;
            let name = &text[2..end - 1];
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            let group = pattern.group(name).map_or(Part::Unknown(&text[..end]), Part::Group);
            return is_name.then_some((group, end));
        }
        _ => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let place = pattern.numbered(rest[..digits].parse().ok()?)?;
            return Some((Part::Group(place), 1 + digits));
        }
    };
    Some((part, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(replacement: &str) -> String {
        let pattern = Pattern::new(r"(?<first>\w)(\w)(?<third>x)?").unwrap();
        let mut replaced = String::new();
        let captures = pattern.first("-ab=").unwrap().unwrap();
        Replacement::new(replacement, &pattern).expand("-ab=", &captures, &mut replaced).unwrap();
        replaced
    }

    #[test]
    fn substitutions_mean_what_they_mean_in_net() {
        for (replacement, result) in [
            ("${first}.$1", "a.b"),
            ("$2$1", "ab"),
            ("${2}0", "a0"),
            ("[$3]", "[]"),
            ("$0|$&", "ab|ab"),
            ("$`|$'|$_", "-|=|-ab="),
            ("[$+]", "[]"),
            ("$$1", "$1"),
            ("$20", "$20"),
            ("$99999999999999999999999", "$99999999999999999999999"),
            ("${nobody}", "${nobody}"),
            ("${first", "${first"),
            ("${}$", "${}$"),
            ("$é${é}", "$é${é}"),
            ("", ""),
        ] {
            assert_eq!(expanded(replacement), result, "{replacement}");
        }
    }
}
