//! The shipped systemd unit, judged by systemd itself (`systemd-analyze`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const UNIT: &str = include_str!("../systemd/entra-jostle-sync.service");

/// A copy of the unit that starts a program which exists on this machine: `verify` looks for it.
fn unit(folder: &Path) -> PathBuf {
    let (installed, built) = ("/usr/bin/entra-jostle-sync", env!("CARGO_BIN_EXE_entra-jostle-sync"));
    assert!(UNIT.contains(&format!("\nExecStart={installed} run\n")));
    let path = folder.join("entra-jostle-sync.service");
    std::fs::write(&path, UNIT.replace(installed, built)).unwrap();
    path
}

fn systemd_analyze(arguments: &[&str], unit: &Path) -> Output {
    Command::new("systemd-analyze").args(arguments).arg(unit).output().unwrap_or_else(|error| {
        panic!(
            "systemd-analyze cannot be started ({error}); install it: Debian and Ubuntu have it in the package systemd"
        )
    })
}

#[test]
fn systemd_knows_every_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = systemd_analyze(&["verify"], &unit(folder.path()));
    // An unknown key is a warning, with exit status 0.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn systemd_would_complain_of_a_misspelt_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = unit(folder.path());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("NoNewPrivileges=", "NoNewPrivilege=")).unwrap();
    let stderr = systemd_analyze(&["verify"], &path).stderr;
    assert!(String::from_utf8_lossy(&stderr).contains("NoNewPrivilege"));
}

#[test]
fn the_service_is_shut_in() {
    let folder = tempfile::tempdir().unwrap();
    let output = systemd_analyze(&["security", "--offline=true", "--threshold=20"], &unit(folder.path()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_unit_allows_the_socket_that_other_commands_ask_at() {
    let families = UNIT.lines().find(|line| line.starts_with("RestrictAddressFamilies=")).unwrap();
    assert!(families.split(['=', ' ']).any(|family| family == "AF_UNIX"), "{families}");
    let listed = Command::new("systemd-analyze").args(["syscall-filter", "@system-service"]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(UNIT.contains("\nSystemCallFilter=@system-service\n"));
    // Of the group of all that concerns sockets, and of that of files.
    for group in ["@network-io", "@file-system"] {
        assert!(listed.lines().any(|line| line.trim() == group), "{group} is not in {listed}");
    }
}

#[test]
fn the_unit_loads_the_credentials_that_the_configuration_reads_by_default() {
    let example = include_str!("../config/entra-jostle-sync.toml");
    for name in ["entra-client-secret", "jostle-api-key"] {
        assert!(UNIT.contains(&format!("\nLoadCredential={name}:/etc/entra-jostle-sync/credentials/{name}\n")));
        assert!(example.contains(&format!("_credential = \"{name}\"")));
    }
}
