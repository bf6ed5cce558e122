//! .NET regular expressions, as `Replace` and the filters of the scope get them.
//!
//! A pattern is rewritten for `fancy-regex` wherever that would read it otherwise, and refused where it cannot mean the
//! same ("Regular Expression Language - Quick Reference", .NET). Groups lose their names in the rewriting, because .NET
//! counts the named ones behind the others; their names and numbers are kept beside it.
//!
//! What stays different: a character is a whole one and never half a surrogate pair, and `(?i)` also takes `ſ` for `s`,
//! `ς` for `σ` and `µ` for `μ`.

use fancy_regex::{Captures, Regex, RegexBuilder};

use thiserror::Error;

use translate::{Reason, Translated};

mod escape;
mod translate;

/// How many steps of backtracking one search may take. A pattern that needs more on a name or an address is one that
/// would take for ever on another.
const STEPS: usize = 100_000;

/// How many bytes the searches in one text may look at together. A text of eight thousand characters may match at each of
/// them.
const SEARCHED: usize = 1 << 25;

/// A regular expression, ready to search with.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    /// The name of each group, in the order of their opening; the whole match is not among them.
    names: Vec<Option<String>>,
}

/// A search that was given up. Reads after "a pattern that".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Endless {
    /// It backtracks too much.
    #[error("takes more than {STEPS} steps")]
    Steps,
    /// It finds too much.
    #[error("finds too much")]
    Finds,
}

impl Pattern {
    /// Compiles a pattern that is searched for; refuses what is not .NET's or not supported, with the reason, which reads
    /// after "a pattern that".
    pub fn new(pattern: &str) -> Result<Self, String> {
        Self::compile(translate::translate(pattern)?)
    }

    /// As [`Self::new`], but it must be the whole text.
    pub fn whole(pattern: &str) -> Result<Self, String> {
        // Alone first, so that a reason names places in the pattern and not in what is put around it.
        Self::new(pattern)?;
        let Translated { regex, names } = translate::translate(pattern)?;
        Self::compile(Translated { regex: format!(r"\A(?:{regex})\z"), names })
    }

    fn compile(Translated { regex, names }: Translated) -> Result<Self, Reason> {
        let regex = RegexBuilder::new(&regex).backtrack_limit(STEPS).build();
        let regex = regex.map_err(|error| format!("is not supported: {}", one_line(&error.to_string())))?;
        Ok(Self { regex, names })
    }

    /// Whether it is found in a text.
    pub fn is_match(&self, text: &str) -> Result<bool, Endless> {
        self.regex.is_match(text).map_err(|_| Endless::Steps)
    }

    /// The place among the captures of a group that is called by its name, or by .NET's number for it.
    pub(in crate::mapping) fn group(&self, name: &str) -> Option<usize> {
        let named = self.names.iter().position(|group| group.as_deref() == Some(name));
        named.map(|group| group + 1).or_else(|| self.numbered(name.parse().ok()?))
    }

    /// The place among the captures of a group by .NET's number: those without a name come first.
    pub(in crate::mapping) fn numbered(&self, number: usize) -> Option<usize> {
        let places = |named: bool| {
            self.names.iter().enumerate().filter(move |(_, name)| name.is_some() == named).map(|(place, _)| place + 1)
        };
        if number == 0 { Some(0) } else { places(false).chain(places(true)).nth(number - 1) }
    }

    /// The place among the captures of the group with the highest number, or of the whole match.
    pub(in crate::mapping) fn last_group(&self) -> usize {
        self.numbered(self.names.len()).unwrap_or(0)
    }

    /// The names that groups have, for messages.
    pub(in crate::mapping) fn group_names(&self) -> String {
        let names: Vec<_> = self.names.iter().flatten().map(String::as_str).collect();
        if names.is_empty() { "none with a name".to_owned() } else { names.join(", ") }
    }

    /// The first match.
    pub(in crate::mapping) fn first<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, Endless> {
        self.search(text, 0)
    }

    /// Every match, from left to right. As in .NET an empty match may follow another match directly.
    pub(in crate::mapping) fn all<'t>(&self, text: &'t str) -> impl Iterator<Item = Result<Captures<'t>, Endless>> {
        let (mut from, mut searched) = (0, 0);
        std::iter::from_fn(move || {
            // Every search may look at all that is left.
            searched += text.len().checked_sub(from)?;
            let found = match searched <= SEARCHED {
                true => self.search(text, from).transpose()?,
                false => Err(Endless::Finds),
            };
            from = match found.as_ref().ok().and_then(|captures| captures.get(0)) {
                Some(whole) if !whole.range().is_empty() => whole.end(),
                Some(empty) => empty.end() + text[empty.end()..].chars().next().map_or(1, char::len_utf8),
                None => text.len() + 1,
            };
            Some(found)
        })
    }

    fn search<'t>(&self, text: &'t str, from: usize) -> Result<Option<Captures<'t>>, Endless> {
        self.regex.captures_from_pos(text, from).map_err(|_| Endless::Steps)
    }
}

/// The last line of a message, which is its point; the others show the pattern, rewritten.
fn one_line(message: &str) -> &str {
    message.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> Vec<String> {
        let pattern = Pattern::new(pattern).unwrap();
        pattern.all(text).map(|captures| captures.unwrap()[0].to_owned()).collect()
    }

    fn refused(pattern: &str) -> String {
        Pattern::new(pattern).expect_err("it should be refused")
    }

    #[test]
    fn patterns_mean_what_they_mean_in_net() {
        for (pattern, text, found) in [
            (r"\d+", "a12b3", vec!["12", "3"]),
            (r"a*", "aab", vec!["aa", "", ""]),
            (r"é*", "éb", vec!["é", "", ""]),
            (r"b$", "ab\n", vec!["b"]),
            (r"b$", "ab\n\n", vec![]),
            (r"(?m)^.$", "a\nb", vec!["a", "b"]),
            (r"b\Z", "ab\n", vec!["b"]),
            (r"b\z", "ab\n", vec![]),
            (r"[[]x", "[x", vec!["[x"]),
            (r"[[:a]", "[:a", vec!["[", ":", "a"]),
            (r"[]a]+", "a]b", vec!["a]"]),
            (r"[^]a]+", "a]b", vec!["b"]),
            (r"[a&&b]+", "a&b", vec!["a&b"]),
            (r"[\b]", "\u{8}b", vec!["\u{8}"]),
            (r"[()\s-]+", "(a - b)", vec!["(", " - ", ")"]),
            (r"\<b\>", "<b>b", vec!["<b>"]),
            (r"a{,2}", "a{,2}aa", vec!["a{,2}"]),
            (r"a{2}{", "aa{", vec!["aa{"]),
            (r"a{2,}b{1,2}", "aaabb", vec!["aaabb"]),
            (r"a{1 }{}", "a{1 }{}", vec!["a{1 }{}"]),
            (r"x{1,2}?", "xx", vec!["x", "x"]),
            (r"\x41\u0042\e", "AB\u{1b}", vec!["AB\u{1b}"]),
            (r"(?#a (comment)b", "b", vec!["b"]),
            (r"(?i)É(?-i)a", "éaéA", vec!["éa"]),
            (r"(?i:a)b", "AbAB", vec!["Ab"]),
            (r"(?<=\()\w+(?=\))", "f(x)", vec!["x"]),
            (r"(?>a+)b", "aab", vec!["aab"]),
            (r"(?=(a+))a*b\1", "baaabac", vec!["aba"]),
            (r"(?=(a)|b)(?!c)\w", "ab", vec!["a", "b"]),
            (r"(?<=a|bc)d", "adbcd", vec!["d", "d"]),
            (r"(a)\1", "aaab", vec!["aa"]),
            (r"(?<c>a)(b)\k<c>", "aba", vec!["aba"]),
            (r"(?'c'a)\k'c'0", "aa0", vec!["aa0"]),
            (r"\p{Lu}\P{Lu}", "Éa", vec!["Éa"]),
            // A spacing mark, a letter number and a circled letter are no part of a word.
            (r"\w+", "हिन्दी ⅷ Ⓐ a_1é", vec!["ह", "न्द", "a_1é"]),
            (r"[\w.]+", "aि.b", vec!["a", ".b"]),
            (r"[^\w]", "aि", vec!["ि"]),
            (r"\W", "aि", vec!["ि"]),
            (r"[\W]", "aि", vec!["ि"]),
            (r"\bd?", "aि", vec!["", ""]),
            (r"\b\w", "ab\u{200d}c d-é", vec!["a", "d", "é"]),
            (r"\Bb\B|\b-", "abc b a-b", vec!["b", "-"]),
            (r"\.\-\#\ \/", ".-# /", vec![".-# /"]),
        ] {
            assert_eq!(matches(pattern, text), found, "{pattern}");
        }
    }

    #[test]
    fn punctuation_means_itself_behind_a_backslash() {
        for c in (0..128_u8).map(char::from).filter(char::is_ascii_punctuation) {
            for pattern in [format!("\\{c}+"), format!("[\\{c}]+"), format!("[^\\{c}]*(?<x>\\{c}+)")] {
                assert_eq!(matches(&pattern, &format!("{c}{c}")), [format!("{c}{c}")], "{pattern}");
                assert_eq!(matches(&pattern, "aé"), [""; 0], "{pattern}");
            }
        }
    }

    #[test]
    fn searches_that_could_all_look_at_the_whole_text_end() {
        let pattern = Pattern::new("a").unwrap();
        let text = "a".repeat(20_000);
        let found = pattern.all(&text).collect::<Result<Vec<_>, _>>();
        assert_eq!(found.expect_err("too much"), Endless::Finds);
        assert_eq!(pattern.all(&text[..8_000]).count(), 8_000);
    }

    #[test]
    fn unnamed_groups_are_counted_before_named_ones() {
        let pattern = Pattern::new(r"(?<year>\d{4})-(\d\d)-(?'day'\d\d)-(x)").unwrap();
        let captures = pattern.first("2020-03-16-x").unwrap().unwrap();
        let group = |name: &str| pattern.group(name).map(|place| captures[place].to_owned());
        assert_eq!(group("year").as_deref(), Some("2020"));
        assert_eq!(group("day").as_deref(), Some("16"));
        assert_eq!(group("0").as_deref(), Some("2020-03-16-x"));
        assert_eq!(group("1").as_deref(), Some("03"));
        assert_eq!(group("2").as_deref(), Some("x"));
        assert_eq!(group("3").as_deref(), Some("2020"));
        assert_eq!(group("4").as_deref(), Some("16"));
        assert_eq!(group("5"), None);
        assert_eq!(group("Year"), None);
        assert_eq!(&captures[pattern.last_group()], "16");
        assert_eq!(pattern.group_names(), "year, day");
    }

    #[test]
    fn what_cannot_mean_the_same_is_refused_with_its_reason() {
        for (pattern, reason) in [
            ("[a-z-[aeiou]]", "subtracts"),
            ("[+--]", "--"),
            (r"(?<a-b>x)", "balances"),
            (r"(?<1>x)", "number"),
            (r"(?<a>x)|(?<a>y)", "twice"),
            (r"(?<>x)", "name"),
            (r"(?<a", "not closed"),
            (r"(?(1)a|b)", "condition"),
            (r"(?x)a b", "option x"),
            (r"(?n)(a)", "option n"),
            (r"(a(?i)b)", "(?i:"),
            (r"(?P<a>x)", "(?P"),
            (r"(?<a>x)(y)\1", r"\k<"),
            (r"\k<a>(?<a>x)", "\"a\""),
            (r"\k{a}", r"\k<name>"),
            (r"(a)\10", r"\10"),
            (r"\012", r"\0"),
            (r"\h", r"\h"),
            (r"\cA", r"\c"),
            (r"\GA", r"\G"),
            (r"\p{IsGreek}", "block"),
            (r"\pL", r"\p{"),
            (r"\x4", r"\x"),
            (r"\uD83D", r"\u"),
            ("\\", "backslash"),
            ("[a", "not closed"),
            ("[]", "not closed"),
            ("(a", "not supported"),
            ("a)", "not open"),
            ("*a", "not supported"),
            ("(?<=a+)b", "not supported"),
            ("((?:a{1000}){1000}){1000}", "not supported"),
            ("((?=a)){1001}", "more than 1000 times"),
            ("a{1,99999999999999999999}", "more than 1000 times"),
        ] {
            assert!(refused(pattern).contains(reason), "{pattern}: {}", refused(pattern));
        }
    }

    #[test]
    fn a_search_has_a_bounded_number_of_steps() {
        let pattern = Pattern::new(r"^((?=a)a+)+$").unwrap();
        let fault = pattern.first(&format!("{}b", "a".repeat(60))).expect_err("too many steps");
        assert_eq!(fault.to_string(), "takes more than 100000 steps");
    }

    #[test]
    fn the_whole_text_is_another_question_than_a_part_of_it() {
        for (pattern, text, part, whole) in [
            ("[1-9][0-9]", "123", true, false),
            ("[1-9][0-9]", "12", true, true),
            ("a|b", "ab", true, false),
            ("(?i)A|b", "B", true, true),
            ("", "a", true, false),
        ] {
            let is_match = |pattern: Result<Pattern, String>| pattern.unwrap().is_match(text);
            assert_eq!(is_match(Pattern::new(pattern)), Ok(part), "{pattern} in {text}");
            assert_eq!(is_match(Pattern::whole(pattern)), Ok(whole), "{pattern} is {text}");
        }
        assert!(Pattern::whole("a)(?:b").is_err(), "a bracket too many does not close the group around it");
    }

    proptest! {
        #[test]
        fn any_pattern_is_refused_or_searches(
            pattern in "\\PC{0,12}|[]\\[()?<>'\\\\a1k$^{},:|*+#-]{0,14}",
            text in "\\PC{0,8}|[a1<$-]{0,8}",
        ) {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.all(&text).count();
            }
        }
    }
}
