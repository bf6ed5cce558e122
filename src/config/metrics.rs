//! The section `[metrics]`: where figures for Prometheus are to be had.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::place::Place;
use super::table::Section;

/// Where figures are to be had; nowhere by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// The address at which `/metrics`, `/healthz` and `/readyz` are answered.
    pub listen: Option<SocketAddr>,
    /// A file that is written anew every 15 seconds; it ends in `.prom`.
    pub textfile: Option<PathBuf>,
}

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> Metrics {
    let listen = section.text("listen").map(str::to_owned);
    let address = listen.as_ref().and_then(|text| text.parse().ok());
    if let (Some(text), None) = (&listen, address) {
        let advice = "is no address with a port; write it like \"127.0.0.1:9464\"";
        section.problem("listen", format!("{text:?} {advice}"));
    }
    let textfile = section.text("textfile").map(|file| place.resolve(file));
    if textfile.as_ref().is_some_and(|file| file.extension().is_none_or(|extension| extension != "prom")) {
        section.problem("textfile", "does not end in .prom: the collector would not read it");
    }
    section.finish();
    Metrics { listen: address, textfile }
}
