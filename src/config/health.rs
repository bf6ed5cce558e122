//! The section `[health]`: from when on something is worth a look.

use jiff::SignedDuration;
use jiff::civil::Date;

use super::table::Section;
use crate::connector::{Expiry, Side};
use crate::health::Rules;

/// One missed cycle is a restart or a moment of the network; three in a row are none.
const DEFAULT_MISSED_CYCLES: u64 = 3;
/// The third try comes after some twenty minutes: what a moment breaks is mended by then.
const DEFAULT_FAILING_ATTEMPTS: u64 = 3;
/// Whoever pauses for longer than a day has probably forgotten it.
const DEFAULT_PAUSE_HOURS: u64 = 24;
/// Room for the write-ahead log of a large cycle, and to see it coming.
const DEFAULT_DISK_MB: u64 = 500;

pub(super) fn read(mut section: Section<'_>) -> Rules {
    let missed = section.integer("missed_cycles", 1..=1000).unwrap_or(DEFAULT_MISSED_CYCLES);
    let attempts = section.integer("failing_attempts", 1..=1000).unwrap_or(DEFAULT_FAILING_ATTEMPTS);
    let hours = section.integer("pause_hours", 1..=8760).unwrap_or(DEFAULT_PAUSE_HOURS);
    let megabytes = section.integer("disk_free_mb", 0..=1_000_000).unwrap_or(DEFAULT_DISK_MB);
    let expiries = [
        (Side::Entra, date(&mut section, "entra_credential_expires")),
        (Side::Jostle, date(&mut section, "jostle_key_expires")),
    ];
    section.finish();
    Rules {
        missed_cycles: u32::try_from(missed).unwrap_or(u32::MAX),
        failing_attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        longest_pause: SignedDuration::from_hours(hours.cast_signed()),
        least_room: megabytes << 20,
        expiries: expiries.into_iter().filter_map(|(side, on)| Some(Expiry { side, on: on? })).collect(),
    }
}

fn date(section: &mut Section<'_>, key: &'static str) -> Option<Date> {
    let text = section.text(key)?;
    let date = text.parse().ok();
    if date.is_none() {
        section.problem(key, format!("{text:?} is no date; write it like \"2027-01-31\""));
    }
    date
}
