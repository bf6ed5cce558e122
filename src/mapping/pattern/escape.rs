//! What a backslash starts in a .NET pattern ("Character Escapes in .NET Regular Expressions").

use super::translate::{Reason, Translator};

/// What `\w` is in .NET; `fancy-regex` takes more marks and numbers for a part of a word. For `\b` and `\B` alone two
/// joiners are of it too ("Character Classes in .NET Regular Expressions").
const WORD: &str = r"\p{L}\p{Mn}\p{Nd}\p{Pc}";

impl Translator<'_> {
    /// What follows a backslash.
    pub(super) fn escape(&mut self, is_in_class: bool) -> Result<(), Reason> {
        let Some(c) = self.next() else { return Err("ends with a backslash".to_owned()) };
        match c {
            'd' | 'D' | 's' | 'S' | 't' | 'n' | 'r' | 'f' | 'v' | 'a' | 'e' => self.regex.extend(['\\', c]),
            'w' if is_in_class => self.regex.push_str(WORD),
            'w' => self.regex.extend(["[", WORD, "]"]),
            'W' => self.regex.extend(["[^", WORD, "]"]),
            'p' | 'P' => self.category(c)?,
            'x' => self.code(c, 2)?,
            'u' => self.code(c, 4)?,
            'b' if is_in_class => self.literal('\u{8}'),
            'A' | 'z' if !is_in_class => self.regex.extend(['\\', c]),
            'b' if !is_in_class => self.boundary(["(?<=", "(?!", "(?<!", "(?="]),
            'B' if !is_in_class => self.boundary(["(?<=", "(?=", "(?<!", "(?!"]),
            'Z' if !is_in_class => self.regex.push_str(r"(?=\n?\z)"),
            'k' if !is_in_class => self.back_by_name()?,
            '1'..='9' if !is_in_class => self.back_by_number(c)?,
            _ if c.is_alphanumeric() => return Err(format!(r"has \{c}, which is not supported")),
            _ => self.literal(c),
        }
        Ok(())
    }

    /// A place whose two sides are as these four look-arounds say.
    fn boundary(&mut self, [before, behind, or_before, or_behind]: [&str; 4]) {
        let word = ["[", WORD, r"\x{200C}\x{200D}])"].concat();
        self.regex.extend(["(?:", before, &word, behind, &word, "|", or_before, &word, or_behind, &word, ")"]);
    }

    /// A character that means itself. Of all punctuation, `\<` and `\>` alone mean something else.
    pub(super) fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() && c != '<' && c != '>' {
            self.regex.push('\\');
        }
        self.regex.push(c);
    }

    /// `\p{Lu}`. `\p{IsGreek}` is a block in .NET and a script in `fancy-regex`.
    fn category(&mut self, escape: char) -> Result<(), Reason> {
        let name = self.take("{").then(|| self.take_until('}')).flatten();
        let name = name.ok_or_else(|| format!(r"has \{escape} without a category; write \{escape}{{Lu}}"))?;
        if name.starts_with("Is") {
            return Err(format!("names the block {name}, which is not supported"));
        }
        self.regex.extend(['\\', escape, '{']);
        self.regex.extend([name, "}"]);
        Ok(())
    }

    fn code(&mut self, escape: char, digits: usize) -> Result<(), Reason> {
        let code = self.rest.get(..digits).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let c = c.ok_or_else(|| format!(r"has \{escape} without the {digits} digits of a character"))?;
        self.rest = &self.rest[digits..];
        self.literal(c);
        Ok(())
    }

    fn back_by_name(&mut self) -> Result<(), Reason> {
        let end = if self.take("<") { Some('>') } else { self.take("'").then_some('\'') };
        let name = end.and_then(|end| self.take_until(end)).ok_or(r"has \k without a name; write \k<name>")?;
        let place = self.names.iter().position(|group| group.as_deref() == Some(name));
        let place = place.ok_or_else(|| format!("refers back to the group {name:?}, which no group before it is"))?;
        // A digit that follows is not of the number.
        self.regex.extend([r"(?:\", &(place + 1).to_string(), ")"]);
        Ok(())
    }

    fn back_by_number(&mut self, digit: char) -> Result<(), Reason> {
        if let Some(second) = self.rest.chars().next().filter(char::is_ascii_digit) {
            return Err(format!(r"has \{digit}{second}, which may be a group or a character; name the group"));
        }
        self.has_numbers = true;
        self.regex.extend(['\\', digit]);
        Ok(())
    }
}
