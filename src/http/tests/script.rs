//! A wire that plays what it was told to and remembers when it was sent what.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::*;

/// What one exchange comes to.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An answer with this status and these headers.
    Answer(u16, Vec<(&'static str, &'static str)>),
    /// No answer, after the request was sent, or before.
    Lost { sent: bool },
    /// No end.
    Hang,
    /// A body of so many bytes.
    Body(u16, usize),
}

/// An answer without headers.
pub(super) fn status(status: u16) -> Step {
    Step::Answer(status, Vec::new())
}

/// A 429 that says how long.
pub(super) fn throttled(retry_after: &'static str) -> Step {
    Step::Answer(429, vec![("retry-after", retry_after)])
}

/// Plays its steps in order, the last one for ever.
#[derive(Debug)]
pub(super) struct Script {
    start: Instant,
    steps: Mutex<VecDeque<Step>>,
    sent: Mutex<Vec<(Duration, String)>>,
}

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        let steps = Mutex::new(steps.into_iter().collect());
        Arc::new(Self { start: Instant::now(), steps, sent: Mutex::default() })
    }

    /// A client over it.
    pub(super) fn client(self: &Arc<Self>, settings: HttpSettings) -> HttpClient {
        self.client_until(settings, CancellationToken::new())
    }

    pub(super) fn client_until(self: &Arc<Self>, settings: HttpSettings, stop: CancellationToken) -> HttpClient {
        HttpClient::over(Arc::<Self>::clone(self), settings, stop)
    }

    /// When each request was sent, in whole seconds from the beginning, and its path.
    pub(super) fn sent(&self) -> Vec<(u64, String)> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().map(|(at, path)| ((*at + Duration::from_millis(500)).as_secs(), path.clone())).collect()
    }

    /// The same without the paths.
    pub(super) fn sent_at(&self) -> Vec<u64> {
        self.sent().into_iter().map(|(at, _)| at).collect()
    }

    fn next(&self) -> Step {
        let mut steps = self.steps.lock().unwrap();
        let step = steps.pop_front().unwrap();
        if steps.is_empty() {
            steps.push_back(step.clone());
        }
        step
    }
}

impl Wire for Script {
    fn exchange(&self, request: ::http::Request<Vec<u8>>) -> BoxFuture<'_, Result<::http::Response<Vec<u8>>, Lost>> {
        let path = request.uri().path().to_owned();
        self.sent.lock().unwrap().push((self.start.elapsed(), path));
        let step = self.next();
        async move {
            let answer = |status, body| ::http::Response::builder().status(status).body(body).unwrap();
            match step {
                Step::Answer(status, headers) => {
                    let mut answer = answer(status, Vec::new());
                    for (name, value) in headers {
                        answer.headers_mut().insert(name, value.parse().unwrap());
                    }
                    Ok(answer)
                }
                Step::Body(status, bytes) => Ok(answer(status, vec![b'x'; bytes])),
                Step::Lost { sent } => Err(Lost { sent, words: "no answer".to_owned() }),
                Step::Hang => std::future::pending().await,
            }
        }
        .boxed()
    }
}
