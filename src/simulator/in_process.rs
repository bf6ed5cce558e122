//! A simulator without a listener: requests are handed over and answered on the caller's own task.
//!
//! Deterministic: after `fastrand::seed` on the thread, in a current-thread runtime under paused time, the same calls
//! give the same answers.

use std::fmt;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Uri};
use tower::ServiceExt;

use super::Details;
use super::clock::{Clock, Time};
use super::faults::{Fault, FaultError};
use super::graph::GraphTenant;
use super::jostle::JostleTenant;
use super::listener::Cut;
use super::record::RecordedRequest;
use super::server::{Parts, Simulator, SimulatorError, SimulatorOptions};

/// The only host that answers. Names below `localhost` are nobody else's (RFC 6761 §6.3).
const AUTHORITY: &str = "simulator.localhost";

impl Simulator {
    /// A simulator with no listener, thread or task of its own, by a clock of the caller's. The options' `listen` and
    /// `tls` say nothing here. Errors: its people do not fit the directory.
    pub fn in_process(options: SimulatorOptions, clock: Clock) -> Result<InProcess, SimulatorError> {
        let parts = Parts::new(&options, "http", AUTHORITY, Time::of(clock))?;
        Ok(InProcess { router: parts.router(), parts })
    }
}

/// A simulator that is called instead of being connected to; clones are the same simulator.
#[derive(Clone)]
pub struct InProcess {
    parts: Parts,
    router: Router,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl InProcess {
    /// Addresses, all under `http://simulator.localhost`, and credentials.
    pub fn details(&self) -> &Details {
        &self.parts.details
    }

    /// The Entra tenant.
    pub fn graph(&self) -> &GraphTenant {
        &self.parts.tenants.graph
    }

    /// The Jostle tenant.
    pub fn jostle(&self) -> &JostleTenant {
        &self.parts.tenants.jostle
    }

    /// Every request since the start or the last clearing, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.parts.traffic.recorder.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.parts.traffic.recorder.clear();
    }

    /// Replaces the list of faults.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), FaultError> {
        self.parts.traffic.faults.set(faults)
    }

    /// Answers one request with an absolute address. None: the client gets no answer, because the connection broke or
    /// the host is another. A request that hangs is a future that never ends; one that is dropped is handled no further.
    pub async fn answer(&self, request: http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>> {
        let (mut head, body) = request.into_parts();
        if head.uri.authority()?.as_str() != AUTHORITY {
            return None;
        }
        // As HTTP/1.1 has it: the path in the first line, the host in a header (RFC 9112 §3.2.1).
        head.headers.insert(HOST, HeaderValue::from_static(AUTHORITY));
        head.uri = Uri::from(head.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")));
        let cut = Cut::default();
        head.extensions.insert(ConnectInfo(cut.clone()));
        let Ok(response) = self.router.clone().oneshot(http::Request::from_parts(head, Body::from(body))).await;
        let (head, body) = response.into_parts();
        let whole = to_bytes(body, usize::MAX).await.ok().filter(|_| !cut.is_cut())?;
        Some(http::Response::from_parts(head, whole.into()))
    }
}
