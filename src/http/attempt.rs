//! One try of a request: waits until it may be sent, sends it, and takes the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::http::HeaderValue;
use ::http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::pace::{Lane, Pace};
use super::retry::{Outcome, closes_gate, leaves_doubt, retry};
use super::retry_after::retry_after;
use super::wire::{Lost, Wire};
use super::{Effect, HttpSettings, Request, Response};
use crate::connector::{ConnectorError, ErrorKind};
use crate::defects::{Defect, planted};
use crate::event::catalogue::RequestSent;

/// What the clones of a client share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: HttpSettings,
    wire: Arc<dyn Wire>,
    pub(super) pace: Pace,
    pub(super) shutdown: CancellationToken,
    requests: AtomicU64,
    /// Answers so far that refused the credentials or what they are for.
    refusals: AtomicU64,
}

/// Whether a write may have been carried out by one of its tries. Once there is doubt, no later try takes it away.
#[derive(Debug)]
pub(super) struct Doubt {
    writes: bool,
    exists: AtomicBool,
    /// Refusals before the write began: after another one it is not sent any more.
    refusals: u64,
    /// Once it is cancelled, neither.
    stop: CancellationToken,
}

impl Doubt {
    pub(super) fn of(request: &Request, refusals: u64, stop: CancellationToken) -> Self {
        Self { writes: request.effect != Effect::Read, exists: AtomicBool::new(false), refusals, stop }
    }

    /// What withdraws the write; none of what only reads.
    pub(super) fn stop(&self) -> Option<&CancellationToken> {
        Some(&self.stop).filter(|_| self.writes)
    }

    async fn withdrawn(&self) {
        match self.stop() {
            Some(stop) => stop.cancelled().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn exists(&self) -> bool {
        self.exists.load(Ordering::Relaxed)
    }

    fn note(&self, may_be_done: bool) {
        self.exists.fetch_or(self.writes && may_be_done && !planted(Defect::PostRepeated), Ordering::Relaxed);
    }
}

/// How a try ended without a final answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// With an answer that may be worth another try.
    Answer(Response, Option<Duration>),
    /// Without an answer.
    Lost(Lost),
    /// With an error that no other try mends.
    Final(ConnectorError),
}

impl Failed {
    pub(super) fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Answer(response, retry_after) => {
                Some(Outcome::Answered { status: response.status, retry_after: *retry_after })
            }
            Self::Lost(Lost { sent, .. }) => Some(Outcome::Lost { sent: *sent }),
            Self::Final(_) => None,
        }
    }

    /// 429, and nothing about how long.
    pub(super) fn is_throttled_without_a_time(&self) -> bool {
        matches!(self, Self::Answer(response, wait) if response.status == 429 && wait.unwrap_or_default().is_zero())
    }
}

impl Shared {
    pub(super) fn new(wire: Arc<dyn Wire>, settings: HttpSettings, shutdown: CancellationToken) -> Self {
        let pace = Pace::new(&settings);
        Self { settings, wire, pace, shutdown, requests: AtomicU64::new(0), refusals: AtomicU64::new(0) }
    }

    /// The same settings and wire, and nothing else.
    pub(super) fn apart(&self) -> Self {
        Self::new(Arc::clone(&self.wire), self.settings.clone(), self.shutdown.clone())
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// One try. An answer that may be worth another is in the error.
    pub(super) async fn attempt(&self, request: &Request, lane: Lane, doubt: &Doubt) -> Result<Response, Failed> {
        let permit = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => None,
            () = doubt.withdrawn() => {
                return Err(Failed::Final(self.error(ErrorKind::Withdrawn, "not sent, because it was stopped meanwhile")));
            }
            permit = self.pace.admit(lane) => permit.ok(),
        };
        let Some(_permit) = permit else {
            return Err(Failed::Final(self.error(ErrorKind::Stopped, "not sent, because the program is stopping")));
        };
        if doubt.writes && self.refusals() != doubt.refusals {
            let detail = format!("not sent, because {} has refused the credentials meanwhile", request.host());
            return Err(Failed::Final(self.error(ErrorKind::CredentialsRefused, detail)));
        }
        let sent = self.written(request).map_err(Failed::Final)?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let result = tokio::select! {
            biased;
            result = self.exchange(sent, request) => result,
            () = self.grace_is_over() => {
                Err(lost(format!("{} did not answer while the program was stopping", request.host())))
            }
        };
        let status = result.as_ref().map_or(0, |response| response.status);
        RequestSent {
            side: self.settings.side.into(),
            host: request.host().into(),
            method: (&request.method).into(),
            status: u64::from(status),
            duration_ms: start.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        }
        .emit();
        // No outcome: an answer that is too large to be read.
        doubt.note(result.as_ref().err().is_some_and(|failed| failed.outcome().is_none_or(leaves_doubt)));
        let response = result?;
        let wait = retry_after(&response.headers, (self.settings.clock)());
        let outcome = Outcome::Answered { status: response.status, retry_after: wait };
        self.note(outcome, doubt);
        // The first try stands for all: whether there is another is decided where they are counted.
        if retry(outcome, request.effect, 1, Duration::ZERO).is_some() {
            Err(Failed::Answer(response, wait))
        } else {
            Ok(response)
        }
    }

    /// What an answer means beyond this try.
    fn note(&self, outcome: Outcome, doubt: &Doubt) {
        doubt.note(leaves_doubt(outcome));
        if let Outcome::Answered { status: 401 | 403, .. } = outcome {
            self.refusals.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(wait) = closes_gate(outcome) {
            self.pace.close(wait, (self.settings.clock)());
        }
    }

    /// A service that hangs must not hold up the end until it is a kill.
    async fn grace_is_over(&self) {
        self.shutdown.cancelled().await;
        tokio::time::sleep(self.settings.stop_grace).await;
    }

    /// Sends and takes the whole answer, within the time and up to the size that are allowed.
    async fn exchange(&self, sent: ::http::Request<Vec<u8>>, request: &Request) -> Result<Response, Failed> {
        let limit = self.settings.request_timeout;
        let Ok(answer) = timeout(limit, self.wire.exchange(sent)).await else {
            return Err(lost(format!("no whole answer from {} within {limit:?}", request.host())));
        };
        let (head, body) = answer.map_err(Failed::Lost)?.into_parts();
        let status = head.status.as_u16();
        if body.len() > self.settings.max_response_bytes {
            return Err(Failed::Final(self.too_large(request, status)));
        }
        Ok(Response { status, headers: head.headers, body, in_doubt: false })
    }

    fn written(&self, request: &Request) -> Result<::http::Request<Vec<u8>>, ConnectorError> {
        let refuse = |what: &str| {
            self.error(ErrorKind::Rejected, format!("{what} has characters that cannot be sent, or is too long"))
        };
        let header = |name: &str, value: &str| {
            HeaderValue::from_str(value).map_err(|_| refuse(&format!("the value of the header {name}")))
        };
        let mut written = ::http::Request::new(request.body.clone().unwrap_or_default());
        *written.method_mut() = request.method.clone();
        *written.uri_mut() =
            request.url.as_str().parse().map_err(|_| refuse(&format!("an address of {}", request.host())))?;
        for (name, value) in &request.headers {
            written.headers_mut().insert(*name, header(name, value)?);
        }
        if let Some(bearer) = &request.bearer {
            let mut value = header(AUTHORIZATION.as_str(), &format!("Bearer {}", bearer.expose_secret()))?;
            value.set_sensitive(true);
            written.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(written)
    }

    /// The answer of a write that must not be repeated is lost with its size.
    fn too_large(&self, request: &Request, status: u16) -> ConnectorError {
        let kind = if request.effect == Effect::WriteOnce { ErrorKind::InDoubt } else { ErrorKind::Protocol };
        let limit = self.settings.max_response_bytes;
        self.answered(status, kind, format!("the answer of {} is larger than {limit} bytes", request.host()))
    }

    pub(super) fn answered(&self, status: u16, kind: ErrorKind, detail: String) -> ConnectorError {
        ConnectorError { status: Some(status), ..self.error(kind, detail) }
    }

    pub(super) fn error(&self, kind: ErrorKind, detail: impl Into<String>) -> ConnectorError {
        ConnectorError::new(self.settings.side, kind, detail)
    }
}

fn lost(words: String) -> Failed {
    Failed::Lost(Lost { sent: true, words })
}
