//! The section `[jostle]`: where accounts are written, and how fast.

use std::num::{NonZeroU32, NonZeroUsize};

use secrecy::SecretString;
use url::Url;

use super::place::Place;
use super::secret::SecretKeys;
use super::table::Section;
use crate::scim::Dialect;

/// How Jostle's SCIM API is reached.
#[derive(Clone, Debug)]
pub struct Jostle {
    /// "Your Base URL" of Jostle's Manage User Provisioning page.
    pub base_url: Url,
    /// An API key made on the same page. From a credential, a file or the environment.
    pub api_key: SecretString,
    /// How changes are spelt.
    pub dialect: Dialect,
    /// Requests a second at most, 1 to 1,000; 10 by default. Jostle publishes no limit.
    pub requests_per_second: NonZeroU32,
    /// Requests under way at once, 1 to 64; 4 by default.
    pub concurrency: NonZeroUsize,
}

const SECRET: SecretKeys = SecretKeys {
    inline: "api_key",
    file: "api_key_file",
    env: "api_key_env",
    credential: "api_key_credential",
    default_credential: "jostle-api-key",
};

/// 600 a minute: below the thousand a minute at which Entra's own service was seen to write.
const DEFAULT_REQUESTS_PER_SECOND: u64 = 10;
/// Enough to keep that pace at answers of 400 ms.
const DEFAULT_CONCURRENCY: u64 = 4;

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> Option<Jostle> {
    section.require("base_url", "copy Your Base URL of Jostle's Manage User Provisioning page");
    let base_url = section.url("base_url");
    let api_key = SECRET.read(&mut section, place);
    let dialect = section.choice("dialect", &[("rfc", Dialect::Rfc), ("entra", Dialect::Entra)]).unwrap_or_default();
    let requests = section.integer("requests_per_second", 1..=1000).unwrap_or(DEFAULT_REQUESTS_PER_SECOND);
    let concurrency = section.integer("concurrency", 1..=64).unwrap_or(DEFAULT_CONCURRENCY);
    section.finish();
    Some(Jostle {
        base_url: base_url?,
        api_key: api_key?,
        dialect,
        requests_per_second: u32::try_from(requests).ok().and_then(NonZeroU32::new)?,
        concurrency: usize::try_from(concurrency).ok().and_then(NonZeroUsize::new)?,
    })
}
