//! Addresses: HTTPS, or plain HTTP to this machine, and nothing in them but where to go.

use url::{Host, Url};

use super::table::Section;

impl Section<'_> {
    /// The address at a key. A refused one is never printed: it may hold a password.
    pub(super) fn url(&mut self, key: &'static str) -> Option<Url> {
        let text = self.text(key)?;
        let problem = match Url::parse(text) {
            Err(error) => format!("is not a URL ({error}); write it like \"https://host/path\""),
            Ok(url) => match wrong(&url) {
                None => return Some(url),
                Some(wrong) => wrong.to_owned(),
            },
        };
        self.problem(key, problem);
        None
    }
}

/// What is wrong with an address to which a key or token is to be sent.
fn wrong(url: &Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some("has a user name or password in it; take them out: the key has a setting of its own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some("has a part behind ? or # in it; take it out: requests add their own");
    }
    wrong_scheme(url)
}

/// What is wrong with the address of a webhook, which may have a key in its query.
pub(super) fn wrong_webhook(url: &Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some("has a user name or password in it, which are not sent; take them out");
    }
    wrong_scheme(url)
}

fn wrong_scheme(url: &Url) -> Option<&'static str> {
    match url.scheme() {
        "https" => None,
        "http" if url.host().is_some_and(|host| is_loopback(&host)) => None,
        "http" => Some("would send the secret unencrypted; use https (http is for this machine alone)"),
        _ => Some("must begin with https://"),
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_alone() {
        for fine in ["https://jostle.example/scim2", "http://127.0.0.1:1/", "http://127.8.8.8", "http://[::1]:80/x"] {
            assert_eq!(wrong(&Url::parse(fine).unwrap()), None, "{fine}");
        }
        assert_eq!(wrong(&Url::parse("http://LOCALHOST:8080/scim").unwrap()), None);
        for refused in [
            "http://jostle.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://[::2]",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "https://user@jostle.example",
            "https://:secret@jostle.example",
            "https://jostle.example/?a",
            "https://jostle.example/#a",
        ] {
            assert!(wrong(&Url::parse(refused).unwrap()).is_some(), "{refused}");
        }
    }
}
