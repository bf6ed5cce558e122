//! One `[[alerts.webhook]]`.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Names, level};
use crate::alert::{Shape, WebhookSettings};
use crate::config::place::Place;
use crate::config::secret::SecretKeys;
use crate::config::table::Section;
use crate::config::url::wrong_webhook;

const ADDRESS: SecretKeys = SecretKeys {
    inline: "url",
    file: "url_file",
    env: "url_env",
    credential: "url_credential",
    default_credential: "alert-webhook-url",
};

const SECRET: SecretKeys = SecretKeys {
    inline: "secret",
    file: "secret_file",
    env: "secret_env",
    credential: "secret_credential",
    default_credential: "alert-webhook-secret",
};

pub(super) fn read(mut section: Section<'_>, names: &mut Names, place: &Place<'_>) -> Option<WebhookSettings> {
    let words = [("plain", Shape::Plain), ("teams", Shape::Teams), ("slack", Shape::Slack)];
    section.require("shape", "write \"plain\", \"teams\" or \"slack\"");
    let shape = section.choice("shape", &words);
    let default = match shape {
        Some(Shape::Teams) => "teams",
        Some(Shape::Slack) => "slack",
        Some(Shape::Plain) | None => "webhook",
    };
    let name = names.take(&mut section, default);
    let level = level(&mut section);
    let url = address(&mut section, shape, place);
    let secret = secret(&mut section, shape, place);
    section.finish();
    Some(WebhookSettings { name: name?, level, shape: shape?, url: url?, secret })
}

/// That of a program of one's own may stand in the configuration; those of Teams and Slack are passwords.
fn address(section: &mut Section<'_>, shape: Option<Shape>, place: &Place<'_>) -> Option<Url> {
    if shape == Some(Shape::Plain) && section.has("url") {
        if ADDRESS.is_given(section) {
            section.problem("url", "is a second address of the same webhook; keep one");
        }
        ADDRESS.know(section);
        let url = section.text("url").map(checked)?;
        let has_key = url.as_ref().is_ok_and(|url| url.query().is_some());
        let url = if has_key {
            Err("has a part behind ?, which may be a key: move it to a file, and write url_file")
        } else {
            url
        };
        return url.map_err(|wrong| section.problem("url", wrong)).ok();
    }
    let text = ADDRESS.read(section, place)?;
    checked(text.expose_secret()).map_err(|wrong| section.problem(ADDRESS.given_key(section), wrong)).ok()
}

fn checked(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL; copy the whole address of the webhook, with https://")?;
    wrong_webhook(&url).map_or(Ok(url), Err)
}

/// None: nothing is signed, or something is wrong.
fn secret(section: &mut Section<'_>, shape: Option<Shape>, place: &Place<'_>) -> Option<SecretString> {
    let secret = SECRET.read_optional(section, place)?;
    if shape.is_some_and(|shape| shape != Shape::Plain) {
        section.problem(SECRET.given_key(section), "is of no use: Teams and Slack check no signature; take it out");
    }
    Some(secret)
}
