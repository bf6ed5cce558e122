//! The conversation with the server, step by step, so that an error can name the step.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as Sender, Rcpt};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::error::Step;
use super::{Encryption, Login, Mail, letter};
use crate::alert::{CONNECT_TIMEOUT, DeliveryError, Message, Reason};

/// For the goodbye, on which nothing depends.
const GOODBYE: Duration = Duration::from_secs(2);

impl Mail {
    pub(super) async fn talk(&self, message: &Message) -> Result<(), DeliveryError> {
        let letter = letter::write(&self.settings, message)
            .map_err(|error| self.error(Reason::Setup, error.to_string(), "correct from and to of this channel"))?;
        let mut connection = self.connect(message).await.map_err(|error| self.failed(Step::Connect, &error))?;
        let result = self.hand_over(&mut connection, &letter).await;
        let _in_vain = timeout(GOODBYE, connection.abort()).await;
        result
    }

    async fn connect(&self, message: &Message) -> Result<AsyncSmtpConnection, Error> {
        let hello = letter::hello(&message.host);
        let server = (self.settings.host.as_str(), self.settings.port);
        let at_once = self.tls.clone().filter(|_| self.settings.encryption == Encryption::Tls);
        let later = self.tls.clone().filter(|_| self.settings.encryption == Encryption::StartTls);
        let connect = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &hello, at_once, None);
        let mut connection = connect.await?;
        if let Some(tls) = later {
            connection.starttls(tls, &hello).await?;
        }
        Ok(connection)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, letter: &[u8]) -> Result<(), DeliveryError> {
        if let Some(Login { user, password }) = &self.settings.login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let answer = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            answer.map_err(|error| self.failed(Step::Login, &error))?;
        }
        let sender = Sender::new(Some(self.settings.from.email.clone()), Vec::new());
        connection.command(sender).await.map_err(|error| self.failed(Step::Sender, &error))?;
        let refused = self.recipients(connection).await?;
        connection.command(Data).await.map_err(|error| self.failed(Step::Letter, &error))?;
        connection.message(letter).await.map_err(|error| self.failed(Step::Letter, &error))?;
        refused.map_or(Ok(()), |error| Err(DeliveryError { reason: Reason::PartlyRefused, ..error }))
    }

    /// Names everybody who shall have the letter. Those whom the server refuses, if others are left; an error if none is.
    async fn recipients(&self, connection: &mut AsyncSmtpConnection) -> Result<Option<DeliveryError>, DeliveryError> {
        let (mut refused, mut taken) = (Vec::new(), 0_usize);
        for to in &self.settings.to {
            match connection.command(Rcpt::new(to.email.clone(), Vec::new())).await {
                Ok(_) => taken += 1,
                Err(error) if error.status().is_some() => refused.push(self.failed(Step::Recipient(&to.email), &error)),
                Err(error) => return Err(self.failed(Step::Recipient(&to.email), &error)),
            }
        }
        let what = refused.iter().map(|error| error.what.as_str()).collect::<Vec<_>>().join(", ");
        // One of them to whom it may be sent later is reason enough for another try.
        let error = refused.iter().find(|error| error.is_temporary()).or(refused.first()).cloned();
        let error = error.map(|error| DeliveryError { what, ..error });
        if taken == 0 { error.map_or(Ok(None), Err) } else { Ok(error) }
    }
}
