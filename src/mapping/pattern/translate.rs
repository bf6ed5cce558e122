//! The rewriting of a .NET pattern for `fancy-regex`.

/// A pattern as `fancy-regex` reads it, without names.
pub(super) struct Translated {
    /// What is compiled.
    pub(super) regex: String,
    /// The name of each group, in the order of their opening.
    pub(super) names: Vec<Option<String>>,
}

/// The highest count: steps forward are not counted by `fancy-regex`, and nobody's value is longer.
const MOST_TIMES: usize = 1_000;

/// Why a pattern is refused; reads after "the regexPattern …, which".
pub(super) type Reason = String;

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

/// A pattern while it is rewritten.
pub(super) struct Translator<'a> {
    /// What is still to be read.
    pub(super) rest: &'a str,
    /// What is rewritten.
    pub(super) regex: String,
    /// The name of each group so far.
    pub(super) names: Vec<Option<String>>,
    /// What closes each open group.
    open: Vec<&'static str>,
    /// Whether the pattern refers back to a group by its number.
    pub(super) has_numbers: bool,
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
                '{' if !self.is_count()? => self.regex.push_str(r"\{"),
                _ => self.regex.push(c),
            }
        }
        Ok(())
    }

    /// Takes a character.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Takes this start.
    pub(super) fn take(&mut self, start: &str) -> bool {
        self.rest.strip_prefix(start).map(|rest| self.rest = rest).is_some()
    }

    /// Takes all up to a character, and that one.
    pub(super) fn take_until(&mut self, end: char) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(taken)
    }

    /// Whether `{` starts a count: `{2}`, `{2,}` or `{2,3}`. All else is text in .NET.
    fn is_count(&self) -> Result<bool, Reason> {
        let Some((count, _)) = self.rest.split_once('}') else { return Ok(false) };
        let (least, most) = count.split_once(',').unwrap_or((count, ""));
        let is_count = !least.is_empty() && [least, most].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let is_low = |number: &str| number.is_empty() || number.parse().is_ok_and(|number: usize| number <= MOST_TIMES);
        if is_count && !(is_low(least) && is_low(most)) {
            return Err(format!("repeats more than {MOST_TIMES} times, which is not supported"));
        }
        Ok(is_count)
    }

    fn group(&mut self) -> Result<(), Reason> {
        for start in ["?:", "?!", "?<=", "?<!", "?>"] {
            if self.take(start) {
                self.open(&format!("({start}"), ")");
                return Ok(());
            }
        }
        if self.take("?=") {
            // .NET never goes back into it for another match.
            self.open("(?=(?>", "))");
            return Ok(());
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
        self.open("(", ")");
        Ok(())
    }

    fn open(&mut self, start: &str, close: &'static str) {
        self.open.push(close);
        self.regex.push_str(start);
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
        self.open("(", ")");
        Ok(())
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
            self.regex.extend(["(?", options, ")"]);
            return Ok(());
        }
        self.open("(?", ")");
        Ok(())
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
}
