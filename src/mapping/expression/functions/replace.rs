//! `Replace`, whose five ways depend on which of its places are filled.

use super::args::{bounded, filled, shown, text, written};
use super::replacement::Replacement;
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};
use crate::mapping::pattern::{Endless, Pattern};

/// Null for a null source, but where another attribute stands in for it.
pub(super) const FUNCTIONS: &[Function] = &[Function {
    optional: &[Parameter::Text; 6],
    prepare,
    ..Function::new(
        "Replace",
        "Replace(source, oldValue, regexPattern, regexGroupName, replacementValue, replacementAttributeName, template)",
        &[Parameter::Text],
        Gives::Text,
        replace,
    )
}];

const OLD_VALUE: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const VALUE: usize = 4;
const ATTRIBUTE: usize = 5;
const TEMPLATE: usize = 6;

/// Which way it is.
#[derive(Clone, Debug)]
pub(in crate::mapping::expression) enum Mode {
    /// `oldValue` in the source becomes `replacementValue`.
    OldValue,
    /// `oldValue` in the template becomes the source.
    Template,
    /// What the pattern finds in the source becomes `replacementValue`, in which `${name}` stands for a group.
    Pattern(Pattern),
    /// What one group has becomes `replacementValue`, and the rest of the match stays.
    Group(Pattern, usize),
    /// The source, or where it is empty what the group has in another attribute.
    Attribute(Pattern, usize),
}

const WAYS: &str = "oldValue and replacementValue; oldValue and template; regexPattern and replacementValue; \
                    regexPattern, regexGroupName and replacementValue; \
                    regexPattern, regexGroupName and replacementAttributeName";

fn prepare(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    filled(known, 1)?;
    let is_given = |place: usize| known.get(place).is_some_and(|known| *known != Known::Absent);
    let mode = match [OLD_VALUE, PATTERN, GROUP, VALUE, ATTRIBUTE, TEMPLATE].map(is_given) {
        [true, false, false, true, false, false] => Mode::OldValue,
        [true, false, false, false, false, true] => Mode::Template,
        [false, true, false, true, false, false] => Mode::Pattern(pattern(known)?),
        [false, true, true, true, false, false] => {
            let pattern = pattern(known)?;
            let group = group(known, &pattern)?;
            Mode::Group(pattern, group)
        }
        [false, true, true, false, true, false] => {
            let pattern = pattern(known)?;
            let group = group(known, &pattern)?;
            Mode::Attribute(pattern, group)
        }
        _ => return Err(format!("cannot work with these places filled; beside source fill {WAYS}")),
    };
    if written(known, OLD_VALUE).is_some_and(|old| old.is_empty()) {
        return Err("has an empty oldValue, which is nowhere; write what is to be replaced".to_owned());
    }
    if let (Mode::Pattern(pattern) | Mode::Group(pattern, _), Some(value)) = (&mode, written(known, VALUE)) {
        check_groups(&value, pattern)?;
    }
    Ok(Prepared::Replace(Box::new(mode)))
}

fn pattern(known: &[Known<'_>]) -> Result<Pattern, Fault> {
    let pattern = written(known, PATTERN).ok_or("needs a regexPattern that is written down, in quotes")?;
    if pattern.is_empty() {
        return Err("has an empty regexPattern; write one, or leave its place empty without quotes".to_owned());
    }
    Pattern::new(&pattern).map_err(|reason| format!("has the regexPattern {}, which {reason}", shown(&pattern)))
}

fn endless(text: &str) -> impl Fn(Endless) -> Fault {
    move |error| format!("has a regexPattern that {error} on {}", shown(text))
}

fn group(known: &[Known<'_>], pattern: &Pattern) -> Result<usize, Fault> {
    let name = written(known, GROUP).ok_or("needs a regexGroupName that is written down, in quotes")?;
    let group = pattern.group(&name);
    group.ok_or_else(|| {
        format!("has the regexGroupName {name:?}, and the groups of regexPattern are {}", pattern.group_names())
    })
}

/// .NET would write the name of an unknown group into everybody's value. Nobody means that.
fn check_groups(value: &str, pattern: &Pattern) -> Result<(), Fault> {
    match Replacement::new(value, pattern).unknown_group() {
        Some(name) => Err(format!(
            "has ${{{name}}} in replacementValue, and the groups of regexPattern are {}; \
             write $${{{name}}} to mean it as it stands",
            pattern.group_names()
        )),
        None => Ok(()),
    }
}

fn replace(args: &[Option<Value>], prepared: &Prepared) -> Result<Value, Fault> {
    let Prepared::Replace(mode) = prepared else { return Err("was not prepared".to_owned()) };
    let given = |place| text(args, place).unwrap_or_default();
    match mode.as_ref() {
        Mode::OldValue => {
            text(args, 0).map_or(Ok(Value::Null), |source| replace_text(source, given(OLD_VALUE), given(VALUE)))
        }
        Mode::Template => match (text(args, 0), text(args, TEMPLATE)) {
            (Some(source), Some(template)) => replace_text(template, given(OLD_VALUE), source),
            _ => Ok(Value::Null),
        },
        Mode::Pattern(pattern) => replace_matches(args, pattern, 0),
        Mode::Group(pattern, group) => replace_matches(args, pattern, *group),
        Mode::Attribute(pattern, group) => match text(args, 0).filter(|source| !source.is_empty()) {
            Some(source) => Ok(Value::Text(source.to_owned())),
            None => extract(given(ATTRIBUTE), pattern, *group),
        },
    }
}

/// An `oldValue` that is empty for this person is nowhere.
fn replace_text(source: &str, old: &str, new: &str) -> Result<Value, Fault> {
    if old.is_empty() {
        return Ok(Value::Text(source.to_owned()));
    }
    bounded(source.matches(old).count() * new.len())?;
    Ok(Value::Text(source.replace(old, new)))
}

/// Replaces what a group has in every match; group 0 is the whole match. A match in which the group has no part stays.
fn replace_matches(args: &[Option<Value>], pattern: &Pattern, group: usize) -> Result<Value, Fault> {
    let Some(source) = text(args, 0) else { return Ok(Value::Null) };
    let replacement = Replacement::new(text(args, VALUE).unwrap_or_default(), pattern);
    let mut replaced = String::new();
    let mut copied = 0;
    for captures in pattern.all(source) {
        let captures = captures.map_err(endless(source))?;
        // A group within a look-behind may have what is copied already.
        if let Some(found) = captures.get(group).filter(|found| found.start() >= copied) {
            replaced.push_str(&source[copied..found.start()]);
            replacement.expand(source, &captures, &mut replaced)?;
            copied = found.end();
        }
    }
    replaced.push_str(&source[copied..]);
    Ok(Value::Text(replaced))
}

/// What a group has in the first match; null where there is none.
fn extract(other: &str, pattern: &Pattern, group: usize) -> Result<Value, Fault> {
    let captures = pattern.first(other).map_err(endless(other))?;
    let found = captures.as_ref().and_then(|captures| captures.get(group));
    Ok(found.map_or(Value::Null, |found| Value::Text(found.as_str().to_owned())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Arg, EMPTY, NULL, Value, call, prepare, refused, run, text};

    const PHONE: &str = r"\+(?<isdCode>\d* )(?<phoneNumber>\d{10})";

    fn with_pattern(source: Arg, pattern: &str, value: &str) -> Arg {
        call("Replace", [source, EMPTY, text(pattern), EMPTY, text(value), EMPTY, EMPTY])
    }

    fn with_group(source: &str, pattern: &str, group: &str, value: &str) -> Arg {
        call("Replace", [text(source), EMPTY, text(pattern), text(group), text(value), EMPTY, EMPTY])
    }

    fn with_attribute(source: Arg, other: Arg) -> Arg {
        call("Replace", [source, EMPTY, text(PHONE), text("phoneNumber"), EMPTY, other, EMPTY])
    }

    fn with_old_value(source: Arg, old: Arg, value: Arg) -> Arg {
        call("Replace", [source, old, EMPTY, EMPTY, value, EMPTY, EMPTY])
    }

    #[test]
    fn an_old_value_is_replaced_wherever_it_is() {
        let title = text("Product Developer");
        assert_eq!(with_old_value(title.clone(), title, text("Software Engineer")), text("Software Engineer"));
        let mail = text("john.doe@contoso.com");
        assert_eq!(with_old_value(mail.clone(), text("@contoso.com"), text("")), text("john.doe"));
        assert_eq!(with_old_value(mail.clone(), text("@Contoso.com"), text("")), mail);
        assert_eq!(with_old_value(text("ë-ë$1"), text("ë"), text("$0")), text("$0-$0$1"));
        assert_eq!(with_old_value(NULL, text("a"), text("b")), NULL);
        assert_eq!(with_old_value(text("abc"), NULL, text("x")), text("abc"));
        assert_eq!(with_old_value(text("abc"), text("b"), NULL), text("ac"));
    }

    #[test]
    fn places_at_the_end_may_be_left_out() {
        assert_eq!(call("Replace", [text("abc"), text("b"), EMPTY, EMPTY, text("x")]), text("axc"));
    }

    #[test]
    fn a_template_gets_the_source() {
        let template = text("<username>@contoso.com");
        let fill = |source, old, template| call("Replace", [source, old, EMPTY, EMPTY, EMPTY, EMPTY, template]);
        assert_eq!(fill(text("jsmith"), text("<username>"), template.clone()), text("jsmith@contoso.com"));
        assert_eq!(fill(NULL, text("<username>"), template), NULL);
        assert_eq!(fill(text("jsmith"), text("<username>"), NULL), NULL);
    }

    #[test]
    fn what_a_pattern_finds_is_replaced() {
        assert_eq!(with_pattern(text("+91 9998887777"), PHONE, "${phoneNumber}"), text("9998887777"));
        assert_eq!(with_pattern(text("john_doe72"), "[a-zA-Z_]*", ""), text("72"));
        // Entra's page shows it without the plus sign, which the pattern does not have.
        assert_eq!(with_pattern(text("+1 (999) 888-7777"), r"[()\s-]+", ""), text("+19998887777"));
        assert_eq!(with_pattern(text("aab"), "a*", "x"), text("xxbx"));
        assert_eq!(with_pattern(text("Doe, Zoë"), r"^(\w+), (?<given>\w+)$", "${given} $1"), text("Zoë Doe"));
        assert_eq!(with_pattern(text("abc"), "x", "y"), text("abc"));
        assert_eq!(with_pattern(text(""), "^$", "y"), text("y"));
        assert_eq!(with_pattern(text("a1"), "(a)(?=1)", "<$1>"), text("<a>1"));
        assert_eq!(with_pattern(NULL, "x", "y"), NULL);
    }

    #[test]
    fn the_id_of_entras_page_is_what_its_pattern_gives() {
        let hex = call("ConvertToUTF8Hex", [text("00aa00aa-bb11-cc22-dd33-44ee44ee44ee")]);
        let digits = with_pattern(hex, "[a-zA-Z_]*", "");
        let id = text("100030306161303061612626231312636332322646433332343465653434656534346565");
        assert_eq!(call("Join", [text(""), Some(Value::Number(1000)), digits]), id);
    }

    #[test]
    fn what_a_group_has_is_replaced() {
        assert_eq!(
            with_group("545 Tremont Street", r"(?<streetNumber>^\d*)", "streetNumber", "888"),
            text("888 Tremont Street")
        );
        assert_eq!(with_group("jsmith@contoso.com", r"(?<Suffix>@(.)*)", "Suffix", ""), text("jsmith"));
        assert_eq!(with_group("a-b a-c", r"a-(?<last>\w)", "last", "${last}x"), text("a-bx a-cx"));
        assert_eq!(with_group("ab b", "(?<first>a)?b", "first", "x"), text("xb b"));
        assert_eq!(with_group("ab", "(a)(b)", "2", "x"), text("ax"));
        assert_eq!(with_group("aaa", "(?<=(?<before>a))a", "before", "x"), text("xxa"));
    }

    #[test]
    fn another_attribute_stands_in_for_an_empty_source() {
        let mobile = text("+91 8887779999");
        assert_eq!(with_attribute(text(""), mobile.clone()), text("8887779999"));
        assert_eq!(with_attribute(NULL, mobile.clone()), text("8887779999"));
        assert_eq!(with_attribute(text("12"), mobile), text("12"));
        assert_eq!(with_attribute(NULL, text("none")), NULL);
        assert_eq!(with_attribute(NULL, NULL), NULL);
    }

    #[test]
    fn other_combinations_are_refused_with_those_that_there_are() {
        let a = || text("a");
        for args in [
            [a(), EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY],
            [a(), a(), EMPTY, EMPTY, EMPTY, EMPTY, EMPTY],
            [a(), a(), a(), EMPTY, a(), EMPTY, EMPTY],
            [a(), a(), EMPTY, EMPTY, a(), EMPTY, a()],
            [a(), EMPTY, a(), a(), EMPTY, EMPTY, EMPTY],
            [a(), EMPTY, a(), EMPTY, EMPTY, a(), EMPTY],
            [a(), EMPTY, EMPTY, a(), a(), EMPTY, EMPTY],
        ] {
            assert!(refused("Replace", args).contains("oldValue and template; regexPattern"));
        }
        assert!(refused("Replace", [EMPTY, a(), EMPTY, EMPTY, a(), EMPTY, EMPTY]).contains("place 1"));
    }

    #[test]
    fn what_can_never_work_is_refused() {
        let refused = |old, pattern, group, value| refused("Replace", [text("a"), old, pattern, group, value]);
        assert!(refused(text(""), EMPTY, EMPTY, text("b")).contains("empty oldValue"));
        assert!(refused(EMPTY, text(""), EMPTY, text("b")).contains("empty regexPattern"));
        assert!(refused(EMPTY, text("[a"), EMPTY, text("b")).contains("not closed"));
        assert!(refused(EMPTY, text("(?<n>a)"), text("m"), text("b")).contains("are n"));
        assert!(refused(EMPTY, text("(?<n>a)"), EMPTY, text("${m}")).contains("write $${m}"));
        // NULL stands for what is computed.
        assert!(refused(EMPTY, NULL, EMPTY, text("b")).contains("written down"));
        assert!(refused(EMPTY, text("a"), NULL, text("b")).contains("written down"));
    }

    #[test]
    fn a_pattern_that_takes_too_long_is_a_fault_of_the_person() {
        let prepared = prepare("Replace", &[NULL, EMPTY, text("^((?=a)a+)+$"), EMPTY, text("")]).unwrap();
        let replace = |source: &str| {
            let args = [text(source), EMPTY, text(""), EMPTY, text("")];
            run("Replace", &args, &prepared)
        };
        assert_eq!(replace("aaa"), Ok(Value::Text(String::new())));
        assert!(replace(&format!("{}b", "a".repeat(60))).expect_err("too many steps").contains("steps"));
    }
}
