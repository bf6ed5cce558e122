//! The section `[mapping]` and the file that it names: one `[[attribute]]` for every attribute that is written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::mapping::{Mapping, OnDrift, Row, Source, TableError};
use crate::model::TargetPath;

use super::place::Place;
use super::problem::Problem;
use super::row;
use super::table::{Document, Section};

/// Beside the configuration file.
const DEFAULT_FILE: &str = "mapping.toml";

/// The mapping, if there is nothing wrong with it, and the problems of its file. That the file cannot be read is a
/// problem of the section. What happens where somebody changed `active` in Jostle is said elsewhere.
pub(super) fn read(mut section: Section<'_>, place: &Place<'_>, active: OnDrift) -> (Option<Mapping>, Vec<Problem>) {
    let file: PathBuf = place.resolve(section.text("file").unwrap_or(DEFAULT_FILE));
    let text = fs::read_to_string(&file);
    if let Err(error) = &text {
        section.problem("file", format!("{}: cannot be read ({error}); create it, or name another", file.display()));
    }
    section.finish();
    text.map(|text| read_file(&file, &text, active)).unwrap_or_default()
}

fn read_file(file: &Path, text: &str, active: OnDrift) -> (Option<Mapping>, Vec<Problem>) {
    let document = Document::new(file, text);
    let mapping =
        document.parse().and_then(|table| read_rows(&document, Section::root(&document, table.get_ref()), active));
    (mapping, document.into_problems())
}

fn read_rows<'d>(document: &Document<'d>, mut root: Section<'d>, active: OnDrift) -> Option<Mapping> {
    let sections = root.sections("attribute");
    root.finish();
    let (mut rows, mut lines, mut all_read) = (Vec::new(), Vec::new(), true);
    for mut section in sections {
        match row::read(&mut section) {
            Some(row) => {
                lines.push((row.target.clone(), section.line()));
                rows.push(if row.source == Source::Active { Row { drift: active, ..row } } else { row });
            }
            None => all_read = false,
        }
        section.finish();
    }
    let errors = match Mapping::new(rows) {
        Ok(mapping) => return Some(mapping),
        Err(errors) => errors,
    };
    for error in errors {
        // The row may be there, with a target that could not be read.
        if all_read || !matches!(error, TableError::MissingTarget(..)) {
            let line = target(&error).and_then(|target| lines.iter().rfind(|(path, _)| *path == target)?.1);
            document.problem(line, "attribute", error.to_string());
        }
    }
    None
}

/// Whose row is meant, if there is one.
fn target(error: &TableError) -> Option<TargetPath> {
    match error {
        TableError::DuplicateTarget(path) | TableError::MisplacedActive(path) => Some(path.clone()),
        TableError::ActiveSource => Some(TargetPath::active()),
        TableError::UserNameRow => Some(TargetPath::user_name()),
        TableError::MissingTarget(..) => None,
    }
}
