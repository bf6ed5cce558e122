//! `apply FILE`: a reviewed plan is carried out, by this process or by the daemon that runs.

use std::fmt::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::args::ApplyArgs;
use super::exit::Failure;
use super::here::here;
use super::holder::{self, Holder};
use super::span::span;
use super::wiring::Edges;
use super::{Exit, Run, output, plan_file, who, wiring, wrap};
use crate::config;
use crate::daemon::control::{Answer, Ask, PlanText};
use crate::engine::{Applied, AppliedLine, Carried};

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Applied(Box<Applied>),
    Noted { status: &'static str, waits_for: String },
}

pub(super) async fn apply(run: &Run, options: &ApplyArgs) -> Result<Exit, Failure> {
    let (text, file) = plan_file::read(&options.file)?;
    let state = config::load_state(&run.config)?.path;
    let (outcome, exit) = match holder::find(&state).await? {
        Holder::Us(lock) => {
            let config = wiring::load(run)?;
            file.check(&wiring::tenants(&config)).map_err(|error| plan_file::refused(&options.file, &error))?;
            let work = async |cycles: &Edges| cycles.apply_plan_by(&file, Some(who::user())).await;
            let Carried { applied, error } = here(run, &config, lock, work).await?;
            let exit = error.map_or_else(|| of_applied(&applied), |error| Failure::from(error).exit());
            (Outcome::Applied(Box::new(applied)), exit)
        }
        Holder::Daemon(daemon) => match daemon.ask(&state, &ask_for(text)).await? {
            Answer::Applied { applied, code } => {
                let exit = code.map_or_else(|| of_applied(&applied), Exit::of_code);
                (Outcome::Applied(applied), exit)
            }
            Answer::Noted { waits_for } => (Outcome::Noted { status: "noted", waits_for }, Exit::Noted),
            Answer::PlanRefused { reason } => return Err(plan_file::refused(&options.file, &reason)),
            _ => return Err(daemon.astray()),
        },
    };
    run.bars.clear();
    output::print(run.json, &outcome, || describe(&outcome))?;
    Ok(exit)
}

fn ask_for(plan: String) -> Ask {
    Ask::Apply { plan: PlanText(plan), sudo_user: who::sudo_user() }
}

/// The code of a plan that was gone through to its end.
fn of_applied(applied: &Applied) -> Exit {
    match applied {
        Applied { waiting, .. } if !waiting.is_empty() => Exit::Held,
        Applied { stale, failed, .. } if !stale.is_empty() || !failed.is_empty() => Exit::SomeFailed,
        _ => Exit::Success,
    }
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Noted { waits_for, .. } => {
            let text = format!("{}\nstatus says when it has ended, and the log who was stale", super::noted(waits_for));
            wrap::lines(&text, wrap::WIDTH).join("\n")
        }
        Outcome::Applied(applied) => describe_applied(applied, Timestamp::now()),
    }
}

fn describe_applied(applied: &Applied, now: Timestamp) -> String {
    let Applied { cycle, made_at, policy_changed, done, stale, failed, waiting, paused, error } = applied;
    let age = span(now.duration_since(*made_at));
    let mut text = String::new();
    let mut say = |sentence: &str| wrap::field(&mut text, "", sentence);
    say(&format!("the plan of {made_at:.0} ({age} ago), carried out as cycle {cycle}:"));
    let (done_count, stale_count, failed_count) = (done.len(), stale.len(), failed.len());
    say(&format!("{done_count} done, {stale_count} stale, {failed_count} failed, {} waiting", waiting.len()));
    if *policy_changed {
        say("the mapping, the scope or the actions were changed since the plan was made");
    }
    if let Some(pause) = paused {
        say(&format!("{pause}; entra-jostle-sync resume ends the pause"));
    }
    if let Some(error) = error {
        say(&format!("ended early: {error}"));
    }
    list(&mut text, "done", done);
    list(&mut text, "STALE: not what would be done now; nothing was written", stale);
    list(&mut text, "FAILED", failed);
    list(&mut text, "waiting: not tried", waiting);
    text
}

/// Everybody of a list, under a heading.
pub(super) fn list(text: &mut String, heading: &str, lines: &[AppliedLine]) {
    if lines.is_empty() {
        return;
    }
    let _infallible = writeln!(text, "\n{heading}");
    for AppliedLine { operation, user, entra_id: _, reason } in lines {
        wrap::field(text, "  ", &format!("{user}: {operation}"));
        if let Some(reason) = reason {
            wrap::field(text, "      ", reason);
        }
    }
}
