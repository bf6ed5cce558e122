//! The writing of a date in a given format.

use super::names::{DAYS, MONTHS, short};
use super::pieces::{Part, Piece};
use super::read::Written;
use crate::mapping::expression::functions::Fault;

/// Writes a date as the pieces say. `Z` is refused for a date that is not in UTC, which it would move.
pub(super) fn write(at: &Written, pieces: &[Piece]) -> Result<String, Fault> {
    let mut written = String::new();
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(c) => written.push(*c),
            Piece::OptionalPoint => {
                if let Some(Piece::Part(Part::ShortFraction, count)) = pieces.get(place + 1)
                    && !short_fraction(at, *count).is_empty()
                {
                    written.push('.');
                }
            }
            Piece::Part(Part::Utc, _) if !at.offset.is_zero() => {
                return Err(format!(
                    "has a date with the offset {}, and an outputFormat with Z, which means UTC; use the dateTimeStyles \
                     AdjustToUniversal, or K instead of Z",
                    offset(at, 3)
                ));
            }
            Piece::Part(part, count) => written.push_str(&text(at, *part, *count)),
        }
    }
    Ok(written)
}

fn text(at: &Written, part: Part, count: usize) -> String {
    let clock = at.clock;
    match part {
        Part::Year if count <= 2 => padded(i32::from(clock.year()) % 100, count),
        Part::Year => padded(i32::from(clock.year()), count),
        Part::Month if count > 2 => name(&MONTHS, clock.month() - 1, count),
        Part::Month => padded(i32::from(clock.month()), count),
        Part::Day if count > 2 => name(&DAYS, clock.weekday().to_sunday_zero_offset(), count),
        Part::Day => padded(i32::from(clock.day()), count),
        Part::HalfHour => padded((i32::from(clock.hour()) + 11) % 12 + 1, count),
        Part::Hour => padded(i32::from(clock.hour()), count),
        Part::Minute => padded(i32::from(clock.minute()), count),
        Part::Second => padded(i32::from(clock.second()), count),
        Part::Fraction => fraction(at, count),
        Part::ShortFraction => short_fraction(at, count),
        Part::Half => (if clock.hour() < 12 { "AM" } else { "PM" })[..count].to_owned(),
        Part::Offset => offset(at, count),
        Part::Zone if at.offset.is_zero() => "Z".to_owned(),
        Part::Zone => offset(at, 3),
        Part::Utc => "Z".to_owned(),
    }
}

fn padded(number: i32, width: usize) -> String {
    format!("{number:0width$}")
}

fn name(names: &[&str], place: i8, count: usize) -> String {
    let name = usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or_default();
    (if count == 3 { short(name) } else { name }).to_owned()
}

fn fraction(at: &Written, count: usize) -> String {
    let mut digits = format!("{:09}", at.clock.subsec_nanosecond());
    digits.truncate(count);
    digits
}

fn short_fraction(at: &Written, count: usize) -> String {
    fraction(at, count).trim_end_matches('0').to_owned()
}

fn offset(at: &Written, count: usize) -> String {
    let minutes = at.offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    match count {
        1 | 2 => format!("{sign}{}", padded(hours, count)),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}
