//! `import-entra`: brings the configuration of a provisioning job of Entra along.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::Serialize;
use serde_json::Value;

use super::args::ImportEntraArgs;
use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::config;
use crate::graph::JobError;
use crate::mapping::expression::{Expression, Place};
use crate::migration::{Checks, Options, Report, import};
use crate::model::SourcePath;

const MAPPING: &str = "mapping.toml";
const SCOPE: &str = "scope.toml";

/// What was written, and what became of everything.
#[derive(Serialize)]
struct Outcome {
    mapping: PathBuf,
    scope: PathBuf,
    report: Report,
    next: Vec<String>,
}

pub(super) async fn import_entra(run: &Run, args: &ImportEntraArgs) -> Result<Exit, Failure> {
    let input = match &args.file {
        Some(file) => read_file(file)?,
        None => read_tenant(run, args).await?,
    };
    let options = Options {
        app_id: args.app_id.as_deref(),
        job_id: args.job_id.as_deref().filter(|_| args.file.is_some()),
        checks: Checks { expression: &expression, source: &source },
    };
    let imported = import(&input, &options).map_err(|error| match &args.file {
        Some(file) => anyhow!("{} {error}", file.display()),
        None => anyhow!("the answer of Graph {error}"),
    })?;
    let (mapping, scope) = (args.out.join(MAPPING), args.out.join(SCOPE));
    write(&[(&mapping, &imported.mapping), (&scope, &imported.scope)], args.force)?;
    let next = next(run, &args.out);
    let outcome = Outcome { mapping, scope, report: imported.report, next };
    output::print(run.json, &outcome, || describe(&outcome))?;
    Ok(Exit::Success)
}

fn read_file(file: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    // Files that were saved on Windows begin with a byte order mark.
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    Ok(value.with_context(|| format!("{} is not JSON", file.display()))?)
}

async fn read_tenant(run: &Run, args: &ImportEntraArgs) -> Result<Value, Failure> {
    let (entra, http) = config::load_entra(&run.config)?;
    let graph = wiring::graph(run, (&entra, &http), BTreeSet::new())?;
    let app_id = args.app_id.as_deref().context("--from-tenant needs --app-id")?;
    graph.provisioning_job(app_id, args.job_id.as_deref()).await.map_err(|error| match error {
        JobError::Graph(error) => error.into(),
        other => Failure::Other(other.into()),
    })
}

fn expression(text: &str, place: Place) -> Result<(), String> {
    Expression::parse(text, place).map(drop).map_err(|error| error.message)
}

fn source(path: &SourcePath) -> Result<(), String> {
    config::wrong_source(path).map_or(Ok(()), Err)
}

/// All of the files, or none of them if one is there already.
fn write(files: &[(&PathBuf, &str)], force: bool) -> Result<(), Failure> {
    if let Some((file, _)) = files.iter().find(|(file, _)| !force && file.exists()) {
        let file = file.display();
        return Err(anyhow!("{file} exists; name another folder with --out, or overwrite it with --force").into());
    }
    for (file, text) in files {
        let context = || format!("failed to write {}", file.display());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(context)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).truncate(true).create(force).create_new(!force);
        let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(context)?;
    }
    Ok(())
}

/// The commands that follow, to be typed one after the other.
fn next(run: &Run, out: &Path) -> Vec<String> {
    let (config, mapping) = (run.config.display(), out.join(MAPPING));
    let program = match run.config == Path::new(config::DEFAULT_PATH) {
        true => "entra-jostle-sync".to_owned(),
        false => format!("entra-jostle-sync --config {config}"),
    };
    let mut commands = Vec::new();
    let used = run.config.with_file_name(MAPPING);
    if used != mapping {
        commands.push(format!("cp {} {}", mapping.display(), used.display()));
    }
    commands.push(format!("cat {}    # put its lines into {config}", out.join(SCOPE).display()));
    commands.extend(["check", "plan"].map(|command| format!("{program} {command}")));
    commands
}

fn describe(outcome: &Outcome) -> String {
    let Outcome { mapping, scope, report, next } = outcome;
    let mut text = format!("{report}\nWritten\n  {}\n  {}\n\nNext\n", mapping.display(), scope.display());
    for command in next {
        let _infallible = writeln!(text, "  {command}");
    }
    text
}
