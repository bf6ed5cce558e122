//! `hold`: looking at what exceeds the limits, and deciding about it.

mod describe;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args::{DecideArgs, HoldCommand};
use super::exit::Failure;
use super::holder::{self, Holder};
use super::{Exit, Run, output, who};
use crate::config;
use crate::daemon::control::{Answer, Ask};
use crate::engine::decide_hold;
use crate::model::{EntraId, HoldClass, Unmanaged, Verdict, fold};
use crate::store::{DecidedOn, Decision, DecisionView, HeldPerson, HoldId, HoldView, Reader, Store, Waiting};

/// So many decisions are printed.
const MOST_DECISIONS: usize = 20;

pub(super) async fn hold(run: &Run, command: &HoldCommand) -> Result<Exit, Failure> {
    match command {
        HoldCommand::List { decided: false } => list(run),
        HoldCommand::List { decided: true } => decided(run),
        HoldCommand::Show { hold } => show(run, hold),
        HoldCommand::Approve(options) => decide(run, options, Verdict::Approved).await,
        HoldCommand::Reject(options) => decide(run, options, Verdict::Rejected).await,
    }
}

fn list(run: &Run) -> Result<Exit, Failure> {
    let holds = open(run)?.holds()?;
    let shown: Vec<_> = holds.iter().map(as_json).collect();
    output::print(run.json, &shown, || describe::list(&holds, Timestamp::now()))?;
    Ok(Exit::Success)
}

fn decided(run: &Run) -> Result<Exit, Failure> {
    let decisions = open(run)?.decisions(MOST_DECISIONS)?;
    let shown: Vec<_> = decisions.iter().map(decision).collect();
    output::print(run.json, &shown, || describe::decisions(&decisions, Timestamp::now()))?;
    Ok(Exit::Success)
}

fn decision(DecisionView { hold, class, limit, verdict, by, at, people }: &DecisionView) -> Value {
    json!({
        "hold": hold.to_string(), "class": class, "limit": limit, "verdict": verdict, "by": by, "at": at,
        "people": people.len(), "entra_ids": people,
    })
}

fn show(run: &Run, id: &str) -> Result<Exit, Failure> {
    let reader = open(run)?;
    // The state of a hold is for deciding; to look at it the number will do.
    let number = id.split('.').next().unwrap_or_default();
    let hold = find(&reader, number)?;
    let people = reader.held(hold.id.number)?;
    let mut shown = json!({ "hold": as_json(&hold), "people": people.iter().map(person).collect::<Vec<_>>() });
    let beside = beside(&reader, hold.class)?;
    if let Some(Beside { conflicts, unmanaged }) = &beside {
        shown["conflicts"] = conflicts.iter().map(conflict).collect();
        shown["unmanaged"] = json!(unmanaged);
    }
    output::print(run.json, &shown, || {
        let now = Timestamp::now();
        describe::show(&hold, &people, now) + &beside.as_ref().map_or_else(String::new, describe::beside)
    })?;
    Ok(Exit::Success)
}

/// What stands beside a hold that asks whose an account is.
struct Beside {
    /// People who cannot be matched before somebody does something.
    conflicts: Vec<Waiting>,
    /// People in Jostle who are nobody's.
    unmanaged: Vec<Unmanaged>,
}

fn beside(reader: &Reader, class: HoldClass) -> Result<Option<Beside>, Failure> {
    if !matches!(class, HoldClass::FirstContact | HoldClass::Match) {
        return Ok(None);
    }
    let conflicts = reader.status()?.waiting.into_iter().filter(Waiting::is_conflict).collect();
    let held = reader.held_accounts()?;
    let listing = reader.listing()?.map(|listing| listing.unmanaged).unwrap_or_default();
    let unmanaged = listing.into_iter().filter(|account| !held.contains(&account.id)).collect();
    Ok(Some(Beside { conflicts, unmanaged }))
}

fn conflict(Waiting { entra_id, user_name, retry }: &Waiting) -> Value {
    json!({ "user": user_name, "entra_id": entra_id, "reason": retry.message })
}

async fn decide(run: &Run, options: &DecideArgs, verdict: Verdict) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    let reader = Reader::open(&state)?;
    let newest = find(&reader, &options.hold.number.to_string())?.id;
    let hold = options.hold;
    if hold > newest {
        return Err(Failure::Unknown(format!(
            "nobody can have seen {hold}: the newest state of this hold is {newest}; nothing was decided"
        )));
    }
    let people = reader.held(hold.number)?;
    let only = ids(&people, &options.only, hold)?;
    let (only, except) = ((!only.is_empty()).then_some(only), ids(&people, &options.except, hold)?);
    let (on, cycle) = match holder::find(&state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(&state)?;
            let (by, at) = (who::user(), Timestamp::now());
            let decision = Decision { hold, verdict, only, except, by, at };
            let on = decide_hold(&store, decision).await?;
            store.close().await;
            (on, false)
        }
        Holder::Daemon(daemon) => {
            let ask = Ask::Decide { hold, verdict, only, except, sudo_user: who::sudo_user() };
            match daemon.ask(&state, &ask).await? {
                Answer::Decided { on, cycle } => (on, cycle),
                Answer::Noted { waits_for } => {
                    output::print(run.json, &json!({ "waits_for": waits_for }), || super::noted(&waits_for))?;
                    return Ok(Exit::Noted);
                }
                _ => return Err(daemon.astray()),
            }
        }
    };
    let DecidedOn { people, left } = on;
    let done = json!({ "hold": hold.to_string(), "verdict": verdict, "people": people, "left": left, "cycle": cycle });
    output::print(run.json, &done, || describe::decided(hold, verdict, on, cycle))?;
    Ok(Exit::Success)
}

fn open(run: &Run) -> Result<Reader, Failure> {
    Ok(Reader::open(&config::load_state(&run.config)?.path)?)
}

fn find(reader: &Reader, number: &str) -> Result<HoldView, Failure> {
    let hold = reader.holds()?.into_iter().find(|hold| hold.id.number.to_string() == number);
    hold.ok_or_else(|| {
        Failure::Unknown(format!(
            "there is no hold {number:?} in which anybody is not done with: entra-jostle-sync hold list"
        ))
    })
}

/// People of a hold by name or object id, in any case.
fn ids(people: &[HeldPerson], names: &[String], hold: HoldId) -> Result<Vec<EntraId>, Failure> {
    let find = |name: &String| {
        let is = |person: &&HeldPerson| fold(&person.user_name) == fold(name) || person.entra_id.as_str() == fold(name);
        people.iter().find(is).map(|person| person.entra_id.clone()).ok_or_else(|| {
            Failure::Unknown(format!(
                "{name:?} is not in hold {hold}; nothing was decided: entra-jostle-sync hold show {hold}"
            ))
        })
    };
    names.iter().map(find).collect()
}

fn as_json(HoldView { id, class, raised_at, limit, open, approved, rejected }: &HoldView) -> Value {
    json!({
        "hold": id.to_string(), "class": class, "raised_at": raised_at, "limit": limit, "open": open,
        "approved": approved, "rejected": rejected,
    })
}

fn person(person: &HeldPerson) -> Value {
    let HeldPerson { hold: _, entra_id, user_name, revision, held, reason, held_at, decided, changed_since: _ } =
        person;
    json!({
        "user": user_name, "entra_id": entra_id, "jostle_id": held.target_id, "operation": held.operation,
        "changes": held.changes, "reason": reason, "held_at": held_at, "revision": revision, "verdict": held.verdict,
        "decided_by": decided.as_ref().map(|(by, _)| by), "decided_at": decided.as_ref().map(|(_, at)| at),
    })
}
