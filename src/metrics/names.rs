//! The names, as Prometheus wants them: base units, `_total` for what only grows.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

macro_rules! names {
    ($($name:ident = $text:literal, $describe:ident, $unit:ident, $help:literal;)+) => {
        $(pub(super) const $name: &str = concat!("entra_jostle_sync_", $text);)+

        /// Says of each what it is.
        pub(super) fn describe() {
            $($describe!($name, Unit::$unit, $help);)+
        }
    };
}

names! {
    EVENTS = "events_total", describe_counter, Count, "Lines of the log, by event and level.";
    OPERATIONS = "operations_total", describe_counter, Count, "Accounts written in Jostle, by operation.";
    FAILURES = "failures_total", describe_counter, Count, "Failed tries to write a person, by error code.";
    CYCLES = "cycles_total", describe_counter, Count, "Cycles that ended, by kind and result.";
    CYCLE_SECONDS = "cycle_duration_seconds", describe_histogram, Seconds, "How long cycles took, by kind.";
    REQUESTS = "requests_total", describe_counter, Count,
        "Requests, every try for itself, by side, method and status (0: no answer).";
    REQUEST_SECONDS = "request_duration_seconds", describe_histogram, Seconds, "How long requests took, by side.";
    THROTTLED = "throttled_total", describe_counter, Count, "How often a side has asked to be left alone.";
    BUILD = "build_info", describe_gauge, Count, "1, with the version of the program.";
    START = "start_timestamp_seconds", describe_gauge, Seconds, "When the daemon started.";
    HEALTH = "health", describe_gauge, Count, "0: ok, 1: warning, 2: critical, as status has it.";
    FINDING = "finding", describe_gauge, Count, "0: nothing to say, 1: notice, 2: warning, 3: critical, by cause, as status has it.";
    LAST_SUCCESS = "last_success_timestamp_seconds", describe_gauge, Seconds,
        "When the last cycle over everybody ended well; 0 before the first.";
    NEXT_CYCLE = "next_cycle_timestamp_seconds", describe_gauge, Seconds, "When the next cycle is due; 0 if none is.";
    PEOPLE = "people", describe_gauge, Count, "People in the snapshot, by whether Entra has deleted them.";
    MANAGED = "managed_accounts", describe_gauge, Count, "Accounts in Jostle that are managed.";
    DUE = "due_people", describe_gauge, Count, "People whom the next cycle looks at.";
    HELD = "held_people", describe_gauge, Count, "People of whom something waits for a decision.";
    FAILING = "failing_people", describe_gauge, Count, "People whose failure is to be tried again.";
    IN_FLIGHT = "in_flight_operations", describe_gauge, Count, "Writes that were begun and have no outcome yet.";
    PLANNED = "planned_operations", describe_gauge, Count, "Operations that the cycle under way has planned.";
    DONE = "done_operations", describe_gauge, Count, "Those of them that have an outcome.";
    QUARANTINE = "quarantine", describe_gauge, Count, "1 if the side is left alone because it fails.";
    IS_THROTTLED = "throttled", describe_gauge, Count, "1 if the side has asked to be left alone, and still does.";
    PAUSED = "paused", describe_gauge, Count, "1 if this is paused: everything or removals.";
    STATE_BYTES = "state_bytes", describe_gauge, Bytes, "Size of the state on disk.";
    DISK_FREE = "state_disk_free_bytes", describe_gauge, Bytes, "Room on the disk of the state.";
}
