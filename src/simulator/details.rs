//! What a client must know to use a running simulator.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Addresses and credentials of a running simulator. The secrets are worth nothing anywhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Scheme, host and port of the token endpoint: `{authority}/{tenant_id}/oauth2/v2.0/token`.
    pub authority: String,
    /// Scheme, host and port of Graph: `{graph_root}/v1.0/…`.
    pub graph_root: String,
    /// Jostle's SCIM base URL: `{jostle_base_url}/Users`.
    pub jostle_base_url: String,
    /// The Entra tenant.
    pub tenant_id: String,
    /// The app registration.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Jostle's API key.
    pub jostle_api_key: String,
    /// Base URL of the administration: `{admin}/users`, `{admin}/faults`, …; needs no credentials.
    pub admin: String,
    /// The file with the authority's certificate, where the simulator speaks TLS and one was written.
    pub ca_file: Option<PathBuf>,
    /// The group with all employees, which is assigned to the Jostle application.
    pub group_id: String,
    /// The Jostle application in Entra: the one that people and groups are assigned to.
    pub app_id: String,
}
