//! `status --check`: one line for a monitor, as the plugins of Nagios, Icinga and Checkmk have it.

use std::fmt::Write;

use super::Look;
use crate::cli::exit::Failure;
use crate::cli::{Exit, Run, output};
use crate::health::{Finding, Level};
use crate::store::Status;

/// A state that cannot be judged is a result too: the line says why.
pub(super) fn check(run: &Run) -> Result<Exit, Failure> {
    let (word, code, line) = match Look::at(&run.config) {
        Ok(look) => {
            let (word, code) = match look.health.level() {
                Some(Level::Critical) => ("CRITICAL", Exit::CRITICAL),
                Some(Level::Warning) => ("WARNING", Exit::WARNING),
                Some(Level::Notice) | None => ("OK", Exit::Success),
            };
            (word, code, line(&look))
        }
        Err(failure) => ("UNKNOWN", Exit::UNKNOWN, one_line(&failure.to_string())),
    };
    let json = serde_json::json!({ "word": word.to_lowercase(), "line": line });
    output::print_lines(run.json, &json, || format!("{word} - {line}"))?;
    Ok(code)
}

fn line(Look { now, status, health, .. }: &Look) -> String {
    let mut text = match health.findings.as_slice() {
        [] => "nothing has to be done".to_owned(),
        [Finding { what, remedy, .. }, others @ ..] => {
            let mut text = one_line(&format!("{what}: {remedy}"));
            if !others.is_empty() {
                let _infallible = write!(text, "; and {} more: entra-jostle-sync status", others.len());
            }
            text
        }
    };
    let Status { managed, held, waiting, dirty, last_success, .. } = status;
    let figures = format!("managed={managed} held={held} failing={} due={dirty}", waiting.len());
    let age = last_success.map(|at| now.duration_since(at).as_secs().max(0));
    let age = age.map_or_else(String::new, |seconds| format!(" since_success={seconds}s"));
    let _infallible = write!(text, " | {figures}{age}");
    text
}

/// What stands behind a bar are figures.
fn one_line(text: &str) -> String {
    text.replace('\n', "; ").replace('|', "/")
}
