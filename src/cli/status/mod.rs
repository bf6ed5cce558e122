//! `status`: reads the state beside a running daemon.

mod describe;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::exit::Failure;
use super::{Exit, Run, output};
use crate::config;
use crate::engine::mends;
use crate::store::{CycleView, Lock, LockError, Quarantine, Reader, Status, Throttled, Waiting};

pub(super) fn status(run: &Run) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?;
    let now = Timestamp::now();
    // Whoever ends between the two looks has ended its cycle first, if it could.
    let holder = Lock::held(&state.path);
    let mut status = Reader::open(&state.path)?.status()?;
    status.throttled.retain(|throttled| throttled.until > now);
    let holder = holder.as_ref();
    output::print(run.json, &as_json(&status, holder), || describe::describe(&status, holder, now))?;
    Ok(Exit::Success)
}

fn as_json(status: &Status, holder: Option<&LockError>) -> Value {
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
    json!({
        "process": holder.map(process), "paused": pause,
        "held": held, "people": people, "deleted": deleted, "managed": managed, "due": dirty, "in_flight": open_intents,
        "next_cycle": next_cycle, "last_success": last_success, "reconciled": reconciliation,
        "feed": { "baseline_at": feed.baseline_at, "position_at": feed.delta_at, "reading": feed.open_round.is_some() },
        "quarantines": quarantines.iter().map(quarantine).collect::<Vec<_>>(),
        "throttled": throttled.iter().map(|Throttled { side, until }| json!({ "side": side, "until": until }))
            .collect::<Vec<_>>(),
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

fn quarantine(Quarantine { side, since, failures, next_at, code, reason }: &Quarantine) -> Value {
    json!({
        "side": side, "since": since, "failures": failures, "next_at": next_at, "code": code, "reason": reason,
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
