//! The reading of a date in a given format.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::names::{DAYS, MONTHS, short};
use super::pieces::{Part, Piece};
use super::styles::Styles;
use crate::mapping::expression::date::{Reader, civil_date, civil_time, hour_of_half, offset_of};

/// A date as it was written: what its clock shows, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// What the clock shows.
    pub(super) clock: DateTime,
    /// How far the clock is from UTC.
    pub(super) offset: Offset,
}

/// What was read so far. A part that is read twice must be the same both times.
#[derive(Debug, Default)]
struct Found {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    weekday: Option<i32>,
    half_hour: Option<i32>,
    hour: Option<i32>,
    minute: Option<i32>,
    second: Option<i32>,
    nanosecond: Option<i32>,
    is_pm: Option<bool>,
    offset: Option<Offset>,
}

/// Reads a date that is written as the pieces say; none if it is not. What the format has no part for is the first of
/// its kind: January, the first, midnight.
pub(super) fn read(text: &str, pieces: &[Piece], styles: Styles) -> Option<Written> {
    let mut reader = Reader::new(text);
    let mut found = Found::default();
    if styles.leading {
        reader.skip_white();
    }
    for piece in pieces {
        if styles.inner {
            reader.skip_white();
        }
        match piece {
            Piece::Part(part, count) => found.take(*part, *count, &mut reader)?,
            Piece::OptionalPoint => {
                reader.take('.');
            }
            Piece::Literal(c) if styles.inner && c.is_whitespace() => {}
            Piece::Literal(c) => reader.take(*c).then_some(())?,
        }
    }
    if styles.trailing {
        reader.skip_white();
    }
    if reader.is_done() { found.written() } else { None }
}

impl Found {
    fn take(&mut self, part: Part, count: usize, reader: &mut Reader<'_>) -> Option<()> {
        let digits = |reader: &mut Reader<'_>| reader.number(count, count.max(2)).map(|(number, _)| number);
        match part {
            Part::Year if count <= 2 => put(&mut self.year, of_two_digits(digits(reader)?)),
            Part::Year => put(&mut self.year, reader.number(count, count)?.0),
            Part::Month if count > 2 => put(&mut self.month, named(reader, &MONTHS, count)? + 1),
            Part::Month => put(&mut self.month, digits(reader)?),
            Part::Day if count > 2 => put(&mut self.weekday, named(reader, &DAYS, count)?),
            Part::Day => put(&mut self.day, digits(reader)?),
            Part::HalfHour => put(&mut self.half_hour, digits(reader)?),
            Part::Hour => put(&mut self.hour, digits(reader)?),
            Part::Minute => put(&mut self.minute, digits(reader)?),
            Part::Second => put(&mut self.second, digits(reader)?),
            Part::Fraction => put(&mut self.nanosecond, reader.fraction(count, count)?),
            Part::ShortFraction => put(&mut self.nanosecond, reader.fraction(1, count).unwrap_or(0)),
            Part::Half => put(&mut self.is_pm, half(reader, count)?),
            Part::Offset => put(&mut self.offset, offset(reader, count)?),
            Part::Zone => put(&mut self.offset, zone(reader)?),
            Part::Utc => put(&mut self.offset, utc(reader)?),
        }
    }

    fn written(&self) -> Option<Written> {
        let hour = match (self.hour, self.half_hour, self.is_pm) {
            (Some(hour), _, Some(is_pm)) if (hour >= 12) != is_pm => return None,
            (Some(hour), Some(half), is_pm) if hour != hour_of_half(half, is_pm.unwrap_or(hour >= 12))? => return None,
            (Some(hour), ..) => hour,
            (None, Some(half), is_pm) => hour_of_half(half, is_pm.unwrap_or(false))?,
            (None, None, is_pm) => {
                if is_pm == Some(true) {
                    12
                } else {
                    0
                }
            }
        };
        let date = civil_date(self.year.unwrap_or(1), self.month.unwrap_or(1), self.day.unwrap_or(1))?;
        let weekday = i32::from(date.weekday().to_sunday_zero_offset());
        if self.weekday.is_some_and(|named| named != weekday) {
            return None;
        }
        let time = civil_time(hour, self.minute.unwrap_or(0), self.second.unwrap_or(0), self.nanosecond.unwrap_or(0))?;
        Some(Written { clock: date.to_datetime(time), offset: self.offset.unwrap_or(Offset::UTC) })
    }
}

fn put<T: PartialEq + Copy>(place: &mut Option<T>, value: T) -> Option<()> {
    (*place.get_or_insert(value) == value).then_some(())
}

/// .NET's bound: 49 is 2049, 50 is 1950 ("Calendar.TwoDigitYearMax Property", .NET).
fn of_two_digits(year: i32) -> i32 {
    if year < 50 { 2000 + year } else { 1900 + year }
}

/// The place of a name, or of its short form.
fn named(reader: &mut Reader<'_>, names: &[&str], count: usize) -> Option<i32> {
    let place = names.iter().position(|name| reader.take_word(if count == 3 { short(name) } else { name }))?;
    i32::try_from(place).ok()
}

fn half(reader: &mut Reader<'_>, count: usize) -> Option<bool> {
    if count > 1 {
        return reader.half();
    }
    if reader.take_word("P") { Some(true) } else { reader.take_word("A").then_some(false) }
}

fn offset(reader: &mut Reader<'_>, count: usize) -> Option<Offset> {
    if count > 2 {
        return reader.offset();
    }
    let is_east = reader.sign()?;
    offset_of(is_east, reader.number(count, 2)?.0, 0)
}

/// `K`: UTC where nothing is written.
fn zone(reader: &mut Reader<'_>) -> Option<Offset> {
    if reader.take('Z') {
        return Some(Offset::UTC);
    }
    let mut ahead = reader.clone();
    if ahead.sign().is_none() {
        return Some(Offset::UTC);
    }
    reader.offset()
}

fn utc(reader: &mut Reader<'_>) -> Option<Offset> {
    (reader.take('Z') || reader.take_word("GMT")).then_some(Offset::UTC)
}
