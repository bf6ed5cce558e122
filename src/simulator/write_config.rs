//! A configuration for a running simulator, ready for the daemon, with its secrets in files of their own.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Details;

const CONFIG: &str = "entra-jostle-sync.toml";
const MAPPING: &str = "mapping.toml";
const CLIENT_SECRET: &str = "client-secret";
const API_KEY: &str = "jostle-api-key";
const CA: &str = "ca.pem";

/// The mapping that is shipped.
const MAPPING_ROWS: &str = include_str!("../../config/mapping.toml");

/// Writes `entra-jostle-sync.toml` and what it refers to into a directory, which is made if it is not there; returns
/// the configuration's path. All paths in it are absolute.
pub fn write_config(dir: &Path, details: &Details, ca_pem: Option<&str>) -> io::Result<PathBuf> {
    std::fs::create_dir_all(dir)?;
    let dir = dir.canonicalize()?;
    write(&dir.join(CLIENT_SECRET), &details.client_secret, 0o600)?;
    write(&dir.join(API_KEY), &details.jostle_api_key, 0o600)?;
    write(&dir.join(MAPPING), MAPPING_ROWS, 0o644)?;
    if let Some(pem) = ca_pem {
        write(&dir.join(CA), pem, 0o644)?;
    }
    let path = dir.join(CONFIG);
    write(&path, &config(&dir, details, ca_pem.is_some()), 0o644)?;
    Ok(path)
}

fn config(dir: &Path, details: &Details, tls: bool) -> String {
    let file = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let (client_secret, api_key, mapping, ca) = (file(CLIENT_SECRET), file(API_KEY), file(MAPPING), file(CA));
    let state = file("state.db");
    let mut sections = vec![
        (
            "entra",
            vec![
                ("tenant_id", text(&details.tenant_id)),
                ("client_id", text(&details.client_id)),
                ("client_secret_file", text(&client_secret)),
                ("authority", text(&details.authority)),
                ("graph_root", text(&details.graph_root)),
            ],
        ),
        (
            "jostle",
            vec![
                ("base_url", text(&details.jostle_base_url)),
                ("api_key_file", text(&api_key)),
                ("requests_per_second", "1000".to_owned()),
                ("concurrency", "16".to_owned()),
            ],
        ),
        ("schedule", vec![("every", text("1m"))]),
        // Nobody is harmed here by what a first cycle does; with "hold" it can be rehearsed what it asks.
        ("limits", vec![("first_cycle", text("apply"))]),
        ("state", vec![("path", text(&state))]),
        ("mapping", vec![("file", text(&mapping))]),
        // Nobody has this name: a rehearsal has no administrator to lose, and shall not be warned of it.
        ("protect", vec![("user_names", format!("[{}]", text("automation@jostle.invalid")))]),
    ];
    if tls {
        sections.push(("http", vec![("ca_file", text(&ca))]));
    }
    let mut config = String::from("# For a simulator on this machine; its secrets are worth nothing elsewhere.\n");
    for (section, entries) in sections {
        let _ = writeln!(config, "\n[{section}]");
        for (name, value) in entries {
            let _ = writeln!(config, "{name} = {value}");
        }
    }
    let (app, group) = (text(&details.app_id), text(&details.group_id));
    let _ =
        writeln!(config, "\n# Who gets an account: without this section everybody.\n# [scope]\n# who = \"assigned\"");
    let _ = writeln!(config, "# app_id = {app}\n# groups = [{group}]");
    config
}

/// A TOML string with whatever quoting it needs.
fn text(value: &str) -> String {
    toml::Value::from(value).to_string()
}

fn write(path: &Path, content: &str, mode: u32) -> io::Result<()> {
    // A file left by an earlier run keeps its mode, so it is replaced and not overwritten.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?.write_all(content.as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn details() -> Details {
        let base = "https://127.0.0.1:1";
        Details {
            authority: base.to_owned(),
            graph_root: base.to_owned(),
            jostle_base_url: format!("{base}/scim2"),
            tenant_id: "tenant".to_owned(),
            client_id: "client".to_owned(),
            client_secret: "secret".to_owned(),
            jostle_api_key: "key".to_owned(),
            admin: format!("{base}/admin"),
            ca_file: None,
            group_id: "group".to_owned(),
            app_id: "app".to_owned(),
        }
    }

    #[test]
    fn secrets_stand_in_private_files_and_not_in_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(CLIENT_SECRET), "from before, readable to all").unwrap();
        let path = write_config(&dir.path().join("."), &details(), Some("PEM")).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("\"secret\"") && !text.contains("\"key\""), "{text}");
        let config: toml::Table = text.parse().unwrap();
        for (section, name, content) in
            [("entra", "client_secret_file", "secret"), ("jostle", "api_key_file", "key"), ("http", "ca_file", "PEM")]
        {
            let file = PathBuf::from(config[section][name].as_str().unwrap());
            assert!(file.is_absolute());
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
            let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, if name == "ca_file" { 0o644 } else { 0o600 }, "{name}");
        }
    }

    #[test]
    fn the_scope_is_an_example_until_its_comment_signs_are_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(write_config(dir.path(), &details(), None).unwrap()).unwrap();
        assert!(!text.parse::<toml::Table>().unwrap().contains_key("scope"));
        let (_, example) = text.split_once("# [scope]").unwrap();
        let scope: toml::Table = example.replace("\n# ", "\n").parse().unwrap();
        assert_eq!(scope["who"].as_str(), Some("assigned"));
        assert_eq!((scope["app_id"].as_str(), scope["groups"][0].as_str()), (Some("app"), Some("group")));
    }

    #[test]
    fn without_tls_there_is_no_ca_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = write_config(&dir.path().join("new"), &details(), None).unwrap();
        let config: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        assert!(!config.contains_key("http"));
        let mapping = std::fs::read_to_string(config["mapping"]["file"].as_str().unwrap()).unwrap();
        let mapping: toml::Table = mapping.parse().unwrap();
        assert_eq!(mapping["attribute"].as_array().unwrap().len(), 5);
    }
}
