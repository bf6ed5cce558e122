//! What the log tells, counted.

use std::fmt::Debug;
use std::sync::atomic::Ordering;

use metrics::{counter, histogram};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{DynFilterFn, dynamic_filter_fn};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::{IS_WANTED, names};
use crate::event::TARGET;

/// Counts every event of the catalogue, whatever of it the log shows.
#[derive(Clone, Copy, Debug)]
pub struct EventCounter;

impl EventCounter {
    /// The layer, which hears nothing until somebody wants metrics.
    pub fn layer<S>() -> impl Layer<S> + Send + Sync
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let is_wanted: fn(&Metadata<'_>, &Context<'_, S>) -> bool =
            |metadata, _| metadata.target() == TARGET && IS_WANTED.load(Ordering::Relaxed);
        let filter: DynFilterFn<S, _> = dynamic_filter_fn(is_wanted);
        Self.with_filter(filter.with_max_level_hint(LevelFilter::DEBUG))
    }
}

impl<S: Subscriber> Layer<S> for EventCounter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        let level = event.metadata().level().as_str().to_lowercase();
        counter!(names::EVENTS, "event" => line.event.clone(), "level" => level).increment(1);
        line.count();
    }
}

/// Those fields of a line that are counted by.
#[derive(Default)]
struct Line {
    event: String,
    side: String,
    kind: String,
    code: String,
    method: String,
    status: u64,
    duration_ms: u64,
}

impl Line {
    fn count(self) {
        let Self { event, side, kind, code, method, status, duration_ms } = self;
        #[expect(clippy::cast_precision_loss, reason = "nothing takes 285,000 years")]
        let seconds = duration_ms as f64 / 1000.0;
        if let Some(operation) = operation_of(&event) {
            return counter!(names::OPERATIONS, "operation" => operation).increment(1);
        }
        match event.as_str() {
            "user.failed" => counter!(names::FAILURES, "code" => code).increment(1),
            "throttled" => counter!(names::THROTTLED, "side" => side).increment(1),
            "request.sent" => {
                histogram!(names::REQUEST_SECONDS, "side" => side.clone()).record(seconds);
                let status = status.to_string();
                counter!(names::REQUESTS, "side" => side, "method" => method, "status" => status).increment(1);
            }
            "cycle.finished" | "cycle.failed" => {
                let result = if event == "cycle.finished" { "finished" } else { "failed" };
                histogram!(names::CYCLE_SECONDS, "kind" => kind.clone()).record(seconds);
                counter!(names::CYCLES, "kind" => kind, "result" => result).increment(1);
            }
            _ => {}
        }
    }

    fn put(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "event" => &mut self.event,
            "side" => &mut self.side,
            "kind" => &mut self.kind,
            "code" => &mut self.code,
            "method" => &mut self.method,
            _ => return,
        };
        value.clone_into(place);
    }
}

/// Which operation a line tells to have been carried out.
fn operation_of(event: &str) -> Option<&'static str> {
    Some(match event {
        "user.created" => "create",
        "user.adopted" => "adopt",
        "user.updated" => "update",
        "user.deactivated" => "deactivate",
        "user.reactivated" => "reactivate",
        "user.deleted" => "delete",
        _ => return None,
    })
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = value,
            "duration_ms" => self.duration_ms = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::event::catalogue::{RequestSent, Throttled};

    /// What has been counted after this was logged.
    fn counted(log: impl FnOnce()) -> Vec<String> {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let subscriber = tracing_subscriber::registry().with(EventCounter);
        metrics::with_local_recorder(&recorder, || tracing::subscriber::with_default(subscriber, log));
        let text = handle.render();
        let mut lines: Vec<_> =
            text.lines().filter(|line| line.contains("_total{") || line.contains("_sum")).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn a_line_is_counted_by_what_it_tells() {
        let request = |side: &str, status| RequestSent {
            side: side.into(),
            host: "x".into(),
            method: "GET".into(),
            status,
            duration_ms: 250,
        };
        let until = jiff::Timestamp::UNIX_EPOCH;
        let lines = counted(|| {
            request("Entra", 200).emit();
            request("Entra", 200).emit();
            request("Jostle", 0).emit();
            Throttled { side: "Jostle".into(), until, wait_s: 1.0 }.emit();
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        entra_jostle_sync_events_total{event="request.sent",level="debug"} 3
        entra_jostle_sync_events_total{event="throttled",level="warn"} 1
        entra_jostle_sync_request_duration_seconds_sum{side="Entra"} 0.5
        entra_jostle_sync_request_duration_seconds_sum{side="Jostle"} 0.25
        entra_jostle_sync_requests_total{side="Entra",method="GET",status="200"} 2
        entra_jostle_sync_requests_total{side="Jostle",method="GET",status="0"} 1
        entra_jostle_sync_throttled_total{side="Jostle"} 1
        "#);
    }
}
