//! `status`: reads the state beside a running daemon.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::exit::Failure;
use super::span::span;
use super::{Exit, Run, output};
use crate::config;
use crate::store::{CycleView, Reader, Status, Waiting};

pub(super) fn status(run: &Run) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?;
    let status = Reader::open(&state.path)?.status()?;
    output::print(run.json, &as_json(&status), || describe(&status, Timestamp::now()))?;
    Ok(Exit::Success)
}

fn as_json(status: &Status) -> Value {
    let Status {
        people,
        deleted,
        managed,
        dirty,
        waiting,
        cycles,
        feed,
        open_intents,
        next_cycle,
        quarantines: _,
        throttled: _,
    } = status;
    json!({
        "people": people, "deleted": deleted, "managed": managed, "due": dirty, "in_flight": open_intents,
        "next_cycle": next_cycle,
        "feed": { "baseline_at": feed.baseline_at, "position_at": feed.delta_at, "reading": feed.open_round.is_some() },
        "waiting": waiting.iter().map(|Waiting { entra_id, user_name, retry }| json!({
            "user": user_name, "entra_id": entra_id, "attempts": retry.attempts, "first_failed_at": retry.first_failed_at,
            "next_at": retry.next_at, "code": retry.kind, "reason": retry.message, "request_id": retry.request_id,
        })).collect::<Vec<_>>(),
        "cycles": cycles.iter().map(|cycle| json!({
            "cycle": cycle.id, "kind": cycle.kind, "started_at": cycle.started_at, "finished_at": cycle.finished_at,
            "result": cycle.result, "error": cycle.error, "summary": cycle.summary,
        })).collect::<Vec<_>>(),
    })
}

fn describe(status: &Status, now: Timestamp) -> String {
    let Status {
        people,
        deleted,
        managed,
        dirty,
        waiting,
        cycles,
        feed,
        open_intents: _,
        next_cycle,
        quarantines: _,
        throttled: _,
    } = status;
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _infallible = writeln!(text, "{label:<12} {value}");
    };
    line("last cycle", cycles.first().map_or_else(|| "none yet".to_owned(), |cycle| describe_cycle(cycle, now)));
    line(
        "next cycle",
        match next_cycle {
            Some(next) if *next > now => format!("{next:.0}, in {}", span(next.duration_since(now))),
            _ => "not scheduled: no daemon has announced one (entra-jostle-sync run)".to_owned(),
        },
    );
    line(
        "Entra",
        match feed.delta_at {
            Some(at) => {
                format!("{people} people, {deleted} deleted; read up to {at:.0} ({} ago)", span(now.duration_since(at)))
            }
            None if feed.open_round.is_some() => format!("{people} people; the first complete read is not finished"),
            None => "never read to the end".to_owned(),
        },
    );
    line("Jostle", format!("{managed} accounts are managed"));
    line("to do", format!("{dirty} people are looked at in the next cycle"));
    line(
        "waiting",
        match waiting.len() {
            0 => "nobody".to_owned(),
            count => format!("{count} people, each with its reason:"),
        },
    );
    for waiting in waiting {
        text.push_str(&describe_waiting(waiting, now));
    }
    text
}

fn describe_waiting(waiting: &Waiting, now: Timestamp) -> String {
    let Waiting { user_name, retry, .. } = waiting;
    let next = match retry.next_at {
        None => "after a change in Entra or of the mapping".to_owned(),
        Some(at) if at > now => format!("in {}", span(at.duration_since(now))),
        Some(_) => "in the next cycle".to_owned(),
    };
    let (attempts, since) = (attempts(retry.attempts), retry.first_failed_at);
    format!("  {user_name}: {}\n    {attempts} failed since {since:.0}; next attempt {next}\n", retry.message)
}

fn describe_cycle(cycle: &CycleView, now: Timestamp) -> String {
    let CycleView { id, kind, started_at, finished_at, result, error, summary } = cycle;
    let state = match (result, finished_at) {
        (Some(result), Some(at)) => format!("{result}, {} ago", span(now.duration_since(*at))),
        (Some(result), None) => result.clone(),
        (None, _) => format!("running since {started_at:.0}"),
    };
    let mut text = format!("{} ({}): {state}", id.0, kind.as_str());
    let counts = summary["operations"].as_object().into_iter().flatten();
    let done: Vec<_> =
        counts.filter(|(_, count)| count.as_u64() != Some(0)).map(|(name, count)| format!("{count} {name}")).collect();
    if !done.is_empty() {
        let _infallible = write!(text, "; {}", done.join(", "));
    }
    if let Some(error) = error {
        let _infallible = write!(text, "\n             {error}");
    }
    text
}

fn attempts(count: u32) -> String {
    format!("{count} attempt{}", if count == 1 { "" } else { "s" })
}
