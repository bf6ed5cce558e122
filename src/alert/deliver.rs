//! Where messages can be brought.

use super::{DeliveryError, Mail, Message, Webhook};
use crate::health::Level;

/// One place to which messages are brought.
#[derive(Clone, Debug)]
pub enum Channel {
    /// By mail.
    Mail(Mail),
    /// To a webhook.
    Webhook(Webhook),
}

impl Channel {
    /// Its name, which no other channel has.
    pub fn name(&self) -> &str {
        match self {
            Self::Mail(mail) => &mail.settings().name,
            Self::Webhook(webhook) => &webhook.settings().name,
        }
    }

    /// The least level that it wants to be told of.
    pub fn level(&self) -> Level {
        match self {
            Self::Mail(mail) => mail.settings().level,
            Self::Webhook(webhook) => webhook.settings().level,
        }
    }

    /// Tries once to bring a message, for half a minute at most.
    pub async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        match self {
            Self::Mail(mail) => mail.deliver(message).await,
            Self::Webhook(webhook) => webhook.deliver(message).await,
        }
    }
}
