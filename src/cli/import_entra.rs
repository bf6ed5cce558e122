//! `import-entra`: brings the configuration of a provisioning job of Entra along.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::Serialize;
use serde_json::Value;

use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::config;
use crate::graph::JobError;
use crate::migration::{Options, Report, import};

/// Options of `import-entra`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportEntraArgs {
    /// The schema as JSON: from the portal (Mappings > Show advanced options > Review your schema here > Download), or a
    /// job as Microsoft Graph gives it
    #[arg(value_name = "FILE", required_unless_present = "from_tenant", conflicts_with = "from_tenant")]
    pub(super) file: Option<PathBuf>,
    /// Read the job from Microsoft Graph, with the section `[entra]` of the configuration; needs the permissions
    /// Synchronization.Read.All and Application.Read.All
    #[arg(long, requires = "app_id")]
    pub(super) from_tenant: bool,
    /// The application (client) ID of the enterprise application that the job belongs to
    #[arg(long, value_name = "ID", value_parser = object_id)]
    pub(super) app_id: Option<String>,
    /// Which job, if there are several
    #[arg(long, value_name = "ID")]
    pub(super) job_id: Option<String>,
    /// The folder to write mapping.toml and scope.toml into
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) out: PathBuf,
    /// Overwrite files that are there
    #[arg(long)]
    pub(super) force: bool,
}

fn object_id(text: &str) -> Result<String, String> {
    let is_id = crate::model::is_object_id(text);
    is_id
        .then(|| text.to_owned())
        .ok_or_else(|| "it is no GUID; copy the Application ID of its Overview page".to_owned())
}

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
        wrong_source: &config::wrong_source,
    };
    let imported = import(&input, &options).map_err(|error| match &args.file {
        Some(file) => anyhow!("{} {error}", file.display()),
        None => anyhow!("the answer of Graph {error}"),
    })?;
    let (mapping, scope) = (args.out.join(MAPPING), args.out.join(SCOPE));
    write(&[(&mapping, &imported.mapping), (&scope, &imported.scope)], args.force)?;
    let next = next(run, &args.out);
    let outcome = Outcome { mapping, scope, report: imported.report, next };
    output::print(run.json, &outcome, || describe(&outcome, &run.config))?;
    Ok(Exit::Success)
}

fn read_file(file: &Path) -> Result<Value, Failure> {
    let bytes = fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| anyhow!("{} is not text in UTF-8; save it again with that encoding", file.display()))?;
    // Files that were saved on Windows begin with a byte order mark.
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    Ok(value.with_context(|| format!("{} is not JSON", file.display()))?)
}

async fn read_tenant(run: &Run, args: &ImportEntraArgs) -> Result<Value, Failure> {
    let (entra, http) = config::load_entra(&run.config)?;
    let graph = wiring::graph(run, (&entra, &http), BTreeSet::new(), None)?;
    let app_id = args.app_id.as_deref().context("--from-tenant needs --app-id")?;
    graph.provisioning_job(app_id, args.job_id.as_deref()).await.map_err(|error| match error {
        JobError::Graph(error) => error.into(),
        other => Failure::Other(other.into()),
    })
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
    let (mapping, used) = (out.join(MAPPING), run.config.with_file_name(MAPPING));
    let config = shell(&run.config);
    let program = match run.config == Path::new(config::DEFAULT_PATH) {
        true => "entra-jostle-sync".to_owned(),
        false => format!("entra-jostle-sync --config {config}"),
    };
    let mut commands = Vec::new();
    if !is_same(&used, &mapping) {
        commands.push(format!("cp {} {}", shell(&mapping), shell(&used)));
    }
    // By hand from there into the configuration, which may have sections of the same name.
    commands.push(format!("cat {}", shell(&out.join(SCOPE))));
    commands.extend(["check", "plan"].map(|command| format!("{program} {command}")));
    commands
}

/// Whether two paths lead to one file that is there.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|path| Some(path) == real(other))
}

/// A path as a shell reads it.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn describe(outcome: &Outcome, config: &Path) -> String {
    let Outcome { mapping, scope, report, next } = outcome;
    let mut text = format!("{report}\nWritten\n  {}\n  {}\n\nNext\n", mapping.display(), scope.display());
    for command in next {
        let _infallible = writeln!(text, "  {command}");
        if command.starts_with("cat ") {
            let _infallible = writeln!(text, "    (put these lines into {})", config.display());
        }
    }
    text
}
