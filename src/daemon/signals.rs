//! SIGTERM and SIGINT ask to stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// From now on SIGTERM and SIGINT cancel the token, and end nothing themselves: the requests under way are finished.
pub fn stop_on_signals(shutdown: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(event = "daemon.stopping", signal = name, "stopping: what is under way is finished first");
        shutdown.cancel();
    });
    Ok(())
}
