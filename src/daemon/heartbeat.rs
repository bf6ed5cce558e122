//! A sign of life at fixed intervals, whatever a cycle does meanwhile.

use std::convert::Infallible;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::connector::{SourceReader, TargetWriter};
use crate::engine::Engine;

/// Beats until it is dropped. One that cannot be given is silence, which is what it is watched for; whether the state
/// can still be written is judged by whoever writes it, and nothing under way is cut off for a line in a log.
pub(super) async fn beat<S: SourceReader, W: TargetWriter>(engine: &Engine<S, W>, every: Duration) -> Infallible {
    let started = Timestamp::now();
    loop {
        sleep(every).await;
        let _ = engine.beat(started).await;
    }
}
