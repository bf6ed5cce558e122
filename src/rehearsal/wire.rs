//! The wire between the product and the simulator: late, watched, and cut when the program dies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::header::AUTHORIZATION;
use ::http::{Request, Response};
use futures::future::BoxFuture;
use tokio::time::{Instant, sleep};

use super::fortune::Turn;
use super::rules::{Rule, Violation};
use super::stage::Stage;
use crate::http::{Lost, Wire};
use crate::simulator::InProcess;
use crate::store::Stops;

/// Carries requests to the simulator.
pub(super) struct Line {
    stage: Arc<Stage>,
    sim: InProcess,
    /// The only host that may see a credential.
    host: String,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl Line {
    pub(super) fn new(stage: Arc<Stage>) -> Self {
        let sim = stage.tenants().sim.clone();
        let root = sim.details().graph_root.clone();
        let host = root.split_once("://").map_or(root.clone(), |(_, host)| host.to_owned());
        Self { stage, sim, host }
    }

    async fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Lost> {
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        self.watch(&request, &authority);
        if authority != self.host {
            return Err(Lost { sent: false, words: format!("the name {authority} cannot be resolved") });
        }
        let (number, turn) = self.stage.fortune.request();
        if matches!(turn, Turn::DiesBefore | Turn::Nobody) {
            self.stage.fortune.die();
            std::future::pending::<()>().await;
        }
        self.meanwhile(number);
        let (id, there, back) = self.depart(&request);
        sleep(there).await;
        let line = format!("{} {}", request.method(), request.uri());
        let is_write = request.uri().path().starts_with("/scim2");
        let body = request.body().clone();
        let answer = self.answer(id, request).await;
        if turn == Turn::DiesAfter {
            self.stage.fortune.die();
            std::future::pending::<()>().await;
        }
        sleep(back).await;
        if answer.is_some() {
            self.stage.notes().unanswered.retain(|other| *other != body);
        }
        let status = answer.as_ref().map(|answer| answer.status().as_u16());
        tracing::debug!(event = "rehearsal.exchange", line, status);
        if is_write && matches!(status, Some(401 | 403)) {
            self.stage.notes().refused_at.get_or_insert(Instant::now());
        }
        answer.ok_or_else(|| Lost { sent: true, words: format!("no whole answer from {}", self.host) })
    }

    /// Counts the request and decides how long it is under way.
    fn depart(&self, request: &Request<Vec<u8>>) -> (u64, Duration, Duration) {
        let mut notes = self.stage.notes();
        notes.requests += 1;
        let id = notes.requests;
        notes.digest((request.method().as_str(), request.uri().to_string(), request.body()));
        notes.under_way.push((id, request.clone()));
        let mut late = || {
            let rng = notes.rng();
            let most = if rng.u8(..20) == 0 { 400 } else { 30 };
            Duration::from_millis(rng.u64(1..=most))
        };
        let (there, back) = (late(), late());
        (id, there, back)
    }

    async fn answer(&self, id: u64, request: Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
        self.stage.notes().under_way.retain(|(other, _)| *other != id);
        let answer = self.sim.answer(request).await;
        self.stage.notes().digest(answer.as_ref().map(|answer| answer.status().as_u16()));
        answer
    }

    /// What administrators do while this run is under way.
    fn meanwhile(&self, number: u32) {
        let mut due = Vec::new();
        self.stage.notes().meanwhile.retain(|(at, change)| {
            if *at <= number {
                due.push(change.clone());
            }
            *at > number
        });
        for change in due {
            tracing::debug!(event = "rehearsal.meanwhile", "{change}");
            self.stage.tenants().apply(&change);
        }
    }

    /// A POST whose answer was lost is not sent again before anybody was looked up.
    fn watch_for_repetition(&self, request: &Request<Vec<u8>>) {
        let mut notes = self.stage.notes();
        match *request.method() {
            ::http::Method::GET => notes.unanswered.clear(),
            ::http::Method::POST if notes.unanswered.contains(request.body()) => {
                let detail = "a POST whose answer was lost is sent again without a look".to_owned();
                notes.violations.push(Violation { rule: Rule::OneAccount, detail });
            }
            ::http::Method::POST => notes.unanswered.push(request.body().clone()),
            _ => {}
        }
    }

    /// A credential goes to its own service alone, and nothing is written after it was refused.
    fn watch(&self, request: &Request<Vec<u8>>, authority: &str) {
        let details = self.sim.details();
        let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body = String::from_utf8_lossy(request.body());
        let path = request.uri().path();
        let to_jostle = path.starts_with("/scim2");
        let tells_key = bearer.contains(&details.jostle_api_key) || body.contains(&details.jostle_api_key);
        let leaks = match authority == self.host {
            false => !bearer.is_empty() || tells_key || body.contains(&details.client_secret),
            true => tells_key != to_jostle && (tells_key || !bearer.is_empty()),
        };
        if leaks {
            self.stage.broken(Rule::Secrets, format!("a credential went to {authority}{path}"));
        }
        if to_jostle {
            self.watch_for_repetition(request);
        }
        let is_write = to_jostle && request.method() != ::http::Method::GET;
        let refused_at = self.stage.notes().refused_at;
        if is_write && refused_at.is_some_and(|at| at < Instant::now()) {
            self.stage.broken(Rule::Refused, format!("{} {path} after refused credentials", request.method()));
        }
        let paused = self.stage.notes().paused;
        let is_paused = match paused {
            Some(Stops::Everything) => is_write,
            Some(Stops::Removals) => is_write && takes_away(request),
            None => false,
        };
        if is_paused {
            self.stage.broken(Rule::Paused, format!("{} {path} is sent, which is paused", request.method()));
        }
    }
}

/// Whether a request takes an account away from somebody.
fn takes_away(request: &Request<Vec<u8>>) -> bool {
    let body = String::from_utf8_lossy(request.body()).to_lowercase();
    let switches_off = body.contains("\"active\"") && body.contains("false");
    request.method() == ::http::Method::DELETE || request.method() == ::http::Method::PATCH && switches_off
}

impl Wire for Line {
    fn exchange(&self, request: Request<Vec<u8>>) -> BoxFuture<'_, Result<Response<Vec<u8>>, Lost>> {
        Box::pin(self.carry(request))
    }
}
