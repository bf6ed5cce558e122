//! Messages to people about how the daemon does: by mail, and to a webhook.
//!
//! [`Message`] is what is told; a [`Channel`] brings one message to one place, once. Whether it is sent, and sent again,
//! is decided by [`tell`], and [`Watch`] looks again and again.

mod book;
mod deliver;
mod error;
mod mail;
mod message;
mod shape;
#[cfg(test)]
mod testing;
mod text;
mod watch;
mod webhook;

pub use book::{Book, Rules, tell};
pub use deliver::Channel;
pub use error::{DeliveryError, Reason};
pub use mail::{Encryption, Login, Mail, MailSettings};
pub use message::{Item, Kind, Message};
pub use watch::{Findings, Watch};
pub use webhook::{Shape, Webhook, WebhookSettings};

use std::time::Duration;

/// Until connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For one delivery in all.
const TIMEOUT: Duration = Duration::from_secs(30);
