//! The help of the program and of every command.

use super::rig::{expect, program};

const COMMANDS: [&str; 27] = [
    "run",
    "sync",
    "plan",
    "apply",
    "undo",
    "reconcile",
    "shadow",
    "check",
    "mapping",
    "explain",
    "log",
    "report",
    "purge",
    "status",
    "retry",
    "hold",
    "link",
    "create",
    "ignore",
    "settle",
    "pause",
    "resume",
    "backup",
    "import-entra",
    "simulate",
    "rehearse",
    "demo",
];

#[test]
fn every_help_says_something_and_fits_100_columns() {
    let commands = COMMANDS.iter().flat_map(|command| [vec![*command, "--help"], vec![*command, "-h"]]);
    for arguments in commands.chain([vec!["--help"], vec!["-h"], vec!["help"]]) {
        let done = expect(0, program(&arguments));
        assert!(done.stdout.contains("Usage: entra-jostle-sync"), "{arguments:?}: {done:?}");
        assert_eq!(done.stderr, "", "{arguments:?}");
        let about = done.stdout.lines().next().unwrap_or_default();
        assert!(about.len() > 10 && !about.starts_with("Usage"), "{arguments:?} does not say what it does: {about}");
        for line in done.stdout.lines() {
            assert!(line.chars().count() <= 100, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn the_help_names_every_command_and_the_version_is_the_packages() {
    let help = expect(0, program(&["--help"])).stdout;
    for command in COMMANDS {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{command} is not in {help}");
    }
    assert!(help.contains("--provision-on-demand <USER>"), "{help}");
    let version = expect(0, program(&["--version"])).stdout;
    assert_eq!(version, format!("entra-jostle-sync {}\n", env!("CARGO_PKG_VERSION")));
}
