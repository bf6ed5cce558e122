//! Dates: reckoning with them, and Active Directory's numbers for them.

use jiff::Span;
use jiff::civil::DateTime;

use super::super::date::{is_in_range, of_second, second_of};
use super::args::{all_filled, check_written, date, number, shown, text, written_number};
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

/// All give null if an argument is. The evaluator has read the dates; without an offset they are UTC.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("CDate", "CDate(expression)", &[Parameter::Date], Gives::Date, |args, _| {
        Ok(date(args, 0).map_or(Value::Null, Value::Date))
    }),
    Function {
        prepare: prepare_interval,
        ..Function::new(
            "DateAdd",
            "DateAdd(interval, value, dateTime)",
            &[Parameter::Text, Parameter::Number, Parameter::Date],
            Gives::Date,
            |args, _| date_add(args),
        )
    },
    Function {
        prepare: prepare_interval,
        ..Function::new(
            "DateDiff",
            "DateDiff(interval, date1, date2)",
            &[Parameter::Text, Parameter::Date, Parameter::Date],
            Gives::Number,
            |args, _| date_diff(args),
        )
    },
    Function {
        prepare: |known| {
            written_number(known, 0).map_or(Ok(()), |ticks| of_ticks(ticks).map(|_| ()))?;
            all_filled(known)
        },
        ..Function::new("DateFromNum", "DateFromNum(value)", &[Parameter::Number], Gives::Date, |args, _| {
            number(args, 0).map_or(Ok(Value::Null), |ticks| of_ticks(ticks).map(Value::Date))
        })
    },
    Function::new("NumFromDate", "NumFromDate(value)", &[Parameter::Date], Gives::Number, |args, _| {
        date(args, 0).map_or(Ok(Value::Null), |at| ticks_of(at).map(Value::Number))
    }),
];

/// Entra's intervals, and Visual Basic's other three.
#[derive(Clone, Copy)]
enum Interval {
    Year,
    Quarter,
    Month,
    /// `d`, and `y`, the day of the year.
    Day,
    /// `w`: adds days; as a difference, whole weeks.
    Weekday,
    /// `ww`; starts on Sunday.
    Week,
    Hour,
    Minute,
    Second,
}

impl Interval {
    fn named(name: &str) -> Result<Self, Fault> {
        match name {
            "yyyy" => Ok(Self::Year),
            "q" => Ok(Self::Quarter),
            "m" => Ok(Self::Month),
            "d" | "y" => Ok(Self::Day),
            "w" => Ok(Self::Weekday),
            "ww" => Ok(Self::Week),
            "h" => Ok(Self::Hour),
            "n" => Ok(Self::Minute),
            "s" => Ok(Self::Second),
            _ => Err(format!("has the interval {}; use yyyy, q, m, ww, d, h, n (minute) or s", shown(name))),
        }
    }

    /// How long it is; none for what is not always as long.
    fn seconds(self) -> Option<i64> {
        match self {
            Self::Year | Self::Quarter | Self::Month => None,
            Self::Week => Some(7 * 86_400),
            Self::Day | Self::Weekday => Some(86_400),
            Self::Hour => Some(3_600),
            Self::Minute => Some(60),
            Self::Second => Some(1),
        }
    }

    /// The number of the one that a moment falls into, so that a difference counts the bounds between two.
    fn number_of(self, at: DateTime) -> i64 {
        let seconds = second_of(at);
        let day = seconds.div_euclid(86_400);
        let (year, month) = (i64::from(at.year()), i64::from(at.month()));
        match self {
            Self::Year => year,
            Self::Quarter => year * 4 + (month - 1) / 3,
            Self::Month => year * 12 + month,
            // 1970 started on a Thursday.
            Self::Week => (day + 4).div_euclid(7),
            Self::Day | Self::Weekday => day,
            Self::Hour => seconds.div_euclid(3_600),
            Self::Minute => seconds.div_euclid(60),
            Self::Second => seconds,
        }
    }
}

fn prepare_interval(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    check_written(known, 0, Interval::named)?;
    all_filled(known)
}

/// Years, quarters and months keep the day, or take the last of a month that is too short.
fn date_add(args: &[Option<Value>]) -> Result<Value, Fault> {
    let (Some(interval), Some(count), Some(at)) = (text(args, 0), number(args, 1), date(args, 2)) else {
        return Ok(Value::Null);
    };
    let interval = Interval::named(interval)?;
    let moved = match interval.seconds() {
        Some(seconds) => count
            .checked_mul(seconds)
            .and_then(|all| of_second(second_of(at).checked_add(all)?, at.subsec_nanosecond())),
        None => months(interval, count).and_then(|months| at.checked_add(months).ok()),
    };
    let moved = moved.filter(|moved| is_in_range(*moved));
    moved
        .map(Value::Date)
        .ok_or_else(|| format!("gives a date that is not within the years 1 to 9999 by adding {count}"))
}

fn months(interval: Interval, count: i64) -> Option<Span> {
    let each = match interval {
        Interval::Year => 12,
        Interval::Quarter => 3,
        _ => 1,
    };
    Span::new().try_months(count.checked_mul(each)?).ok()
}

/// Counts the bounds between two dates: from 23:00 to 1:00 it is one day. Weeks start on Sunday.
fn date_diff(args: &[Option<Value>]) -> Result<Value, Fault> {
    let (Some(interval), Some(from), Some(to)) = (text(args, 0), date(args, 1), date(args, 2)) else {
        return Ok(Value::Null);
    };
    let interval = Interval::named(interval)?;
    let bounds = interval.number_of(to) - interval.number_of(from);
    Ok(Value::Number(if matches!(interval, Interval::Weekday) { bounds / 7 } else { bounds }))
}

/// 1601-01-01T00:00:00Z, where Active Directory starts to count ("File Times", Windows), in seconds since 1970.
const FILE_TIME_STARTS: i64 = -11_644_473_600;

/// How many of Active Directory's ticks, of 100 nanoseconds, a second has.
const TICKS: i64 = 10_000_000;

fn of_ticks(ticks: i64) -> Result<DateTime, Fault> {
    let nanosecond = i32::try_from(ticks.rem_euclid(TICKS) * 100).ok();
    let at = nanosecond.and_then(|nanosecond| of_second(ticks.div_euclid(TICKS) + FILE_TIME_STARTS, nanosecond));
    at.filter(|_| ticks >= 0).ok_or_else(|| {
        let hint = if ticks == i64::MAX { ": Active Directory means never" } else { "" };
        format!("has {ticks}, which is no date of the years 1601 to 9999{hint}")
    })
}

fn ticks_of(at: DateTime) -> Result<i64, Fault> {
    let ticks = (second_of(at) - FILE_TIME_STARTS) * TICKS + i64::from(at.subsec_nanosecond()) / 100;
    if ticks < 0 {
        return Err(format!("has {}, and Active Directory's dates start with 1601", Value::Date(at)));
    }
    Ok(ticks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{EMPTY, NULL, call, date, fault, number, refused, text};
    use super::*;

    fn printed(name: &str, args: [Option<Value>; 3]) -> String {
        call(name, args).expect("a value").to_string()
    }

    #[test]
    fn cdate_prints_as_published() {
        let hired = call("CDate", [date("2020-03-16-07:00")]).expect("a value");
        assert_eq!(hired.to_string(), "3/16/2020 7:00:00 AM");
        assert_eq!(call("CDate", [NULL]), NULL);
        assert!(refused("CDate", [EMPTY]).contains("place 1"));
    }

    #[test]
    fn date_add_is_as_published() {
        for (interval, count, result) in [
            ("d", 7, "3/23/2012 7:00:00 AM"),
            ("d", -10, "3/6/2012 7:00:00 AM"),
            ("ww", 2, "3/30/2012 7:00:00 AM"),
            ("m", 10, "1/16/2013 7:00:00 AM"),
            ("yyyy", 2, "3/16/2014 7:00:00 AM"),
            ("h", -8, "3/15/2012 11:00:00 PM"),
            ("n", 90, "3/16/2012 8:30:00 AM"),
            ("s", -1, "3/16/2012 6:59:59 AM"),
            ("q", 1, "6/16/2012 7:00:00 AM"),
            ("y", 1, "3/17/2012 7:00:00 AM"),
            ("w", 1, "3/17/2012 7:00:00 AM"),
        ] {
            let hired = date("2012-03-16-07:00");
            assert_eq!(printed("DateAdd", [text(interval), number(count), hired]), result, "{interval}");
        }
    }

    #[test]
    fn date_add_takes_the_last_day_of_a_short_month() {
        let february = printed("DateAdd", [text("m"), number(1), date("2024-01-31")]);
        assert_eq!(february, "2/29/2024 12:00:00 AM");
        assert_eq!(printed("DateAdd", [text("yyyy"), number(-1), date("2024-02-29")]), "2/28/2023 12:00:00 AM");
    }

    #[test]
    fn date_add_beyond_the_calendar_is_a_fault() {
        for interval in ["yyyy", "q", "m", "ww", "d", "h", "n", "s"] {
            for count in [i64::MAX, i64::MIN, 400_000_000_000] {
                let fault = fault("DateAdd", [text(interval), number(count), date("2020-01-01")]);
                assert!(fault.contains("years 1 to 9999"), "{interval} {count}: {fault}");
            }
        }
        assert!(fault("DateAdd", [text("yyyy"), number(-2020), date("2020-01-01")]).contains("years 1 to 9999"));
    }

    #[test]
    fn date_diff_is_as_published() {
        for (interval, from, to, result) in [
            ("d", "2021-08-18+08:00", "2021-08-31+08:00", 13),
            ("d", "8/25/2021 5:41:18 PM", "2012-03-16-07:00", -3449),
            ("ww", "8/25/2021 5:41:18 PM", "2012-03-16-07:00", -493),
            ("m", "8/25/2021 5:41:18 PM", "2012-03-16-07:00", -113),
            ("yyyy", "8/25/2021 5:41:18 PM", "2012-03-16-07:00", -9),
            ("d", "2021-08-31+08:00", "2021-08-31+08:00", 0),
            ("h", "2021-08-24", "2021-08-25", 24),
            ("n", "2021-08-24", "2021-08-25", 1440),
            ("s", "2021-08-24", "2021-08-25", 86400),
        ] {
            assert_eq!(call("DateDiff", [text(interval), date(from), date(to)]), number(result), "{interval} {from}");
        }
    }

    #[test]
    fn date_diff_counts_bounds() {
        for (interval, from, to, result) in [
            ("yyyy", "2020-12-31T23:59:59Z", "2021-01-01", 1),
            ("q", "2020-12-31", "2021-04-01", 2),
            ("m", "2020-01-31", "2020-02-01", 1),
            ("d", "2020-01-01T23:00:00Z", "2020-01-02T01:00:00Z", 1),
            ("y", "2020-01-01T23:00:00Z", "2020-01-02T01:00:00Z", 1),
            // 2020-01-04 is a Saturday.
            ("ww", "2020-01-04T23:00:00Z", "2020-01-05T01:00:00Z", 1),
            ("ww", "2020-01-05", "2020-01-11", 0),
            ("w", "2020-01-04", "2020-01-11", 1),
            ("w", "2020-01-11", "2020-01-05", 0),
            ("h", "1960-01-01T00:59:59.9Z", "1960-01-01T01:00:00Z", 1),
            ("s", "1960-01-01T00:59:59.9Z", "1960-01-01T01:00:00Z", 1),
        ] {
            assert_eq!(call("DateDiff", [text(interval), date(from), date(to)]), number(result), "{interval} {from}");
        }
    }

    #[test]
    fn null_gives_null_and_other_intervals_are_refused() {
        let now = date("2020-01-01");
        assert_eq!(call("DateAdd", [text("d"), number(1), NULL]), NULL);
        assert_eq!(call("DateAdd", [text("d"), NULL, now.clone()]), NULL);
        assert_eq!(call("DateAdd", [NULL, number(1), now.clone()]), NULL);
        assert_eq!(call("DateDiff", [text("d"), NULL, now.clone()]), NULL);
        assert_eq!(call("DateDiff", [text("d"), now.clone(), NULL]), NULL);
        for interval in ["D", "day", "yy", "mm", ""] {
            assert!(refused("DateAdd", [text(interval), number(1), now.clone()]).contains("use yyyy"), "{interval}");
            assert!(refused("DateDiff", [text(interval), now.clone(), now.clone()]).contains("use yyyy"));
            assert!(fault("DateDiff", [text(interval), now.clone(), now.clone()]).contains("use yyyy"));
        }
        assert!(refused("DateAdd", [text("d"), EMPTY, now]).contains("place 2"));
    }

    /// The first second of the year 1 and the last of the year 9999.
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 253_402_300_799;

    fn at(second: i64) -> Value {
        Value::Date(of_second(second, 0).expect("a date"))
    }

    fn added(interval: &str, count: i64, at: Value) -> Result<Value, Fault> {
        date_add(&[text(interval), number(count), Some(at)])
    }

    #[test]
    fn the_first_and_the_last_day_can_be_reckoned_with() {
        let (first, last) = (at(FIRST), at(LAST));
        assert_eq!(last.to_string(), "12/31/9999 11:59:59 PM");
        assert_eq!(call("CDate", [date("9999-12-31")]), call("CDate", [date("12/31/9999")]));
        assert_eq!(call("DateDiff", [text("d"), Some(first.clone()), Some(last.clone())]), number(3_652_058));
        assert_eq!(added("s", LAST - FIRST, first.clone()), Ok(last.clone()));
        assert_eq!(added("s", FIRST - LAST, last.clone()), Ok(first.clone()));
        for (interval, count) in [("yyyy", 1), ("q", 1), ("m", 1), ("ww", 1), ("d", 1), ("h", 1), ("n", 1), ("s", 1)] {
            assert!(added(interval, -count, first.clone()).is_err_and(|fault| fault.contains("years 1 to 9999")));
            assert!(added(interval, count, last.clone()).is_err_and(|fault| fault.contains("years 1 to 9999")));
        }
        // 9685 quarters before the year 808 there is no date.
        assert!(added("q", -9_685, at(-36_666_518_401)).is_err_and(|fault| fault.contains("adding -9685")));
        let ticks = number(2_650_467_743_990_000_000);
        assert_eq!(call("NumFromDate", [Some(last.clone())]), ticks);
        assert_eq!(call("DateFromNum", [ticks]), Some(last));
    }

    #[test]
    fn file_times_are_as_published() {
        assert_eq!(call("DateFromNum", [number(129_699_324_000_000_000)]), date("2012-01-01 11:00:00 PM"));
        assert_eq!(call("DateFromNum", [number(0)]), date("1601-01-01"));
        assert_eq!(call("NumFromDate", [date("2020-12-31 23:59:59-08:00")]), number(132_539_615_990_000_000));
        assert_eq!(call("NumFromDate", [NULL]), NULL);
        assert_eq!(call("DateFromNum", [NULL]), NULL);
    }

    #[test]
    fn what_is_no_file_time_is_refused() {
        assert!(refused("DateFromNum", [number(i64::MAX)]).contains("never"));
        assert!(fault("DateFromNum", [number(-1)]).contains("1601"));
        assert!(fault("NumFromDate", [date("1600-12-31")]).contains("12/31/1600 12:00:00 AM"));
    }

    proptest! {
        #[test]
        fn file_times_go_both_ways(ticks in 0..2_650_000_000_000_000_000_i64) {
            let at = call("DateFromNum", [number(ticks)]);
            prop_assert_eq!(call("NumFromDate", [at]), number(ticks));
        }

        #[test]
        fn what_is_added_is_the_difference(
            second in FIRST..=LAST,
            count in prop_oneof![-1_000..1_000_i64, -50_000..50_000_i64],
            interval in prop::sample::select(vec!["yyyy", "q", "m", "ww", "d", "h", "n", "s"]),
        ) {
            let at = at(second);
            match added(interval, count, at.clone()) {
                Ok(moved) => {
                    prop_assert_eq!(call("DateDiff", [text(interval), Some(at), Some(moved)]), number(count));
                }
                Err(fault) => prop_assert!(fault.contains("years 1 to 9999"), "{}", fault),
            }
        }
    }
}
