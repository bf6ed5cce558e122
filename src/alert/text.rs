//! Texts from elsewhere, made fit for one line, for a mail, or for a log.

/// With what commands begin: the name of the program, and those that it names.
const PROGRAMS: [&str; 3] = ["entra-jostle-sync", "systemctl", "journalctl"];

/// One line without control characters, with single blanks.
pub(super) fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No more than so many characters; what was cut off is shown by dots.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Lines that are no wider than `width`, broken at blanks alone: an address or an id stays whole. A command stays on one
/// line if it fits there, so that it can be copied.
pub(super) fn indented(text: &str, indent: usize, width: usize) -> String {
    let (room, mut out, mut column) = (width.saturating_sub(indent), String::new(), 0);
    for piece in pieces(&one_line(text), room) {
        let length = piece.chars().count();
        if column > 0 && column + 1 + length <= room {
            out.push(' ');
            column += 1 + length;
        } else {
            if column > 0 {
                out.push('\n');
            }
            out.push_str(&" ".repeat(indent));
            column = length;
        }
        out.push_str(&piece);
    }
    out.push('\n');
    out
}

/// Words, and commands as a whole: from the name of the program to the next sign that ends it.
fn pieces(line: &str, room: usize) -> Vec<String> {
    let words: Vec<_> = line.split(' ').collect();
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let ends = |word: &&str| word.ends_with([';', ',', ')', ':']);
        let last = words[at..].iter().position(ends).map_or(words.len(), |length| at + length + 1);
        let command = words[at..last].join(" ");
        if PROGRAMS.contains(&words[at]) && command.chars().count() <= room {
            pieces.push(command);
            at = last;
        } else {
            pieces.push(words[at].to_owned());
            at += 1;
        }
    }
    pieces
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |out, byte| out + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_was_in_it() {
        assert_eq!(one_line(" a\r\nBcc: x@y\t\u{1b}[1m\0b  c "), "a Bcc: x@y [1m b c");
        assert_eq!(one_line("\n"), "");
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character() {
        assert_eq!((cut("äöü", 3), cut("äöüß", 3), cut("ab cd", 4)), ("äöü".into(), "äö…".into(), "ab…".into()));
        assert_eq!(cut("ab", 0), "…");
    }

    #[test]
    fn lines_break_at_blanks_and_not_within_commands() {
        let said = "look: entra-jostle-sync hold show 3.1; then decide";
        assert_eq!(indented(said, 2, 36), "  look:\n  entra-jostle-sync hold show 3.1;\n  then decide\n");
        let restart = "and systemctl restart entra-jostle-sync";
        assert_eq!(indented(restart, 0, 36), "and\nsystemctl restart entra-jostle-sync\n");
        assert_eq!(indented(said, 0, 20), "look:\nentra-jostle-sync\nhold show 3.1; then\ndecide\n");
        assert_eq!(indented(&"x".repeat(9), 1, 4), format!(" {}\n", "x".repeat(9)));
        assert_eq!(indented("", 0, 4), "\n");
    }

    #[test]
    fn bytes_are_two_digits_each() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }
}
