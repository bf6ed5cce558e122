//! The section `[log]`: what of a person the log may show, and how often it shows that the daemon is alive.

use std::time::Duration;

use super::table::Section;
use crate::event::PersonalData;

/// The log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// How much of a person a line may show; names by default, and no values.
    pub personal_data: PersonalData,
    /// How often the daemon shows that it is alive; every 15 minutes by default.
    pub heartbeat: Duration,
}

const DEFAULT_HEARTBEAT: Duration = Duration::from_mins(15);
const LEAST_HEARTBEAT: Duration = Duration::from_mins(1);
const MOST_HEARTBEAT: Duration = Duration::from_hours(24);

pub(super) fn read(mut section: Section<'_>) -> Log {
    let known = [("ids", PersonalData::Ids), ("names", PersonalData::Names), ("values", PersonalData::Values)];
    let personal_data = section.choice("personal_data", &known).unwrap_or_default();
    let heartbeat = section.duration("heartbeat", LEAST_HEARTBEAT..=MOST_HEARTBEAT).unwrap_or(DEFAULT_HEARTBEAT);
    section.finish();
    Log { personal_data, heartbeat }
}
