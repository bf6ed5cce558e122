//! Plan files: written by `plan --out`, shown by `plan show`, read by `apply`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tempfile::NamedTempFile;

use super::args::PlanShowArgs;
use super::exit::Failure;
use super::span::span;
use super::{Exit, Run, output, wrap};
use crate::plan::{Plan, PlanFile, Tenants};

/// A plan file that is not complete yet. It has another name until it is, and mode 600; it is removed when dropped, and
/// what a killed process leaves is in nobody's way.
pub(super) struct NewPlanFile {
    partial: NamedTempFile,
    path: PathBuf,
}

impl NewPlanFile {
    /// Before anything is planned, which may take long: a file that is there already is left alone.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        if path.symlink_metadata().is_ok() {
            return Err(taken(path));
        }
        let name = path.file_name().map(|name| format!(".{}.", name.display())).unwrap_or_default();
        let partial = tempfile::Builder::new().prefix(&name).suffix(".partial").tempfile_in(folder(path));
        let partial = partial.with_context(|| unwritten(path))?;
        Ok(Self { partial, path: path.to_owned() })
    }

    /// Writes it and gives it its name, once it is on disk.
    pub(super) fn publish(mut self, file: &PlanFile) -> Result<(), Failure> {
        let text = file.to_text().context("failed to write the plan as JSON")?;
        let context = || unwritten(&self.path);
        self.partial
            .write_all(text.as_bytes())
            .and_then(|()| self.partial.as_file().sync_all())
            .with_context(context)?;
        match self.partial.persist_noclobber(&self.path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => return Err(taken(&self.path)),
            Err(error) => return Err(anyhow::Error::from(error.error).context(unwritten(&self.path)).into()),
        }
        let synced = File::open(folder(&self.path)).and_then(|folder| folder.sync_all());
        Ok(synced.with_context(|| unwritten(&self.path))?)
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn taken(path: &Path) -> Failure {
    anyhow!("cannot write the plan {}: there is a file of this name already; name a new one", path.display()).into()
}

fn unwritten(path: &Path) -> String {
    format!("cannot write the plan {}; check that its directory exists, is writable and has room", path.display())
}

/// The text of a plan file, and what it says.
pub(super) fn read(path: &Path) -> Result<(String, PlanFile), Failure> {
    let context = || format!("cannot read the plan {}", path.display());
    let bytes = std::fs::read(path).with_context(context)?;
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("{}: it is no text, so it is no plan", context()))?;
    let file = PlanFile::from_text(&text).map_err(|error| refused(path, &error))?;
    Ok((text, file))
}

/// A plan that cannot be used, and why.
pub(super) fn refused(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    anyhow!("cannot use the plan {}: {why}", path.display()).into()
}

/// How old a plan is.
pub(super) fn age(made_at: Timestamp) -> SignedDuration {
    Timestamp::now().duration_since(made_at)
}

/// A plan file as `--json` shows it: what `plan --json` prints, and what it is.
#[derive(Serialize)]
struct Shown<'a> {
    file: String,
    made_at: Timestamp,
    age_seconds: i64,
    #[serde(flatten)]
    tenants: &'a Tenants,
    #[serde(flatten)]
    plan: &'a Plan,
}

pub(super) fn show(run: &Run, options: &PlanShowArgs) -> Result<Exit, Failure> {
    let (_, file) = read(&options.file)?;
    let (made_at, plan, tenants) = (file.made_at, file.plan(), &file.tenants);
    let (name, age) = (options.file.display().to_string(), age(made_at));
    let shown = Shown { file: name, made_at, age_seconds: age.as_secs().max(0), tenants, plan: &plan };
    output::print(run.json, &shown, || {
        let mut text = String::new();
        wrap::field(&mut text, "made    ", &format!("{made_at:.0} ({} ago)", span(age)));
        wrap::field(&mut text, "Entra   ", &tenants.tenant_id);
        wrap::field(&mut text, "Jostle  ", &tenants.jostle_base_url);
        format!("{text}\n{plan}")
    })?;
    Ok(Exit::Success)
}
