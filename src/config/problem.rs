//! What is wrong with a configuration: one problem, and all of them.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// One thing that is wrong with a configuration file. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file that has to be changed.
    pub file: PathBuf,
    /// The line in it, counted from 1; none if the problem is that something is not there.
    pub line: Option<usize>,
    /// The key, with its section: `jostle.base_url`, `row 3.source`; empty if the file as a whole is meant.
    pub key: String,
    /// What is wrong with it, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, key, message } = self;
        write!(f, "{}", file.display())?;
        if let Some(line) = line {
            write!(f, ":{line}")?;
        }
        if !key.is_empty() {
            write!(f, ": {key}")?;
        }
        write!(f, ": {message}")
    }
}

/// Everything that is wrong with a configuration: the main file first, then the mapping, each from top to bottom.
/// Prints one problem a line; below that of an expression stands, indented, the expression with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ConfigErrors(pub Vec<Problem>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
