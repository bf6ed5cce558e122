//! The rewriting of a .NET pattern for `fancy-regex`.

/// A pattern as `fancy-regex` reads it, without names.
pub(super) struct Translated {
    /// What is compiled.
    pub(super) regex: String,
    /// The name of each group, in the order of their opening.
    pub(super) names: Vec<Option<String>>,
}

/// Why a pattern is refused; reads after "the regexPattern …, which".
type Reason = String;

/// Rewrites a pattern, or refuses it.
pub(super) fn translate(pattern: &str) -> Result<Translated, Reason> {
    let mut translator =
        Translator { rest: pattern, regex: String::new(), names: Vec::new(), open: Vec::new(), has_numbers: false };
    translator.pattern()?;
    let Translator { regex, names, has_numbers, .. } = translator;
    if has_numbers && names.iter().any(Option::is_some) {
        return Err(r"refers back by number beside named groups; refer by name with \k<name>".to_owned());
    }
    Ok(Translated { regex, names })
}

struct Translator<'a> {
    rest: &'a str,
    regex: String,
    names: Vec<Option<String>>,
    /// What closes each open group.
    open: Vec<&'static str>,
    /// Whether the pattern refers back to a group by its number.
    has_numbers: bool,
}

impl<'a> Translator<'a> {
    fn pattern(&mut self) -> Result<(), Reason> {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.group()?,
                ')' => {
                    let close = self.open.pop().ok_or("closes a group that is not open")?;
                    self.regex.push_str(close);
                }
                // Also before a line feed that ends the text.
                '$' => self.regex.push_str(r"(?:$|(?=\n\z))"),
                '{' if !self.is_count() => self.regex.push_str(r"\{"),
                _ => self.regex.push(c),
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, start: &str) -> bool {
        self.rest.strip_prefix(start).map(|rest| self.rest = rest).is_some()
    }

    /// Takes all up to a character, and that one.
    fn take_until(&mut self, end: char) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(taken)
    }

    /// Whether `{` starts a count: `{2}`, `{2,}` or `{2,3}`. All else is text in .NET.
    fn is_count(&self) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        self.rest.split_once('}').is_some_and(|(count, _)| match count.split_once(',') {
            Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
            None => is_number(count),
        })
    }

    fn group(&mut self) -> Result<(), Reason> {
        for start in ["?:", "?!", "?<=", "?<!", "?>"] {
            if self.take(start) {
                return self.open(&format!("({start}"), ")");
            }
        }
        if self.take("?=") {
            // .NET never goes back into it for another match.
            return self.open("(?=(?>", "))");
        }
        if self.take("?#") {
            return self.take_until(')').map(|_| ()).ok_or_else(|| "has a comment that is not closed".to_owned());
        }
        if self.take("?<") {
            return self.named_group('>');
        }
        if self.take("?'") {
            return self.named_group('\'');
        }
        if self.take("?") {
            return self.options();
        }
        self.names.push(None);
        self.open("(", ")")
    }

    fn open(&mut self, start: &str, close: &'static str) -> Result<(), Reason> {
        self.open.push(close);
        self.regex.push_str(start);
        Ok(())
    }

    fn named_group(&mut self, end: char) -> Result<(), Reason> {
        let name = self.take_until(end).ok_or("has the name of a group that is not closed")?;
        if name.contains('-') {
            return Err("balances groups, which is not supported".to_owned());
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("gives a group a number; give it a name".to_owned());
        }
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(format!("has {name:?} for the name of a group"));
        }
        if self.names.iter().flatten().any(|other| other == name) {
            return Err(format!("has the group {name} twice, which is not supported"));
        }
        self.names.push(Some(name.to_owned()));
        self.open("(", ")")
    }

    /// `(?i)` and `(?i:…)`. Within a group .NET ends the former with the group, and `fancy-regex` does not.
    fn options(&mut self) -> Result<(), Reason> {
        let end = self.rest.find([')', ':']).ok_or("has a group that is not closed")?;
        let options = &self.rest[..end];
        if let Some(other) = options.chars().find(|option| !"ims-".contains(*option)) {
            return Err(match other {
                '(' => "has a condition, which is not supported".to_owned(),
                'n' | 'x' => format!("sets the option {other}, which is not supported"),
                _ => format!("has (?{other}, which .NET does not have"),
            });
        }
        if self.rest[end..].starts_with(')') {
            if !self.open.is_empty() {
                return Err(format!("sets options within a group; write (?{options}:…)"));
            }
            self.rest = &self.rest[end + 1..];
            self.regex.push_str(&format!("(?{options})"));
            return Ok(());
        }
        self.open("(?", ")")
    }

    /// A class, in which .NET has no other class and no operators but subtraction.
    fn class(&mut self) -> Result<(), Reason> {
        self.regex.push('[');
        if self.take("^") {
            self.regex.push('^');
        }
        if self.take("]") {
            self.regex.push_str(r"\]");
        }
        while let Some(c) = self.next() {
            match c {
                ']' => {
                    self.regex.push(c);
                    return Ok(());
                }
                '\\' => self.escape(true)?,
                '-' if self.rest.starts_with('[') => {
                    return Err("subtracts a class from another, which is not supported".to_owned());
                }
                '-' if self.rest.starts_with('-') => return Err(r"has -- in a class; write \-".to_owned()),
                '[' | '&' | '~' => self.literal(c),
                _ => self.regex.push(c),
            }
        }
        Err("has a class that is not closed".to_owned())
    }

    fn escape(&mut self, is_in_class: bool) -> Result<(), Reason> {
        let Some(c) = self.next() else { return Err("ends with a backslash".to_owned()) };
        match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'f' | 'v' | 'a' | 'e' => {
                self.regex.extend(['\\', c]);
            }
            'p' | 'P' => self.category(c)?,
            'x' => self.code(c, 2)?,
            'u' => self.code(c, 4)?,
            'b' if is_in_class => self.literal('\u{8}'),
            'A' | 'z' | 'b' | 'B' if !is_in_class => self.regex.extend(['\\', c]),
            'Z' if !is_in_class => self.regex.push_str(r"(?=\n?\z)"),
            'k' if !is_in_class => self.back_by_name()?,
            '1'..='9' if !is_in_class => self.back_by_number(c)?,
            _ if c.is_alphanumeric() => return Err(format!(r"has \{c}, which is not supported")),
            _ => self.literal(c),
        }
        Ok(())
    }

    /// A character that means itself. Of all punctuation, `\<` and `\>` alone mean something else.
    fn literal(&mut self, c: char) {
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
        self.regex.push_str(&format!(r"\{escape}{{{name}}}"));
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
        self.regex.push_str(&format!(r"(?:\{})", place + 1));
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
