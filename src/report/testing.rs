//! Facts for the tests of this layer.
#![allow(clippy::unwrap_used, reason = "tests may")]

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{CycleTally, DriftLine, Facts, HoldLines, Period, Tally};
use crate::health::{Cause, Finding, Health, Level};
use crate::model::{
    Change, EntraId, HeldOperation, HoldClass, Names, Operation, TargetId, TargetValue, Treatment, Unmanaged, Verdict,
};
use crate::store::{
    CycleId, CycleKind, CycleView, Deleted, HeldPerson, HoldId, HoldView, Listing, LogEntry, LoggedOperation, Orphan,
    Reconciliation, Retry, Status, Waiting,
};

/// Noon of a Sunday, so many hours later.
pub(super) fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_793_534_400).unwrap() + SignedDuration::from_hours(hours)
}

/// Ten days until [`at`] zero.
pub(super) fn ten_days() -> Period {
    Period::new(at(-240), at(0), Some(at(-9000)))
}

/// A row of the log, of a success if there is no code.
pub(super) fn row(hours: i64, name: &str, operation: &str, code: Option<&str>) -> LoggedOperation {
    let status = if code.is_some() { "failure" } else { "success" };
    let entry = LogEntry {
        cycle: CycleId(1),
        at: at(hours),
        entra_id: EntraId::new(name),
        user_name: name.to_owned(),
        target_id: None,
        operation: operation.to_owned(),
        status: status.to_owned(),
        changes: Vec::new(),
        message: code.map(|code| format!("it failed with {code}")),
        request_id: None,
        duration_ms: 1,
        counts_as: None,
        reason: Some("because".to_owned()),
        matched: None,
        http_status: None,
        code: code.map(str::to_owned),
    };
    let (kind, noticed_at) = (CycleKind::Incremental, None);
    LoggedOperation { number: 1, entry, kind, by: None, undoes: None, decided: None, noticed_at }
}

/// A cycle that took a second.
pub(super) fn cycle(hours: i64, result: &str, summary: Value) -> CycleView {
    CycleView {
        id: CycleId(hours + 1000),
        kind: CycleKind::Incremental,
        started_at: at(hours),
        finished_at: Some(at(hours) + SignedDuration::from_secs(1)),
        result: Some(result.to_owned()),
        error: None,
        summary,
    }
}

/// Of a state in which nothing ever happened.
pub(super) fn empty() -> Facts {
    let period = ten_days();
    Facts {
        now: at(0),
        version: "1.2.3",
        tenant_id: None,
        period,
        remembered_since: None,
        status: Status::default(),
        health: Health::default(),
        tally: Tally::new(period),
        cycles: CycleTally::new(period),
        remedies: [].into(),
        holds: Vec::new(),
        drift: Vec::new(),
        drifted: 0,
        orphans: Vec::new(),
        deleted: Vec::new(),
        listing: None,
    }
}

/// One of everything that a page can tell, and wherever somebody else's text may stand, this one.
pub(super) fn full(text: &str) -> Facts {
    let mut facts = empty();
    facts.tenant_id = Some(text.to_owned());
    for operation in Operation::ALL {
        let mut row = row(-5, text, operation.as_str(), None);
        row.entry.reason = Some(text.to_owned());
        row.noticed_at = Some(at(-6));
        facts.tally.add(&row);
    }
    let mut failed = row(-4, text, "update", Some(text));
    failed.entry.message = Some(text.to_owned());
    facts.tally.add(&failed);
    let mut failed = cycle(-3, text, Value::Null);
    failed.error = Some(text.to_owned());
    facts.cycles.add(failed);
    facts.health.findings.push(Finding {
        level: Level::Warning,
        cause: Cause::Held,
        subject: None,
        since: Some(at(-2)),
        what: text.to_owned(),
        remedy: text.to_owned(),
        about: [].into(),
    });
    facts.status.waiting.push(waiting(text));
    facts.holds.push(hold(text, false));
    reconciled(&mut facts, text);
    facts
}

fn waiting(text: &str) -> Waiting {
    let retry = Retry {
        first_failed_at: at(-4),
        attempts: 2,
        next_at: Some(at(1)),
        kind: text.to_owned(),
        message: text.to_owned(),
        request_id: None,
    };
    Waiting { entra_id: EntraId::new("w"), user_name: text.to_owned(), retry }
}

fn change(text: &str, redacted: bool) -> Change {
    let value = || Some(TargetValue::Text(text.to_owned()));
    Change { attribute: "title".parse().unwrap(), old: value(), new: value(), redacted }
}

/// A hold with one person of this name, reason, limit and values.
pub(super) fn hold(text: &str, redacted: bool) -> HoldLines {
    let id = HoldId { number: 3, revision: 1 };
    let limit = text.to_owned();
    let held = HeldOperation {
        class: HoldClass::Update,
        operation: Operation::Update,
        target_id: None,
        changes: vec![change(text, redacted)],
        verdict: Verdict::Rejected,
        limit: limit.clone(),
    };
    let person = HeldPerson {
        hold: 3,
        entra_id: EntraId::new("h"),
        user_name: text.to_owned(),
        revision: 1,
        held,
        reason: text.to_owned(),
        held_at: at(-2),
        decided: Some((text.to_owned(), at(-1))),
        changed_since: false,
    };
    let view = HoldView { id, class: HoldClass::Update, raised_at: at(-2), limit, open: 1, approved: 0, rejected: 1 };
    HoldLines { hold: view, people: vec![person] }
}

fn reconciled(facts: &mut Facts, text: &str) {
    let (drift, orphans, active_orphans, unmanaged, deleted) = (1, 1, 1, Some(1), 1);
    let (user, since, jostle_id) = (text.to_owned(), at(-9), TargetId::new(text));
    facts.status.reconciliation =
        Some(Reconciliation { at: since, drift, orphans, active_orphans, unmanaged, deleted });
    let (change, treatment) = (change(text, false), Treatment::Reported);
    facts.drift.push(DriftLine { user: user.clone(), change, treatment, since });
    facts.drifted = 1;
    let entra_id = EntraId::new("o");
    let orphan = Orphan { user: user.clone(), entra_id: entra_id.clone(), jostle_id: jostle_id.clone(), active: true };
    facts.orphans.push(orphan);
    facts.deleted.push(Deleted { user: user.clone(), entra_id, jostle_id: jostle_id.clone() });
    let names = Names { given: Some(text.to_owned()), ..Names::default() };
    let account = Unmanaged { id: jostle_id, user_name: user, active: false, names, work_email: None };
    facts.listing = Some(Listing { at: since, unmanaged: vec![account] });
}
