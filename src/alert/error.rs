//! Why a message was not brought.

use thiserror::Error;

/// Why a message was not brought: the server, what it said, and what to do. Shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what}; {remedy}")]
pub struct DeliveryError {
    /// What kind of failure it is.
    pub reason: Reason,
    /// Host and port.
    pub server: String,
    /// What happened there, with the server.
    pub what: String,
    /// What an administrator can do.
    pub remedy: String,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The channel cannot be used as it is configured.
    Setup,
    /// No connection, or no whole answer.
    Unreachable,
    /// The server asks for another try later.
    Busy,
    /// The server does not take user and password, or the address of the webhook.
    CredentialsRefused,
    /// The server does not take this message.
    Refused,
    /// The message has arrived, but not at everybody to whom it was sent.
    PartlyRefused,
}

impl DeliveryError {
    /// The same message may be taken later, without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self.reason, Reason::Unreachable | Reason::Busy)
    }

    /// Somebody has the message: it must not be sent again.
    pub fn has_arrived(&self) -> bool {
        self.reason == Reason::PartlyRefused
    }
}
