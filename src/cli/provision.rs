//! `--provision-on-demand USER`: one person at once, every step shown.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::engine::{ImportError, Provisioned, Step, StepName, StepStatus};

/// What came of one of the people named.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Provisioned(Box<Provisioned>),
    Refused { user: String, status: StepStatus, error: String },
}

pub(super) async fn provision(run: &Run, users: &[String]) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let state = wiring::open_state(&config.offline.state.path)?;
    let engine = wiring::engine(run, &config, &state)?;
    let mut answers = Vec::new();
    let mut worst = Exit::Success;
    for user in users {
        match engine.provision(user).await {
            Ok(provisioned) => {
                if provisioned.status == StepStatus::Failure {
                    worst = worst.max(Exit::SomeFailed);
                }
                answers.push(Answer::Provisioned(Box::new(provisioned)));
            }
            Err(error) => {
                let (status, text) = (StepStatus::Failure, error.to_string());
                answers.push(Answer::Refused { user: user.clone(), status, error: text });
                // A side that failed fails for whoever comes next too, but what was done before is told.
                let is_over = matches!(error, ImportError::Cycle(_));
                let exit = Failure::from(error).exit();
                if is_over {
                    worst = exit;
                    break;
                }
                worst = worst.max(exit);
            }
        }
    }
    state.store.close().await;
    output::print(run.json, &answers, || answers.iter().map(describe).collect::<Vec<_>>().join("\n\n"))?;
    Ok(worst)
}

fn describe(answer: &Answer) -> String {
    match answer {
        Answer::Refused { error, .. } => error.clone(),
        Answer::Provisioned(provisioned) => {
            let mut text = format!("{} (Entra id {})", provisioned.user, provisioned.entra_id);
            for (number, step) in provisioned.steps.iter().enumerate() {
                let _infallible = write!(text, "\n{}. {}", number + 1, describe_step(step, provisioned));
            }
            text
        }
    }
}

fn describe_step(step: &Step, provisioned: &Provisioned) -> String {
    let (name, mark) = (title(step.name), mark(step.status));
    let mut text = format!("{name:<8} {mark:<8} {}", step.description);
    match step.name {
        StepName::Import => {
            for (attribute, value) in step.details.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
                let _infallible = write!(text, "\n      {attribute}: {value}");
            }
        }
        StepName::Act => {
            for change in &provisioned.changes {
                let _infallible = write!(text, "\n      {change}");
            }
        }
        StepName::Scope => describe_rules(&step.details["rules"], &mut text),
        StepName::Connect | StepName::Match => {}
    }
    text
}

/// What every rule of the scope says, and below a filter every clause of it.
fn describe_rules(rules: &Value, text: &mut String) {
    for rule in rules.as_array().into_iter().flatten() {
        let (setting, description) = (as_text(&rule["setting"]), as_text(&rule["description"]));
        let _infallible = write!(text, "\n      {:<3} {setting}: {description}", answer(&rule["passed"]));
        for clause in rule["clauses"].as_array().into_iter().flatten() {
            let (attribute, operator) = (as_text(&clause["attribute"]), as_text(&clause["operator"]));
            let operand = clause["operand"].as_str().map_or_else(String::new, |operand| format!(" {operand:?}"));
            let passed = answer(&clause["passed"]);
            let _infallible =
                write!(text, "\n          {passed:<3} {attribute} {operator}{operand}, and has {}", clause["values"]);
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
