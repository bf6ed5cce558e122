//! `reconcile`: every managed account is compared with what is known of it, by this process or by the daemon that runs.

use std::fmt::Write;

use futures::TryFutureExt;
use serde::Serialize;

use super::exit::{self, Failure};
use super::holder::{self, Holder};
use super::{Exit, Run, output, wiring, wrap};
use crate::config;
use crate::daemon::control::{Answer, Ask, Desk, Plans, serve_beside};
use crate::engine::{DriftOf, Reconciled, Unread};
use crate::model::{Drift, TargetValue, Treatment, Unmanaged};
use crate::store::{Deleted, Lock, Orphan, Reader};

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Reconciled {
        #[serde(flatten)]
        found: Box<Reconciled>,
        /// Whether a running daemon did it, which begins a cycle if there is something to repair.
        daemon: bool,
    },
    Noted {
        status: &'static str,
        waits_for: String,
    },
}

pub(super) async fn reconcile(run: &Run) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    // A state is not made for this: nobody is managed in a new one.
    if !state.exists() {
        Reader::open(&state)?;
    }
    let outcome = match holder::find(&state).await? {
        Holder::Us(lock) => Outcome::Reconciled { found: Box::new(here(run, lock).await?), daemon: false },
        Holder::Daemon(daemon) => match daemon.ask(&state, &Ask::Reconcile {}).await? {
            Answer::Reconciled { found, cycle: daemon } => Outcome::Reconciled { found, daemon },
            Answer::Noted { waits_for } => Outcome::Noted { status: "noted", waits_for },
            _ => return Err(daemon.astray()),
        },
    };
    run.bars.clear();
    output::print(run.json, &outcome, || describe(&outcome))?;
    Ok(match &outcome {
        Outcome::Reconciled { found, .. } => exit::of_reconciled(found),
        Outcome::Noted { .. } => Exit::Noted,
    })
}

/// As `sync` does: with the lock, and asked for other things meanwhile.
async fn here(run: &Run, lock: Lock) -> Result<Reconciled, Failure> {
    let config = wiring::load(run)?;
    let path = &config.offline.state.path;
    let state = wiring::open_locked(path, lock)?;
    let wiring::Engines { cycles, urgent, plans } = wiring::engines(run, &config, &state)?;
    let plans = Plans { engine: plans, tenants: wiring::tenants(&config) };
    let desk = Desk::new(urgent, plans, None, exit::code_of);
    let work = cycles.reconcile().inspect_err(|_| run.shutdown.cancel());
    let found = serve_beside(path, desk, &run.shutdown, work).await?;
    state.store.close().await;
    Ok(found)
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Noted { waits_for, .. } => {
            let text =
                format!("{}\nstatus says when it has ended, and the log what was found", super::noted(waits_for));
            wrap::lines(&text, wrap::WIDTH).join("\n")
        }
        Outcome::Reconciled { found, daemon } => describe_found(found, *daemon),
    }
}

fn describe_found(found: &Reconciled, daemon: bool) -> String {
    let mut text = String::new();
    describe_counts(&mut text, found);
    if !found.listed {
        let list =
            "Jostle's list of accounts cannot be trusted: each was read alone, and who is unmanaged is not known";
        wrap::field(&mut text, "", list);
    }
    if found.left > 0 {
        let left = format!("{} were being written meanwhile: the next reconciliation looks at them", found.left);
        wrap::field(&mut text, "", &left);
    }
    if found.repairs() {
        wrap::field(
            &mut text,
            "",
            match daemon {
                true => "the daemon repairs in a cycle that begins at once, or as soon as the one under way has ended",
                false => "nothing was written to Jostle yet: entra-jostle-sync sync repairs",
            },
        );
    }
    let (unwelcome, others): (Vec<_>, Vec<_>) = found.drift.iter().partition(|one| one.unwelcome);
    list(&mut text, "ACTIVE IN JOSTLE, AND SHOULD NOT BE", unwelcome, describe_drift);
    list(&mut text, "changed in Jostle", others, describe_drift);
    list(&mut text, "orphans: the person is deleted for good in Entra", &found.orphans, describe_orphan);
    let unmanaged = found.unmanaged.iter().flatten();
    list(&mut text, "unmanaged: nobody's, and never written", unmanaged, describe_unmanaged);
    let heading = match found.recreated {
        true => "deleted in Jostle, and created again by the next cycle",
        false => "deleted in Jostle, and not created again (actions.recreate_deleted)",
    };
    list(&mut text, heading, &found.deleted, describe_deleted);
    list(&mut text, "NOT COMPARED", &found.unread, describe_unread);
    text
}

fn describe_counts(text: &mut String, found: &Reconciled) {
    let count = |is: Treatment| found.count(|treatment| treatment == is);
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    let seconds = found.duration_ms as f64 / 1000.0;
    let mut line = |label: &str, value: String| wrap::field(text, &format!("{label:<12} "), &value);
    line("compared", format!("{} accounts in {seconds:.1} s, as cycle {}", found.compared, found.cycle));
    line(
        "changed",
        format!(
            "{} values reported, {} to repair, {} accepted",
            found.count(Treatment::is_open),
            count(Treatment::Repaired),
            count(Treatment::Accepted)
        ),
    );
    line("orphans", format!("{}, {} of them active", found.orphans.len(), found.active_orphans()));
    let unmanaged = found.unmanaged.as_ref().map(|unmanaged| unmanaged.len().to_string());
    line("unmanaged", unmanaged.unwrap_or_else(|| "not known".to_owned()));
    line("deleted", found.deleted.len().to_string());
    if !found.unread.is_empty() {
        line("NOT COMPARED", found.unread.len().to_string());
    }
}

fn list<T>(text: &mut String, heading: &str, entries: impl IntoIterator<Item = T>, describe: impl Fn(&mut String, T)) {
    let mut entries = entries.into_iter().peekable();
    if entries.peek().is_none() {
        return;
    }
    let _infallible = writeln!(text, "\n{heading}");
    entries.for_each(|entry| describe(text, entry));
}

fn describe_drift(text: &mut String, DriftOf { user, attributes, .. }: &DriftOf) {
    wrap::field(text, "  ", user);
    for Drift { attribute, expected, shown, treatment } in attributes {
        let value = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
        let (expected, shown) = (value(expected), value(shown));
        wrap::field(text, "      ", &format!("{attribute}: {expected} -> {shown}; {}", word(*treatment)));
    }
}

/// What is done about it.
pub(in crate::cli) fn word(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Reported => "reported, nothing is written",
        Treatment::Repaired => "the next cycle repairs it",
        Treatment::InVain => "back after a repair, not written again",
        Treatment::Accepted => "accepted until it changes in Entra",
    }
}

fn describe_orphan(text: &mut String, Orphan { user, entra_id: _, jostle_id, active }: &Orphan) {
    let state = if *active { "active" } else { "inactive" };
    wrap::field(text, "  ", &format!("{user} ({jostle_id}): {state}"));
}

fn describe_unmanaged(text: &mut String, account: &Unmanaged) {
    let state = if account.active { "active" } else { "inactive" };
    let name = account.names.line().map_or_else(String::new, |name| format!(", {name}"));
    wrap::field(text, "  ", &format!("{} ({}): {state}{name}", account.user_name, account.id));
}

fn describe_deleted(text: &mut String, Deleted { user, entra_id: _, jostle_id }: &Deleted) {
    wrap::field(text, "  ", &format!("{user} ({jostle_id})"));
}

fn describe_unread(text: &mut String, Unread { user, entra_id: _, jostle_id, reason }: &Unread) {
    wrap::field(text, "  ", &format!("{user} ({jostle_id}): {reason}"));
}
