//! `alert test`, and telling people how the daemon does as long as it runs.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::Notify;

use super::collect;
use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::alert::{Channel, DeliveryError, Kind, Mail, Message, Rules, Watch, Webhook};
use crate::config::Config;
use crate::health::Level;
use crate::store::Store;

/// Options of `alert`.
#[derive(Debug, clap::Args)]
pub(super) struct AlertArgs {
    #[command(subcommand)]
    pub(super) command: AlertCommand,
}

/// What to do with the channels of `[alerts]`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum AlertCommand {
    /// Send a message over every channel that is configured, or over those that are named, and print what became of it
    Test {
        /// The names of channels: their `name`, or `email` and `webhook`
        #[arg(value_name = "CHANNEL")]
        channels: Vec<String>,
    },
}

/// What became of a message.
#[derive(Serialize)]
struct Delivery {
    channel: String,
    delivered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) async fn alert(run: &Run, AlertCommand::Test { channels: wanted }: &AlertCommand) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let channels = channels(&config)?;
    if let Some(name) = wanted.iter().find(|name| channels.iter().all(|channel| channel.name() != **name)) {
        let known: Vec<_> = channels.iter().map(Channel::name).collect();
        let known = if known.is_empty() { "none is configured".to_owned() } else { known.join(", ") };
        output::complain(&format!("{name} is no channel of [alerts]; there are: {known}"));
        return Ok(Exit::Usage);
    }
    if channels.is_empty() {
        output::complain("no channel is configured: see [[alerts.email]] and [[alerts.webhook]]");
        return Ok(Exit::Configuration);
    }
    let message = trial();
    let mut done = Vec::new();
    for channel in channels.iter().filter(|channel| wanted.is_empty() || wanted.iter().any(|w| w == channel.name())) {
        let error = channel.deliver(&message).await.err().map(|error| error.to_string());
        done.push(Delivery { channel: channel.name().to_owned(), delivered: error.is_none(), error });
    }
    output::print(run.json, &done, || done.iter().map(describe).collect())?;
    Ok(if done.iter().all(|delivery| delivery.delivered) { Exit::Success } else { Exit::Failure })
}

fn describe(Delivery { channel, error, .. }: &Delivery) -> String {
    match error {
        None => format!("{channel}: delivered\n"),
        Some(error) => format!("{channel}: not delivered: {error}\n"),
    }
}

fn trial() -> Message {
    let (host, at, items) = (host(), Timestamp::now(), Vec::new());
    Message { kind: Kind::Test, level: Level::Notice, at, host, items, suppressed: 0 }
}

fn host() -> String {
    let name = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    name.unwrap_or_else(|| "an unknown machine".to_owned())
}

fn channels(config: &Config) -> Result<Vec<Channel>, Failure> {
    let unusable = |error: DeliveryError| Failure::Other(anyhow::Error::new(error).context("[alerts]"));
    let trusted = config.http.ca_pem.as_deref();
    let mails = config.alerts.emails.iter().map(|mail| Mail::new(mail.clone(), trusted).map(Channel::Mail));
    let hooks = config.alerts.webhooks.iter().map(|hook| Webhook::new(hook.clone(), trusted).map(Channel::Webhook));
    mails.chain(hooks).collect::<Result<_, _>>().map_err(unusable)
}

/// Whoever is to be told, if anybody is.
pub(super) fn start(config: &Config, store: &Store) -> Result<Option<Watch>, Failure> {
    let channels = channels(config)?;
    if channels.is_empty() {
        return Ok(None);
    }
    let repeat_after = SignedDuration::try_from(config.alerts.repeat_after).unwrap_or(SignedDuration::MAX);
    let rules = Rules { repeat_after, per_hour: u64::from(config.alerts.per_hour) };
    let look = collect::look(config);
    let findings = Arc::new(move || Ok(look()?.health.findings));
    Ok(Some(Watch { channels, rules, host: host(), store: store.clone(), findings }))
}

/// Tells as long as the work goes on, and whenever it is woken.
pub(super) async fn beside<T>(watch: Option<Watch>, wake: &Notify, work: impl Future<Output = T>) -> T {
    let Some(watch) = watch else { return work.await };
    tokio::select! {
        biased;
        done = work => done,
        never = watch.watch(wake) => match never {},
    }
}
