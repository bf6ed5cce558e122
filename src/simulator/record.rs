//! The record of requests: what was asked of which side and how it was answered, never a header or a body.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::lock::lock;

/// The oldest requests are forgotten beyond this many, so that a simulator may run for weeks.
const KEPT: usize = 200_000;

/// The server that a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Microsoft Graph.
    Graph,
    /// Entra's token endpoint and its metadata.
    Token,
    /// Jostle's SCIM API.
    Jostle,
}

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedRequest {
    /// Counts from 1 and goes on when the record is cleared.
    pub number: u64,
    /// GET, POST, …
    pub method: String,
    /// Path with query, as sent.
    pub path: String,
    /// For which server.
    pub side: Side,
    /// The status that was answered; none while under way, and where the answer was withheld.
    pub status: Option<u16>,
    /// The name of the fault that it met.
    pub fault: Option<&'static str>,
}

/// All requests since the start or the last clearing.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    inner: Mutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    last_number: u64,
    requests: VecDeque<RecordedRequest>,
}

impl Recorder {
    /// Notes that a request arrived and returns its number.
    pub(super) fn start(&self, method: &str, path: &str, side: Side, fault: Option<&'static str>) -> u64 {
        let mut record = lock(&self.inner);
        record.last_number += 1;
        let number = record.last_number;
        if record.requests.len() == KEPT {
            record.requests.pop_front();
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        record.requests.push_back(RecordedRequest { number, method, path, side, status: None, fault });
        number
    }

    /// Notes how a request was answered.
    pub(super) fn finish(&self, number: u64, status: u16) {
        let mut record = lock(&self.inner);
        let found = record.requests.binary_search_by_key(&number, |request| request.number);
        if let Some(request) = found.ok().and_then(|index| record.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    /// The record so far, oldest first.
    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        lock(&self.inner).requests.iter().cloned().collect()
    }

    /// Forgets every request.
    pub(super) fn clear(&self) {
        lock(&self.inner).requests.clear();
    }
}
