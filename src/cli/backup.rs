//! `backup FILE`: a copy of the state, beside a running daemon or without one.

use anyhow::Context;
use serde::Serialize;

use super::args::BackupArgs;
use super::exit::Failure;
use super::{Exit, Run, output};
use crate::config;
use crate::store::Reader;

/// What was written.
#[derive(Serialize)]
struct Written {
    file: String,
    bytes: u64,
}

pub(super) fn backup(run: &Run, options: &BackupArgs) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?;
    Reader::open(&state.path)?.backup(&options.file)?;
    let bytes = options.file.metadata().context("failed to look at the backup")?.len();
    let written = Written { file: options.file.display().to_string(), bytes };
    output::print(run.json, &written, || format!("{}: {bytes} bytes, complete and checked", written.file))?;
    Ok(Exit::Success)
}
