//! The one place that every request passes: it is recorded, and it meets its fault.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use tokio_util::sync::CancellationToken;

use super::clock::Time;
use super::effect::Effect;
use super::failure;
use super::faults::FaultList;
use super::listener::Cut;
use super::record::{Recorder, Side};

/// What is known of all requests, and when waiting ones must end.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) recorder: Recorder,
    pub(super) faults: FaultList,
    pub(super) stop: CancellationToken,
    pub(super) time: Time,
}

impl Traffic {
    /// Waits so many milliseconds; none if the simulator stops before.
    async fn late(&self, ms: u64) -> Option<()> {
        self.stop.run_until_cancelled(tokio::time::sleep(Duration::from_millis(ms))).await
    }
}

/// The middleware around all servers; the administration is neither recorded nor made to fail.
pub(super) async fn intercept(
    State(traffic): State<Arc<Traffic>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let Some(side) = side_of(request.uri().path()) else { return next.run(request).await };
    let method = request.method().as_str();
    let path = request.uri().path_and_query().map_or_else(|| request.uri().path(), |path| path.as_str());
    let effect = traffic.faults.take(side, method, path);
    let number = traffic.recorder.start(method, path, side, effect.as_ref().map(Effect::name));
    let answer = match effect {
        Some(effect) => fail(effect, side, &traffic, request, next).await,
        None => Some(next.run(request).await),
    };
    match answer {
        Some(response) => {
            traffic.recorder.finish(number, response.status().as_u16());
            response
        }
        None => lost(&cut),
    }
}

/// The answer under a fault; none if the client gets none.
async fn fail(
    effect: Effect,
    side: Side,
    traffic: &Traffic,
    mut request: Request,
    next: Next,
) -> Option<Response<Body>> {
    match effect {
        Effect::Status { status, retry_after, code, body } => {
            let (retry_after, code) = (retry_after.as_deref(), code.as_deref());
            Some(failure::refuse(side, &traffic.time, request.headers(), status, retry_after, code, body))
        }
        Effect::Reset {} => None,
        Effect::ResetAfter {} => {
            next.run(request).await;
            None
        }
        Effect::Truncate { well_framed } => Some(failure::truncate(next.run(request).await, well_framed).await),
        Effect::Hang {} => {
            traffic.stop.cancelled().await;
            None
        }
        Effect::HangAfter {} => {
            next.run(request).await;
            traffic.stop.cancelled().await;
            None
        }
        Effect::Slow { ms } => {
            traffic.late(ms).await?;
            Some(next.run(request).await)
        }
        Effect::SlowAfter { ms } => {
            let answer = next.run(request).await;
            traffic.late(ms).await?;
            Some(answer)
        }
        Effect::Redirect { location } => Some(failure::redirect(&location)),
        delta => {
            request.extensions_mut().insert(delta);
            Some(next.run(request).await)
        }
    }
}

fn lost(cut: &Cut) -> Response<Body> {
    cut.cut();
    // Never sent: the first write finds the connection cut.
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// The server that a path belongs to; none for the administration.
fn side_of(path: &str) -> Option<Side> {
    let below = |base: &str| path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below("/admin") {
        None
    } else if below("/scim2") {
        Some(Side::Jostle)
    } else if path.contains("/oauth2/") || path.contains("/.well-known/") || path.contains("/discovery/") {
        Some(Side::Token)
    } else {
        Some(Side::Graph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_side() {
        assert_eq!(side_of("/admin/users"), None);
        assert_eq!(side_of("/administrator"), Some(Side::Graph));
        assert_eq!(side_of("/scim2/Users/1"), Some(Side::Jostle));
        assert_eq!(side_of("/t/oauth2/v2.0/token"), Some(Side::Token));
        assert_eq!(side_of("/t/v2.0/.well-known/openid-configuration"), Some(Side::Token));
        assert_eq!(side_of("/v1.0/users/delta"), Some(Side::Graph));
    }
}
