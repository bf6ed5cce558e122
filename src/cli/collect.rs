//! Figures for Prometheus beside the daemon. That they cannot be had stops nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::status::sight;
use crate::config::{self, Config, Watched};
use crate::event::catalogue::MetricsFailed;
use crate::metrics::{Look, Metrics, serve, write_to};

/// How old a file may be.
const EVERY: Duration = Duration::from_secs(15);

/// Begins to count, if anybody is to be told.
pub(super) fn start(config: &Config) -> Option<Metrics> {
    let config::Metrics { listen, textfile } = &config.metrics;
    if listen.is_none() && textfile.is_none() {
        return None;
    }
    Metrics::start(look(config))
}

/// How the daemon of this process does.
pub(super) fn look(config: &Config) -> Look {
    let (state, schedule, health) = (config.offline.state.clone(), config.schedule.clone(), config.health.clone());
    let watched = Watched { state, schedule, health };
    Arc::new(move || sight(&watched, true, Timestamp::now()))
}

/// Gives the figures as long as the work goes on.
pub(super) async fn beside<T>(
    metrics: Option<&Metrics>,
    config: &config::Metrics,
    shutdown: &CancellationToken,
    work: impl Future<Output = T>,
) -> T {
    let Some(metrics) = metrics else { return work.await };
    let figures = async {
        let served = async {
            let Some(listen) = config.listen else { return };
            if let Err(error) = serve(metrics.clone(), listen, shutdown).await {
                MetricsFailed { place: listen.to_string().into(), error: error.into() }.emit();
            }
        };
        let written = async {
            if let Some(file) = &config.textfile {
                write(metrics, file).await;
            }
        };
        tokio::join!(served, written);
        std::future::pending().await
    };
    tokio::select! {
        biased;
        done = work => done,
        never = figures => never,
    }
}

/// Told of once, until it works again.
async fn write(metrics: &Metrics, file: &Path) {
    let mut has_failed = false;
    loop {
        let (metrics, path) = (metrics.clone(), file.to_owned());
        let written = spawn_blocking(move || write_to(&metrics, &path)).await;
        let error =
            written.map_err(|error| error.to_string()).and_then(|done| done.map_err(|error| error.to_string())).err();
        if let Some(error) = error.as_ref().filter(|_| !has_failed) {
            MetricsFailed { place: file.display().to_string().into(), error: error.into() }.emit();
        }
        has_failed = error.is_some();
        sleep(EVERY).await;
    }
}
