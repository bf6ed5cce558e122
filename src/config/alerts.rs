//! The section `[alerts]`: to whom it is told how the daemon does, and how often.

mod email;
mod webhook;

use std::time::Duration;

use super::place::Place;
use super::table::Section;
use crate::alert::{MailSettings, WebhookSettings};
use crate::health::Level;

/// To whom it is told how the daemon does; to nobody by default.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// After this time it is told again what is still so, and then less and less often; an hour by default.
    pub repeat_after: Duration,
    /// Messages an hour and channel at most, 1 to 1,000; 10 by default.
    pub per_hour: u32,
    /// `[[alerts.email]]`
    pub emails: Vec<MailSettings>,
    /// `[[alerts.webhook]]`
    pub webhooks: Vec<WebhookSettings>,
}

/// Time to do something about it before one is reminded.
const DEFAULT_REPEAT_AFTER: Duration = Duration::from_hours(1);
const LEAST_REPEAT_AFTER: Duration = Duration::from_mins(5);
const MOST_REPEAT_AFTER: Duration = Duration::from_hours(24 * 7);
/// Whoever gets more reads none.
const DEFAULT_PER_HOUR: u64 = 10;
/// A name stands in the log and in the state.
const LONGEST_NAME: usize = 40;

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> Alerts {
    let repeat_after =
        section.duration("repeat_after", LEAST_REPEAT_AFTER..=MOST_REPEAT_AFTER).unwrap_or(DEFAULT_REPEAT_AFTER);
    let per_hour = section.integer("per_hour", 1..=1000).unwrap_or(DEFAULT_PER_HOUR);
    let mut names = Names::default();
    let emails = section.sections("email");
    let emails = emails.into_iter().filter_map(|email| email::read(email, &mut names, place)).collect();
    let webhooks = section.sections("webhook");
    let webhooks = webhooks.into_iter().filter_map(|webhook| webhook::read(webhook, &mut names, place)).collect();
    section.finish();
    Alerts { repeat_after, per_hour: u32::try_from(per_hour).unwrap_or(u32::MAX), emails, webhooks }
}

/// The names of the channels so far.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    /// The name of a channel: its own, or what it is, as long as there is one of it.
    fn take(&mut self, section: &mut Section<'_>, default: &str) -> Option<String> {
        let name = section.text("name").unwrap_or(default).to_owned();
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let wrong = if self.0.contains(&name) {
            format!("is {name:?}, and so is another channel; give each a name of its own: name = \"…\"")
        } else if !is_plain || name.len() > LONGEST_NAME {
            format!("must be of at most {LONGEST_NAME} ASCII letters, digits, -, _ and .")
        } else {
            self.0.push(name.clone());
            return Some(name);
        };
        section.problem("name", wrong);
        None
    }
}

/// The least level that a channel wants to be told of.
fn level(section: &mut Section<'_>) -> Level {
    let levels = [("notice", Level::Notice), ("warning", Level::Warning), ("critical", Level::Critical)];
    section.choice("level", &levels).unwrap_or(Level::Warning)
}
