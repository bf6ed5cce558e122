//! The section `[schedule]`: when a cycle starts.

use std::time::Duration;

use cron::TimeUnitSpec;
use jiff::SignedDuration;

use super::table::Section;
use crate::daemon::{Recurrence, Schedule, Timing};

/// Minutes from a change in Entra to Jostle; an idle cycle costs Graph one request.
const DEFAULT_EVERY: Duration = Duration::from_mins(5);
/// A shorter rhythm would only ever be behind.
const LEAST_EVERY: Duration = Duration::from_secs(10);
/// A delta link lives for seven days; a longer pause would leave no time to recover from a failure.
const MOST_EVERY: Duration = Duration::from_hours(24);
/// The share of `every` that the start is put off by at most.
const DEFAULT_JITTER_PERCENT: u32 = 10;
/// With cron there is no interval to take a share of.
const DEFAULT_CRON_JITTER: Duration = Duration::from_secs(30);
/// Beyond that it would be another schedule.
const MOST_CRON_JITTER: Duration = Duration::from_hours(1);

/// What somebody changed in Jostle is seldom urgent, and reading every account takes its time.
const DEFAULT_RECONCILE_DAYS: i64 = 7;

/// What the feeds of Graph lose (removals are the known case) is found by then.
const DEFAULT_BASELINE_DAYS: u64 = 7;

/// The section.
pub(super) struct Times {
    /// When cycles start; none if that cannot be read.
    pub(super) cycles: Option<Schedule>,
    /// After which time everybody is read completely again.
    pub(super) baseline_every: SignedDuration,
    /// How often accounts are compared; none if that cannot be read.
    pub(super) reconcile: Option<Recurrence>,
}

pub(super) fn read(mut section: Section<'_>) -> Times {
    if section.has("every") && section.has("cron") {
        section.problem("cron", "stands beside every; keep one of them");
    }
    let every = section.duration("every", LEAST_EVERY..=MOST_EVERY);
    let cron = cron_expression(&mut section);
    let every = if section.has("cron") { None } else { Some(every.unwrap_or(DEFAULT_EVERY)) };
    let jitter = jitter(&mut section, every);
    let days = section.integer("baseline_days", 1..=30).unwrap_or(DEFAULT_BASELINE_DAYS);
    let reconcile = recurrence(&mut section);
    section.finish();
    let timing = every.map(Timing::Every).or(cron.map(|cron| Timing::Cron(Box::new(cron))));
    let cycles = timing.zip(jitter).map(|(timing, jitter)| Schedule { timing, jitter });
    Times { cycles, baseline_every: days_of(days.cast_signed()), reconcile }
}

fn days_of(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn recurrence(section: &mut Section<'_>) -> Option<Recurrence> {
    let Some(text) = section.has("reconcile").then(|| section.text("reconcile")) else {
        return Some(Recurrence::Every(days_of(DEFAULT_RECONCILE_DAYS)));
    };
    Some(match text? {
        "never" => Recurrence::Never,
        "daily" => Recurrence::Every(days_of(1)),
        "weekly" => Recurrence::Every(days_of(7)),
        "monthly" => Recurrence::Every(days_of(30)),
        other => match cron_of(other) {
            Ok(cron) => Recurrence::Cron(Box::new(cron)),
            Err(wrong) => {
                let words = "\"daily\", \"weekly\", \"monthly\" or \"never\"";
                section.problem("reconcile", format!("is none of {words}, and {wrong}"));
                return None;
            }
        },
    })
}

fn jitter(section: &mut Section<'_>, every: Option<Duration>) -> Option<Duration> {
    let share = |percent: u32| every.map(|every| every * percent / 100);
    let Some(text) = section.has("jitter").then(|| section.text("jitter")) else {
        return share(DEFAULT_JITTER_PERCENT).or(Some(DEFAULT_CRON_JITTER));
    };
    let text = text?;
    let Some(percent) = text.strip_suffix('%') else {
        return section.as_duration("jitter", text, Duration::ZERO..=every.unwrap_or(MOST_CRON_JITTER));
    };
    let jitter = percent.trim().parse().ok().filter(|percent| *percent <= 100).and_then(share);
    if jitter.is_none() {
        let advice = if every.is_some() { "write \"0%\" to \"100%\"" } else { "with cron, write a duration" };
        section.problem("jitter", format!("is {text:?}; {advice}"));
    }
    jitter
}

fn cron_expression(section: &mut Section<'_>) -> Option<cron::Schedule> {
    let text = section.text("cron")?;
    cron_of(text).map_err(|wrong| section.problem("cron", wrong)).ok()
}

fn cron_of(text: &str) -> Result<cron::Schedule, String> {
    Err(match text.parse::<cron::Schedule>() {
        Ok(schedule) => match wrong(&schedule) {
            None => return Ok(schedule),
            Some(wrong) => wrong.to_owned(),
        },
        // A crontab line would mean something else here: cron counts its days from Sunday = 0, this from Sunday = 1.
        Err(_) if text.split_whitespace().count() == 5 => {
            "has 5 fields; put the seconds before them, and write days of the week as names: \"0 30 6 * * Mon-Fri\""
                .to_owned()
        }
        Err(error) => format!("is not a cron expression ({error}); write it like \"0 30 6 * * Mon-Fri\""),
    })
}

/// What is wrong with a well-formed expression: a date that no year has, or starts closer together than `every` allows.
fn wrong(schedule: &cron::Schedule) -> Option<&'static str> {
    let days_in = |month: u32| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let first_day = schedule.days_of_month().iter().min().unwrap_or(1);
    if !schedule.months().iter().any(|month| first_day <= days_in(month)) {
        return Some("never comes: none of its months has such a day; correct the day or the month");
    }
    let seconds: Vec<u32> = schedule.seconds().iter().collect();
    let next_minute = seconds.first().map(|first| first + 60);
    let close = seconds.iter().zip(seconds.iter().skip(1).copied().chain(next_minute)).any(|(a, b)| b - a < 10);
    close.then_some("starts more often than every 10 seconds; begin it with \"0\" for once a minute")
}
