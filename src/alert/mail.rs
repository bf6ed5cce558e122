//! Mail, over SMTP: one letter to all recipients.

mod error;
mod letter;
mod talk;

use std::fmt;

use lettre::message::Mailbox;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use secrecy::SecretString;
use tokio::time::timeout;

use super::{DeliveryError, Message, Reason, TIMEOUT};
use crate::health::Level;
use crate::http::in_words;

/// Where letters are given away, and to whom they go.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The name of the channel.
    pub name: String,
    /// The least level that it wants to be told of.
    pub level: Level,
    /// The SMTP server: a name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// As whom, if the server wants to know.
    pub login: Option<Login>,
    /// The sender.
    pub from: Mailbox,
    /// All recipients.
    pub to: Vec<Mailbox>,
}

/// User and password.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user, often an address.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// How the connection to an SMTP server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It begins in plain text and must then be encrypted, before anything is told.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

/// Mail as a channel.
#[derive(Clone)]
pub struct Mail {
    settings: MailSettings,
    tls: Option<TlsParameters>,
}

impl Mail {
    /// With certificates (PEM) that are trusted beside those of the platform. Error: `Setup`, if they or the trust store
    /// cannot be used.
    pub fn new(settings: MailSettings, extra_ca_pem: Option<&[u8]>) -> Result<Self, DeliveryError> {
        let tls = match settings.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => Some(trust(&settings.host, extra_ca_pem)),
        };
        let setup = |error: lettre::transport::smtp::Error| DeliveryError {
            reason: Reason::Setup,
            server: settings.server(),
            what: format!("cannot set up TLS: {}", in_words(&error)),
            remedy: "correct [http] ca_file, or install the certificates of the platform".to_owned(),
        };
        let tls = tls.transpose().map_err(setup)?;
        Ok(Self { settings, tls })
    }

    /// What it was made of.
    pub fn settings(&self) -> &MailSettings {
        &self.settings
    }

    /// Tries once to give a letter away.
    pub async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        match timeout(TIMEOUT, self.talk(message)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(self.unreachable(&format!("it has not taken the message within {TIMEOUT:?}"))),
        }
    }
}

/// The trust of the rest of the program: that of the platform, and what was configured.
fn trust(host: &str, extra_ca_pem: Option<&[u8]>) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let builder = TlsParameters::builder(host.to_owned());
    match extra_ca_pem {
        None => builder,
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?),
    }
    .build_rustls()
}

impl MailSettings {
    fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("settings", &self.settings).finish_non_exhaustive()
    }
}
