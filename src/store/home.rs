//! Whether the state file still is where it was opened.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// Where the file was when it was opened. What is written to a file that nobody can name any more is lost, and another
/// process may have begun a new one in its place.
pub(super) struct Home {
    path: PathBuf,
    file: (u64, u64),
}

impl Home {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: identity(&path.metadata()?) })
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.path.metadata() {
            Ok(metadata) if identity(&metadata) == self.file => Ok(()),
            _ => Err(StoreError::Vanished { path: self.path.clone() }),
        }
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}
