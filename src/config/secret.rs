//! Secrets: from a systemd credential, a file or the environment, never from the configuration itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::place::Place;
use super::table::Section;

/// The keys of one secret.
pub(super) struct SecretKeys {
    /// The key under which people write the secret itself, which is refused.
    pub(super) inline: &'static str,
    /// Names a file.
    pub(super) file: &'static str,
    /// Names a variable of the environment.
    pub(super) env: &'static str,
    /// Names a credential of the systemd unit.
    pub(super) credential: &'static str,
    /// The credential that is read if no key is given: the name that the shipped unit loads.
    pub(super) default_credential: &'static str,
}

impl SecretKeys {
    /// Reads the secret from the one place that the section names.
    pub(super) fn read(&self, section: &mut Section<'_>, place: &Place<'_>) -> Option<SecretString> {
        let Self { inline, file, env, credential, default_credential } = *self;
        let advice =
            format!("is a secret in a configuration file; move it to a file of its own and write {file} = \"…\"");
        let refused = section.refuse(inline, advice);
        let given: Vec<_> = [file, env, credential].into_iter().filter(|key| section.has(key)).collect();
        if given.len() > 1 {
            section.problem(given[1], format!("is a second place for the same secret, beside {}; keep one", given[0]));
        }
        let (path, variable, name) = (section.text(file), section.text(env), section.text(credential));
        if let Some(path) = path {
            return from_file(section, file, &place.resolve(path));
        }
        if let Some(variable) = variable {
            return from_environment(section, env, variable, place);
        }
        if let Some(name) = name {
            return self.read_credential(section, credential, name, place);
        }
        if refused || !given.is_empty() {
            return None;
        }
        self.read_credential(section, file, default_credential, place)
    }

    /// Reads a secret that need not be there: none, too, if no key names a place of it.
    pub(super) fn read_optional(&self, section: &mut Section<'_>, place: &Place<'_>) -> Option<SecretString> {
        if section.has(self.inline) || self.is_given(section) {
            return self.read(section, place);
        }
        self.know(section);
        None
    }

    /// Whether a place of the secret is named.
    pub(super) fn is_given(&self, section: &Section<'_>) -> bool {
        [self.file, self.env, self.credential].into_iter().any(|key| section.has(key))
    }

    /// The key to which a problem with the secret belongs.
    pub(super) fn given_key(&self, section: &Section<'_>) -> &'static str {
        [self.env, self.credential].into_iter().find(|key| section.has(key)).unwrap_or(self.file)
    }

    /// The keys are known, although the secret is not read.
    pub(super) fn know(&self, section: &mut Section<'_>) {
        for key in [self.file, self.env, self.credential] {
            section.text(key);
        }
    }

    /// The credential of the unit; problems are those of `key`, which is none of its own if the default is read.
    fn read_credential(&self, section: &Section<'_>, key: &str, name: &str, place: &Place<'_>) -> Option<SecretString> {
        if let Some(path) = place.credential(name) {
            return from_file(section, key, &path);
        }
        let Self { file, env, default_credential, .. } = self;
        let message = if section.has(key) {
            format!("names a systemd credential, and systemd passed none; use {file} outside of the unit")
        } else {
            format!(
                "is missing; write {file} = \"…\" or {env} = \"…\", or let the systemd unit load the credential \
                 {default_credential}"
            )
        };
        section.problem(key, message);
        None
    }
}

fn from_file(section: &Section<'_>, key: &str, path: &Path) -> Option<SecretString> {
    match read_file(path) {
        Ok(text) => checked(section, key, &text),
        Err(reason) => {
            section.problem(key, format!("{}: {reason}", path.display()));
            None
        }
    }
}

/// The text of a secret file, or why it cannot be used. Only regular files: reading a pipe might never end.
fn read_file(path: &Path) -> Result<SecretString, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read ({error}); create it, or correct the path");
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("is not a regular file; name the file that holds the secret".to_owned());
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o007 != 0 {
        return Err(format!("is open to everybody on this machine (mode {mode:04o}); take that away: chmod o-rwx"));
    }
    fs::read_to_string(path).map(SecretString::from).map_err(unreadable)
}

fn from_environment(section: &Section<'_>, key: &str, variable: &str, place: &Place<'_>) -> Option<SecretString> {
    let Some(value) = (place.environment)(variable) else {
        section.problem(key, "names a variable that is not set; set it, or use a file");
        return None;
    };
    let Ok(value) = value.into_string() else {
        section.problem(key, "names a variable whose value is not text; copy the secret again");
        return None;
    };
    checked(section, key, &SecretString::from(value))
}

/// The secret without the newline that editors put behind it.
fn checked(section: &Section<'_>, key: &str, secret: &SecretString) -> Option<SecretString> {
    let text = secret.expose_secret().trim_end_matches(['\r', '\n']);
    let wrong = match text {
        "" => "holds an empty secret; copy the secret into it",
        text if !text.chars().all(|c| c.is_ascii_graphic()) => {
            "holds more than a secret: one line without blanks and without other than ASCII characters is expected; \
             copy the secret again"
        }
        _ => return Some(text.into()),
    };
    section.problem(key, wrong);
    None
}
