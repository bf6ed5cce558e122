//! A sign of life at fixed intervals, whatever a cycle does meanwhile.

use std::convert::Infallible;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::connector::{SourceReader, TargetWriter};
use crate::engine::{CycleError, Engine};

/// Beats until it is dropped, or the state cannot be read.
pub(super) async fn beat<S: SourceReader, W: TargetWriter>(
    engine: &Engine<S, W>,
    every: Duration,
) -> Result<Infallible, CycleError> {
    let started = Timestamp::now();
    loop {
        sleep(every).await;
        engine.beat(started).await?;
    }
}
