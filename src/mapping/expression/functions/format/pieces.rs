//! A format divided into its pieces ("Custom date and time format strings" and "Standard date and time format strings",
//! .NET).

use crate::mapping::expression::functions::Fault;

/// A piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A part of the date, with how often its letter is written.
    Part(Part, usize),
    /// A full stop before a fraction that may be empty, and then is not there either.
    OptionalPoint,
    /// This character.
    Literal(char),
}

/// What a letter stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `y`.
    Year,
    /// `M`; three and four are names.
    Month,
    /// `d`; three and four are the name of the day of the week.
    Day,
    /// `h`, of a dial of twelve.
    HalfHour,
    /// `H`.
    Hour,
    /// `m`.
    Minute,
    /// `s`.
    Second,
    /// `f`, a digit of the second each.
    Fraction,
    /// `F`, the same without zeros at the end.
    ShortFraction,
    /// `t`, AM or PM.
    Half,
    /// `z`: `+8`, `+08`, `+08:00`.
    Offset,
    /// `K`: `Z` or `+08:00`.
    Zone,
    /// `Z`: UTC when it is read, this letter when it is written.
    Utc,
}

impl Part {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'y' => Self::Year,
            'M' => Self::Month,
            'd' => Self::Day,
            'h' => Self::HalfHour,
            'H' => Self::Hour,
            'm' => Self::Minute,
            's' => Self::Second,
            'f' => Self::Fraction,
            'F' => Self::ShortFraction,
            't' => Self::Half,
            'z' => Self::Offset,
            'K' => Self::Zone,
            'Z' => Self::Utc,
            _ => return None,
        })
    }

    /// How often its letter may be written, beyond which .NET means nothing else or refuses.
    fn most(self) -> usize {
        match self {
            Self::Fraction | Self::ShortFraction => 7,
            Self::Year => 5,
            Self::Month | Self::Day => 4,
            Self::Offset => 3,
            Self::HalfHour | Self::Hour | Self::Minute | Self::Second | Self::Half => 2,
            Self::Zone | Self::Utc => 1,
        }
    }
}

/// Divides a format. A single letter is one of .NET's standard formats.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, Fault> {
    let mut letters = format.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return divide(standard(letter)?);
    }
    // A percent sign makes a custom format of a single letter.
    divide(format.strip_prefix('%').unwrap_or(format))
}

fn standard(letter: char) -> Result<&'static str, Fault> {
    Ok(match letter {
        'd' => "MM/dd/yyyy",
        'D' => "dddd, dd MMMM yyyy",
        'f' => "dddd, dd MMMM yyyy HH:mm",
        'F' => "dddd, dd MMMM yyyy HH:mm:ss",
        'g' => "MM/dd/yyyy HH:mm",
        'G' => "MM/dd/yyyy HH:mm:ss",
        'M' | 'm' => "MMMM dd",
        'O' | 'o' => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        's' => "yyyy-MM-ddTHH:mm:ss",
        't' => "HH:mm",
        'T' => "HH:mm:ss",
        'u' => "yyyy-MM-dd HH:mm:ssZ",
        'Y' | 'y' => "yyyy MMMM",
        _ => return Err(format!("is {letter:?}, which is no format here; write one like yyyy-MM-dd")),
    })
}

fn divide(format: &str) -> Result<Vec<Piece>, Fault> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\'' | '"' => {
                let (quoted, after) = after.split_once(c).ok_or_else(|| format!("has {c} that is not closed"))?;
                pieces.extend(quoted.chars().map(Piece::Literal));
                after
            }
            '\\' => {
                let escaped = after.chars().next().ok_or("ends with a backslash")?;
                pieces.push(Piece::Literal(escaped));
                &after[escaped.len_utf8()..]
            }
            '.' if after.starts_with('F') => {
                pieces.push(Piece::OptionalPoint);
                after
            }
            '%' => return Err("has % before more than one letter".to_owned()),
            _ => {
                let (piece, after) = unquoted(c, rest)?;
                pieces.push(piece);
                after
            }
        };
    }
    if pieces.is_empty() { Err("is empty; write one like yyyy-MM-dd".to_owned()) } else { Ok(pieces) }
}

/// A part, or a character that may stand without quotes: `T`, and all that are not ASCII letters.
fn unquoted(c: char, rest: &str) -> Result<(Piece, &str), Fault> {
    if let Some(part) = Part::of(c) {
        let after = rest.trim_start_matches(c);
        let count = rest.len() - after.len();
        return match count <= part.most() {
            true => Ok((Piece::Part(part, count), after)),
            false => Err(format!("has {}, which is longer than any specifier", &rest[..count])),
        };
    }
    if c.is_ascii_alphabetic() && c != 'T' {
        return Err(format!("has {c}, which stands for nothing; write '{c}' to mean the letter"));
    }
    Ok((Piece::Literal(c), &rest[c.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_divided() {
        let literals = |text: &str| text.chars().map(Piece::Literal).collect::<Vec<_>>();
        for (format, divided) in [
            ("yyyy-", [vec![Piece::Part(Part::Year, 4)], literals("-")].concat()),
            ("'dd'\"it's\"\\d年T", literals("ddit'sd年T")),
            ("%d", vec![Piece::Part(Part::Day, 1)]),
            ("s.FF", vec![Piece::Part(Part::Second, 1), Piece::OptionalPoint, Piece::Part(Part::ShortFraction, 2)]),
            ("t", vec![Piece::Part(Part::Hour, 2), Piece::Literal(':'), Piece::Part(Part::Minute, 2)]),
        ] {
            assert_eq!(pieces(format), Ok(divided), "{format}");
        }
    }

    #[test]
    fn what_is_no_specifier_is_refused() {
        for (format, reason) in [
            ("", "is empty"),
            ("''", "is empty"),
            ("q", "no format"),
            ("r", "no format"),
            ("yyyy-MM-ddx", "write 'x'"),
            ("gg yyyy", "write 'g'"),
            ("yyyyyy", "yyyyyy"),
            ("ffffffff", "longer"),
            ("hhh:mm", "hhh"),
            ("KK", "KK"),
            ("yyyy'MM", "not closed"),
            ("yyyy\\", "backslash"),
            ("yyyy%M", "%"),
            ("%", "no format"),
        ] {
            assert!(pieces(format).expect_err("it should be refused").contains(reason), "{format}");
        }
    }
}
