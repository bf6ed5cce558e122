//! What waits for the person, and what the next cycle will do.

use jiff::Timestamp;

use super::describe::when;
use crate::cli::wrap::field;
use crate::engine::{Due, Explanation, HeldView, LimitView, NextCycle, RetryView, Will};

pub(super) fn describe(out: &mut String, explanation: &Explanation, now: Timestamp) {
    let Explanation { waiting, in_flight, held, revisit, next_cycle, .. } = explanation;
    let NextCycle { at, due, will, limit, paused } = next_cycle;
    let mut line = |label: &str, text: &str| field(out, &format!("  {label:<9} "), text);
    line("when", &at.map_or_else(|| "no daemon has announced one".to_owned(), |at| when(at, now)));
    if let Some(RetryView { attempts, first_failed_at, next_at, code, reason, request_id }) = waiting {
        let again = next_at
            .map_or_else(|| "only after a change in Entra or of the configuration".to_owned(), |at| when(at, now));
        let times = if *attempts == 1 { "attempt" } else { "attempts" };
        line("waiting", &format!("{attempts} failed {times} since {first_failed_at:.0}; the next {again}"));
        line("", &format!("{code}: {reason}"));
        if let Some(request_id) = request_id {
            line("", &format!("request id {request_id}"));
        }
    }
    for flight in in_flight {
        let since = flight.at;
        line(
            "in flight",
            &format!("{} since {since:.0}; if its process is gone, Jostle is asked first", flight.operation),
        );
    }
    if let Some(HeldView { hold, operation, changes, held_at, verdict, reason, decided_by, decided_at }) = held {
        let by = decided_by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        let at = decided_at.map_or_else(String::new, |at| format!(" at {at:.0}"));
        line("held", &format!("{operation} since {held_at:.0}, {verdict}{by}{at}: entra-jostle-sync hold show {hold}"));
        line("", reason);
        for change in changes {
            line("", &change.to_string());
        }
    }
    let dues: Vec<_> = due.iter().map(Due::to_string).collect();
    match dues.is_empty() {
        true => line("due", "no: nothing changed, and no date or retry has come"),
        false => line("due", &dues.join("; ")),
    }
    if let Some(revisit) = revisit {
        line("again", &format!("{}: {}", when(revisit.at, now), revisit.reason));
    }
    describe_will(&mut line, if due.is_empty() { "would do" } else { "will do" }, will);
    if let Some(LimitView { held_alone, description }) = limit {
        let held = if *held_alone { "is held even alone: " } else { "may be held: " };
        line("limits", &format!("{held}{description}"));
    }
    if let Some(pause) = paused {
        line("paused", &format!("not before entra-jostle-sync resume: {pause}"));
    }
}

fn describe_will(line: &mut impl FnMut(&str, &str), label: &str, will: &Will) {
    match will {
        Will::Do { operation, reason, changes, jostle_id: _ } => {
            line(label, &format!("{operation}: {reason}"));
            for change in changes {
                line("", &change.to_string());
            }
        }
        Will::LookUp { user_name, otherwise } => {
            line(
                label,
                &format!("looks for an account with the userName {user_name} and adopts it; if there is none:"),
            );
            describe_will(line, "", otherwise);
        }
        Will::Link { jostle_id } => {
            line(label, &format!("takes over the account {jostle_id}, which an administrator chose"));
        }
        Will::Skip { reason } => line(label, &format!("nothing: {reason}")),
        Will::Fail { code, reason } => line(label, &format!("FAILS ({code}): {reason}")),
    }
}
