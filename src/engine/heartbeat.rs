//! A sign of life, so that silence can be noticed.

use jiff::Timestamp;

use super::{CycleError, Engine};
use crate::connector::{SourceReader, TargetWriter};
use crate::event::Word;
use crate::event::catalogue::Heartbeat;
use crate::store::{Quarantine, Status};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Logs how long ago the last success was; before the first one, how long ago this program `started`.
    pub async fn beat(&self, started: Timestamp) -> Result<(), CycleError> {
        let Status { last_success, managed, held, waiting, pause, quarantines, .. } =
            self.planner.store.status().await?;
        let age = self.now().duration_since(last_success.unwrap_or(started));
        let sides = |of: &dyn Fn(&Quarantine) -> bool| {
            let sides = quarantines.iter().filter(|quarantine| of(quarantine)).map(|quarantine| quarantine.side);
            let sides: Vec<_> = sides.map(|side| side.to_string()).collect();
            Some(Word::from(sides.join(" "))).filter(|_| !sides.is_empty())
        };
        Heartbeat {
            // A clock may be set back.
            since_success_s: age.as_secs().try_into().unwrap_or(0),
            last_success_at: last_success,
            managed,
            waiting: waiting.len() as u64,
            held,
            paused: pause.map(|pause| Word::from(pause.what)),
            quarantined: sides(&|_| true),
            refused: sides(&|quarantine| quarantine.is_refusal),
        }
        .emit();
        Ok(())
    }
}
