//! What a cycle did, as data.

use serde::Serialize;

use super::{CycleError, Paused};
use crate::plan::Counts;
use crate::store::CycleKind;

/// Requests sent during a cycle, every try counted, tokens not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// To Microsoft Graph.
    pub graph: u64,
    /// To Jostle.
    pub jostle: u64,
}

/// What one cycle did.
#[derive(Debug, Serialize)]
#[must_use]
pub struct CycleReport {
    /// Number of the cycle, as in the provisioning log.
    pub cycle: i64,
    /// Initial, incremental, on demand, apply or undo.
    pub kind: CycleKind,
    /// Operations carried out.
    pub operations: Counts,
    /// People looked at who need nothing.
    pub skipped: u64,
    /// People for whom something failed in this cycle; each is tried again.
    pub failed: u64,
    /// Operations that wait for an administrator.
    pub held: u64,
    /// Requests sent.
    pub requests: Requests,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The pause that is set, and what waits for its end; none if nothing is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
    /// Why it ended early.
    #[serde(serialize_with = "as_text", skip_serializing_if = "Option::is_none")]
    pub error: Option<CycleError>,
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn as_text<S: serde::Serializer>(error: &Option<CycleError>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&error.as_ref().map(ToString::to_string).unwrap_or_default())
}

impl CycleReport {
    /// Operations that wait for the end of a pause.
    pub fn waiting(&self) -> u64 {
        self.paused.as_ref().map_or(0, |paused| paused.waiting)
    }

    /// One word for the database and the log.
    pub fn result(&self) -> &'static str {
        match &self.error {
            Some(CycleError::Stopped) => "stopped",
            Some(_) => "failed",
            // What has not come to an end is no measure of what comes later.
            None if self.waiting() > 0 => "paused",
            None if self.failed > 0 || self.held > 0 => "partial",
            // Of a plan or an undo, what is not done is not what was asked for.
            None if matches!(self.kind, CycleKind::Apply | CycleKind::Undo) && self.skipped > 0 => "partial",
            None => "ok",
        }
    }
}
