//! Values of a section that are more than their TOML type: a choice, a number in a range, a duration.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;
use toml::de::{DeFloat, DeInteger};

use super::table::Section;

impl Section<'_> {
    /// One of several words; none if it is not there or not one of them.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("{word:?}")).collect();
            self.problem(key, format!("is {text:?}; write one of {}", words.join(", ")));
        }
        chosen
    }

    /// `true` or `false`.
    pub(super) fn flag_or(&mut self, key: &'static str, default: bool) -> bool {
        let Some(found) = self.get(key) else { return default };
        if found.value.as_bool().is_none() {
            self.wrong_type(key, "true or false, without quotes", &found);
        }
        found.value.as_bool().unwrap_or(default)
    }

    /// A whole number within a range.
    pub(super) fn integer(&mut self, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let found = self.get(key)?;
        let Some(integer) = found.value.as_integer() else {
            self.wrong_type(key, "a whole number without quotes", &found);
            return None;
        };
        self.within(key, integer, u64::from_str_radix(integer.as_str(), integer.radix()).ok(), &range)
    }

    /// A number within a range.
    pub(super) fn number(&mut self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let found = self.get(key)?;
        let (integer, float) = (found.value.as_integer(), found.value.as_float());
        let Some(text) = integer.map(DeInteger::as_str).or(float.map(DeFloat::as_str)) else {
            self.wrong_type(key, "a number without quotes", &found);
            return None;
        };
        self.within(key, text, text.parse().ok(), &range)
    }

    /// A duration within a range.
    pub(super) fn duration(&mut self, key: &'static str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let text = self.text(key)?;
        self.as_duration(key, text, range)
    }

    /// A text as a duration within a range.
    pub(super) fn as_duration(&self, key: &str, text: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let Ok(duration) = text.parse::<SignedDuration>() else {
            self.problem(key, format!("{text:?} is not a duration; write it like \"30s\", \"5m\" or \"1h 30m\""));
            return None;
        };
        let printed = RangeInclusive::new(Human(*range.start()), Human(*range.end()));
        self.within(key, text, Duration::try_from(duration).ok().map(Human), &printed).map(|Human(duration)| duration)
    }

    fn within<T: PartialOrd + Display>(
        &self,
        key: &str,
        written: impl Display,
        value: Option<T>,
        range: &RangeInclusive<T>,
    ) -> Option<T> {
        let value = value.filter(|value| range.contains(value));
        if value.is_none() {
            let (least, most) = (range.start(), range.end());
            self.problem(key, format!("is {written}; it must be at least {least} and at most {most}"));
        }
        value
    }
}

/// A duration that prints as it is written.
#[derive(PartialEq, PartialOrd)]
struct Human(Duration);

impl Display for Human {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match SignedDuration::try_from(self.0) {
            Ok(duration) => write!(f, "{duration:#}"),
            Err(_) => write!(f, "{:?}", self.0),
        }
    }
}
