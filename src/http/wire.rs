//! What lies below the client: something that carries one request to the other end and brings its answer.

use std::fmt;

use futures::future::BoxFuture;

/// Carries requests. Production has one of sockets; a rehearsal one that needs none.
///
/// The client bounds the time of an exchange by dropping it, and refuses a body over its limit: a wire that could
/// receive without end reads no more than a byte beyond it.
pub trait Wire: Send + Sync + fmt::Debug {
    /// Sends one request, once, and brings the whole answer of any status; a redirect is an answer too.
    fn exchange(&self, request: ::http::Request<Vec<u8>>) -> BoxFuture<'_, Result<::http::Response<Vec<u8>>, Lost>>;
}

/// An exchange without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The request may have arrived; false if there never was a connection.
    pub sent: bool,
    /// One fragment for people, with the host and nothing else of the address.
    pub words: String,
}
