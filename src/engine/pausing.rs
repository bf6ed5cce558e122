//! What an administrator stops for a while. A cycle goes on reading and planning; what is paused is not written, and
//! whoever waits for it stays as due as before.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::sync::CancellationToken;

use super::{CycleError, Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::defects::{Defect, planted};
use crate::event::Prose;
use crate::event::catalogue::{PauseEnded, PauseSet};
use crate::model::Operation;
use crate::plan::is_removal;
use crate::store::{Pause, Stops, Store, StoreError};

/// The pause that is set, as engines over one state know it.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// Held while the pause is changed or read in the state, so that what is known here is what stands there.
    changing: AsyncMutex<()>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    pause: Option<Pause>,
    /// Cancelled as long as removals are paused.
    removals: CancellationToken,
    /// Cancelled as long as everything is.
    others: CancellationToken,
}

impl Pauses {
    /// Whether an operation may be begun: then with what withdraws it if it is paused before it is sent.
    pub(super) fn leave(&self, operation: Operation) -> Result<CancellationToken, Pause> {
        let known = self.known();
        if planted(Defect::PauseNotForRemovals) && is_removal(operation) {
            return Ok(CancellationToken::new());
        }
        match known.pause.as_ref().filter(|pause| stops(pause, operation)) {
            Some(pause) => Err(pause.clone()),
            None if is_removal(operation) => Ok(known.removals.clone()),
            None => Ok(known.others.clone()),
        }
    }

    /// From now on this one is set: what waits to be sent and is paused by it is withdrawn.
    fn set(&self, pause: Option<&Pause>) {
        let mut known = self.known();
        renew(&mut known.removals, pause.is_some());
        renew(&mut known.others, pause.is_some_and(|pause| pause.what == Stops::Everything));
        known.pause = pause.cloned();
    }

    /// What a panicking holder left behind is whole: nothing in between can fail.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token that was cancelled stays so: whatever is begun later needs another one.
fn renew(token: &mut CancellationToken, is_paused: bool) {
    match is_paused {
        true => token.cancel(),
        false if token.is_cancelled() => *token = CancellationToken::new(),
        false => {}
    }
}

/// Whether a pause stops an operation.
pub(super) fn stops(pause: &Pause, operation: Operation) -> bool {
    match pause.what {
        Stops::Everything => true,
        Stops::Removals => is_removal(operation),
    }
}

/// What a pause has kept from being written.
#[derive(Clone, Debug, Serialize)]
pub struct Paused {
    /// The pause.
    #[serde(flatten)]
    pub pause: Pause,
    /// Operations that wait for its end.
    pub waiting: u64,
}

impl fmt::Display for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pause, waiting } = self;
        match waiting {
            1 => write!(f, "{pause}; 1 operation waits"),
            _ => write!(f, "{pause}; {waiting} operations wait"),
        }
    }
}

/// Sets a pause in the state; returns the one that it replaces. Only for a process without an engine: one that is
/// running would not notice.
pub async fn set_pause(store: &Store, pause: Pause) -> Result<Option<Pause>, StoreError> {
    let replaced = store.set_pause(pause.clone()).await?;
    let Pause { what, since, by, why } = &pause;
    PauseSet { what: what.into(), since: *since, by: by.into(), why: why.as_ref().map(Prose::from) }.emit();
    Ok(replaced)
}

/// Ends the pause in the state, at the word of a user of the operating system; returns it, or none if there was none.
/// Only for a process without an engine.
pub async fn end_pause(store: &Store, by: &str, now: Timestamp) -> Result<Option<Pause>, StoreError> {
    let ended = store.end_pause(by, now).await?;
    if let Some(Pause { what, since, by: set_by, why }) = &ended {
        PauseEnded {
            what: what.into(),
            since: *since,
            by: by.into(),
            set_by: set_by.into(),
            why: why.as_ref().map(Prose::from),
        }
        .emit();
    }
    Ok(ended)
}

impl<S, R> Planner<S, R> {
    /// The pause as the state has it. Another process may have set it before this one started.
    pub(super) async fn read_pause(&self) -> Result<Option<Pause>, CycleError> {
        let pauses = &self.interlock.pauses;
        let _changing = pauses.changing.lock().await;
        let pause = self.store.pause().await?;
        if !planted(Defect::PauseLostAtRestart) {
            pauses.set(pause.as_ref());
        }
        Ok(pause)
    }
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Sets a pause, at the word of a user of the operating system; returns it and the one that it replaces. When this
    /// returns, nothing that is paused is begun any more, by any engine beside this one; what is being sent is finished.
    pub async fn pause(
        &self,
        what: Stops,
        by: String,
        why: Option<String>,
    ) -> Result<(Pause, Option<Pause>), CycleError> {
        let Planner { store, interlock, settings, .. } = &self.planner;
        let pause = Pause::new(what, (settings.clock)(), by, why);
        let _changing = interlock.pauses.changing.lock().await;
        let replaced = set_pause(store, pause.clone()).await?;
        interlock.pauses.set(Some(&pause));
        Ok((pause, replaced))
    }

    /// Ends the pause, at the word of a user of the operating system; returns it, or none if there was none.
    pub async fn resume(&self, by: &str) -> Result<Option<Pause>, CycleError> {
        let Planner { store, interlock, settings, .. } = &self.planner;
        let _changing = interlock.pauses.changing.lock().await;
        let ended = end_pause(store, by, (settings.clock)()).await?;
        interlock.pauses.set(None);
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn pause(what: Stops) -> Pause {
        Pause { what, since: jiff::Timestamp::UNIX_EPOCH, by: "ann".to_owned(), why: None }
    }

    #[test]
    fn a_pause_withdraws_what_was_begun_before_it_and_nothing_that_comes_after_its_end() {
        let pauses = Pauses::default();
        let begun = Operation::ALL.map(|operation| pauses.leave(operation).unwrap());
        pauses.set(Some(&pause(Stops::Removals)));
        for (operation, begun) in Operation::ALL.into_iter().zip(&begun) {
            assert_eq!(pauses.leave(operation).is_err(), is_removal(operation), "{operation}");
            assert_eq!(begun.is_cancelled(), is_removal(operation), "{operation}");
        }
        pauses.set(Some(&pause(Stops::Everything)));
        assert!(Operation::ALL.iter().all(|operation| pauses.leave(*operation).is_err()));
        assert!(begun.iter().all(CancellationToken::is_cancelled));
        pauses.set(Some(&pause(Stops::Removals)));
        assert!(!pauses.leave(Operation::Create).unwrap().is_cancelled(), "narrowed");
        pauses.set(None);
        assert!(Operation::ALL.iter().all(|operation| !pauses.leave(*operation).unwrap().is_cancelled()));
        assert!(begun.iter().all(CancellationToken::is_cancelled), "what was withdrawn stays so");
    }
}
