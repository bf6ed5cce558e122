//! The section `[entra]`: which tenant is read, and as which application.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::place::Place;
use super::secret::SecretKeys;
use super::table::Section;

/// How Microsoft Graph is reached.
#[derive(Clone, Debug)]
pub struct Entra {
    /// The directory (tenant) ID of the app registration, or a verified domain of the tenant.
    pub tenant_id: String,
    /// The application (client) ID of the app registration.
    pub client_id: String,
    /// A client secret of the app registration: its value, not its ID. From a credential, a file or the environment.
    pub client_secret: SecretString,
    /// Where tokens come from; by `cloud`, or given together with `graph_root`.
    pub authority: Url,
    /// The root of Microsoft Graph, without a version; by `cloud`, or given together with `authority`.
    pub graph_root: Url,
}

const SECRET: SecretKeys = SecretKeys {
    inline: "client_secret",
    file: "client_secret_file",
    env: "client_secret_env",
    credential: "client_secret_credential",
    default_credential: "entra-client-secret",
};

/// The clouds: the word for each, its authority and its Graph root (Microsoft Graph, "National cloud deployments").
const CLOUDS: [(&str, (&str, &str)); 4] = [
    ("global", ("https://login.microsoftonline.com", "https://graph.microsoft.com")),
    ("us-gov-l4", ("https://login.microsoftonline.us", "https://graph.microsoft.us")),
    ("us-gov-l5", ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us")),
    ("china", ("https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn")),
];

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> Option<Entra> {
    section.require("tenant_id", "copy the Directory (tenant) ID of the app registration");
    section.require("client_id", "copy the Application (client) ID of the app registration");
    let (tenant_id, client_id) = (section.text("tenant_id"), section.text("client_id"));
    check_tenant(&section, tenant_id);
    check_client(&section, client_id);
    let client_secret = SECRET.read(&mut section, place);
    if client_secret.as_ref().is_some_and(|secret| is_guid(secret.expose_secret())) {
        section.problem(SECRET.given_key(&section), "holds the ID of a client secret; copy its Value instead");
    }
    let endpoints = endpoints(&mut section);
    section.finish();
    let (authority, graph_root) = endpoints?;
    Some(Entra {
        tenant_id: tenant_id?.to_owned(),
        client_id: client_id?.to_owned(),
        client_secret: client_secret?,
        authority,
        graph_root,
    })
}

/// The names that Entra keeps for "any tenant" have no users.
fn check_tenant(section: &Section<'_>, tenant_id: Option<&str>) {
    let Some(tenant_id) = tenant_id else { return };
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_domain = tenant_id.contains('.') && tenant_id.split('.').all(is_label);
    if !is_guid(tenant_id) && !is_domain {
        section.problem("tenant_id", "is neither a GUID nor a domain; copy the Directory (tenant) ID");
    }
}

fn check_client(section: &Section<'_>, client_id: Option<&str>) {
    if client_id.is_some_and(|client_id| !is_guid(client_id)) {
        section.problem("client_id", "is not a GUID; copy the Application (client) ID");
    }
}

fn endpoints(section: &mut Section<'_>) -> Option<(Url, Url)> {
    let cloud = section.choice("cloud", &CLOUDS);
    let (authority, graph_root) = (section.url("authority"), section.url("graph_root"));
    match (section.has("authority"), section.has("graph_root")) {
        (false, false) => {
            let (authority, graph_root) = cloud.unwrap_or(CLOUDS[0].1);
            Some((Url::parse(authority).ok()?, Url::parse(graph_root).ok()?))
        }
        (true, true) => {
            if section.has("cloud") {
                section.problem("cloud", "contradicts authority and graph_root; keep either");
            }
            Some((authority?, graph_root?))
        }
        (true, false) => {
            section.problem("authority", "goes with graph_root only; give both, or cloud instead");
            None
        }
        (false, true) => {
            section.problem("graph_root", "goes with authority only; give both, or cloud instead");
            None
        }
    }
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
