//! As much of Loki's language of queries as its rules need, and nothing else: whatever is written otherwise is refused.
//!
//! ```text
//! expression = comparison [("and" | "unless") comparison] | "absent_over_time(" range ")"
//! comparison = "sum" [" by (" label ")"] "(count_over_time(" range ")) > " number
//! range      = {job="entra-jostle-sync"} | json | event("=" | "=~") text {" | " filter} " [" duration "]"
//! filter     = label (" = " | " != ") text | label (" > " | " >= " | " == ") number
//! ```
//!
//! A range has the lines between its ends, and not those that came at the same moment as one of them. A label that a line
//! has not is empty as a text, and as a number nothing holds of it. What is joined has no labels, so that both sides are
//! there or not.

use serde_json::{Map, Value};

use super::course::{Line, MINUTE};

/// A line that is an object of JSON; others have no event, and are in no range.
pub(super) struct Entry {
    at: i64,
    labels: Map<String, Value>,
}

impl Entry {
    pub(super) fn of(line: &Line) -> Option<Self> {
        let labels = serde_json::from_str(&line.text).ok()?;
        Some(Self { at: line.at, labels })
    }

    fn text(&self, label: &str) -> String {
        match self.labels.get(label) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        }
    }
}

#[derive(Debug)]
pub(super) enum Expression {
    Absent(Range),
    More(Comparison),
    And(Comparison, Comparison),
    Unless(Comparison, Comparison),
}

#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) by: Option<String>,
    pub(super) range: Range,
    than: usize,
}

#[derive(Debug)]
pub(super) struct Range {
    pub(super) events: Vec<String>,
    pub(super) filters: Vec<Filter>,
    minutes: i64,
}

#[derive(Debug)]
pub(super) struct Filter {
    pub(super) label: String,
    pub(super) condition: Condition,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Is(String),
    IsNot(String),
    Above(f64),
    AtLeast(f64),
    Equals(f64),
}

/// A part of an expression that is not as it should be.
type Refused = String;

impl Expression {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        if let Some(range) = text.strip_prefix("absent_over_time(") {
            return Ok(Self::Absent(Range::parse(before(range, ")")?)?));
        }
        let joined = |word: &str| text.split_once(word).map(|(left, right)| (unlabelled(left), unlabelled(right)));
        match (joined(" and "), joined(" unless ")) {
            (None, None) => Comparison::parse(text).map(Self::More),
            (Some((left, right)), None) => Ok(Self::And(left?, right?)),
            (None, Some((left, right))) => Ok(Self::Unless(left?, right?)),
            _ => Err(text.to_owned()),
        }
    }

    pub(super) fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::Absent(_) => Vec::new(),
            Self::More(one) => vec![one],
            Self::And(left, right) | Self::Unless(left, right) => vec![left, right],
        }
    }

    pub(super) fn ranges(&self) -> Vec<&Range> {
        match self {
            Self::Absent(range) => vec![range],
            _ => self.comparisons().into_iter().map(|comparison| &comparison.range).collect(),
        }
    }

    /// By which values of its label it holds at this time; an empty text if it has none.
    pub(super) fn holds(&self, log: &[Entry], at: i64) -> Vec<String> {
        let only = |holds: bool| if holds { vec![String::new()] } else { Vec::new() };
        let is = |comparison: &Comparison| !comparison.holds(log, at).is_empty();
        match self {
            Self::Absent(range) => only(range.entries(log, at).next().is_none()),
            Self::More(comparison) => comparison.holds(log, at),
            Self::And(left, right) => only(is(left) && is(right)),
            Self::Unless(left, right) => only(is(left) && !is(right)),
        }
    }
}

fn unlabelled(text: &str) -> Result<Comparison, Refused> {
    Comparison::parse(text).and_then(|found| if found.by.is_none() { Ok(found) } else { Err(text.to_owned()) })
}

impl Comparison {
    fn parse(text: &str) -> Result<Self, Refused> {
        let rest = after(text, "sum")?;
        let (by, rest) = match rest.strip_prefix(" by (") {
            Some(rest) => rest.split_once(") ").map(|(by, rest)| (Some(by.to_owned()), rest)).ok_or(text)?,
            None => (None, rest),
        };
        let (range, than) = after(rest, "(count_over_time(")?.split_once(")) > ").ok_or(text)?;
        Ok(Self { by, range: Range::parse(range)?, than: than.parse().map_err(|_| text)? })
    }

    fn holds(&self, log: &[Entry], at: i64) -> Vec<String> {
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for entry in self.range.entries(log, at) {
            *counts.entry(self.by.as_ref().map_or_else(String::new, |by| entry.text(by))).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count > self.than).map(|(label, _)| label).collect()
    }
}

impl Range {
    fn parse(text: &str) -> Result<Self, Refused> {
        let rest = after(text, "{job=\"entra-jostle-sync\"} | json | event=")?;
        let (filters, duration) = before(rest, "]")?.split_once(" [").ok_or(text)?;
        let minutes = match duration.split_at(duration.len().max(1) - 1) {
            (number, "m") => number.parse::<i64>(),
            (number, "h") => number.parse::<i64>().map(|hours| 60 * hours),
            _ => return Err(text.to_owned()),
        };
        let mut parts = filters.split(" | ");
        let events = match parts.next().unwrap_or_default() {
            several if several.starts_with('~') => quoted(&several[1..])?.split('|').map(str::to_owned).collect(),
            one => vec![quoted(one)?],
        };
        let filters = parts.map(Filter::parse).collect::<Result<_, _>>()?;
        Ok(Self { events, filters, minutes: minutes.map_err(|_| text)? })
    }

    fn entries<'a>(&'a self, log: &'a [Entry], at: i64) -> impl Iterator<Item = &'a Entry> {
        let after = at - self.minutes * MINUTE;
        let is_in = move |entry: &&Entry| after < entry.at && entry.at < at;
        let is_one = |entry: &&Entry| self.events.contains(&entry.text("event"));
        log.iter().filter(is_in).filter(is_one).filter(|entry| self.filters.iter().all(|filter| filter.holds(entry)))
    }
}

impl Filter {
    fn parse(text: &str) -> Result<Self, Refused> {
        let [label, operator, value] = text.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            return Err(text.to_owned());
        };
        let number = || value.parse().map_err(|_| text.to_owned());
        let condition = match operator {
            "=" => Condition::Is(quoted(value)?),
            "!=" => Condition::IsNot(quoted(value)?),
            ">" => Condition::Above(number()?),
            ">=" => Condition::AtLeast(number()?),
            "==" => Condition::Equals(number()?),
            _ => return Err(text.to_owned()),
        };
        Ok(Self { label: label.to_owned(), condition })
    }

    #[expect(clippy::float_cmp, reason = "whole numbers are compared")]
    fn holds(&self, entry: &Entry) -> bool {
        let text = entry.text(&self.label);
        let number = || (!text.is_empty()).then(|| text.parse::<f64>().expect("a number"));
        match &self.condition {
            Condition::Is(value) => text == *value,
            Condition::IsNot(value) => text != *value,
            Condition::Above(value) => number().is_some_and(|number| number > *value),
            Condition::AtLeast(value) => number().is_some_and(|number| number >= *value),
            Condition::Equals(value) => number().is_some_and(|number| number == *value),
        }
    }
}

fn after<'a>(text: &'a str, start: &str) -> Result<&'a str, Refused> {
    text.strip_prefix(start).ok_or_else(|| format!("{start:?} is to begin {text}"))
}

fn before<'a>(text: &'a str, end: &str) -> Result<&'a str, Refused> {
    text.strip_suffix(end).ok_or_else(|| format!("{end:?} is to end {text}"))
}

fn quoted(text: &str) -> Result<String, Refused> {
    let inner = before(after(text, "\"")?, "\"")?;
    if inner.contains(['"', '\\']) { Err(text.to_owned()) } else { Ok(inner.to_owned()) }
}
