//! `simulate`: the simulator in the foreground.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use tempfile::NamedTempFile;

use super::exit::Failure;
use super::{Exit, Run, output};
use crate::simulator::{Simulator, SimulatorOptions, write_config};

/// Options of `simulate`.
#[derive(Debug, clap::Args)]
pub(super) struct SimulateArgs {
    /// Employees in the directory; guests, disabled people and rooms come on top
    #[arg(long, default_value_t = 100)]
    pub(super) users: usize,
    /// Equal seeds give equal directories
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Address to listen on; loopback only, port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(super) listen: std::net::SocketAddr,
    /// Write a configuration into this folder with which `sync` works at once
    #[arg(long, value_name = "DIR")]
    pub(super) write_config: Option<PathBuf>,
    /// Serve https with a CA of its own, as Microsoft's clients demand
    #[arg(long)]
    pub(super) tls: bool,
}

/// Runs until it is told to stop. The first line on stdout is JSON, with or without `--json`, for whoever drives it.
pub(super) async fn simulate(run: &Run, options: &SimulateArgs) -> Result<Exit, Failure> {
    let SimulateArgs { users, seed, listen, write_config: folder, tls } = options;
    let simulator = Simulator::start(SimulatorOptions { listen: *listen, users: *users, seed: *seed, tls: *tls })
        .await
        .context("failed to start the simulator")?;
    let mut details = simulator.details().clone();
    if let Some(folder) = folder {
        let file = write_config(folder, &details, simulator.ca_pem())
            .with_context(|| format!("failed to write a configuration to {}", folder.display()))?;
        details.ca_file = simulator.ca_pem().map(|_| folder.join("ca.pem"));
        output::complain(&format!("configuration written: entra-jostle-sync --config {} sync", file.display()));
    }
    // Without a configuration folder the CA stands in a file of its own, for as long as the simulator runs.
    let ca_file = match (simulator.ca_pem(), &details.ca_file) {
        (Some(pem), None) => Some(temporary(pem).context("failed to write the simulator's CA")?),
        _ => None,
    };
    if let Some(file) = &ca_file {
        details.ca_file = Some(file.path().to_owned());
    }
    output::print(true, &details, String::new)?;
    run.shutdown.cancelled().await;
    simulator.stop().await;
    Ok(Exit::Success)
}

fn temporary(pem: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("entra-jostle-sync-ca-").suffix(".pem").tempfile()?;
    file.write_all(pem.as_bytes())?;
    Ok(file)
}
