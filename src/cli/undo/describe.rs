//! An undo for people: what it would do, and what came of it.

use jiff::Timestamp;

use super::Outcome;
use crate::cli::apply::list;
use crate::cli::span::span;
use crate::cli::wrap;
use crate::engine::Undone;
use crate::plan::Undo;
use crate::store::CycleView;

/// What is to be undone, as `plan` prints what is to be done.
pub(super) fn drawn(cycle: &CycleView, undo: &Undo, now: Timestamp) -> String {
    let CycleView { id, kind, started_at, .. } = cycle;
    let (number, ago) = (id.0, span(now.duration_since(*started_at)));
    let mut text = String::new();
    if undo.operations.is_empty() && undo.refused.is_empty() {
        wrap::field(
            &mut text,
            "",
            &format!("cycle {number} ({}) wrote nothing to Jostle: nothing to undo", kind.as_str()),
        );
        return text;
    }
    let sentence = format!("to undo cycle {number} ({}), begun at {started_at:.0} ({ago} ago):", kind.as_str());
    wrap::field(&mut text, "", &sentence);
    text + &undo.to_string()
}

pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Noted { waits_for, .. } => {
            let text = format!(
                "{}\nstatus says when it has ended, and the log what was refused",
                crate::cli::noted(waits_for)
            );
            wrap::lines(&text, wrap::WIDTH).join("\n")
        }
        Outcome::Undone(undone) => undone_text(undone),
    }
}

fn undone_text(undone: &Undone) -> String {
    let Undone { cycle, undoes, done, refused, failed, waiting, paused, error } = undone;
    let mut text = "\n".to_owned();
    let mut say = |sentence: &str| wrap::field(&mut text, "", sentence);
    say(&format!("cycle {undoes}, undone as cycle {cycle}:"));
    let (done_count, refused_count, failed_count) = (done.len(), refused.len(), failed.len());
    say(&format!("{done_count} done, {refused_count} refused, {failed_count} failed, {} waiting", waiting.len()));
    if let Some(pause) = paused {
        say(&format!("{pause}; entra-jostle-sync resume ends the pause"));
    }
    if let Some(error) = error {
        say(&format!("ended early: {error}"));
    }
    if !done.is_empty() {
        say("what would be done again is kept out: entra-jostle-sync hold list");
    }
    list(&mut text, "done", done);
    list(&mut text, "REFUSED: moved on since; nothing was written", refused);
    list(&mut text, "FAILED", failed);
    list(&mut text, "waiting: not tried", waiting);
    text
}
