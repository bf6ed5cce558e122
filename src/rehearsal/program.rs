//! The program between the tenants: the real engine over the real edges and the real store, from start to end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::policy::policy;
use super::stage::Stage;
use super::wire::Line;
use crate::connector::Side;
use crate::engine::{Engine, Quiet, Settings};
use crate::graph::{GraphSettings, GraphSource};
use crate::http::{HttpClient, HttpSettings, Wire};
use crate::plan::{Policy, QuarantineRules};
use crate::scim::{Dialect, ScimReader, ScimSettings, ScimWriter};
use crate::store::Store;

/// What the lifecycle needs of a user, whatever the mapping reads.
const LIFECYCLE_PROPERTIES: [&str; 4] = ["userPrincipalName", "mail", "accountEnabled", "userType"];

/// Everything from the start of the program to its end.
pub(super) struct Program {
    pub(super) store: Store,
    pub(super) engine: Engine<GraphSource, ScimWriter>,
    pub(super) beside: Engine<GraphSource, ScimWriter>,
}

/// What a program is made of beside its state.
pub(super) struct Edges {
    pub(super) source: GraphSource,
    pub(super) reader: ScimReader,
    pub(super) policy: Policy,
    pub(super) settings: Settings,
}

impl Program {
    /// Starts on a state file. Error: what cannot be, which is the scenario's fault or a defect.
    pub(super) fn start(stage: &Arc<Stage>, file: &Path) -> Result<Self, String> {
        let store = Store::open_inline(file, stage.fortune.clone()).map_err(|error| error.to_string())?;
        let Edges { source, reader, policy, settings } = Edges::new(stage, &store)?;
        let writer = ScimWriter::new(reader);
        let urgent = (source.urgent(), writer.urgent());
        let engine = Engine::new(source, writer, store.clone(), policy, settings);
        let beside = engine.beside(urgent.0, urgent.1);
        Ok(Self { store, engine, beside })
    }
}

impl Edges {
    /// Over the wire of a stage, as configured there now.
    pub(super) fn new(stage: &Arc<Stage>, store: &Store) -> Result<Self, String> {
        let tenants = stage.tenants();
        let details = tenants.sim.details().clone();
        let rulebook = tenants.rulebook.clone();
        let policy = policy(&rulebook, &details.app_id, &tenants.chosen)?;
        drop(tenants);
        let shutdown = CancellationToken::new();
        let http = |side, concurrency| {
            let wire: Arc<dyn Wire> = Arc::new(Line::new(Arc::clone(stage)));
            HttpClient::over(wire, http_settings(stage, store, side, concurrency), shutdown.clone())
        };
        let parse = |text: &str| text.parse::<url::Url>().map_err(|error| error.to_string());
        let settings = GraphSettings {
            authority: parse(&details.authority)?,
            graph_root: parse(&details.graph_root)?,
            tenant_id: details.tenant_id.clone(),
            client_id: details.client_id.clone(),
            client_secret: details.client_secret.clone().into(),
            properties: properties(&policy),
        };
        let source = GraphSource::new(&settings, http(Side::Entra, 4)).map_err(|error| error.to_string())?;
        let settings = ScimSettings {
            base_url: parse(&details.jostle_base_url)?,
            api_key: details.jostle_api_key.clone().into(),
            dialect: if rulebook.entra_dialect { Dialect::Entra } else { Dialect::Rfc },
        };
        let reader = ScimReader::new(settings, http(Side::Jostle, rulebook.concurrency));
        let settings = engine_settings(stage, &policy, rulebook.concurrency, shutdown);
        Ok(Self { source, reader, policy, settings })
    }
}

fn properties(policy: &Policy) -> Vec<String> {
    let mut properties: Vec<String> = LIFECYCLE_PROPERTIES.map(str::to_owned).into();
    properties.extend(policy.mapping.source_properties().into_iter().map(str::to_owned));
    properties.extend(policy.scope.source_properties());
    properties.sort();
    properties.dedup();
    properties
}

fn http_settings(stage: &Stage, store: &Store, side: Side, concurrency: usize) -> HttpSettings {
    let store = store.clone();
    HttpSettings {
        side,
        requests_per_second: None,
        concurrency,
        connect_timeout: Duration::from_secs(10),
        request_timeout: Duration::from_secs(30),
        stop_grace: Duration::from_secs(10),
        max_response_bytes: 8 << 20,
        max_attempts: 5,
        first_backoff: Duration::from_millis(500),
        extra_ca_pem: None,
        clock: stage.time().of_program(),
        on_throttle: Some(Arc::new(move |until| store.note_throttled(side, until))),
    }
}

fn engine_settings(stage: &Stage, policy: &Policy, concurrency: usize, shutdown: CancellationToken) -> Settings {
    Settings {
        reach: policy.scope.reach(),
        baseline_every: stage.baseline_every,
        // Half of so small a company may rightly leave at once; nobody at all is still refused.
        smallest_baseline_share: 0.01,
        quarantine: QuarantineRules { failing_people: 5, failing_percent: 50.0 },
        concurrency,
        clock: stage.time().of_program(),
        shutdown,
        progress: Arc::new(Quiet),
    }
}
