//! What went wrong in the conversation, in words that show no secret.

use std::error::Error as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::transport::smtp::Error;
use secrecy::ExposeSecret;

use super::{Login, Mail};
use crate::alert::text::{cut, one_line};
use crate::alert::{DeliveryError, Reason};
use crate::http::in_words;

/// So much of an answer is shown.
const ANSWER: usize = 200;

/// A step of the conversation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    Connect,
    Login,
    Sender,
    Recipient(&'a Address),
    Letter,
}

impl Step<'_> {
    /// What the server did not do.
    fn refusal(self) -> String {
        match self {
            Self::Connect => "cannot be talked to".to_owned(),
            Self::Login => "refuses user and password".to_owned(),
            Self::Sender => "refuses the sender".to_owned(),
            Self::Recipient(address) => format!("refuses {address}"),
            Self::Letter => "refuses the message".to_owned(),
        }
    }

    /// What an administrator can do about it.
    fn remedy(self) -> &'static str {
        match self {
            Self::Connect => "check host, port and tls of this channel, and the firewall between",
            Self::Login => "correct user and password of this channel; some servers want a password made for programs",
            Self::Sender => "write a from address as which this server lets the channel send",
            Self::Recipient(_) => "correct to of this channel, or have the server take mail for it",
            Self::Letter => "ask whoever runs the server",
        }
    }
}

impl Mail {
    pub(super) fn error(&self, reason: Reason, what: String, remedy: &str) -> DeliveryError {
        DeliveryError { reason, server: self.settings.server(), what, remedy: remedy.to_owned() }
    }

    pub(super) fn unreachable(&self, why: &str) -> DeliveryError {
        let what = format!("no connection to {}: {why}", self.settings.server());
        self.error(Reason::Unreachable, what, Step::Connect.remedy())
    }

    pub(super) fn failed(&self, step: Step<'_>, error: &Error) -> DeliveryError {
        let refusal = format!("{} {}", self.settings.server(), step.refusal());
        let Some(code) = error.status() else {
            let why = self.shown(&in_words(error));
            return match error.is_client() {
                true => self.error(Reason::Refused, format!("{refusal}: {why}"), step.remedy()),
                false => self.unreachable(&why),
            };
        };
        let text = error.source().map(|text| self.shown(&text.to_string())).unwrap_or_default();
        let what = format!("{refusal}: {code} {text}").trim_end().to_owned();
        match step {
            _ if error.is_transient() => self.error(Reason::Busy, what, "it asks for another try later"),
            Step::Login => self.error(Reason::CredentialsRefused, what, step.remedy()),
            _ => self.error(Reason::Refused, what, step.remedy()),
        }
    }

    /// What a server says, in one line; nothing if it says the password back.
    fn shown(&self, text: &str) -> String {
        if self.settings.login.as_ref().is_some_and(|login| tells(login, text)) {
            return "(what it says has the password in it)".to_owned();
        }
        cut(&one_line(text), ANSWER)
    }
}

/// Whether a text has the password in it, plain or as it goes over the wire.
fn tells(Login { user, password }: &Login, text: &str) -> bool {
    let password = password.expose_secret();
    let login = STANDARD.encode(password);
    let plain = STANDARD.encode(format!("\0{user}\0{password}"));
    [password, &login, &plain].into_iter().any(|secret| text.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_in_every_form_in_which_it_is_sent() {
        let login = Login { user: "sync".to_owned(), password: "canary~1".into() };
        let told = ["no canary~1", "x Y2FuYXJ5fjE= x", "bad: AHN5bmMAY2FuYXJ5fjE="];
        assert!(told.iter().all(|text| tells(&login, text)));
        assert!(!tells(&login, "5.7.8 sync: authentication failed"));
    }
}
