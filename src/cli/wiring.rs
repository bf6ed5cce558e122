//! From the configuration to the things that do the work.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Run;
use super::exit::Failure;
use crate::config::{self, Config, Offline};
use crate::connector::{ConnectorError, Side};
use crate::engine::{Engine, Planner, Settings, system_clock};
use crate::event::set_personal_data;
use crate::graph::{GraphSettings, GraphSource};
use crate::http::{HttpClient, HttpSettings, OnThrottle};
use crate::model::{TargetId, fold};
use crate::plan::{Policy, Protected, Tenants};
use crate::scim::{ScimReader, ScimSettings, ScimWriter};
use crate::store::{Lock, Retention, Store};

/// What the lifecycle needs of a user, whatever the mapping reads.
const LIFECYCLE_PROPERTIES: [&str; 4] = ["userPrincipalName", "mail", "accountEnabled", "userType"];

/// Microsoft asks for identification and no more than a moderate pace; Graph's own limits are far away.
const GRAPH_CONCURRENCY: usize = 4;

/// A page of Graph with every property is below one megabyte; an account of Jostle far below.
const MAX_RESPONSE_BYTES: usize = 32 * 1024 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Within the 30 seconds that the systemd unit gives: time for the answer, the commit and the end.
const STOP_GRACE: Duration = Duration::from_secs(10);
const MAX_ATTEMPTS: usize = 5;
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// The state, held by this process alone.
pub(super) struct State {
    pub(super) store: Store,
    _lock: Lock,
}

/// Reads the configuration. From here on the log shows no more of a person than it allows.
pub(super) fn load(run: &Run) -> Result<Config, Failure> {
    let config = config::load(&run.config)?;
    set_personal_data(config.log.personal_data);
    Ok(config)
}

/// Locks and opens the state.
pub(super) fn open_state(path: &Path) -> Result<State, Failure> {
    open_locked(path, Lock::acquire(path)?)
}

/// Opens the state that was locked.
pub(super) fn open_locked(path: &Path, lock: Lock) -> Result<State, Failure> {
    Ok(State { store: Store::open(path)?, _lock: lock })
}

/// A planner: its target can only be read.
pub(super) fn planner(run: &Run, config: &Config, store: &Store) -> Result<Planner<GraphSource, ScimReader>, Failure> {
    let (source, target) = (source(run, config, Some(store))?, reader(run, config, Some(store))?);
    Ok(Planner::new(source, target, store.clone(), policy(config.offline.clone()), settings(run, config)))
}

/// What reads Entra and writes Jostle.
pub(super) type Edges = Engine<GraphSource, ScimWriter>;

/// The engine.
pub(super) fn engine(run: &Run, config: &Config, state: &State) -> Result<Edges, Failure> {
    Ok(engines(run, config, state)?.cycles)
}

/// Engines over one state, which share their locks.
pub(super) struct Engines {
    pub(super) cycles: Edges,
    /// For what a person waits for: its requests go first.
    pub(super) urgent: Edges,
    /// For reviewed plans, which are as long as a cycle: their requests go beside its own.
    pub(super) plans: Edges,
}

/// The engine of the cycles, and those of what is asked for meanwhile.
pub(super) fn engines(run: &Run, config: &Config, state: &State) -> Result<Engines, Failure> {
    let store = &state.store;
    let source = source(run, config, Some(store))?;
    let target = ScimWriter::new(reader(run, config, Some(store))?);
    let (urgent_source, urgent_target) = (source.urgent(), target.urgent());
    let (plans_source, plans_target) = (source.clone(), target.clone());
    let (policy, settings) = (policy(config.offline.clone()), settings(run, config));
    let cycles = Engine::new(source, target, store.clone(), policy, settings);
    let urgent = cycles.beside(urgent_source, urgent_target);
    let plans = cycles.beside(plans_source, plans_target);
    Ok(Engines { cycles, urgent, plans })
}

/// Entra, to be read. The state, if there is one, remembers when Entra asks to be left alone.
pub(super) fn source(run: &Run, config: &Config, store: Option<&Store>) -> Result<GraphSource, ConnectorError> {
    let mut properties: BTreeSet<String> = LIFECYCLE_PROPERTIES.map(str::to_owned).into();
    properties.extend(config.offline.mapping.source_properties().into_iter().map(str::to_owned));
    properties.extend(config.offline.scope.source_properties());
    graph(run, (&config.entra, &config.http), properties, store)
}

/// Entra, to be read, as far as no mapping is needed for it.
pub(super) fn graph(
    run: &Run,
    (entra, http): (&config::Entra, &config::Http),
    properties: BTreeSet<String>,
    store: Option<&Store>,
) -> Result<GraphSource, ConnectorError> {
    let settings = GraphSettings {
        authority: entra.authority.clone(),
        graph_root: entra.graph_root.clone(),
        tenant_id: entra.tenant_id.clone(),
        client_id: entra.client_id.clone(),
        client_secret: entra.client_secret.clone(),
        properties: properties.into_iter().collect(),
    };
    let http = HttpSettings {
        side: Side::Entra,
        requests_per_second: None,
        concurrency: GRAPH_CONCURRENCY,
        on_throttle: note_throttled(Side::Entra, store),
        ..http_settings(http)
    };
    GraphSource::new(&settings, HttpClient::new(http, run.shutdown.clone())?)
}

/// Jostle, to be read. The state, if there is one, remembers when Jostle asks to be left alone.
pub(super) fn reader(run: &Run, config: &Config, store: Option<&Store>) -> Result<ScimReader, ConnectorError> {
    let jostle = &config.jostle;
    let settings =
        ScimSettings { base_url: jostle.base_url.clone(), api_key: jostle.api_key.clone(), dialect: jostle.dialect };
    let http = HttpSettings {
        side: Side::Jostle,
        requests_per_second: Some(jostle.requests_per_second),
        concurrency: jostle.concurrency.get(),
        on_throttle: note_throttled(Side::Jostle, store),
        ..http_settings(&config.http)
    };
    Ok(ScimReader::new(settings, HttpClient::new(http, run.shutdown.clone())?))
}

/// So that `status` can say so at once, whoever waits.
fn note_throttled(side: Side, store: Option<&Store>) -> Option<OnThrottle> {
    let store = store?.clone();
    Some(Arc::new(move |until| store.note_throttled(side, until)))
}

fn http_settings(http: &config::Http) -> HttpSettings {
    HttpSettings {
        side: Side::Jostle,
        requests_per_second: None,
        concurrency: 1,
        connect_timeout: CONNECT_TIMEOUT,
        request_timeout: http.timeout,
        stop_grace: STOP_GRACE,
        max_response_bytes: MAX_RESPONSE_BYTES,
        max_attempts: MAX_ATTEMPTS,
        first_backoff: FIRST_BACKOFF,
        extra_ca_pem: http.ca_pem.clone(),
        clock: system_clock(),
        on_throttle: None,
    }
}

/// Whose accounts are provisioned, and where.
pub(super) fn tenants(config: &Config) -> Tenants {
    let (tenant_id, jostle_base_url) = (config.entra.tenant_id.clone(), config.jostle.base_url.to_string());
    Tenants { tenant_id, jostle_base_url }
}

/// How much of the history is kept.
pub(super) fn retention(config: &Config) -> Retention {
    let config::History { keep_days, max_mb } = config.history;
    let keep = SignedDuration::from_hours(24 * i64::try_from(keep_days).unwrap_or(i64::MAX / 24));
    Retention { keep, most_bytes: max_mb.saturating_mul(1_000_000) }
}

/// What everybody is decided by.
pub(super) fn policy(config: Offline) -> Policy {
    let Offline { mapping, scope, protect, actions, limits, state: _ } = config;
    Policy {
        mapping,
        scope,
        protected: Protected {
            user_names: protect.user_names.iter().map(|name| fold(name)).collect(),
            ids: protect.jostle_ids.into_iter().map(TargetId::new).collect(),
        },
        actions,
        limits: limits.guard,
    }
}

fn settings(run: &Run, config: &Config) -> Settings {
    Settings {
        reach: config.offline.scope.reach(),
        baseline_every: config.baseline_every,
        smallest_baseline_share: config.offline.limits.smallest_baseline_share,
        quarantine: config.quarantine,
        concurrency: config.jostle.concurrency.get(),
        clock: system_clock(),
        shutdown: run.shutdown.clone(),
        progress: Arc::<super::progress::Bars>::clone(&run.bars),
    }
}
