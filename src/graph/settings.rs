//! How Microsoft Graph is reached, and what is read.

use secrecy::SecretString;
use url::Url;

/// How Microsoft Graph is reached, and what is read. The hosts of each cloud are listed in Microsoft's "National cloud
/// deployments"; authority and root must belong to the same one.
#[derive(Clone, Debug)]
pub struct GraphSettings {
    /// Where tokens come from: `https://login.microsoftonline.com`.
    pub authority: Url,
    /// Graph without the version: `https://graph.microsoft.com`.
    pub graph_root: Url,
    /// The directory (tenant) id or one of its domains.
    pub tenant_id: String,
    /// The application (client) id.
    pub client_id: String,
    /// The value of a client secret, not its id.
    pub client_secret: SecretString,
    /// The properties that `$select` names; `id` is always added.
    pub properties: Vec<String>,
}
