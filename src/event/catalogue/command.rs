//! What other commands ask of the daemon, over its control socket.

use crate::event::define::events;
use crate::event::{Name, Prose, Word};

events! {
    /// Nobody can ask the daemon for anything: its socket could not be made. It provisions all the same.
    ControlUnavailable = "control.unavailable", ERROR, "other commands cannot ask for anything: {error}" {
        /// Why, and what to do.
        error: Word,
    }

    /// A caller was lost before it could ask.
    ControlLost = "control.lost", WARN, "a caller at the control socket was lost: {error}" {
        /// Why.
        error: Word,
    }

    /// A caller was sent away: another user of the operating system, or not our language.
    ControlRefused = "control.refused", WARN, "a caller at the control socket was refused[: {reason}]" {
        /// Why.
        reason: Prose,
    }

    /// Another command asked for something.
    ControlAsked = "control.asked", INFO, "asked for by another command: {what}[ {user_name}]" {
        /// For what: `provision`, `retry`, `pause`, `resume`, `decide`, `choose`, `apply`, `undo`, `reconcile` or
        /// `purge`.
        what: Word,
        /// The one person whom it is about, as the caller names them.
        user_name: Option<Name>,
    }

    /// It is not finished in time for an answer; the daemon goes on with it.
    ControlNoted = "control.noted", INFO, "{what} is not finished in time; it goes on: {waits_for}" {
        /// What was asked for.
        what: Word,
        /// What it waits for.
        waits_for: Word,
    }

    /// What was taken on is finished.
    ControlFinished = "control.finished", INFO, "finished: {what}" {
        /// What was asked for.
        what: Word,
    }

    /// What was taken on has failed.
    ControlFailed = "control.failed", WARN, "{what} has failed[: {reason}]" {
        /// What was asked for.
        what: Word,
        /// Why.
        reason: Prose,
    }

    /// The caller did not wait for its answer. What it asked for is done all the same.
    ControlUnanswered = "control.unanswered", DEBUG, "the caller has gone" {}

    /// The daemon is stopping and gives up what was asked for.
    ControlGivenUp = "control.given_up", WARN, "{requests} requests of other commands are given up: stopping" {
        /// How many.
        requests: u64,
    }

    /// A request of another command ended in a defect of this program; the daemon goes on.
    ControlDied = "control.died", ERROR, "a request at the control socket died; the daemon goes on[: {error}]" {
        /// How.
        error: Prose,
    }
}
