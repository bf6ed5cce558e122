//! Where secrets may be, and what is said of those that are elsewhere.

use std::fs;

use secrecy::ExposeSecret;

use super::{CANARY, GUID, Installation, least, said_of};

#[test]
fn come_from_a_file_beside_the_configuration_or_a_variable_or_a_named_credential() {
    let mut installation = Installation::shipped();
    installation.secret("key", &format!("{CANARY}-file\n\n"));
    installation.secret("credentials/other", &format!("{CANARY}-other"));
    installation.environment.insert("MY_SECRET", format!("{CANARY}-env\n").into());
    installation.write("main.toml", &least("client_secret_env = \"MY_SECRET\"", "api_key_file = \"key\""));
    let config = installation.load().unwrap();
    assert_eq!(config.entra.client_secret.expose_secret(), format!("{CANARY}-env"));
    assert_eq!(config.jostle.api_key.expose_secret(), format!("{CANARY}-file"));
    installation.write("main.toml", &least("", "api_key_credential = \"other\""));
    assert_eq!(installation.load().unwrap().jostle.api_key.expose_secret(), format!("{CANARY}-other"));
}

#[test]
fn in_a_wrong_file_are_refused() {
    let installation = Installation::shipped();
    installation.write("main.toml", &least("", "api_key_file = \"key\""));
    for (text, mode, reason) in [
        (CANARY, 0o604, "is open to everybody on this machine (mode 0604)"),
        (CANARY, 0o602, "is open to everybody on this machine (mode 0602)"),
        ("\n", 0o600, "holds an empty secret"),
        ("canary~sings8Q\ncanary~sings8Q\n", 0o600, "holds more than a secret"),
        (" canary~sings8Q", 0o600, "holds more than a secret"),
        ("canary~sings8Qä", 0o600, "holds more than a secret"),
    ] {
        installation.write("key", text);
        installation.mode("key", mode);
        let said = installation.load().unwrap_err();
        assert!(said.starts_with("main.toml:7: jostle.api_key_file: "), "{said}");
        assert!(said.contains(reason), "{text:?}: {said}");
    }
    fs::write(installation.path("key"), b"\xff\xfe").unwrap();
    assert!(installation.load().unwrap_err().contains("key: cannot be read"));
    for mode in [0o400, 0o640] {
        installation.write("key", CANARY);
        installation.mode("key", mode);
        installation.load().unwrap();
        installation.mode("key", 0o600);
    }
}

#[test]
fn in_no_file_are_refused() {
    assert!(said_of("", "api_key_file = \"missing\"").contains("missing: cannot be read (No such file"));
    assert!(said_of("", "api_key_file = \".\"").contains("is not a regular file"));
    assert!(said_of("", "api_key_credential = \"missing\"").contains("credentials/missing: cannot be read"));
    assert!(said_of("", "api_key_env = \"NOT_SET\"").contains("names a variable that is not set"));
}

#[test]
fn in_the_wrong_place_are_not_shown() {
    for key in ["client_secret", "client_secret_env", "cloud_secret", "tenant_id2"] {
        said_of(&format!("{key} = \"{CANARY}\""), "");
        said_of(&format!("{key} = [\"{CANARY}\"]"), "");
    }
    let said = said_of(&format!("client_secret = \"{CANARY}\""), "");
    assert!(said.contains("main.toml:4: entra.client_secret: is a secret in a configuration file; move it"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn in_two_places_are_one_too_many() {
    let said = said_of("client_secret_env = \"A\"\nclient_secret_credential = \"b\"", "");
    assert!(said.contains("client_secret_credential: is a second place for the same secret"), "{said}");
}

#[test]
fn that_are_the_id_of_a_secret_are_noticed() {
    let mut installation = Installation::with("");
    installation.secret("credentials/entra-client-secret", GUID);
    let said = installation.load().unwrap_err();
    assert!(said.contains("entra.client_secret_file: holds the ID of a client secret; copy its Value"), "{said}");
    installation.environment.insert("ID", GUID.into());
    installation.write("main.toml", &least("client_secret_env = \"ID\"", ""));
    assert!(installation.load().unwrap_err().contains("entra.client_secret_env: holds the ID"));
}

#[test]
fn without_systemd_need_a_key() {
    let mut installation = Installation::with("");
    installation.environment.clear();
    let said = installation.load().unwrap_err();
    assert!(said.contains("jostle.api_key_file: is missing; write api_key_file = \"…\""), "{said}");
    installation.write("main.toml", &least("client_secret_credential = \"a\"", ""));
    assert!(installation.load().unwrap_err().contains("systemd passed none; use client_secret_file"));
}
