//! The status for people, on lines that fit 80 columns.

use std::fmt::Write;

use jiff::Timestamp;

use super::super::span::span;
use super::super::wrap::{WIDTH, field, lines};
use crate::engine::{Mends, mends};
use crate::store::{CycleView, Feed, LockError, Quarantine, Status, Throttled, Waiting};

pub(super) fn describe(status: &Status, holder: Option<&LockError>, now: Timestamp) -> String {
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
        quarantines,
        throttled,
    } = status;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| field(&mut text, &format!("{label:<12} "), value);
    let (running, ended): (Vec<_>, Vec<_>) = cycles.iter().partition(|cycle| cycle.result.is_none());
    line("process", &describe_process(holder, now));
    for cycle in &running {
        match holder {
            Some(_) => line("running", &describe_running(cycle, *open_intents, now)),
            None => line("interrupted", &describe_interrupted(cycle, *open_intents)),
        }
    }
    line("last cycle", &ended.first().map_or_else(|| "none yet".to_owned(), |cycle| describe_ended(cycle, now)));
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
    line("to do", &format!("{dirty} people are looked at in the next cycle"));
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
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::connector::Side;
    use crate::model::EntraId;
    use crate::store::{CycleId, CycleKind, Retry};

    fn at(minute: i64) -> Timestamp {
        "2026-03-01T08:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minute)
    }

    fn ended(id: i64, kind: CycleKind) -> CycleView {
        CycleView {
            id: CycleId(id),
            kind,
            started_at: at(0),
            finished_at: Some(at(2)),
            result: Some("ok".to_owned()),
            error: None,
            summary: json!({"operations": {"create": 2, "update": 0, "adopt": 1}}),
        }
    }

    fn running(id: i64) -> CycleView {
        CycleView { finished_at: None, result: None, started_at: at(3), ..ended(id, CycleKind::Incremental) }
    }

    fn waiting(name: &str, attempts: u32, next_at: Option<Timestamp>, kind: &str, message: &str) -> Waiting {
        let request_id = (kind == "400").then(|| "8e5f2a54-77a5-4e53-a3a1-9a1b3f6ad0c1".to_owned());
        let retry = Retry {
            first_failed_at: at(0),
            attempts,
            next_at,
            kind: kind.to_owned(),
            message: message.to_owned(),
            request_id,
        };
        Waiting { entra_id: EntraId::new(name), user_name: format!("{name}@corp.example"), retry }
    }

    fn idle() -> Status {
        let feed = Feed {
            selection: None,
            delta_link: None,
            delta_at: Some(at(1)),
            baseline_at: Some(at(0)),
            open_round: None,
        };
        Status {
            people: 120,
            deleted: 3,
            managed: 117,
            dirty: 0,
            waiting: Vec::new(),
            cycles: vec![ended(7, CycleKind::Incremental)],
            feed,
            open_intents: 0,
            next_cycle: Some(at(7)),
            quarantines: Vec::new(),
            throttled: Vec::new(),
        }
    }

    fn shown(status: &Status) -> String {
        let command = "/usr/bin/entra-jostle-sync run".to_owned();
        shown_beside(Some(&LockError::Held { pid: 4711, since: at(-60), command }), status)
    }

    fn shown_beside(holder: Option<&LockError>, status: &Status) -> String {
        let text = describe(status, holder, at(4));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        text
    }

    #[test]
    fn before_the_first_cycle() {
        let feed = Feed { delta_at: None, ..idle().feed };
        let status = Status { cycles: Vec::new(), next_cycle: None, feed, ..idle() };
        insta::assert_snapshot!(shown(&status), @r#"
        process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                     /usr/bin/entra-jostle-sync run
        last cycle   none yet
        next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
        Entra        never read to the end
        Jostle       117 accounts are managed
        to do        0 people are looked at in the next cycle
        waiting      nobody
        "#);
    }

    #[test]
    fn idle_with_nothing_wrong() {
        insta::assert_snapshot!(shown(&idle()), @r#"
        process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                     /usr/bin/entra-jostle-sync run
        last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
        next cycle   2026-03-01T08:07:00Z, in 3 min
        Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
        Jostle       117 accounts are managed
        to do        0 people are looked at in the next cycle
        waiting      nobody
        "#);
    }

    #[test]
    fn in_the_middle_of_a_cycle() {
        let cycles = vec![running(8), ended(7, CycleKind::OnDemand)];
        let status = Status { cycles, next_cycle: Some(at(3)), open_intents: 16, dirty: 90, ..idle() };
        insta::assert_snapshot!(shown(&status), @r#"
        process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                     /usr/bin/entra-jostle-sync run
        running      8 (incremental), since 2026-03-01T08:03:00Z (1 min); writes under
                     way: 16
        last cycle   7 (on demand): ok, 2 min ago; 1 adopt, 2 create
        next cycle   after the one that is running
        Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
        Jostle       117 accounts are managed
        to do        90 people are looked at in the next cycle
        waiting      nobody
        "#);
    }

    #[test]
    fn after_a_process_was_killed_in_a_cycle() {
        let cycles = vec![running(8), ended(7, CycleKind::Incremental)];
        let status = Status { cycles, open_intents: 16, dirty: 90, ..idle() };
        insta::assert_snapshot!(shown_beside(None, &status), @r#"
        process      none: nothing is read or written until one is started
        interrupted  8 (incremental), since 2026-03-01T08:03:00Z; the next start settles
                     its writes in doubt: 16
        last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
        next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
        Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
        Jostle       117 accounts are managed
        to do        90 people are looked at in the next cycle
        waiting      nobody
        "#);
    }

    #[test]
    fn with_both_sides_in_trouble() {
        let cycle = CycleView {
            result: Some("failed".to_owned()),
            error: Some("Jostle: still throttles after every try; it goes on by itself later (HTTP 429)".to_owned()),
            ..ended(7, CycleKind::Incremental)
        };
        let quarantine = |side, failures, next_at: Timestamp| Quarantine {
            side,
            since: at(-90),
            failures,
            next_at,
            code: "AADSTS7000222".to_owned(),
            reason: format!(
                "{side}: the client secret has expired; make a new one, put it where the configuration says"
            ),
        };
        let status = Status {
            cycles: vec![cycle],
            quarantines: vec![quarantine(Side::Entra, 1, at(9)), quarantine(Side::Jostle, 4, at(3))],
            throttled: vec![Throttled { side: Side::Jostle, until: at(58) }],
            ..idle()
        };
        insta::assert_snapshot!(shown(&status), @r#"
        process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                     /usr/bin/entra-jostle-sync run
        last cycle   7 (incremental): failed, 2 min ago; 1 adopt, 2 create
                     Jostle: still throttles after every try; it goes on by itself later
                     (HTTP 429)
        next cycle   2026-03-01T08:07:00Z, in 3 min
        quarantine   Entra: the client secret has expired; make a new one, put it where
                     the configuration says
                     Entra is left alone since 2026-03-01T06:30:00Z (1 h 34 min), failed
                     once (AADSTS7000222); tried again at 2026-03-01T08:09:00Z, in 5
                     min, or at once with retry --all
        quarantine   Jostle: the client secret has expired; make a new one, put it where
                     the configuration says
                     Jostle is left alone since 2026-03-01T06:30:00Z (1 h 34 min),
                     failed 4 times in a row (AADSTS7000222); tried again in the next
                     cycle, or at once with retry --all
        throttled    Jostle has asked to be left alone until 2026-03-01T08:58:00Z, for
                     another 54 min
        Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
        Jostle       117 accounts are managed
        to do        0 people are looked at in the next cycle
        waiting      nobody
        "#);
    }

    #[test]
    fn with_people_who_wait() {
        let refused = "Jostle: refused the account: the value of emails[type eq \"work\"].value is no mail address \
                       (HTTP 400, invalidValue)";
        let waiting = vec![
            waiting("ann", 1, None, "mapping", "mail is empty in Entra"),
            waiting("bob", 2, Some(at(90)), "400", refused),
            waiting("cem", 12, Some(at(3)), "503", "Jostle: answers, but not now"),
        ];
        insta::assert_snapshot!(shown(&Status { waiting, ..idle() }), @r#"
        process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                     /usr/bin/entra-jostle-sync run
        last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
        next cycle   2026-03-01T08:07:00Z, in 3 min
        Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
        Jostle       117 accounts are managed
        to do        0 people are looked at in the next cycle
        waiting      3 people, each with its reason:
          ann@corp.example: mail is empty in Entra
            1 attempt failed since 2026-03-01T08:00:00Z (code mapping); no next attempt
            by itself; waiting does not mend it: a change in Entra, of the mapping or of
            the scope does
          bob@corp.example: Jostle: refused the account: the value of emails[type eq
            "work"].value is no mail address (HTTP 400, invalidValue)
            2 attempts failed since 2026-03-01T08:00:00Z (code 400, request id
            8e5f2a54-77a5-4e53-a3a1-9a1b3f6ad0c1); next attempt in 1 h 26 min; waiting
            does not mend it: somebody has to, in Entra or in Jostle
          cem@corp.example: Jostle: answers, but not now
            12 attempts failed since 2026-03-01T08:00:00Z (code 503); next attempt in
            the next cycle; waiting may mend it
        "#);
    }
}
