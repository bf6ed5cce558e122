//! Where a configuration stands: what relative paths are relative to, and the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The surroundings of a configuration file.
pub(super) struct Place<'a> {
    /// The folder of the file: relative paths in it start here, wherever the program was started.
    pub(super) folder: &'a Path,
    /// Looks up a variable of the environment.
    pub(super) environment: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Place<'_> {
    /// A path of the configuration, relative to its folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The file of a systemd credential; none if the service manager passed no credentials.
    pub(super) fn credential(&self, name: &str) -> Option<PathBuf> {
        let folder = (self.environment)("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty())?;
        Some(Path::new(&folder).join(name))
    }
}
