//! The client: sends a request, and repeats it as long as that is right and may help.

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::attempt::{Doubt, Failed, Shared};
use super::pace::Lane;
use super::retry::retry;
use super::transport::{TlsError, Transport};
use super::wire::{Lost, Wire};
use super::{Effect, HttpSettings, Request, Response};
use crate::connector::{ConnectorError, ErrorKind};

/// The longest pause that we choose ourselves; a Retry-After may be longer.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// A client for one side: pace, concurrency, timeouts, retries, Retry-After. Cheap to clone; the clones share it all.
#[derive(Clone, Debug)]
pub struct HttpClient {
    shared: Arc<Shared>,
    lane: Lane,
    /// Refusals of the credentials before the write began that this client is for.
    refusals: Option<u64>,
    /// Ends the wait of a write that was not sent yet.
    stop: Option<CancellationToken>,
}

impl HttpClient {
    /// Builds the client; `shutdown` ends every wait, and a request under way only after the grace. Error: `Rejected`, if the trust store
    /// or the additional certificates cannot be used.
    pub fn new(settings: HttpSettings, shutdown: CancellationToken) -> Result<Self, ConnectorError> {
        let refused = |error: TlsError| ConnectorError::new(settings.side, ErrorKind::Rejected, error.to_string());
        let transport = Arc::new(Transport::new(&settings.connecting()).map_err(refused)?);
        Ok(Self::over(transport, settings, shutdown))
    }

    /// The same over a wire of one's own.
    pub fn over(wire: Arc<dyn Wire>, settings: HttpSettings, shutdown: CancellationToken) -> Self {
        Self {
            shared: Arc::new(Shared::new(wire, settings, shutdown)),
            lane: Lane::Ordinary,
            refusals: None,
            stop: None,
        }
    }

    /// A client with the same settings and connections, but with a pace, a gate and a count of its own: for another
    /// service of the same side, whose throttling is not this one's.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { shared: Arc::new(self.shared.apart()), lane: self.lane, refusals: None, stop: None }
    }

    /// The same client for what a person waits for: its requests go before all those that only wait for their turn.
    /// Not even these pass a closed gate.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { lane: Lane::Urgent, ..self.clone() }
    }

    /// The same client for a write that takes several requests: once the credentials are refused, none of them writes
    /// any more. One request by itself needs no such client.
    #[must_use]
    pub fn for_one_write(&self) -> Self {
        Self { refusals: Some(self.shared.refusals()), ..self.clone() }
    }

    /// The same client for writes that may still be stopped: from then on none is sent that waits for its turn or for
    /// another try. What is under way is finished, and reading goes on.
    #[must_use]
    pub fn until(&self, stop: CancellationToken) -> Self {
        Self { stop: Some(stop), ..self.clone() }
    }

    /// Sends a request until there is a final answer. Errors: `Unreachable`, `InDoubt`, `Throttled`, `Stopped`, `Withdrawn`,
    /// `Protocol` (too large), `Rejected` (an address or a header that cannot be written).
    pub async fn send(&self, request: Request) -> Result<Response, ConnectorError> {
        let shared = &*self.shared;
        let stop = self.stop.clone().unwrap_or_default();
        let doubt = Doubt::of(&request, self.refusals.unwrap_or_else(|| shared.refusals()), stop);
        let mut tries = 0;
        let again = |failed: &Failed, pause: Option<Duration>| {
            tries += 1;
            let pause = retry(failed.outcome()?, request.effect, tries, pause?)?;
            if failed.is_throttled_without_a_time() {
                // The others would only be throttled too.
                shared.pace.close(pause, (shared.settings.clock)());
            }
            Some(pause)
        };
        let result = (|| shared.attempt(&request, self.lane, &doubt))
            .retry(self.backoff())
            .sleep(pause_until(shared.shutdown.clone(), doubt.stop().cloned()))
            .adjust(again)
            .await
            .or_else(|failed| shared.last(failed, &request));
        match result {
            Ok(response) => Ok(Response { in_doubt: doubt.exists(), ..response }),
            Err(error) => Err(ConnectorError { in_doubt: error.in_doubt || doubt.exists(), ..error }),
        }
    }

    fn backoff(&self) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(self.shared.settings.first_backoff)
            .with_max_delay(MAX_BACKOFF)
            .with_max_times(self.shared.settings.max_attempts.saturating_sub(1))
            .with_jitter()
    }

    /// Requests sent so far, every try counted.
    pub fn requests(&self) -> u64 {
        self.shared.requests()
    }

    /// Until when nothing is sent, because the side asked to be left alone; none if it did not.
    pub fn throttled_until(&self) -> Option<Timestamp> {
        self.shared.pace.closed_until()
    }
}

/// Either stop ends the sleep here, and the next try before anything is sent.
fn pause_until(
    shutdown: CancellationToken,
    stop: Option<CancellationToken>,
) -> impl Fn(Duration) -> BoxFuture<'static, ()> {
    move |pause| {
        let (shutdown, stop) = (shutdown.clone(), stop.clone().unwrap_or_default());
        Box::pin(async move {
            let stopped = async {
                tokio::select! {
                    biased;
                    () = shutdown.cancelled() => {}
                    () = stop.cancelled() => {}
                }
            };
            let _ = tokio::time::timeout(pause, stopped).await;
        })
    }
}

impl Shared {
    /// What is left when there is no further try.
    fn last(&self, failed: Failed, request: &Request) -> Result<Response, ConnectorError> {
        match failed {
            Failed::Answer(Response { status: 429, .. }, wait) => {
                let detail = format!("{} still throttles after every try; it goes on by itself later", request.host());
                Err(self.answered(429, ErrorKind::Throttled(wait), detail))
            }
            Failed::Answer(response, _) => Ok(response),
            Failed::Lost(Lost { sent: true, words }) if request.effect == Effect::WriteOnce => {
                Err(self.error(ErrorKind::InDoubt, format!("{words}; the request may have been carried out")))
            }
            Failed::Lost(Lost { words, .. }) => Err(self.error(ErrorKind::Unreachable, words)),
            Failed::Final(error) => Err(error),
        }
    }
}
