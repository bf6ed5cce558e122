//! The function: which formats it has, and what it does for one person.

use jiff::tz::Offset;

use super::pieces::{Part, Piece, pieces};
use super::read::{Written, read};
use super::styles::{self, Styles};
use super::write::write;
use crate::mapping::expression::date;
use crate::mapping::expression::functions::args::{filled, shown, text, written};
use crate::mapping::expression::functions::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

/// A date without an offset is UTC. A date with one keeps what its clock shows, and the offset that goes with it: a day
/// of birth or hire must not become the one before. `AdjustToUniversal` moves it to UTC. Null for null.
pub(in super::super) const FUNCTIONS: &[Function] = &[Function {
    prepare,
    ..Function::new(
        "FormatDateTime",
        "FormatDateTime(source, dateTimeStyles, inputFormat, outputFormat)",
        &[Parameter::Text; 4],
        Gives::Text,
        call,
    )
}];

/// What is known at load.
#[derive(Clone, Debug)]
pub(in crate::mapping::expression) struct Formats {
    styles: Styles,
    input: Vec<Piece>,
    output: Vec<Piece>,
}

fn prepare(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    filled(known, 1)?;
    let styles = match known.get(1) {
        Some(Known::Computed) => return Err(unwritten("dateTimeStyles")),
        _ => written(known, 1).map_or(Ok(styles::DEFAULT), |text| styles::read(&text))?,
    };
    let (input, output) = (format(known, 2, "inputFormat")?, format(known, 3, "outputFormat")?);
    let is_dated = |piece: &Piece| matches!(piece, Piece::Part(Part::Year | Part::Month | Part::Day, _));
    let has_year = input.iter().any(|piece| matches!(piece, Piece::Part(Part::Year, _)));
    if !has_year && output.iter().any(is_dated) {
        return Err("has an inputFormat without a year, for which .NET takes that of the day; read it too".to_owned());
    }
    Ok(Prepared::DateFormats(Box::new(Formats { styles, input, output })))
}

fn format(known: &[Known<'_>], place: usize, name: &str) -> Result<Vec<Piece>, Fault> {
    let format = written(known, place).ok_or_else(|| unwritten(name))?;
    pieces(&format).map_err(|reason| format!("has the {name} {}, which {reason}", shown(&format)))
}

fn unwritten(name: &str) -> Fault {
    format!("needs a value for {name} that is written down, in quotes")
}

fn call(args: &[Option<Value>], prepared: &Prepared) -> Result<Value, Fault> {
    let Prepared::DateFormats(formats) = prepared else { return Err("was not prepared".to_owned()) };
    let Some(source) = text(args, 0) else { return Ok(Value::Null) };
    let at = read(source, &formats.input, formats.styles)
        .ok_or_else(|| format!("has {}, which is no date in inputFormat", shown(source)))?;
    let at = if formats.styles.to_utc { in_utc(at)? } else { at };
    write(&at, &formats.output).map(Value::Text)
}

fn in_utc(at: Written) -> Result<Written, Fault> {
    let clock = date::in_utc(at.clock, at.offset);
    let clock = clock.ok_or("has a date that is not within the years 1 to 9999 in UTC")?;
    Ok(Written { clock, offset: Offset::UTC })
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;
    use proptest::prelude::*;

    use crate::mapping::expression::functions::testing::{Arg, EMPTY, NULL, call, prepare, refused, run, text};

    fn formatted(source: &str, input: &str, output: &str) -> String {
        call("FormatDateTime", [text(source), EMPTY, text(input), text(output)]).expect("a value").to_string()
    }

    fn styled(source: &str, styles: &str, input: &str, output: &str) -> Result<String, String> {
        let args = [text(source), text(styles), text(input), text(output)];
        run("FormatDateTime", &args, &prepare("FormatDateTime", &args)?).map(|value| value.to_string())
    }

    fn fault(source: &str, input: &str) -> String {
        let styles = "AllowLeadingWhite,AllowTrailingWhite";
        styled(source, styles, input, "yyyy-MM-dd").expect_err("it should be a fault")
    }

    #[test]
    fn entras_examples_are_formatted() {
        assert_eq!(formatted("20150123105347.1Z", "yyyyMMddHHmmss.fZ", "yyyy-MM-dd"), "2015-01-23");
        assert_eq!(formatted("2020-12-31-08:00", "yyyy-MM-ddzzz", "yyyy-MM-dd"), "2020-12-31");
        assert_eq!(formatted("1/2/2020 09:05:00 PM", "M/d/yyyy hh:mm:ss tt", "yyyy-MM-dd"), "2020-01-02");
        assert_eq!(
            formatted("3/16/2020 7:00:00 AM", "M/d/yyyy h:mm:ss tt", "yyyy-MM-ddTHH:mm:ssZ"),
            "2020-03-16T07:00:00Z"
        );
    }

    #[test]
    fn every_specifier_is_written() {
        for (output, written) in [
            ("d dd ddd dddd", "5 05 Wed Wednesday"),
            ("M MM MMM MMMM", "3 03 Mar March"),
            ("y yy yyy yyyy yyyyy", "8 08 2008 2008 02008"),
            ("h hh H HH", "3 03 15 15"),
            ("m mm s ss", "4 04 5 05"),
            ("f ff fff ffff fffff ffffff fffffff", "1 12 120 1204 12040 120400 1204000"),
            ("%F FF FFF FFFF FFFFFFF", "1 12 12 1204 1204"),
            ("t tt", "P PM"),
            ("z zz zzz K", "+5 +05 +05:30 +05:30"),
            ("ss.FFF;ss.fff", "05.12;05.120"),
            ("'at' hh \"o'clock\" \\h T 年", "at 03 o'clock h T 年"),
            ("%h", "3"),
            ("s", "2008-03-05T15:04:05"),
            ("O", "2008-03-05T15:04:05.1204000+05:30"),
            ("D", "Wednesday, 05 March 2008"),
        ] {
            assert_eq!(
                formatted("2008-03-05T15:04:05.1204+05:30", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", output),
                written,
                "{output}"
            );
        }
        assert_eq!(formatted("2008-03-05", "yyyy-MM-dd", "hh:mm tt ss.FFFK zzz"), "12:00 AM 00Z +00:00");
        assert_eq!(formatted("2008-03-05 12", "yyyy-MM-dd HH", "h t"), "12 P");
        assert_eq!(formatted("2008-03-05-03:30", "yyyy-MM-ddzzz", "%z zz zzz"), "-3 -03 -03:30");
    }

    #[test]
    fn every_specifier_is_read() {
        for (source, input) in [
            ("Wed, 5 Mar 2008", "ddd, d MMM yyyy"),
            ("wednesday 05 MARCH 08", "dddd dd MMMM yy"),
            ("02008-3-5", "yyyyy-M-d"),
            ("2008.03.05", "yyyy.MM.dd"),
            ("2008-03-05T00:00:00Z", "yyyy-MM-ddTHH:mm:ssK"),
            ("2008-03-05T00:00:00", "yyyy-MM-ddTHH:mm:ssK"),
            ("2008-03-05T00:00:00+0100", "yyyy-MM-ddTHH:mm:ssK"),
            ("2008-03-05T00:00:00GMT", "yyyy-MM-ddTHH:mm:ssZ"),
            ("2008-03-05 12 am +1", "yyyy-MM-dd h tt z"),
            ("2008-03-05 0 A -01", "yyyy-MM-dd h t zz"),
            ("2008-03-05 0.5", "yyyy-MM-dd s.FF"),
            ("2008-03-05 0", "yyyy-MM-dd s.FF"),
            ("2008-03-05 0 12 AM", "yyyy-MM-dd H h tt"),
            (" 2008-03-05\t", "yyyy-MM-dd"),
            ("2008-03-05T00:00:00.0000000Z", "o"),
            ("20080305 2008", "yyyyMMdd yyyy"),
        ] {
            assert_eq!(formatted(source, input, "yyyy-MM-dd HH:mm"), "2008-03-05 00:00", "{source}");
        }
    }

    #[test]
    fn years_of_two_digits_end_with_2049() {
        assert_eq!(formatted("49", "yy", "yyyy"), "2049");
        assert_eq!(formatted("50", "yy", "yyyy"), "1950");
        assert_eq!(formatted("2011", "yyyy", "yyyy-MM-dd HH:mm"), "2011-01-01 00:00");
        assert_eq!(formatted("9999-12-31", "yyyy-MM-dd", "dd.MM.yyyy"), "31.12.9999");
    }

    #[test]
    fn what_is_not_written_so_is_a_fault_of_the_person() {
        for (source, input) in [
            ("", "yyyy-MM-dd"),
            ("soon", "yyyy-MM-dd"),
            ("2008-3-05", "yyyy-MM-dd"),
            ("2008-02-30", "yyyy-MM-dd"),
            ("0000-02-03", "yyyy-MM-dd"),
            ("2008-03-05Z", "yyyy-MM-dd"),
            ("2008 03", "yyyy-MM"),
            ("2008-03-05 2009", "yyyy-MM-dd yyyy"),
            ("Thu 2008-03-05", "ddd yyyy-MM-dd"),
            ("2008-03-05 13 PM", "yyyy-MM-dd h tt"),
            ("2008-03-05 13 AM", "yyyy-MM-dd H tt"),
            ("2008-03-05 13 2", "yyyy-MM-dd H h"),
            ("2008-03-05 24", "yyyy-MM-dd HH"),
            ("2008-03-05 08:00", "yyyy-MM-dd zzz"),
            ("2008-03-05 +08:61", "yyyy-MM-dd zzz"),
            ("2008-03-05 1", "yyyy-MM-dd ff"),
            ("２００８", "yyyy"),
        ] {
            assert!(fault(source, input).contains("no date in inputFormat"), "{source}");
        }
        assert!(fault("später", "yyyy").contains("\"später\""));
    }

    #[test]
    fn a_date_with_an_offset_keeps_its_clock_unless_it_is_moved() {
        let (east, input) = ("2021-08-31T01:00+08:00", "yyyy-MM-ddTHH:mmzzz");
        assert_eq!(formatted(east, input, "yyyy-MM-dd HH:mm zzz"), "2021-08-31 01:00 +08:00");
        let moved = styled(east, "AdjustToUniversal", input, "yyyy-MM-ddTHH:mmZ");
        assert_eq!(moved.as_deref(), Ok("2021-08-30T17:00Z"));
        let args = [text(east), EMPTY, text(input), text("yyyy-MM-ddTHH:mmZ")];
        let fault = run("FormatDateTime", &args, &prepare("FormatDateTime", &args).unwrap());
        assert!(fault.expect_err("Z would lie").contains("AdjustToUniversal"));
        let first = styled("0001-01-01+08:00", "AdjustToUniversal", "yyyy-MM-ddzzz", "yyyy");
        assert!(first.expect_err("there is no year 0").contains("years 1 to 9999"));
    }

    #[test]
    fn white_space_may_stand_where_the_styles_allow_it() {
        let read = |source: &str, styles: &str| styled(source, styles, "yyyy-MM-dd HH", "yyyyMMddHH");
        assert!(read(" 2008-03-05 07", "None").is_err());
        assert!(read("2008-03-05 07 ", "AllowLeadingWhite").is_err());
        assert!(read("2008 - 03-05 07", "AllowLeadingWhite").is_err());
        assert_eq!(read(" 2008 - 03-05    07 ", "AllowWhiteSpaces").as_deref(), Ok("2008030507"));
        assert_eq!(read("2008-03-0507", "AllowInnerWhite").as_deref(), Ok("2008030507"));
    }

    #[test]
    fn what_can_never_work_is_refused() {
        let refused =
            |styles: Arg, input: Arg, output: Arg| refused("FormatDateTime", [text("x"), styles, input, output]);
        let iso = || text("yyyy-MM-dd");
        assert!(refused(EMPTY, text("yyyy-MM-ddx"), iso()).contains("inputFormat \"yyyy-MM-ddx\""));
        assert!(refused(EMPTY, iso(), text("q")).contains("outputFormat \"q\""));
        assert!(refused(EMPTY, EMPTY, iso()).contains("inputFormat"));
        assert!(refused(EMPTY, iso(), EMPTY).contains("outputFormat"));
        assert!(refused(text("Allow"), iso(), iso()).contains("dateTimeStyles \"Allow\""));
        assert!(refused(EMPTY, text("HH:mm"), iso()).contains("without a year"));
        // NULL stands for what is computed.
        assert!(refused(NULL, iso(), iso()).contains("written down"));
        assert!(refused(EMPTY, NULL, iso()).contains("written down"));
    }

    #[test]
    fn null_stays_null() {
        assert_eq!(call("FormatDateTime", [NULL, EMPTY, text("yyyy"), text("yyyy")]), NULL);
        assert_eq!(formatted("07:05", "HH:mm", "h.mm tt"), "7.05 AM");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(second in -62_135_596_800..253_402_207_200_i64, offset in -14 * 60..14 * 60_i32) {
            let clock = Offset::UTC.to_datetime(jiff::Timestamp::from_second(second).unwrap());
            let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
            let source = format!("{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            let read = "yyyy-MM-ddTHH:mm:ssK";
            for format in [
                "yyyy-MM-ddTHH:mm:ss.fffffffzzz",
                "dddd, d MMMM yyyy h:m:s tt K",
                "'on' ddd M/d/yyyyy 'at' HH:mm:ss.FFF zzz",
            ] {
                let there = formatted(&source, read, format);
                prop_assert_eq!(formatted(&there, format, "yyyy-MM-ddTHH:mm:sszzz"), source.clone());
            }
        }

        #[test]
        fn any_format_is_refused_or_formats(
            input in "[dfFhHKmMstyzZ:/%.'\\\\ -]{0,12}",
            output in "[dfFhHKmMstyzZ:/%.'\\\\ -]{0,12}",
            source in "\\PC{0,10}|[0-9:+Z -]{0,20}",
        ) {
            let _ = styled(&source, "AllowWhiteSpaces", &input, &output);
        }
    }
}
