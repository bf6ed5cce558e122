//! How figures, times and the texts of others stand on the page.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// So many characters of a text are shown.
const LONGEST: usize = 500;

/// What somebody else has written: a name, a value, a message. Whatever it holds is text, which neither turns the
/// direction of what stands beside it nor hides anything.
pub(super) fn said(text: &str) -> Markup {
    html! { bdi { (plain(text)) } }
}

/// The name of somebody, which is broken behind the at sign if it has to be.
pub(super) fn who(name: &str) -> Markup {
    let name = plain(name);
    html! {
        bdi {
            @match name.split_once('@') {
                Some((local, domain)) => { (local) "@" wbr; (domain) }
                None => (name),
            }
        }
    }
}

/// The same where no element can stand.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (number, c) in text.chars().enumerate() {
        match c {
            _ if number == LONGEST => {
                out.push('…');
                break;
            }
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || is_turning(c) => {
                let _infallible = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a character changes the direction of what follows it, and is not seen itself.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number with its thousands apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many of something.
pub(super) fn count(of: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(of), if of == 1 { one } else { many })
}

/// A moment, in UTC as everything that is printed.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(format!("{at:.0}")) { (at.strftime("%Y-%m-%d %H:%M")) } }
}

/// A duration: the two largest units, and milliseconds where less than a second is something.
pub(super) fn span(duration: SignedDuration) -> String {
    let ms = duration.as_millis().max(0);
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// A command to be typed.
pub(super) fn command(arguments: &str) -> Markup {
    html! { code { "entra-jostle-sync " (arguments) } }
}
