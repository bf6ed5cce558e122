//! A failed connection in words: the one cause among several errors that an administrator can do something about.

use std::error::Error;
use std::io;

/// Why an exchange with a server failed: the cause that is known, or else the innermost one.
pub fn in_words(error: &(dyn Error + 'static)) -> String {
    let causes = || causes(error);
    causes().find_map(known_cause).or_else(|| causes().last().map(ToString::to_string)).unwrap_or_default()
}

fn known_cause(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(why) => {
                format!("certificate not trusted: {why}; a private CA can be added in the configuration")
            }
            other => format!("TLS failed: {other}"),
        });
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some("connection refused".to_owned()),
        io::ErrorKind::ConnectionReset => Some("connection reset".to_owned()),
        io::ErrorKind::UnexpectedEof => Some("the connection ended in the middle".to_owned()),
        _ => None,
    }
}

/// The error and those below it. `io::Error::source` passes over the error that it wraps, hence `get_ref`.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
        None => error.source(),
    })
}
