//! What the engine is given beside its edges.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

pub use crate::connector::{Clock, system_clock};
use crate::plan::QuarantineRules;
use crate::scope::Reach;

/// A part of a cycle that can take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading people from Entra; the total is unknown.
    Read,
    /// Deciding, with look-ups in Jostle; the total is unknown.
    Decide,
    /// Writing to Jostle.
    Apply,
    /// Reading accounts of Jostle one by one.
    Reconcile,
}

/// Watches a cycle's progress; calls come from several tasks.
pub trait Progress: Send + Sync {
    /// A stage begins, with the number of steps that it will take, if that is known.
    fn begin(&self, stage: Stage, steps: Option<u64>);
    /// Steps were done.
    fn advance(&self, steps: u64);
}

/// Watches nothing.
#[derive(Clone, Copy, Debug)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: Stage, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

/// How the engine works.
#[derive(Clone)]
pub struct Settings {
    /// Which groups and assignments are read.
    pub reach: Reach,
    /// Everybody, and the members of every group that matters, are read completely again after this time.
    pub baseline_every: SignedDuration,
    /// A baseline with fewer than this share (0..1) of the people known before is refused.
    pub smallest_baseline_share: f64,
    /// When failing people are a failure of Jostle as a whole.
    pub quarantine: QuarantineRules,
    /// People worked on at once; the requests under way are limited by the HTTP client.
    pub concurrency: usize,
    /// The time.
    pub clock: Clock,
    /// Cancelled when the program shall stop: nothing new is begun, what is under way is finished.
    pub shutdown: CancellationToken,
    /// Who is told about progress.
    pub progress: Arc<dyn Progress>,
}
