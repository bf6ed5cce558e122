//! The configuration as an administrator meets it: the shipped files, and what is said of wrong ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod alerts;
mod problems;
mod rows;
mod scope;
mod secrets;
mod sections;
mod shipped;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use entra_jostle_sync::config::{Config, load_with};
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../config/entra-jostle-sync.toml");
const MAPPING: &str = include_str!("../../config/mapping.toml");
const GUID: &str = "12345678-9abc-def0-1234-56789abcdef0";
/// Stands for every secret; no message may ever show it.
const CANARY: &str = "canary~sings8Q";

/// A folder with a configuration, its mapping, and credentials as systemd passes them.
struct Installation {
    folder: TempDir,
    environment: BTreeMap<&'static str, OsString>,
}

impl Installation {
    /// The shipped files with the four values filled in.
    fn shipped() -> Self {
        let installation = Self { folder: tempfile::tempdir().unwrap(), environment: BTreeMap::new() };
        installation.write("main.toml", &filled_in());
        installation.write("mapping.toml", MAPPING);
        installation.secret("credentials/entra-client-secret", &format!("{CANARY}-entra\n"));
        installation.secret("credentials/jostle-api-key", &format!("{CANARY}-jostle\r\n"));
        let credentials = installation.path("credentials").into_os_string();
        Self { environment: BTreeMap::from([("CREDENTIALS_DIRECTORY", credentials)]), ..installation }
    }

    /// The least that loads, with more lines: TOML of its own sections.
    fn with(sections: &str) -> Self {
        let installation = Self::shipped();
        installation.write("main.toml", &format!("{}\n{sections}", least("", "")));
        installation
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn secret(&self, name: &str, text: &str) {
        self.write(name, text);
        self.mode(name, 0o600);
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn load(&self) -> Result<Config, String> {
        let result = load_with(&self.path("main.toml"), &|name| self.environment.get(name).cloned());
        let folder = format!("{}/", self.folder.path().display());
        let said = match &result {
            Ok(config) => format!("{config:?}"),
            Err(errors) => format!("{errors}{errors:?}"),
        };
        assert!(!said.contains(CANARY), "a secret was shown: {said}");
        result.map_err(|errors| errors.to_string().replace(&folder, ""))
    }
}

fn filled_in() -> String {
    let text = EXAMPLE
        .replace("\ntenant_id = \"\"\n", &format!("\ntenant_id = \"{GUID}\"\n"))
        .replace("\nclient_id = \"\"\n", &format!("\nclient_id = \"{GUID}\"\n"))
        .replace("\nbase_url = \"\"\n", "\nbase_url = \"https://jostle.example/scim2\"\n");
    assert_eq!(text.matches(GUID).count(), 2);
    text
}

/// The least that loads, with more keys in the two sections that must be there.
fn least(entra: &str, jostle: &str) -> String {
    format!(
        "[entra]\ntenant_id = \"{GUID}\"\nclient_id = \"{GUID}\"\n{entra}\n\
         [jostle]\nbase_url = \"https://jostle.example/scim2\"\n{jostle}\n"
    )
}

/// What is said of a configuration with these keys, without the file name.
fn said_of(entra: &str, jostle: &str) -> String {
    let installation = Installation::shipped();
    installation.write("main.toml", &least(entra, jostle));
    installation.load().expect_err("problems")
}

fn said_of_sections(sections: &str) -> String {
    Installation::with(sections).load().expect_err("problems")
}
