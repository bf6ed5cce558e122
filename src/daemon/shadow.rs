//! The loop of a shadow: a round at once, then by schedule, until it is told to stop.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Schedule, notify};
use crate::connector::{SourceReader, TargetReader};
use crate::engine::{CycleError, Planner, Shadowed};
use crate::event::catalogue::{ScheduleEnded, ScheduleNext, ShadowStopped};

/// Called after every round that came to its end.
pub type ShadowObserver = Box<dyn Fn(&Shadowed) + Send + Sync>;

/// How a shadow goes on.
#[derive(Clone, Copy, Debug)]
pub struct ShadowCalls<'a> {
    /// When rounds come.
    pub schedule: &'a Schedule,
    /// How long something may differ.
    pub patience: SignedDuration,
    /// No more.
    pub shutdown: &'a CancellationToken,
}

/// Makes rounds until `shutdown`. A failed round is logged and the next one tried at its time, or after the quarantine
/// of the side that failed; only a state that cannot be written ends the loop.
pub async fn shadow<S: SourceReader, R: TargetReader>(
    planner: &Planner<S, R>,
    calls: ShadowCalls<'_>,
    observe: &ShadowObserver,
) -> Result<(), CycleError> {
    notify::ready();
    loop {
        notify::status("a round of the shadow is running");
        let started = Timestamp::now();
        match planner.shadow(calls.patience).await {
            Ok(found) => observe(&found),
            Err(error @ CycleError::Store(_)) => return Err(error),
            Err(_) => {}
        }
        let Some(next) = calls.schedule.next(started, Timestamp::now(), fastrand::f64()) else {
            ScheduleEnded {}.emit();
            break;
        };
        let next = planner.rest().await?.map_or(next, |quarantine| next.max(quarantine.next_at));
        ScheduleNext { what: "round".into(), next_at: next }.emit();
        notify::status(&format!("next round of the shadow {next:.0}"));
        let wait = Duration::try_from(next.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO);
        tokio::select! {
            biased;
            () = calls.shutdown.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    notify::stopping();
    ShadowStopped {}.emit();
    Ok(())
}
