//! How Jostle's SCIM API is reached and spoken to.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

/// Where the API is, the key to it, and the spelling of changes.
#[derive(Clone, Debug)]
pub struct ScimSettings {
    /// "Your Base URL" of Jostle's Manage User Provisioning page, with or without a slash at its end. A query, such as
    /// the `?aadOptscim062020` that belongs to Entra's own job, is not sent.
    pub base_url: Url,
    /// The API key made on the same page; goes to `base_url` and nowhere else.
    pub api_key: SecretString,
    /// How a PATCH is spelt.
    pub dialect: Dialect,
}

/// How a PATCH is spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// RFC 7644 §3.5.2: operations in lower case, real Booleans.
    #[default]
    Rfc,
    /// What Entra's provisioning service sends unless told otherwise: `Add`, `Replace`, `Remove`, and `active` as the
    /// text `"True"` or `"False"`.
    Entra,
}
