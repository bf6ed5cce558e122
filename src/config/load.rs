//! Reads the configuration: both files, all sections, every problem at once.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;

use super::place::Place;
use super::problem::{ConfigErrors, Problem};
use super::table::{Document, Section};
use super::{Alerts, Entra, History, Http, Jostle, Limits, Log, Metrics, Protect, State};
use super::{
    actions, alerts, entra, health, history, http, jostle, limits, log, mapping, metrics, protect, quarantine,
    reconcile, schedule, scope, state,
};
use crate::daemon::{Recurrence, Schedule};

/// Where the configuration is unless the command line names another file.
pub const DEFAULT_PATH: &str = "/etc/entra-jostle-sync/entra-jostle-sync.toml";

/// A complete configuration, one field a section. The doc comments of the sections are the reference; the shipped
/// `entra-jostle-sync.toml` says the same for people.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[entra]`
    pub entra: Entra,
    /// `[jostle]`
    pub jostle: Jostle,
    /// `[schedule]`, when cycles start.
    pub schedule: Schedule,
    /// `[schedule]`, `baseline_days`: everybody is read completely again after this time.
    pub baseline_every: SignedDuration,
    /// `[schedule]`, `reconcile`: how often accounts are compared with what is known of them.
    pub reconcile: Recurrence,
    /// `[quarantine]`
    pub quarantine: crate::plan::QuarantineRules,
    /// `[history]`
    pub history: History,
    /// `[log]`
    pub log: Log,
    /// `[health]`
    pub health: crate::health::Rules,
    /// `[metrics]`
    pub metrics: Metrics,
    /// `[alerts]`
    pub alerts: Alerts,
    /// The sections that need no secret.
    pub offline: Offline,
    /// `[http]`
    pub http: Http,
}

/// Reads the configuration at a path, with the environment of the process.
pub fn load(path: &Path) -> Result<Config, ConfigErrors> {
    load_with(path, &|name| std::env::var_os(name))
}

/// Reads the configuration at a path, with an environment: only the variables that it names are looked up, and
/// `CREDENTIALS_DIRECTORY`, where systemd puts credentials.
pub fn load_with(path: &Path, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Config, ConfigErrors> {
    load_from(path, environment, read)
}

/// Reads only where the state is: for `status`, which needs no secret and no mapping.
pub fn load_state(path: &Path) -> Result<State, ConfigErrors> {
    load_part(path, |mut root, place| (Some(state::read(root.section("state"), place)), Vec::new()))
}

/// What is needed to judge how the daemon does.
#[derive(Clone, Debug)]
pub struct Watched {
    /// `[state]`
    pub state: State,
    /// `[schedule]`: when cycles start.
    pub schedule: Schedule,
    /// `[health]`
    pub health: crate::health::Rules,
}

/// Reads only what `status` needs: neither secrets nor the mapping.
pub fn load_watched(path: &Path) -> Result<Watched, ConfigErrors> {
    load_part(path, |mut root, place| {
        let state = state::read(root.section("state"), place);
        let schedule = schedule::read(root.section("schedule")).cycles;
        let health = health::read(root.section("health"));
        (schedule.map(|schedule| Watched { state, schedule, health }), Vec::new())
    })
}

/// Reads only where the state is and who is in scope: for what is tried on somebody in the snapshot.
pub fn load_snapshot(path: &Path) -> Result<(State, crate::scope::Rules), ConfigErrors> {
    load_part(path, |mut root, place| {
        let state = state::read(root.section("state"), place);
        (Some((state, scope::read(root.section("scope")))), Vec::new())
    })
}

/// What commands need that work from the snapshot and never ask Entra or Jostle.
#[derive(Clone, Debug)]
pub struct Offline {
    /// `[state]`
    pub state: State,
    /// `[mapping]`: the rows of the mapping file, `mapping.toml` beside the configuration unless `file` names another;
    /// the row of `active` has what `[reconcile]` says of it.
    pub mapping: crate::mapping::Mapping,
    /// `[scope]`
    pub scope: crate::scope::Rules,
    /// `[protect]`
    pub protect: Protect,
    /// `[actions]`
    pub actions: crate::plan::Actions,
    /// `[limits]`
    pub limits: Limits,
}

/// Reads what needs no secret. Sections that are not of [`Offline`] are not looked at.
pub fn load_offline(path: &Path) -> Result<Offline, ConfigErrors> {
    load_part(path, |mut root, place| read_offline(&mut root, place))
}

/// The same with the tenant, if it is named: for what is printed of the history.
pub fn load_history(path: &Path) -> Result<(Offline, Option<String>), ConfigErrors> {
    load_part(path, |mut root, place| {
        let tenant_id = root.section("entra").text("tenant_id").map(str::to_owned);
        let (offline, problems) = read_offline(&mut root, place);
        (offline.map(|offline| (offline, tenant_id)), problems)
    })
}

/// Reads only how Entra is reached: for an import, which comes before the rest of the configuration.
pub fn load_entra(path: &Path) -> Result<(Entra, Http), ConfigErrors> {
    load_part(path, |mut root, place| {
        let entra = entra::read(root.section("entra"), place);
        let http = http::read(root.section("http"), place);
        (entra.map(|entra| (entra, http)), Vec::new())
    })
}

/// Reads some sections, with the environment of the process.
fn load_part<T>(
    path: &Path,
    read: impl FnOnce(Section<'_>, &Place<'_>) -> (Option<T>, Vec<Problem>),
) -> Result<T, ConfigErrors> {
    load_from(path, &|name| std::env::var_os(name), read)
}

fn load_from<T>(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<OsString>,
    read: impl FnOnce(Section<'_>, &Place<'_>) -> (Option<T>, Vec<Problem>),
) -> Result<T, ConfigErrors> {
    let text = text_of(path)?;
    let document = Document::new(path, &text);
    let place = Place { folder: path.parent().unwrap_or(Path::new("")), environment };
    let (value, mapping_problems) = match document.parse() {
        Some(table) => read(Section::root(&document, table.get_ref()), &place),
        None => (None, Vec::new()),
    };
    let mut problems = document.into_problems();
    problems.extend(mapping_problems);
    value.filter(|_| problems.is_empty()).ok_or(ConfigErrors(problems))
}

fn text_of(path: &Path) -> Result<String, ConfigErrors> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot be read ({error}); create it, or name another file");
        ConfigErrors(vec![Problem { file: path.to_owned(), line: None, key: String::new(), message }])
    })
}

fn read(mut root: Section<'_>, place: &Place<'_>) -> (Option<Config>, Vec<Problem>) {
    let entra = entra::read(root.section("entra"), place);
    let jostle = jostle::read(root.section("jostle"), place);
    let schedule::Times { cycles, baseline_every, reconcile } = schedule::read(root.section("schedule"));
    let (offline, problems) = read_offline(&mut root, place);
    let quarantine = quarantine::read(root.section("quarantine"));
    let history = history::read(root.section("history"));
    let log = log::read(root.section("log"));
    let health = health::read(root.section("health"));
    let metrics = metrics::read(root.section("metrics"), place);
    let alerts = alerts::read(root.section("alerts"), place);
    let http = http::read(root.section("http"), place);
    root.finish();
    let config = || {
        let (entra, jostle, schedule, reconcile, offline) = (entra?, jostle?, cycles?, reconcile?, offline?);
        Some(Config {
            entra,
            jostle,
            schedule,
            baseline_every,
            reconcile,
            quarantine,
            history,
            log,
            health,
            metrics,
            alerts,
            offline,
            http,
        })
    };
    (config(), problems)
}

fn read_offline(root: &mut Section<'_>, place: &Place<'_>) -> (Option<Offline>, Vec<Problem>) {
    let state = state::read(root.section("state"), place);
    let active = reconcile::read(root.section("reconcile"));
    let (mapping, problems) = mapping::read(root.section("mapping"), place, active);
    let scope = scope::read(root.section("scope"));
    let protect = protect::read(root.section("protect"));
    let actions = actions::read(root.section("actions"));
    let limits = limits::read(root.section("limits"));
    (mapping.map(|mapping| Offline { state, mapping, scope, protect, actions, limits }), problems)
}
