//! The section `[http]`: what both sides have in common.

use std::fs;
use std::time::Duration;

use super::place::Place;
use super::table::Section;

/// How both sides are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// The text of `ca_file`: certificates (PEM) that are trusted beside those of the platform. None by default.
    pub ca_pem: Option<Vec<u8>>,
    /// For one whole request, its answer included, 1 second to 10 minutes; 30 seconds by default.
    pub timeout: Duration,
}

/// A page of 200 people takes a second or two; a SCIM server under load some more.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const LEAST_TIMEOUT: Duration = Duration::from_secs(1);
const MOST_TIMEOUT: Duration = Duration::from_mins(10);

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> Http {
    let ca_pem = ca_pem(&mut section, place);
    let timeout = section.duration("timeout", LEAST_TIMEOUT..=MOST_TIMEOUT).unwrap_or(DEFAULT_TIMEOUT);
    section.finish();
    Http { ca_pem, timeout }
}

fn ca_pem(section: &mut Section<'_>, place: &Place<'_>) -> Option<Vec<u8>> {
    let path = place.resolve(section.text("ca_file")?);
    match fs::read_to_string(&path) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => Some(text.into_bytes()),
        Ok(_) => {
            section.problem("ca_file", format!("{}: has no certificate in PEM form; convert it", path.display()));
            None
        }
        Err(error) => {
            let message = format!("{}: cannot be read ({error}); create it, or correct the path", path.display());
            section.problem("ca_file", message);
            None
        }
    }
}
