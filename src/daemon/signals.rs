//! SIGTERM and SIGINT ask to stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::event::catalogue::DaemonStopping;

/// From now on SIGTERM and SIGINT cancel the token, and end nothing themselves: the requests under way are finished.
pub fn stop_on_signals(shutdown: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        DaemonStopping { signal: name.into() }.emit();
        shutdown.cancel();
    });
    Ok(())
}
