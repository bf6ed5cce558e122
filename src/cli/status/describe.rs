//! The status for people, on lines that fit 80 columns.

use std::fmt::Write;

use jiff::Timestamp;

use super::super::span::span;
use super::super::wrap::{WIDTH, field, lines};
use crate::engine::{Mends, mends};
use crate::store::{CycleView, Feed, LockError, Pause, Quarantine, Reconciliation, Status, Stops, Throttled, Waiting};

pub(super) fn describe(status: &Status, holder: Option<&LockError>, now: Timestamp) -> String {
    let Status {
        people,
        deleted,
        managed,
        dirty,
        waiting,
        last_success,
        cycles,
        feed,
        open_intents,
        next_cycle,
        quarantines,
        throttled,
        pause,
        held,
        reconciliation,
    } = status;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| field(&mut text, &format!("{label:<12} "), value);
    let (running, ended): (Vec<_>, Vec<_>) = cycles.iter().partition(|cycle| cycle.result.is_none());
    line("process", &describe_process(holder, now));
    if let Some(pause) = pause {
        line("paused", &describe_pause(pause, now));
    }
    for cycle in &running {
        match holder {
            Some(_) => line("running", &describe_running(cycle, *open_intents, now)),
            None => line("interrupted", &describe_interrupted(cycle, *open_intents)),
        }
    }
    line("last cycle", &ended.first().map_or_else(|| "none yet".to_owned(), |cycle| describe_ended(cycle, now)));
    if ended.first().is_some_and(|cycle| matches!(cycle.result.as_deref(), Some("failed" | "stopped"))) {
        let ago = |at: &Timestamp| format!("{at:.0} ({} ago)", span(now.duration_since(*at)));
        line("last success", &last_success.as_ref().map_or_else(|| "none yet".to_owned(), ago));
    }
    line("next cycle", &describe_next(*next_cycle, holder.is_some(), !running.is_empty(), now));
    for quarantine in quarantines {
        line("quarantine", &describe_quarantine(quarantine, now));
    }
    for Throttled { side, until } in throttled {
        let left = span(until.duration_since(now));
        line("throttled", &format!("{side} has asked to be left alone until {until:.0}, for another {left}"));
    }
    line("Entra", &describe_feed(feed, *people, *deleted, now));
    line("Jostle", &format!("{managed} accounts are managed"));
    let due = if *dirty == 1 { "1 person is".to_owned() } else { format!("{dirty} people are") };
    line("to do", &format!("{due} looked at in the next cycle"));
    if *held > 0 {
        let who = if *held == 1 { "1 person waits".to_owned() } else { format!("{held} people wait") };
        line("held", &format!("{who} for a decision: entra-jostle-sync hold list"));
    }
    if let Some(reconciliation) = reconciliation {
        line("reconciled", &describe_reconciliation(reconciliation, now));
    }
    line(
        "waiting",
        &match waiting.len() {
            0 => "nobody".to_owned(),
            1 => "1 person:".to_owned(),
            count => format!("{count} people, each with its reason:"),
        },
    );
    for waiting in waiting {
        describe_waiting(&mut text, waiting, now);
    }
    text
}

fn describe_process(holder: Option<&LockError>, now: Timestamp) -> String {
    match holder {
        Some(LockError::Held { pid, since, command }) => {
            format!("{pid} since {since:.0} ({}): {command}", span(now.duration_since(*since)))
        }
        Some(LockError::HeldByUnknown { .. }) => "one that has not said which it is".to_owned(),
        Some(LockError::Failed { reason, .. }) => format!("unknown: its lock cannot be looked at ({reason})"),
        None => "none: nothing is read or written until one is started".to_owned(),
    }
}

fn describe_pause(pause: &Pause, now: Timestamp) -> String {
    let Pause { what, since, by, why } = pause;
    let what = match what {
        Stops::Everything => "nothing is written to Jostle",
        Stops::Removals => "nobody is deactivated or deleted",
    };
    let mut text = format!("{what} since {since:.0} ({}), by {by}", span(now.duration_since(*since)));
    if let Some(why) = why {
        let _infallible = write!(text, ": {why}");
    }
    text + "\nentra-jostle-sync resume ends the pause"
}

fn describe_running(CycleView { id, kind, started_at, .. }: &CycleView, in_flight: u64, now: Timestamp) -> String {
    let (number, kind, ago) = (id.0, kind.as_str(), span(now.duration_since(*started_at)));
    format!("{number} ({kind}), since {started_at:.0} ({ago}); writes under way: {in_flight}")
}

fn describe_interrupted(CycleView { id, kind, started_at, .. }: &CycleView, in_doubt: u64) -> String {
    let (number, kind) = (id.0, kind.as_str());
    format!("{number} ({kind}), since {started_at:.0}; the next start settles its writes in doubt: {in_doubt}")
}

fn describe_ended(cycle: &CycleView, now: Timestamp) -> String {
    let CycleView { id, kind, started_at: _, finished_at, result, error, summary } = cycle;
    let mut text = format!("{} ({}): {}", id.0, kind.as_str(), result.as_deref().unwrap_or_default());
    if let Some(at) = finished_at {
        let _infallible = write!(text, ", {} ago", span(now.duration_since(*at)));
    }
    let counts = summary["operations"].as_object().into_iter().flatten();
    let done: Vec<_> =
        counts.filter(|(_, count)| count.as_u64() != Some(0)).map(|(name, count)| format!("{count} {name}")).collect();
    if !done.is_empty() {
        let _infallible = write!(text, "; {}", done.join(", "));
    }
    if let Some(error) = error {
        let _infallible = write!(text, "\n{error}");
    }
    text
}

fn describe_next(next: Option<Timestamp>, is_held: bool, is_running: bool, now: Timestamp) -> String {
    match next.filter(|_| is_held) {
        Some(next) if next > now => format!("{next:.0}, in {}", span(next.duration_since(now))),
        _ if is_held && is_running => "after the one that is running".to_owned(),
        _ => "not scheduled: no daemon has announced one (entra-jostle-sync run)".to_owned(),
    }
}

fn describe_quarantine(quarantine: &Quarantine, now: Timestamp) -> String {
    let Quarantine { side, since, failures, next_at, code, reason } = quarantine;
    let times = if *failures == 1 { "once".to_owned() } else { format!("{failures} times in a row") };
    let next = match *next_at > now {
        true => format!("tried again at {next_at:.0}, in {}", span(next_at.duration_since(now))),
        false => "tried again in the next cycle".to_owned(),
    };
    let since_then = span(now.duration_since(*since));
    format!(
        "{reason}\n{side} is left alone since {since:.0} ({since_then}), failed {times} ({code}); {next}, or at once with \
         retry --all"
    )
}

fn describe_feed(feed: &Feed, people: u64, deleted: u64, now: Timestamp) -> String {
    match feed.delta_at {
        Some(at) => {
            let ago = span(now.duration_since(at));
            format!("{people} people, {deleted} deleted; read up to {at:.0} ({ago} ago)")
        }
        None if feed.open_round.is_some() => format!("{people} people; the first complete read is not finished"),
        None => "never read to the end".to_owned(),
    }
}

fn describe_reconciliation(reconciliation: &Reconciliation, now: Timestamp) -> String {
    let Reconciliation { at, drift, orphans, active_orphans, unmanaged, deleted } = reconciliation;
    let unmanaged = unmanaged.map_or_else(|| "not known".to_owned(), |count| count.to_string());
    let ago = span(now.duration_since(*at));
    format!(
        "{at:.0} ({ago} ago): {drift} values changed in Jostle; orphans {orphans}, {active_orphans} of them active; \
         unmanaged {unmanaged}; deleted in Jostle {deleted}"
    )
}

fn describe_waiting(out: &mut String, Waiting { user_name, retry, entra_id: _ }: &Waiting, now: Timestamp) {
    let attempts = if retry.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", retry.attempts) };
    let answer = retry.request_id.as_ref().map_or_else(String::new, |id| format!(", request id {id}"));
    let next = match retry.next_at {
        Some(at) if at > now => format!("next attempt in {}", span(at.duration_since(now))),
        Some(_) => "next attempt in the next cycle".to_owned(),
        None => "no next attempt by itself".to_owned(),
    };
    let mended_by = match mends(retry) {
        Mends::Waiting => "waiting may mend it",
        Mends::Somebody => "waiting does not mend it: somebody has to, in Entra or in Jostle",
        Mends::Change => "waiting does not mend it: a change in Entra, of the mapping or of the scope does",
    };
    let (code, since) = (&retry.kind, retry.first_failed_at);
    let story = format!("{attempts} failed since {since:.0} (code {code}{answer}); {next}; {mended_by}");
    let mut indent = 2;
    for part in [format!("{user_name}: {}", retry.message), story] {
        for line in lines(&part, WIDTH - 4) {
            let _infallible = writeln!(out, "{:indent$}{line}", "");
            indent = 4;
        }
    }
}

#[cfg(test)]
mod tests;
