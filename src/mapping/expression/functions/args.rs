//! How a function reads its arguments: at load, and for one person.
//!
//! Null is answered by one rule: what makes a text, number, date or list of a null gives null, what asks a question of it
//! answers it. Where Entra publishes another answer (`Left` and `Word` give the empty text), or none is natural (`Len`
//! and `Count` give 0, `InStr` 0, `PCase` and the like take a null option for an absent one), the function says so.

use jiff::civil::DateTime;

use super::{Fault, Known, Prepared, Value};

/// The text in a place; none for null.
pub(super) fn text(args: &[Option<Value>], place: usize) -> Option<&str> {
    match any(args, place) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The number in a place; none for null.
pub(super) fn number(args: &[Option<Value>], place: usize) -> Option<i64> {
    match any(args, place) {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// The date in a place; none for null.
pub(super) fn date(args: &[Option<Value>], place: usize) -> Option<DateTime> {
    match any(args, place) {
        Value::Date(at) => Some(*at),
        _ => None,
    }
}

/// The list in a place.
pub(super) fn list(args: &[Option<Value>], place: usize) -> &[String] {
    match any(args, place) {
        Value::List(values) => values,
        _ => &[],
    }
}

/// The value in a place, of any kind; null for an empty place.
pub(super) fn any(args: &[Option<Value>], place: usize) -> &Value {
    args.get(place).and_then(Option::as_ref).unwrap_or(&Value::Null)
}

/// Bytes of a text beyond which an evaluation stops: no attribute of anybody is so long, and texts that multiply each
/// other could fill the memory.
const MAX_TEXT: usize = 65_536;

/// Refuses a text that is too long, by the bytes that it has or would have.
pub(in crate::mapping::expression) fn bounded(bytes: usize) -> Result<(), Fault> {
    if bytes > MAX_TEXT { Err(format!("gives a text of more than {MAX_TEXT} bytes")) } else { Ok(()) }
}

/// A text made of the text in the first place; null of null.
pub(super) fn map_text(args: &[Option<Value>], change: impl FnOnce(&str) -> String) -> Value {
    text(args, 0).map_or(Value::Null, |source| Value::Text(change(source)))
}

/// Whether a character is one of these, which may be very many.
pub(super) fn one_of(characters: &str) -> impl Fn(char) -> bool {
    let mut sorted: Vec<_> = characters.chars().collect();
    sorted.sort_unstable();
    move |c| sorted.binary_search(&c).is_ok()
}

/// For functions that only need all their places filled.
pub(super) fn all_filled(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    filled(known, known.len())
}

/// Refuses an empty place among the first ones: nothing could ever come of it.
pub(super) fn filled(known: &[Known<'_>], places: usize) -> Result<Prepared, Fault> {
    match known.iter().take(places).position(|known| *known == Known::Absent) {
        Some(empty) => Err(format!("needs a value in place {}, which is empty", empty + 1)),
        None => Ok(Prepared::Nothing),
    }
}

/// The text that is written down in a place, also as a number.
pub(super) fn written(known: &[Known<'_>], place: usize) -> Option<String> {
    match known.get(place) {
        Some(Known::Literal(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// The number that is written down in a place, also as a text.
pub(super) fn written_number(known: &[Known<'_>], place: usize) -> Option<i64> {
    written(known, place)?.trim().parse().ok()
}

/// How many come before a position that is counted from 1.
pub(super) fn before(name: &str, position: i64) -> Result<usize, Fault> {
    let before = position.checked_sub(1).and_then(|before| usize::try_from(before).ok());
    before.ok_or_else(|| format!("has the {name} {position}; the first is 1"))
}

/// Checks a position that is written down, as [`before`].
pub(super) fn check_position(known: &[Known<'_>], place: usize, name: &str) -> Result<(), Fault> {
    written_number(known, place).map_or(Ok(()), |position| before(name, position).map(|_| ()))
}

/// Checks what is written down in a place, so that what can never work is found at load.
pub(super) fn check_written<T>(
    known: &[Known<'_>],
    place: usize,
    check: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<(), Fault> {
    written(known, place).map_or(Ok(()), |text| check(&text).map(|_| ()))
}

/// A text for a message: in quotes and not too long.
pub(in crate::mapping::expression) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
