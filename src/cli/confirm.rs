//! Asking before something is done that cannot be taken back as easily.

use std::io::{self, IsTerminal, Write};
use std::thread;

use anyhow::Context;
use tokio::sync::oneshot;

use super::Run;
use super::exit::Failure;

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmed {
    Yes,
    No,
    /// There is no terminal, or it gets JSON.
    NobodyToAsk,
}

/// Asks at a terminal, unless it was said beforehand. Whoever stops the program has said no.
pub(super) async fn confirm(run: &Run, question: &str, is_said: bool) -> Result<Confirmed, Failure> {
    if is_said {
        return Ok(Confirmed::Yes);
    }
    if run.json || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(Confirmed::NobodyToAsk);
    }
    let mut stdout = io::stdout();
    write!(stdout, "\n{question} [y/N] ").and_then(|()| stdout.flush()).context("failed to ask")?;
    // A thread of its own: nothing waits for it if the program is told to stop meanwhile.
    let (tell, told) = oneshot::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _nobody_waits = tell.send(read.is_ok() && is_yes(&line));
    });
    let is_yes = tokio::select! {
        biased;
        () = run.shutdown.cancelled() => false,
        told = told => told.unwrap_or_default(),
    };
    Ok(if is_yes { Confirmed::Yes } else { Confirmed::No })
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_yes_is_a_yes() {
        for (line, yes) in
            [("y\n", true), (" YES \n", true), ("", false), ("\n", false), ("n\n", false), ("yo\n", false)]
        {
            assert_eq!(is_yes(line), yes, "{line:?}");
        }
    }
}
