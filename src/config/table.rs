//! The collecting reader: takes keys out of a TOML table by hand, so that one wrong key hides no other. serde would
//! stop at the first.

use std::cell::RefCell;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use crate::model::near;

/// One file while it is read, with the problems found so far.
pub(super) struct Document<'d> {
    file: &'d Path,
    text: &'d str,
    problems: RefCell<Vec<Problem>>,
}

impl<'d> Document<'d> {
    pub(super) fn new(file: &'d Path, text: &'d str) -> Self {
        Self { file, text, problems: RefCell::default() }
    }

    /// The table of the file; none, and a problem for every error, if it is not TOML. Nothing is read from what is left
    /// then: half a file would give problems that are none. Of an error its message alone is shown, not the line, which
    /// may hold a secret.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'d>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let line = error.span().map(|span| self.line(span.start));
            self.problem(line, "", format!("is not TOML: {}; correct the line", error.message().replace('\n', ", ")));
        }
        errors.is_empty().then_some(table)
    }

    /// The line of a byte offset, counted from 1.
    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub(super) fn problem(&self, line: Option<usize>, key: impl Into<String>, message: impl Into<String>) {
        let problem = Problem { file: self.file.to_owned(), line, key: key.into(), message: message.into() };
        self.problems.borrow_mut().push(problem);
    }

    /// The problems from top to bottom.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        problems
    }
}

/// One table while it is read. A key counts as known once it was asked for; [`Section::finish`] complains of the rest.
#[must_use = "finish() reports the unknown keys"]
pub(super) struct Section<'d> {
    document: &'d Document<'d>,
    table: Option<&'d DeTable<'d>>,
    name: String,
    line: Option<usize>,
    known: Vec<&'static str>,
    refused: Vec<&'static str>,
}

/// A value and where it stands.
pub(super) struct Found<'d> {
    pub(super) value: &'d DeValue<'d>,
    pub(super) line: usize,
}

impl<'d> Section<'d> {
    /// The table of a whole file.
    pub(super) fn root(document: &'d Document<'d>, table: &'d DeTable<'d>) -> Self {
        Self::new(document, Some(table), String::new(), None)
    }

    fn new(document: &'d Document<'d>, table: Option<&'d DeTable<'d>>, name: String, line: Option<usize>) -> Self {
        Self { document, table, name, line, known: Vec::new(), refused: Vec::new() }
    }

    /// The value of a key, of any type.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Found<'d>> {
        self.known.push(key);
        let value = self.table?.get(key)?;
        Some(Found { value: value.get_ref(), line: self.document.line(value.span().start) })
    }

    /// The table of a key; empty if there is none.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'d> {
        let found = self.get(key);
        let line = found.as_ref().map(|found| found.line);
        let table = found.and_then(|found| {
            let table = found.value.as_table();
            if table.is_none() {
                self.wrong_type(key, "a section", &found);
            }
            table
        });
        Section::new(self.document, table, self.path(key), line)
    }

    /// The tables of an array of tables, named by their number.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Section<'d>> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let Some(elements) = found.value.as_array() else {
            self.wrong_type(key, "a list of sections", &found);
            return Vec::new();
        };
        let path = self.path(key);
        let section = |(index, element): (usize, &'d Spanned<DeValue<'d>>)| {
            let line = self.document.line(element.span().start);
            let name = format!("{path} {}", index + 1);
            let table = element.get_ref().as_table();
            if table.is_none() {
                self.document.problem(Some(line), &name, format!("must be a section; write it as [[{path}]]"));
            }
            table.map(|table| Section::new(self.document, Some(table), name, Some(line)))
        };
        elements.iter().enumerate().filter_map(section).collect()
    }

    /// A text; an empty one is a problem.
    pub(super) fn text(&mut self, key: &'static str) -> Option<&'d str> {
        let found = self.get(key)?;
        let text = found.value.as_str();
        match text {
            None => self.wrong_type(key, "a text in quotes", &found),
            Some(text) if text.trim().is_empty() => {
                self.problem(key, "is empty; fill it in");
                return None;
            }
            Some(_) => {}
        }
        text
    }

    /// Reports a key that must be there and is not.
    pub(super) fn require(&self, key: &str, advice: &str) {
        if !self.has(key) {
            self.problem(key, format!("is missing; {advice}"));
        }
    }

    /// `true` or `false`; false if it is not there.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.flag_or(key, false)
    }

    /// A list of texts; empty if it is not there.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<&'d str> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let texts = found
            .value
            .as_array()
            .and_then(|list| list.iter().map(|element| element.get_ref().as_str()).collect::<Option<Vec<_>>>());
        if texts.is_none() {
            self.wrong_type(key, "a list of texts: [\"a\", \"b\"]", &found);
        }
        let texts = texts.unwrap_or_default();
        if texts.iter().any(|text| text.trim().is_empty()) {
            self.problem(key, "has an empty text in it; take it out");
        }
        texts
    }

    /// Reports a key that people write although it cannot be had; it is no suggestion for another.
    pub(super) fn refuse(&mut self, key: &'static str, message: impl Into<String>) -> bool {
        self.refused.push(key);
        let given = self.has(key);
        if given {
            self.problem(key, message);
        }
        given
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// The line of the section itself.
    pub(super) fn line(&self) -> Option<usize> {
        self.line
    }

    /// Reports what is wrong with a key, at its line, or at that of the section if the key is not there.
    pub(super) fn problem(&self, key: &str, message: impl Into<String>) {
        let value = self.table.and_then(|table| table.get(key));
        let line = value.map(|value| self.document.line(value.span().start)).or(self.line);
        self.document.problem(line, self.path(key), message);
    }

    /// Reports a value of the wrong type. Names its type alone: the value may be a secret in the wrong place.
    pub(super) fn wrong_type(&self, key: &str, wanted: &str, found: &Found<'_>) {
        self.problem(key, format!("must be {wanted}, and is of type {}", found.value.type_str()));
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self) {
        let Some(table) = self.table else { return };
        for (key, _) in table {
            let key_text = key.get_ref().as_ref();
            if self.known.contains(&key_text) || self.refused.contains(&key_text) {
                continue;
            }
            let advice = match near(key_text, self.known.iter().copied()) {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            let line = self.document.line(key.span().start);
            self.document.problem(Some(line), self.path(key_text), format!("is not a known key; {advice}"));
        }
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}
