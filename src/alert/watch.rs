//! Looking at how the daemon does, and telling whoever wants to know. Whatever becomes of a message, nothing else waits
//! for it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::{Book, Channel, Message, Rules, tell};
use crate::event::catalogue::{AlertFailed, AlertSent};
use crate::health::Finding;
use crate::store::{Store, StoreError};

/// How often it is looked at, besides after every cycle.
const EVERY: Duration = Duration::from_secs(30);

/// Over what cannot be reached is tried again after this, then twice that, and so on.
const FIRST_REST: Duration = Duration::from_mins(1);
const LONGEST_REST: Duration = Duration::from_hours(1);

/// What there is to tell, of this moment. Blocks for milliseconds.
pub type Findings = Arc<dyn Fn() -> Result<Vec<Finding>, StoreError> + Send + Sync>;

/// Who is told, and how.
pub struct Watch {
    /// Over what.
    pub channels: Vec<Channel>,
    /// How often.
    pub rules: Rules,
    /// The name of this machine, for the messages.
    pub host: String,
    /// Where it is remembered who was told what.
    pub store: Store,
    /// What there is to tell.
    pub findings: Findings,
}

impl Watch {
    /// Goes on until it is dropped; looks at once when it is woken.
    pub async fn watch(self, wake: &Notify) -> Infallible {
        let mut rests = HashMap::<String, Rest>::new();
        loop {
            tokio::select! {
                () = sleep(EVERY) => {}
                () = wake.notified() => {}
            }
            let look = Arc::clone(&self.findings);
            // A state that cannot be read now can be in a moment.
            let Ok(Ok(findings)) = spawn_blocking(move || look()).await else { continue };
            let now = Instant::now();
            let ready: Vec<_> = self
                .channels
                .iter()
                .filter(|channel| rests.get(channel.name()).is_none_or(|rest| rest.until <= now))
                .collect();
            let results = join_all(ready.iter().map(|channel| self.tell(channel, &findings))).await;
            for (channel, result) in ready.into_iter().zip(results) {
                match result {
                    Ok(()) => drop(rests.remove(channel.name())),
                    Err(error) => {
                        let rest = rests.entry(channel.name().to_owned()).or_default();
                        rest.grow();
                        AlertFailed {
                            channel: channel.name().into(),
                            error: error.into(),
                            wait_s: rest.length.as_secs_f64(),
                        }
                        .emit();
                    }
                }
            }
        }
    }

    /// One channel. What was told is remembered when all of it is delivered.
    async fn tell(&self, channel: &Channel, findings: &[Finding]) -> Result<(), String> {
        let name = channel.name();
        let kept = self.store.alert_book(name).await.map_err(|error| error.to_string())?;
        // A book that cannot be read is begun anew: rather told twice than never.
        let book: Book = kept.clone().and_then(|book| serde_json::from_value(book).ok()).unwrap_or_default();
        let (messages, book) = tell(&book, findings, channel.level(), self.rules, Timestamp::now(), &self.host);
        let mut partly = Ok(());
        for message in &messages {
            match channel.deliver(message).await {
                Ok(()) => log(name, message),
                // Whoever has it is not told again, because others have not.
                Err(error) if error.has_arrived() => partly = Err(error.to_string()),
                Err(error) => return Err(error.to_string()),
            }
        }
        let book = serde_json::to_value(&book).map_err(|error| error.to_string())?;
        if kept.as_ref() != Some(&book) {
            self.store.put_alert_book(name, book).await.map_err(|error| error.to_string())?;
        }
        partly
    }
}

fn log(channel: &str, Message { kind, level, items, .. }: &Message) {
    AlertSent {
        channel: channel.into(),
        kind: kind.as_str().into(),
        worst: level.as_str().into(),
        findings: items.len() as u64,
    }
    .emit();
}

/// A channel that is left alone, because it cannot be reached.
struct Rest {
    until: Instant,
    length: Duration,
}

impl Default for Rest {
    fn default() -> Self {
        Self { until: Instant::now(), length: FIRST_REST / 2 }
    }
}

impl Rest {
    fn grow(&mut self) {
        self.length = (self.length * 2).min(LONGEST_REST);
        self.until = Instant::now() + self.length;
    }
}
