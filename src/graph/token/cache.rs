//! The one token that all requests share.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::request::{Issued, TokenRequest};
use crate::connector::ConnectorError;

/// How long before its expiry a token is replaced: longer than one request with all its tries should take.
const BEFORE_EXPIRY: Duration = Duration::from_mins(5);

/// A token, and which one it is.
#[derive(Clone, Debug)]
pub(in crate::graph) struct Token {
    /// What is sent.
    pub(in crate::graph) bearer: SecretString,
    serial: u64,
}

/// The token that is in use. Whoever needs one while it is being fetched waits for the same answer.
#[derive(Debug)]
pub(in crate::graph) struct Tokens {
    request: TokenRequest,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    fetched: u64,
    current: Option<(Token, Instant)>,
}

impl Tokens {
    pub(in crate::graph) fn new(request: TokenRequest) -> Self {
        Self { request, state: Mutex::default() }
    }

    /// The current token, or a new one. Errors: `CredentialsRefused`, `Unavailable`, and those of the HTTP client.
    pub(in crate::graph) async fn get(&self) -> Result<Token, ConnectorError> {
        let mut state = self.state.lock().await;
        if let Some((token, until)) = &state.current
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let asked = Instant::now();
        let Issued { bearer, lifetime } = self.request.send().await?;
        state.fetched += 1;
        let token = Token { bearer, serial: state.fetched };
        state.current = asked.checked_add(use_for(lifetime)).map(|until| (token.clone(), until));
        Ok(token)
    }

    /// Throws this token away, unless somebody else has had it replaced meanwhile.
    pub(in crate::graph) async fn discard(&self, refused: &Token) {
        let mut state = self.state.lock().await;
        state.current.take_if(|(token, _)| token.serial == refused.serial);
    }

    /// Until when the authority asked to be left alone.
    pub(in crate::graph) fn throttled_until(&self) -> Option<Timestamp> {
        self.request.throttled_until()
    }
}

/// How long a token is used: until five minutes before its expiry, a short one for half its life.
fn use_for(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(BEFORE_EXPIRY).max(lifetime / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_well_before_it_expires() {
        for (lifetime, used) in [(3599, 3299), (86_400, 86_100), (600, 300), (300, 150), (0, 0)] {
            assert_eq!(use_for(Duration::from_secs(lifetime)), Duration::from_secs(used));
        }
    }
}
