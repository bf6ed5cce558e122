//! `/metrics`, `/healthz` and `/readyz` over HTTP.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::Metrics;

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers until `shutdown`. Whoever asks is told of counts and times, and of no person.
pub async fn serve(metrics: Metrics, listen: SocketAddr, shutdown: &CancellationToken) -> io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let router = Router::new()
        .route("/metrics", get(text))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(readiness))
        .with_state(metrics);
    axum::serve(listener, router).with_graceful_shutdown(shutdown.clone().cancelled_owned()).await
}

async fn text(State(metrics): State<Metrics>) -> Response {
    match spawn_blocking(move || metrics.render()).await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, TEXT)], text).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

async fn readiness(State(metrics): State<Metrics>) -> Response {
    match spawn_blocking(move || metrics.unready()).await {
        Ok(None) => "ready\n".into_response(),
        Ok(Some(reason)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}
