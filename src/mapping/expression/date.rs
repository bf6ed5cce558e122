//! Dates as Entra reads and prints them.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// `M/d/yyyy h:mm:ss tt` in UTC, as `CDate` and `Now` print it: `3/16/2020 7:00:00 AM`.
pub(super) fn print(at: DateTime) -> String {
    at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

/// Reads a date: `2020-03-16`, `2020/3/16` or `3/16/2020`, then a time if there is one (`T7:00`, ` 07:00:00.0000000`,
/// ` 7:00:00 AM`), then an offset if there is one (`Z`, `-07:00`, `-0700`). Without an offset it is UTC, and without a
/// time midnight there. None for all else, and for what is not within the years 1 to 9999 in UTC.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let mut reader = Reader::new(text.trim());
    let date = date(&mut reader)?;
    let time = match (reader.take('T'), reader.skip_white(), reader.at_digit()) {
        (false, true, true) | (true, false, _) => time(&mut reader)?,
        (false, _, false) => Time::midnight(),
        _ => return None,
    };
    reader.skip_white();
    let offset = if reader.take('Z') || reader.is_done() { Offset::UTC } else { reader.offset()? };
    let at = in_utc(date.to_datetime(time), offset)?;
    reader.is_done().then_some(at)
}

/// What a clock in UTC shows while one that far from it shows this; none outside the years 1 to 9999.
pub(super) fn in_utc(clock: DateTime, offset: Offset) -> Option<DateTime> {
    of_second(second_of(clock) - i64::from(offset.seconds()), clock.subsec_nanosecond())
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The whole second before or at a moment, since 1970.
pub(super) fn second_of(at: DateTime) -> i64 {
    let days = at.date().duration_since(EPOCH.date()).as_hours() / 24;
    days * 86_400 + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second())
}

/// The moment so long after the start of 1970; none outside the years 1 to 9999. From 1970, because a date of jiff takes
/// no duration that is longer than from there to its ends.
pub(super) fn of_second(second: i64, nanosecond: i32) -> Option<DateTime> {
    EPOCH.checked_add(SignedDuration::new(second, nanosecond)).ok().filter(|at| is_in_range(*at))
}

/// Whether .NET, whose dates these are, has this one too: the years 1 to 9999.
pub(super) fn is_in_range(at: DateTime) -> bool {
    at.year() > 0
}

fn date(reader: &mut Reader<'_>) -> Option<Date> {
    let (first, width) = reader.number(1, 4)?;
    let separator = if width == 4 && reader.take('-') { '-' } else { '/' };
    if separator == '/' && !reader.take('/') {
        return None;
    }
    let second = reader.number(1, 2)?.0;
    if !reader.take(separator) {
        return None;
    }
    let (year, month, day) = match width {
        4 => (first, second, reader.number(1, 2)?.0),
        _ => (reader.number(4, 4)?.0, first, second),
    };
    civil_date(year, month, day)
}

fn time(reader: &mut Reader<'_>) -> Option<Time> {
    let hour = reader.number(1, 2)?.0;
    if !reader.take(':') {
        return None;
    }
    let minute = reader.number(2, 2)?.0;
    let second = if reader.take(':') { reader.number(2, 2)?.0 } else { 0 };
    let nanosecond = if reader.take('.') { reader.fraction(1, 9)? } else { 0 };
    reader.skip_white();
    let hour = match reader.half() {
        Some(is_pm) => hour_of_half(hour, is_pm).filter(|_| hour > 0)?,
        None => hour,
    };
    civil_time(hour, minute, second, nanosecond)
}

/// A day of the years 1 to 9999.
pub(super) fn civil_date(year: i32, month: i32, day: i32) -> Option<Date> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (year > 0).then_some(date)
}

/// A time of the day, without leap seconds.
pub(super) fn civil_time(hour: i32, minute: i32, second: i32, nanosecond: i32) -> Option<Time> {
    let (hour, minute, second) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?);
    Time::new(hour, minute, second, nanosecond).ok()
}

/// The hour of the day of an hour on a dial of twelve.
pub(super) fn hour_of_half(hour: i32, is_pm: bool) -> Option<i32> {
    (0..=12).contains(&hour).then_some(hour % 12 + if is_pm { 12 } else { 0 })
}

/// Reads a text from its left end. What is not there as asked is not taken.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// At the left end.
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Whether all is read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes this character.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        self.rest.strip_prefix(wanted).is_some_and(|rest| self.go(rest))
    }

    /// Takes this word of ASCII letters, in upper or lower case.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let there = self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        there && self.go(&self.rest[word.len()..])
    }

    /// Takes `AM` or `PM`; whether it was `PM`.
    pub(super) fn half(&mut self) -> Option<bool> {
        if self.take_word("PM") { Some(true) } else { self.take_word("AM").then_some(false) }
    }

    /// Takes white space; whether there was any.
    pub(super) fn skip_white(&mut self) -> bool {
        let rest = self.rest.trim_start();
        rest.len() < self.rest.len() && self.go(rest)
    }

    /// Takes so many ASCII digits, at most nine; the number and how many they were.
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<(i32, usize)> {
        let width = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(width);
        let number = digits.parse().ok().filter(|_| width >= least)?;
        self.go(rest);
        Some((number, width))
    }

    /// Takes so many digits of a fraction of a second, at most nine, as nanoseconds.
    pub(super) fn fraction(&mut self, least: usize, most: usize) -> Option<i32> {
        let (number, width) = self.number(least, most)?;
        let missing = u32::try_from(9_usize.checked_sub(width)?).ok()?;
        number.checked_mul(10_i32.pow(missing))
    }

    /// Takes `+hh:mm` or `+hhmm`, or with `-`.
    pub(super) fn offset(&mut self) -> Option<Offset> {
        let is_east = self.sign()?;
        let hours = self.number(1, 2)?.0;
        self.take(':');
        let minutes = self.number(2, 2)?.0;
        offset_of(is_east, hours, minutes)
    }

    /// Takes `+` or `-`; whether it was `+`.
    pub(super) fn sign(&mut self) -> Option<bool> {
        if self.take('+') { Some(true) } else { self.take('-').then_some(false) }
    }

    fn at_digit(&self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit())
    }

    fn go(&mut self, rest: &'a str) -> bool {
        self.rest = rest;
        true
    }
}

/// The offset of so many hours and minutes; none beyond the 14 hours that .NET has.
pub(super) fn offset_of(is_east: bool, hours: i32, minutes: i32) -> Option<Offset> {
    let all = hours * 60 + minutes;
    let seconds = if is_east { all * 60 } else { all * -60 };
    (minutes < 60 && all <= 14 * 60).then(|| Offset::from_seconds(seconds).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str) -> Option<String> {
        parse(text).map(print)
    }

    #[test]
    fn what_entra_reads_is_read() {
        for (text, prints) in [
            ("2020-03-16-07:00", "3/16/2020 7:00:00 AM"),
            ("2021-06-30+08:00", "6/29/2021 4:00:00 PM"),
            ("2009-06-15T01:45:30-07:00", "6/15/2009 8:45:30 AM"),
            ("2012-03-16", "3/16/2012 12:00:00 AM"),
            ("8/25/2021 5:41:18 PM", "8/25/2021 5:41:18 PM"),
            ("8/25/2021 12:41:18 AM", "8/25/2021 12:41:18 AM"),
            ("8/25/2021 12:41:18 pm", "8/25/2021 12:41:18 PM"),
            ("8/5/2021", "8/5/2021 12:00:00 AM"),
            ("2021/8/5", "8/5/2021 12:00:00 AM"),
            ("2024-02-29 23:59:59-08:00", "3/1/2024 7:59:59 AM"),
            ("2024-02-29 23:59", "2/29/2024 11:59:00 PM"),
            ("2024-02-29 23:59:59 +0530", "2/29/2024 6:29:59 PM"),
            ("2024-02-29T23:59:59Z", "2/29/2024 11:59:59 PM"),
            ("2024-02-29T23:59:59.1234567Z", "2/29/2024 11:59:59 PM"),
            ("  2024-02-29  ", "2/29/2024 12:00:00 AM"),
            ("0001-01-01T00:00:00Z", "1/1/0001 12:00:00 AM"),
            ("12/31/9999", "12/31/9999 12:00:00 AM"),
            ("9999-12-31T23:59:59Z", "12/31/9999 11:59:59 PM"),
            ("9999-12-31T23:59:59+14:00", "12/31/9999 9:59:59 AM"),
        ] {
            assert_eq!(printed(text).as_deref(), Some(prints), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "2023-02-29",
            "2023-13-01",
            "13/1/2023",
            "1/2/23",
            "20230101",
            "2023-01-01T",
            "2023-01-01T7",
            "2023-01-0107:00",
            "2023-01-01T24:00:00Z",
            "2023-01-01T07:00:60Z",
            "2023-01-01T07:00:00.Z",
            "2023-01-01T07:00:00.1234567890Z",
            "2023-01-01 13:00:00 PM",
            "2023-01-01 0:00:00 PM",
            "2023-01-01+15:00",
            "2023-01-01+08:60",
            "2023-01-01Z later",
            "0000-01-01",
            "0001-01-01+08:00",
            "9999-12-31T23:59:59-00:01",
            "２０２３-01-01",
        ] {
            assert_eq!(printed(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_are_kept() {
        assert_eq!(parse("2024-01-01T00:00:00.5Z").map(DateTime::millisecond), Some(500));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_to_the_second(second in -62_135_596_800..=253_402_300_799_i64) {
            let at = of_second(second, 0).unwrap();
            prop_assert_eq!(second_of(at), second);
            prop_assert_eq!(parse(&print(at)), Some(at));
            prop_assert_eq!(parse(&format!("{at}Z")), Some(at));
        }

        #[test]
        fn any_text_is_a_date_or_none(text in "\\PC{0,30}|[0-9TZ:/+. -]{0,30}") {
            let _ = parse(&text);
        }
    }
}
