//! `--provision-on-demand USER`: one person at once, every step shown.

use std::fmt::Write;
use std::path::Path;

use futures::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

use super::exit::Failure;
use super::holder::{self, Daemon, Holder};
use super::{Exit, Run, output, who, wiring, wrap};
use crate::config;
use crate::daemon::control::{self, Ask};
use crate::engine::{ImportError, Provisioned, Step, StepName, StepStatus};
use crate::store::Lock;

/// Below what a daemon takes on at once, so that others have room.
const AT_ONCE: usize = 32;

/// What came of one of the people named.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Provisioned(Box<Provisioned>),
    Refused { user: String, status: StepStatus, error: String },
    Noted { user: String, status: &'static str, waits_for: String },
}

impl Answer {
    fn refused(user: &str, error: &Failure) -> Self {
        Self::Refused { user: user.to_owned(), status: StepStatus::Failure, error: error.to_string() }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Provisioned(provisioned) if provisioned.status == StepStatus::Failure => Exit::SomeFailed,
            Self::Noted { .. } => Exit::Noted,
            Self::Provisioned(_) | Self::Refused { .. } => Exit::Success,
        }
    }
}

pub(super) async fn provision(run: &Run, users: &[String]) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    let (answers, exit) = match holder::find(&state).await? {
        Holder::Us(lock) => here(run, lock, users).await?,
        Holder::Daemon(daemon) => by_daemon(&daemon, &state, users).await,
    };
    output::print(run.json, &answers, || answers.iter().map(describe).collect::<Vec<_>>().join("\n\n"))?;
    Ok(exit)
}

/// One after the other in this process.
async fn here(run: &Run, lock: Lock, users: &[String]) -> Result<(Vec<Answer>, Exit), Failure> {
    let config = wiring::load(run)?;
    let state = wiring::open_locked(&config.offline.state.path, lock)?;
    let engine = wiring::engine(run, &config, &state)?;
    let (mut answers, mut worst) = (Vec::new(), Exit::Success);
    for user in users {
        match engine.provision_by(user, Some(who::user())).await {
            Ok(provisioned) => {
                let answer = Answer::Provisioned(Box::new(provisioned));
                worst = worst.max(answer.exit());
                answers.push(answer);
            }
            Err(error) => {
                // A side that failed fails for whoever comes next too, but what was done before is told.
                let is_over = matches!(error, ImportError::Cycle(_));
                let failure = Failure::from(error);
                answers.push(Answer::refused(user, &failure));
                if is_over {
                    worst = failure.exit();
                    break;
                }
                worst = worst.max(failure.exit());
            }
        }
    }
    state.store.close().await;
    Ok((answers, worst))
}

/// Many at once in the daemon, so that the answer to a few does not take longer than that to one.
async fn by_daemon(daemon: &Daemon, state: &Path, users: &[String]) -> (Vec<Answer>, Exit) {
    let asked = stream::iter(users).map(|user| one_by_daemon(daemon, state, user)).buffered(AT_ONCE);
    let (answers, exits): (Vec<_>, Vec<_>) = asked.unzip().await;
    (answers, exits.into_iter().max().unwrap_or(Exit::Success))
}

async fn one_by_daemon(daemon: &Daemon, state: &Path, user: &str) -> (Answer, Exit) {
    let ask = Ask::Provision { user: user.to_owned(), sudo_user: who::sudo_user() };
    let failure = match daemon.ask(state, &ask).await {
        Ok(control::Answer::Provisioned(provisioned)) => {
            let answer = Answer::Provisioned(provisioned);
            let exit = answer.exit();
            return (answer, exit);
        }
        Ok(control::Answer::Noted { waits_for }) => {
            return (Answer::Noted { user: user.to_owned(), status: "noted", waits_for }, Exit::Noted);
        }
        Ok(_) => daemon.astray(),
        Err(failure) => failure,
    };
    (Answer::refused(user, &failure), failure.exit())
}

fn describe(answer: &Answer) -> String {
    match answer {
        Answer::Refused { error, .. } => error.clone(),
        Answer::Noted { user, waits_for, .. } => format!("{user}: {}", super::noted(waits_for)),
        Answer::Provisioned(provisioned) => {
            let mut text = format!("{} (Entra id {})\n", provisioned.user, provisioned.entra_id);
            for (number, step) in (1..).zip(&provisioned.steps) {
                describe_step(&mut text, number, step, provisioned);
            }
            text.truncate(text.trim_end().len());
            text
        }
    }
}

fn describe_step(text: &mut String, number: u32, step: &Step, provisioned: &Provisioned) {
    let (name, mark) = (title(step.name), mark(step.status));
    wrap::field(text, &format!("{number}. {name:<8} {mark:<8} "), &step.description);
    match step.name {
        StepName::Import => {
            for (attribute, value) in step.details.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
                let _infallible = writeln!(text, "      {attribute}: {value}");
            }
        }
        StepName::Act => {
            for change in &provisioned.changes {
                let _infallible = writeln!(text, "      {change}");
            }
        }
        StepName::Scope => describe_rules(&step.details["rules"], text),
        StepName::Connect | StepName::Match => {}
    }
}

/// What every rule of the scope says, and below a filter every clause of it.
fn describe_rules(rules: &Value, text: &mut String) {
    for rule in rules.as_array().into_iter().flatten() {
        let (setting, description) = (as_text(&rule["setting"]), as_text(&rule["description"]));
        let _infallible = writeln!(text, "      {:<3} {setting}: {description}", answer(&rule["passed"]));
        for clause in rule["clauses"].as_array().into_iter().flatten() {
            let (attribute, operator) = (as_text(&clause["attribute"]), as_text(&clause["operator"]));
            let operand = clause["operand"].as_str().map_or_else(String::new, |operand| format!(" {operand:?}"));
            let passed = answer(&clause["passed"]);
            let _infallible =
                writeln!(text, "          {passed:<3} {attribute} {operator}{operand}, and has {}", clause["values"]);
        }
    }
}

fn as_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn answer(passed: &Value) -> &'static str {
    match passed.as_bool() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "?",
    }
}

fn title(name: StepName) -> &'static str {
    match name {
        StepName::Connect => "Connect",
        StepName::Import => "Import",
        StepName::Scope => "Scope",
        StepName::Match => "Match",
        StepName::Act => "Act",
    }
}

fn mark(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Success => "ok",
        StepStatus::Skipped => "skipped",
        StepStatus::Failure => "FAILED",
    }
}
