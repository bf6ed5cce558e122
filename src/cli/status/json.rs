//! The status for programs.

use serde_json::{Value, json};

use super::Look;
use crate::connector::Expiry;
use crate::engine::mends;
use crate::store::{CycleView, LockError, Quarantine, Status, Throttled, Waiting};

/// Everything, for programs.
pub(super) fn of(Look { status, holder, health, expiries, now: _ }: &Look) -> Value {
    let Status {
        people,
        deleted,
        managed,
        dirty,
        waiting,
        last_success,
        cycles,
        progress,
        feed,
        groups,
        open_intents,
        next_cycle,
        quarantines,
        throttled,
        pause,
        held,
        reconciliation,
        survey,
    } = status;
    json!({
        "health": { "word": health.word(), "findings": health.findings },
        "process": holder.as_ref().map(process), "progress": progress, "paused": pause,
        "held": held, "people": people, "deleted": deleted, "managed": managed, "due": dirty, "in_flight": open_intents,
        "next_cycle": next_cycle, "last_success": last_success, "reconciled": reconciliation,
        "feed": { "baseline_at": feed.baseline_at, "position_at": feed.delta_at, "reading": feed.open_round.is_some() },
        "groups": groups,
        "quarantines": quarantines.iter().map(quarantine).collect::<Vec<_>>(),
        "throttled": throttled.iter().map(|Throttled { side, until }| json!({ "side": side, "until": until }))
            .collect::<Vec<_>>(),
        "credentials": expiries.iter().map(|Expiry { side, on }| json!({ "side": side, "expires_on": on.to_string() }))
            .collect::<Vec<_>>(),
        "jostle_changed": survey.as_ref().and_then(|survey| survey.change.as_ref()),
        "waiting": waiting.iter().map(waits).collect::<Vec<_>>(),
        "cycles": cycles.iter().map(cycle).collect::<Vec<_>>(),
    })
}

fn process(holder: &LockError) -> Value {
    match holder {
        LockError::Held { pid, since, command } => json!({ "pid": pid, "since": since, "command": command }),
        LockError::HeldByUnknown { .. } | LockError::Failed { .. } => json!({ "reason": holder.to_string() }),
    }
}

fn quarantine(Quarantine { side, since, failures, next_at, code, reason, is_refusal }: &Quarantine) -> Value {
    json!({
        "side": side, "since": since, "failures": failures, "next_at": next_at, "code": code, "reason": reason,
        "is_refusal": is_refusal,
    })
}

fn waits(Waiting { entra_id, user_name, retry }: &Waiting) -> Value {
    json!({
        "user": user_name, "entra_id": entra_id, "attempts": retry.attempts, "first_failed_at": retry.first_failed_at,
        "next_at": retry.next_at, "code": retry.kind, "reason": retry.message, "request_id": retry.request_id,
        "mended_by": mends(retry),
    })
}

fn cycle(CycleView { id, kind, started_at, finished_at, result, error, summary }: &CycleView) -> Value {
    json!({
        "cycle": id, "kind": kind, "started_at": started_at, "finished_at": finished_at, "result": result,
        "error": error, "summary": summary,
    })
}
