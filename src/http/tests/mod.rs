//! The client as a whole: over sockets where they matter, else over a wire that plays a script, under paused time.
#![allow(clippy::unwrap_used, reason = "tests may")]

mod doubt;
mod retries;
mod script;
mod sockets;
mod stopping;
mod throttling;
#[cfg(feature = "simulator")]
mod tls;
mod urgent;

use std::sync::Arc;
use std::time::Duration;

use ::http::Method;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::settings::tests::settings;
use super::*;
use crate::connector::ErrorKind;

/// A client over sockets.
fn client(settings: HttpSettings) -> HttpClient {
    HttpClient::new(settings, CancellationToken::new()).unwrap()
}

fn request(method: Method, url: &str) -> Request {
    let effect = match method {
        Method::GET => Effect::Read,
        Method::POST => Effect::WriteOnce,
        _ => Effect::Write,
    };
    Request { method, url: Url::parse(url).unwrap(), bearer: None, headers: Vec::new(), body: None, effect }
}

fn get() -> Request {
    request(Method::GET, "http://side.example/get")
}

fn patch() -> Request {
    request(Method::PATCH, "http://side.example/patch")
}

fn post() -> Request {
    request(Method::POST, "http://side.example/post")
}
