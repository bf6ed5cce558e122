//! When the client secret expires ("Get application"). Of several secrets of the application it is the one whose `hint`,
//! its first three characters, is that of the configured one.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::GraphSource;
use super::error::{APPLICATIONS, Purpose};
use super::wire::{self, Secret};
use crate::connector::{ConnectorError, ErrorKind};

const CREDENTIALS: Purpose = Purpose { what: "read when the client secret expires", permission: APPLICATIONS };

/// Characters of a secret that Graph shows ("passwordCredential resource type").
const HINT: usize = 3;

/// Whose secret it is, and what Graph shows of it.
#[derive(Clone, Debug)]
pub(super) struct Own {
    client_id: String,
    hint: SecretString,
}

impl Own {
    pub(super) fn new(settings: &super::GraphSettings) -> Self {
        let hint: String = settings.client_secret.expose_secret().chars().take(HINT).collect();
        Self { client_id: settings.client_id.clone(), hint: hint.into() }
    }
}

impl GraphSource {
    /// When the client secret in use expires; none if Graph does not say. Error: `Forbidden`, without the permission,
    /// which nothing else of the credentials needs.
    pub async fn secret_ends(&self, now: Timestamp) -> Result<Option<Timestamp>, ConnectorError> {
        let url = self.urls.application(&self.own.client_id);
        let secrets = self.object(&url, CREDENTIALS, wire::secrets).await?.unwrap_or_default();
        Ok(end_of(&secrets, self.own.hint.expose_secret(), now))
    }

    /// The same; none without the permission.
    pub(super) async fn secret_ends_if_permitted(&self, now: Timestamp) -> Result<Option<Timestamp>, ConnectorError> {
        match self.secret_ends(now).await {
            Err(error) if error.kind == ErrorKind::Forbidden => Ok(None),
            result => result,
        }
    }
}

/// Secrets that are over are not the one that a token was issued for just now, unless all are.
fn end_of(secrets: &[Secret], hint: &str, now: Timestamp) -> Option<Timestamp> {
    let is_ours = |secret: &&Secret| secret.hint.as_deref() == Some(hint);
    let unknown = |secret: &&Secret| secret.hint.is_none();
    let ends = |which: &dyn Fn(&&Secret) -> bool| {
        let ends: Vec<_> = secrets.iter().filter(which).map(|secret| secret.ends).collect();
        ends.iter().filter(|ends| **ends > now).min().or(ends.iter().max()).copied()
    };
    ends(&is_ours).or_else(|| ends(&unknown))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::super::fake::{Fake, not_found};
    use super::*;
    use crate::connector::SourceReader;

    const APPLICATION: &str = "/v1.0/applications(appId='client')";

    fn at(day: &str) -> Timestamp {
        format!("{day}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn it_is_the_secret_with_our_hint_else_one_of_which_nothing_is_known() {
        let secret = |hint: Option<&str>, day: &str| Secret { hint: hint.map(str::to_owned), ends: at(day) };
        let end = |secrets: &[Secret]| end_of(secrets, "s3c", at("2026-06-01")).map(|end| end.to_string());
        let (ours, others) = (secret(Some("s3c"), "2026-12-01"), secret(Some("oth"), "2026-07-01"));
        let (over, unknown) = (secret(Some("s3c"), "2026-05-01"), secret(None, "2026-08-01"));
        let is = |day: &str| Some(format!("{day}T00:00:00Z"));
        assert_eq!(end(&[others.clone(), over.clone(), ours.clone(), unknown.clone()]), is("2026-12-01"));
        assert_eq!(end(&[ours, secret(Some("s3c"), "2026-11-01")]), is("2026-11-01"), "the first that may be it");
        assert_eq!(end(&[others.clone(), over]), is("2026-05-01"));
        assert_eq!(end(&[others.clone(), unknown]), is("2026-08-01"));
        assert_eq!(end(&[others]), None, "another program's");
    }

    #[tokio::test]
    async fn the_application_is_asked_for_it() {
        let fake = Fake::start().await;
        let secrets = json!([
            {"hint": "s3c", "endDateTime": "2027-01-31T10:00:00Z", "secretText": null},
            {"hint": "s3c", "endDateTime": null},
        ]);
        fake.answers(APPLICATION, 200, json!({"id": "o", "passwordCredentials": secrets})).await;
        let ends = fake.source.credentials_end(at("2026-06-01")).await.unwrap();
        assert_eq!(ends, Some("2027-01-31T10:00:00Z".parse().unwrap()));
        assert_eq!(fake.received().await[1], format!("{APPLICATION}?$select=id,passwordCredentials t1"));
    }

    #[tokio::test]
    async fn without_the_permission_nothing_is_known_and_nothing_fails() {
        for (status, body) in [(403, json!({"error": {"code": "Authorization_RequestDenied"}})), (404, not_found())] {
            let fake = Fake::start().await;
            fake.answers(APPLICATION, status, body).await;
            assert_eq!(fake.source.credentials_end(at("2026-06-01")).await, Ok(None), "{status}");
        }
    }
}
