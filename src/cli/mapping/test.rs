//! `mapping test`: every row on one person, step by step.

use serde::Serialize;

use super::person::Person;
use crate::cli::args::TestArgs;
use crate::cli::exit::Failure;
use crate::cli::{Exit, Run, output, wrap};
use crate::config;
use crate::mapping::{RowOutcome, RowTrace, StepResult};

/// What the rows did.
#[derive(Serialize)]
struct Answer {
    user: String,
    rows: Vec<RowTrace>,
}

pub(super) fn test(run: &Run, options: &TestArgs) -> Result<Exit, Failure> {
    let offline = config::load_offline(&run.config)?;
    let person = Person::find(&options.user, || Ok((offline.state, offline.scope)))?;
    let rows = offline.mapping.trace(&person.subject(), person.moment());
    let answer = Answer { user: person.name().to_owned(), rows };
    output::print(run.json, &answer, || describe(&answer))?;
    let failed = answer.rows.iter().any(|row| matches!(row.outcome, RowOutcome::Failed { .. }));
    Ok(if failed { Exit::SomeFailed } else { Exit::Success })
}

fn describe(answer: &Answer) -> String {
    let mut out = format!("{}\n", answer.user);
    for row in &answer.rows {
        out.push('\n');
        describe_row(&mut out, row);
    }
    out
}

/// One row, its steps and what becomes of the target.
pub(in crate::cli) fn describe_row(out: &mut String, row: &RowTrace) {
    let RowTrace { target, source, read, steps, value, outcome } = row;
    wrap::field(out, "", &target.to_string());
    let mut field = |label: &str, text: &str| wrap::field(out, &format!("  {label:<7} "), text);
    field("source", source);
    for (path, value) in read {
        field("read", &format!("{path} = {}", wrap::value(value)));
    }
    for step in steps {
        let result = match &step.result {
            StepResult::Value(value) => wrap::value(value),
            StepResult::Error(error) => format!("fails: {error}"),
        };
        field("step", &format!("{} = {result}", step.expression));
    }
    if *outcome != RowOutcome::Lifecycle {
        field("value", &wrap::value(value));
    }
    field("result", &result(outcome));
}

fn result(outcome: &RowOutcome) -> String {
    match outcome {
        RowOutcome::Lifecycle => "decided by the lifecycle: who exists, is enabled and is in scope".to_owned(),
        RowOutcome::Sent { sent } => format!("sends {sent}"),
        RowOutcome::SentOnCreate { sent } => format!("sends {sent} with a new account; later Jostle keeps its own"),
        RowOutcome::Cleared => "removes what Jostle has".to_owned(),
        RowOutcome::Kept => "sends nothing: Jostle keeps what it has".to_owned(),
        RowOutcome::Ignored => "sends nothing: the expression leaves the attribute alone".to_owned(),
        RowOutcome::Failed { problem } => format!("FAILS: {problem}"),
    }
}
