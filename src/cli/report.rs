//! `report`: what the state shows of a period, as one page of HTML in a file. Reads the state beside a running daemon.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::NamedTempFile;

use super::exit::Failure;
use super::log::{entra_error, when};
use super::{Exit, Run, output, status};
use crate::config;
use crate::engine::Hidden;
use crate::metrics::Sight;
use crate::model::{Change, Drift};
use crate::report::{CycleTally, DriftLine, Facts, HoldLines, Period, Tally, is_report, page};
use crate::store::{Found, HistoryQuery, HistoryRow, HoldView, KnownDrift, Lock, Reader, Records};

/// Options of `report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// The file to write, with mode 600; a report that is there already is replaced. -: to stdout
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Not before: a time like 2026-03-01T08:00:00Z, a date (its beginning in UTC), or so long ago, like 2h or 7d
    /// [default: 30d]
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<Timestamp>,
}

const DEFAULT_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So many values that were changed in Jostle are shown.
const MOST_DRIFT: usize = 200;
/// So much of a file says whether it is a report.
const BEGINNING: u64 = 4096;

pub(super) fn report(run: &Run, options: &ReportArgs) -> Result<Exit, Failure> {
    if options.out == Path::new("-") {
        if run.json {
            output::complain("--json says where the page was written; it has nothing to say with --out -");
            return Ok(Exit::Usage);
        }
        let (_, page) = make(run, options)?;
        let mut stdout = io::stdout().lock();
        output::unless_gone(stdout.write_all(page.as_bytes()).and_then(|()| stdout.flush()))?;
        return Ok(Exit::Success);
    }
    let place = place(&options.out)?;
    let (period, page) = make(run, options)?;
    write(&place, &page).with_context(|| unwritten(&options.out))?;
    let file = options.out.display().to_string();
    let (since, until) = (period.since, period.until);
    let written = json!({ "file": file, "since": since, "until": until, "bytes": page.len() });
    output::print_lines(run.json, &written, || format!("report of {since:.0} to {until:.0} written to {file}"))?;
    Ok(Exit::Success)
}

/// The page and what it is about.
fn make(run: &Run, options: &ReportArgs) -> Result<(Period, String), Failure> {
    let now = Timestamp::now();
    let since = options.since.unwrap_or_else(|| now.checked_sub(DEFAULT_PERIOD).unwrap_or(Timestamp::MIN));
    let facts = gather(&run.config, since, now)?;
    Ok((facts.period, page(&facts)))
}

fn gather(configuration: &Path, since: Timestamp, now: Timestamp) -> Result<Facts, Failure> {
    let watched = config::load_watched(configuration)?;
    let (offline, tenant_id) = config::load_history(configuration)?;
    let holder = Lock::held(&watched.state.path);
    let Sight { status, health, room: _ } = status::sight(&watched, holder.is_some(), now)?;
    let reader = Reader::open(&watched.state.path)?;
    let hidden = Hidden::of(&offline.mapping);
    let remembered_since = reader.remembered_since()?;
    let period = Period::new(since, now, remembered_since);
    let tally = operations(&reader, period)?;
    let mut cycles = CycleTally::new(period);
    reader.cycles((since, now), |cycle| cycles.add(cycle))?;
    let holds = reader.holds()?.into_iter().map(|hold| held(&reader, &hidden, hold));
    let Found { drift, drifted, orphans, deleted, listing } = reader.found(MOST_DRIFT)?;
    Ok(Facts {
        now,
        version: env!("CARGO_PKG_VERSION"),
        tenant_id,
        period,
        remembered_since,
        status,
        health,
        remedies: tally.causes().map(|code| (code.to_owned(), entra_error(code).action)).collect(),
        tally,
        cycles,
        holds: holds.collect::<Result<_, _>>()?,
        drift: drift.into_iter().map(|(user, known)| drift_line(&hidden, user, known)).collect(),
        drifted,
        orphans,
        deleted,
        listing,
    })
}

/// Row by row: none is kept.
fn operations(reader: &Reader, period: Period) -> Result<Tally, Failure> {
    let mut tally = Tally::new(period);
    let (since, records) = (Some(period.since), Records::Operations);
    let history = reader.history(HistoryQuery { since, records, ..HistoryQuery::default() })?;
    for row in history.into_iter().flatten() {
        if let HistoryRow::Operation(row) = row.context("the state cannot be read further")? {
            tally.add(&row);
        }
    }
    Ok(tally)
}

fn held(reader: &Reader, hidden: &Hidden<'_>, hold: HoldView) -> Result<HoldLines, Failure> {
    let mut people = reader.held(hold.id.number)?;
    for person in &mut people {
        person.held.changes = hidden.changes(&person.held.changes);
    }
    Ok(HoldLines { hold, people })
}

fn drift_line(hidden: &Hidden<'_>, user: String, KnownDrift { drift, since }: KnownDrift) -> DriftLine {
    let Drift { attribute, expected, shown, treatment } = drift;
    let redacted = hidden.hides(&attribute);
    let change = Change { attribute, old: expected, new: shown, redacted };
    DriftLine { user, change, treatment, since }
}

/// Where the page goes: to what a link leads to. Whatever else has the name is left alone.
fn place(path: &Path) -> Result<PathBuf, Failure> {
    let refused = |why: &str| anyhow!("cannot write the report {}: {why}; name another file", path.display());
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path.to_owned()),
        Err(error) => return Err(anyhow::Error::from(error).context(unwritten(path)).into()),
        Ok(_) => {}
    }
    let real = path.canonicalize().with_context(|| unwritten(path))?;
    if real.is_dir() {
        return Err(refused("it is a directory").into());
    }
    if !real.is_file() {
        return Err(refused("it is no file").into());
    }
    let mut beginning = Vec::new();
    let opened = File::open(&real).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    opened.with_context(|| unwritten(path))?;
    match beginning.is_empty() || is_report(&beginning) {
        true => Ok(real),
        false => Err(refused("there is a file of this name already, and it is no report").into()),
    }
}

/// It has another name until it is complete and on disk, and mode 600.
fn write(place: &Path, page: &str) -> io::Result<()> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = place.file_name().map(|name| format!(".{}.", name.display())).unwrap_or_default();
    let mut partial: NamedTempFile = tempfile::Builder::new().prefix(&name).suffix(".partial").tempfile_in(folder)?;
    partial.write_all(page.as_bytes())?;
    partial.as_file().sync_all()?;
    partial.persist(place).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn unwritten(path: &Path) -> String {
    format!("cannot write the report {}; check that its directory exists, is writable and has room", path.display())
}
