//! The list of faults: which requests fail, and how.
//!
//! For each request the first fault that matches and is neither still skipping nor spent takes effect.

use std::sync::Mutex;

use axum::http::{HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::effect::Effect;
use super::lock::lock;
use super::record::Side;

/// One fault: requests that it meets, and what happens to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Requests to this server.
    pub side: Side,
    /// With this method; any, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Whose path and query contain this text; any, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// So many matching requests are let through first.
    #[serde(default)]
    pub skip: u64,
    /// So many requests meet the fault; all that follow, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// What happens.
    pub effect: Effect,
}

impl Fault {
    /// A fault for every request to a server, for ever.
    pub fn new(side: Side, effect: Effect) -> Self {
        Self { side, method: None, path: None, skip: 0, times: None, effect }
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(self, method: &str) -> Self {
        Self { method: Some(method.to_owned()), ..self }
    }

    /// Only requests whose path and query contain this text.
    #[must_use]
    pub fn path(self, part: &str) -> Self {
        Self { path: Some(part.to_owned()), ..self }
    }

    /// Lets so many matching requests through first.
    #[must_use]
    pub fn skip(self, requests: u64) -> Self {
        Self { skip: requests, ..self }
    }

    /// Ends after so many requests.
    #[must_use]
    pub fn times(self, requests: u64) -> Self {
        Self { times: Some(requests), ..self }
    }

    fn check(&self) -> Result<(), FaultError> {
        match self.effect.only_side() {
            Some(Side::Graph) if self.side != Side::Graph => return Err(FaultError::GraphOnly(self.effect.name())),
            Some(Side::Jostle) if self.side != Side::Jostle => return Err(FaultError::JostleOnly(self.effect.name())),
            _ => {}
        }
        if let Some(method) = &self.method {
            Method::from_bytes(method.as_bytes()).map_err(|_| FaultError::Method(method.clone()))?;
        }
        match &self.effect {
            Effect::Status { status, retry_after, .. } => {
                if *status < 200 || StatusCode::from_u16(*status).is_err() {
                    return Err(FaultError::Status(*status));
                }
                retry_after.as_deref().map_or(Ok(()), header_text)
            }
            Effect::Redirect { location } => header_text(location),
            _ => Ok(()),
        }
    }

    fn matches(&self, side: Side, method: &str, path: &str) -> bool {
        self.side == side
            && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|part| path.contains(part))
            && self.effect.applies_to(path)
    }
}

fn header_text(text: &str) -> Result<(), FaultError> {
    HeaderValue::from_str(text).map(|_| ()).map_err(|_| FaultError::HeaderText(text.to_owned()))
}

/// A fault that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// An effect on delta pages for a server without any.
    #[error("the effect {0} exists for the side graph only")]
    GraphOnly(&'static str),
    /// An effect on filters for a server that has none.
    #[error("the effect {0} exists for the side jostle only")]
    JostleOnly(&'static str),
    /// No final status.
    #[error("{0} is no status of a final answer; use 200 to 999")]
    Status(u16),
    /// No HTTP method.
    #[error("\"{0}\" is no HTTP method")]
    Method(String),
    /// A header cannot carry it.
    #[error("{0:?} cannot stand in a header")]
    HeaderText(String),
}

/// The faults in force, with how often each was met.
#[derive(Debug, Default)]
pub(super) struct FaultList {
    armed: Mutex<Vec<Armed>>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    skipped: u64,
    fired: u64,
}

impl FaultList {
    /// Replaces the list; one fault that cannot be leaves the old list in force.
    pub(super) fn set(&self, faults: Vec<Fault>) -> Result<(), FaultError> {
        faults.iter().try_for_each(Fault::check)?;
        *lock(&self.armed) = faults.into_iter().map(|fault| Armed { fault, skipped: 0, fired: 0 }).collect();
        Ok(())
    }

    /// The list as it was set.
    pub(super) fn all(&self) -> Vec<Fault> {
        lock(&self.armed).iter().map(|armed| armed.fault.clone()).collect()
    }

    /// What happens to a request; counts it.
    pub(super) fn take(&self, side: Side, method: &str, path: &str) -> Option<Effect> {
        let mut armed = lock(&self.armed);
        for entry in armed.iter_mut().filter(|entry| entry.fault.matches(side, method, path)) {
            if entry.skipped < entry.fault.skip {
                entry.skipped += 1;
            } else if entry.fault.times.is_none_or(|times| entry.fired < times) {
                entry.fired += 1;
                return Some(entry.fault.effect.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::super::effect::{BodyKind, ExpiredStyle};
    use super::*;

    #[test]
    fn unknown_names_are_refused() {
        for json in [
            r#"{"side":"graph","effect":{"kind":"implode"}}"#,
            r#"{"side":"graph","effect":{"kind":"reset","hard":true}}"#,
            r#"{"side":"graph","effect":{"kind":"status","status":500,"retry":"1"}}"#,
            r#"{"side":"mail","effect":{"kind":"reset"}}"#,
            r#"{"side":"graph","probability":0.5,"effect":{"kind":"reset"}}"#,
        ] {
            assert!(serde_json::from_str::<Fault>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_fault_survives_its_own_json() {
        let fault = Fault::new(Side::Jostle, Effect::ResetAfter {}).method("POST").path("/Users").skip(2).times(1);
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
    }

    #[test]
    fn skips_then_fires_then_is_spent() {
        let list = FaultList::default();
        list.set(vec![Fault::new(Side::Token, Effect::Reset {}).skip(1).times(2)]).unwrap();
        let fired: Vec<_> = (0..4).map(|_| list.take(Side::Token, "POST", "/t").is_some()).collect();
        assert_eq!(fired, [false, true, true, false]);
        assert_eq!(list.take(Side::Graph, "POST", "/t"), None);
    }

    #[test]
    fn delta_effects_wait_for_a_delta_request_and_a_token() {
        let list = FaultList::default();
        list.set(vec![Fault::new(Side::Graph, Effect::ExpireToken { style: ExpiredStyle::Gone }).times(1)]).unwrap();
        assert_eq!(list.take(Side::Graph, "GET", "/v1.0/users/delta?$select=id"), None);
        assert!(list.take(Side::Graph, "GET", "/v1.0/users/delta?$deltatoken=abc").is_some());
    }

    #[test]
    fn impossible_faults_leave_the_list_as_it_was() {
        let list = FaultList::default();
        list.set(vec![Fault::new(Side::Graph, Effect::Hang {})]).unwrap();
        let delta_on_jostle = Fault::new(Side::Jostle, Effect::Replay {});
        assert_eq!(list.set(vec![delta_on_jostle]), Err(FaultError::GraphOnly("replay")));
        let filter_on_graph = Fault::new(Side::Graph, Effect::NoHit {});
        assert_eq!(list.set(vec![filter_on_graph]), Err(FaultError::JostleOnly("no_hit")));
        let informational = Effect::Status { status: 100, retry_after: None, code: None, body: BodyKind::Json };
        assert_eq!(list.set(vec![Fault::new(Side::Graph, informational)]), Err(FaultError::Status(100)));
        assert_eq!(list.all().len(), 1);
    }
}
