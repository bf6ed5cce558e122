//! Starting and stopping: one listener for the token endpoint, Graph, SCIM and the administration.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::clock::Time;
use super::faults::{Fault, FaultError};
use super::graph::{GraphTenant, Identity, TenantError};
use super::intercept::{Traffic, intercept};
use super::jostle::JostleTenant;
use super::listener::{Cut, Entrance};
use super::record::RecordedRequest;
use super::{Details, admin, graph, jostle, tls};

/// How long a stop waits for answers under way.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// How a simulator is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulatorOptions {
    /// Where to listen: loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Employees in the Entra tenant; guests, disabled people and rooms come on top, about one in eight.
    pub users: usize,
    /// The same seed gives the same people, ids and secrets.
    pub seed: u64,
    /// https, with an authority of its own.
    pub tls: bool,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), users: 50, seed: 1, tls: false }
    }
}

/// Why a simulator does not start.
#[derive(Debug, Error)]
pub enum SimulatorError {
    /// Its secrets are known to everybody, so nobody else may reach it.
    #[error("the simulator listens on loopback only, not on {0}; use 127.0.0.1 or ::1")]
    NotLoopback(SocketAddr),
    /// The address cannot be had.
    #[error("the simulator cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// No certificate could be made.
    #[error("the simulator cannot make a certificate: {0}")]
    Certificate(String),
    /// The seeded people do not fit the directory.
    #[error("the simulator cannot make its people: {0}")]
    People(#[from] TenantError),
}

/// The simulator before it runs.
#[derive(Debug)]
pub struct Simulator {}

impl Simulator {
    /// Starts a simulator in the current runtime; it runs until [`RunningSimulator::stop`], or until it is dropped.
    pub async fn start(options: SimulatorOptions) -> Result<RunningSimulator, SimulatorError> {
        if !options.listen.ip().is_loopback() {
            return Err(SimulatorError::NotLoopback(options.listen));
        }
        let listen_error = |error| SimulatorError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let (tls, ca_pem) = if options.tls { Some(tls::acceptor()?).unzip() } else { (None, None) };
        let scheme = if options.tls { "https" } else { "http" };

        let parts = Parts::new(&options, scheme, &address.to_string(), Time::default())?;
        let router = parts.router();
        let Parts { details, tenants, traffic } = parts;
        let stop = traffic.stop.clone().cancelled_owned();
        let serve = axum::serve(Entrance { listener, tls }, router.into_make_service_with_connect_info::<Cut>());
        let server = tokio::spawn(async move {
            if let Err(error) = serve.with_graceful_shutdown(stop).await {
                tracing::error!(%error, "the simulator's listener failed");
            }
        });
        Ok(RunningSimulator { details, ca_pem, tenants, traffic, server: Some(server) })
    }
}

/// Both tenants.
#[derive(Clone)]
pub(super) struct Tenants {
    pub(super) graph: Arc<GraphTenant>,
    pub(super) jostle: Arc<JostleTenant>,
}

/// What a simulator is made of, with or without a listener.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) details: Details,
    pub(super) tenants: Tenants,
    pub(super) traffic: Arc<Traffic>,
}

impl Parts {
    /// The tenants of a seed at an address.
    pub(super) fn new(
        options: &SimulatorOptions,
        scheme: &'static str,
        authority: &str,
        time: Time,
    ) -> Result<Self, SimulatorError> {
        let mut rng = fastrand::Rng::with_seed(options.seed);
        let identity = Identity::new(&mut rng);
        let jostle_api_key = format!("jostle-{}", graph::guid(&mut rng).replace('-', ""));
        let details = details(&format!("{scheme}://{authority}"), &identity, &jostle_api_key);
        let tenants = Tenants {
            graph: Arc::new(GraphTenant::new(identity, scheme, options.users, &mut rng, time.clone())?),
            jostle: Arc::new(JostleTenant::at(time.clone(), &jostle_api_key)),
        };
        tenants.jostle.set_base_url(&details.jostle_base_url);
        Ok(Self { details, tenants, traffic: Arc::new(Traffic { time, ..Traffic::default() }) })
    }

    /// Everything that answers.
    pub(super) fn router(&self) -> Router {
        let Self { details: _, tenants, traffic } = self;
        graph::router(tenants.graph.clone())
            .nest("/scim2", jostle::router(tenants.jostle.clone()))
            .nest("/admin", admin::router(tenants.clone(), traffic.clone()))
            .layer(from_fn_with_state(traffic.clone(), intercept))
    }
}

/// A simulator that listens; stops when it is dropped.
pub struct RunningSimulator {
    details: Details,
    ca_pem: Option<String>,
    tenants: Tenants,
    traffic: Arc<Traffic>,
    server: Option<JoinHandle<()>>,
}

impl fmt::Debug for RunningSimulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningSimulator").field("at", &self.details.graph_root).finish_non_exhaustive()
    }
}

impl RunningSimulator {
    /// Addresses and credentials.
    pub fn details(&self) -> &Details {
        &self.details
    }

    /// The certificate of its authority, as PEM; none without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The Entra tenant.
    pub fn graph(&self) -> &GraphTenant {
        &self.tenants.graph
    }

    /// The Jostle tenant.
    pub fn jostle(&self) -> &JostleTenant {
        &self.tenants.jostle
    }

    /// Every request since the start or the last clearing, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.traffic.recorder.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.traffic.recorder.clear();
    }

    /// Replaces the list of faults.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), FaultError> {
        self.traffic.faults.set(faults)
    }

    /// Stops: no new connections, hanging requests end, answers under way are finished.
    pub async fn stop(mut self) {
        self.traffic.stop.cancel();
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(STOP_GRACE, &mut server).await.is_err()
        {
            server.abort();
        }
    }
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        self.traffic.stop.cancel();
    }
}

fn details(base: &str, identity: &Identity, jostle_api_key: &str) -> Details {
    Details {
        authority: base.to_owned(),
        graph_root: base.to_owned(),
        jostle_base_url: format!("{base}/scim2"),
        tenant_id: identity.tenant_id.clone(),
        client_id: identity.client_id.clone(),
        client_secret: identity.client_secret.clone(),
        jostle_api_key: jostle_api_key.to_owned(),
        admin: format!("{base}/admin"),
        ca_file: None,
        group_id: identity.group_id.clone(),
        app_id: identity.app_id.clone(),
    }
}
