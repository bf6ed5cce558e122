//! Looking at how the daemon does, and telling whoever wants to know. Whatever becomes of a message, nothing else waits
//! for it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
        let (mut rests, unwritten) = (HashMap::<String, Rest>::new(), Unwritten::default());
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
            let results = join_all(ready.iter().map(|channel| self.tell(channel, &findings, &unwritten))).await;
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

    /// One channel. What was told is remembered when all of it is delivered: in the state, or as long as that cannot be
    /// written, here.
    async fn tell(&self, channel: &Channel, findings: &[Finding], unwritten: &Unwritten) -> Result<(), String> {
        let name = channel.name();
        let kept = self.store.alert_book(name).await.map_err(|error| error.to_string())?;
        // A book that cannot be read is begun anew: rather told twice than never.
        let written: Option<Book> = kept.and_then(|book| serde_json::from_value(book).ok());
        let before = unwritten.of(name).or_else(|| written.clone()).unwrap_or_default();
        let (messages, book) = tell(&before, findings, channel.level(), self.rules, Timestamp::now(), &self.host);
        let mut outcome = Ok(());
        for message in &messages {
            match channel.deliver(message).await {
                Ok(()) => log(name, message),
                // Whoever has it is not told again, because others have not.
                Err(error) if error.has_arrived() => outcome = Err(error.to_string()),
                Err(error) => return Err(error.to_string()),
            }
        }
        let is_written = written.as_ref() == Some(&book) || {
            let value = serde_json::to_value(&book).map_err(|error| error.to_string())?;
            // That the state cannot be written is told of by whatever else is to be written.
            self.store.put_alert_book(name, value).await.is_ok()
        };
        unwritten.set(name, Some(book).filter(|_| !is_written));
        outcome
    }
}

/// Books that could not be written down, by channel.
#[derive(Default)]
struct Unwritten(Mutex<HashMap<String, Book>>);

impl Unwritten {
    fn of(&self, channel: &str) -> Option<Book> {
        self.books().get(channel).cloned()
    }

    fn set(&self, channel: &str, book: Option<Book>) {
        let mut books = self.books();
        books.remove(channel);
        books.extend(book.map(|book| (channel.to_owned(), book)));
    }

    fn books(&self) -> MutexGuard<'_, HashMap<String, Book>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
