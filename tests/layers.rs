//! Imports point downwards only: every `crate::` path in `src` is checked against the layers of the crate. And files stay
//! small, those of the tests too.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For every layer, the layers that it may name. Whatever is not in a row may not be named there.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "alert",
            "config",
            "connector",
            "daemon",
            "engine",
            "event",
            "graph",
            "health",
            "http",
            "mapping",
            "metrics",
            "migration",
            "model",
            "plan",
            "rehearsal",
            "report",
            "scim",
            "scope",
            "simulator",
            "store",
            "telemetry",
        ],
    ),
    (
        "config",
        &[
            "alert",
            "connector",
            "daemon",
            "event",
            "graph",
            "health",
            "jostle",
            "mapping",
            "model",
            "plan",
            "scim",
            "scope",
        ],
    ),
    ("alert", &["event", "health", "http", "store"]),
    ("daemon", &["connector", "engine", "event"]),
    ("health", &["connector", "engine", "model", "store"]),
    ("engine", &["connector", "defects", "event", "mapping", "model", "plan", "scope", "store"]),
    ("plan", &["defects", "mapping", "model", "scope"]),
    ("mapping", &["model"]),
    ("scope", &["mapping", "model"]),
    ("migration", &["jostle", "mapping", "model", "scope"]),
    ("model", &[]),
    ("jostle", &["model"]),
    ("graph", &["connector", "defects", "http", "model"]),
    ("scim", &["connector", "defects", "http", "model"]),
    ("store", &["connector", "defects", "event", "model"]),
    ("http", &["connector", "defects", "event"]),
    ("connector", &["defects", "model"]),
    ("report", &["health", "model", "store"]),
    ("metrics", &["connector", "event", "health", "store"]),
    ("telemetry", &["metrics"]),
    ("event", &[]),
    ("defects", &[]),
    ("simulator", &[]),
    // The whole product between two simulated tenants.
    (
        "rehearsal",
        &[
            "connector",
            "engine",
            "graph",
            "http",
            "jostle",
            "mapping",
            "model",
            "plan",
            "scim",
            "scope",
            "simulator",
            "store",
        ],
    ),
];

/// What the pure layers may not touch: I/O, time, randomness, threads, the environment.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "SystemTime",
    "tokio",
    "reqwest",
    "rusqlite",
    "fastrand",
    "async fn",
    ".await",
    "Timestamp::now",
    "tracing::",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.ends_with("fuzz/target") {
            // What cargo-fuzz builds is nobody's to divide.
        } else if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer_of(path: &Path) -> String {
    let relative = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("below src");
    let first = relative.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Every layer named by `crate::layer` or, in braces, `crate::{a::b, c}`; comments do not count.
fn named(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        assert!(!rest.starts_with('{'), "write one `use crate::…` a layer, so that the layers can be read");
        names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
    }
    names
}

fn production(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source)
}

fn all() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    assert!(files.len() > 50, "the sources are there");
    files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).expect("a source"))).collect()
}

#[test]
fn imports_point_downwards_only() {
    let mut wrong = Vec::new();
    for (file, source) in all() {
        let layer = layer_of(&file);
        if layer == "lib" {
            continue;
        }
        let (_, allowed) =
            LAYERS.iter().find(|(name, _)| *name == layer).unwrap_or_else(|| panic!("{layer} has no row in LAYERS"));
        for name in named(production(&source)) {
            if name != layer && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: {layer} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_and_the_rehearsal_name_the_simulator() {
    for (file, source) in all() {
        let layer = layer_of(&file);
        if !["cli", "rehearsal", "simulator", "lib"].contains(&layer.as_str()) {
            assert!(!named(&source).contains("simulator"), "{} names the simulator", file.display());
        }
    }
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for (file, source) in all() {
        if ["model", "mapping", "scope", "plan", "migration", "report"].contains(&layer_of(&file).as_str()) {
            let code = production(&source);
            wrong.extend(
                IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", file.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A line without an id is no line of the contract. The simulated tenants and the rehearsals have logs of their own.
#[test]
fn only_events_of_the_catalogue_are_logged() {
    let macros = ["trace!(", "debug!(", "info!(", "warn!(", "error!(", "event!(", "_span!("];
    for (file, source) in all() {
        if !["event", "rehearsal", "simulator"].contains(&layer_of(&file).as_str()) {
            for name in macros {
                assert!(!production(&source).contains(name), "{} calls {name}…)", file.display());
            }
        }
    }
}

#[test]
fn the_planner_asks_for_no_more_than_a_reader() {
    for name in [
        "planner",
        "draft",
        "read",
        "managers",
        "missing",
        "memberships",
        "group_rounds",
        "roots",
        "relink",
        "import",
        "endless",
        "settle",
        "instead",
        "listing",
        "read_back",
        "quarantine",
        "shadow",
        "shadowed",
    ] {
        let file = format!("{}/src/engine/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = fs::read_to_string(&file).expect("the engine's files");
        assert!(!source.contains("TargetWriter"), "{file} names TargetWriter");
    }
}

#[test]
fn files_stay_small() {
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let mut wrong = Vec::new();
    for file in files {
        let lines = fs::read_to_string(&file).expect("a source").lines().count();
        if lines > 400 {
            wrong.push(format!("{} has {lines} lines; divide it by what it does", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
