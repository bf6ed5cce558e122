//! Plans that were reviewed, and what is taken back.

use jiff::Timestamp;

use crate::event::define::events;
use crate::event::{Name, Word};

events! {
    /// A reviewed plan is carried out.
    PlanBegun = "plan.begun", INFO, "carrying out a plan for {people} people that was made at {made_at}" {
        /// The number of the cycle.
        cycle: i64,
        /// When the plan was made.
        made_at: Timestamp,
        /// People in it.
        people: u64,
    }

    /// What a cycle did is taken back.
    UndoBegun = "undo.begun", WARN, "cycle {undoes} is undone by {by}, for {people} people" {
        /// The number of the cycle that undoes.
        cycle: i64,
        /// The number of the cycle that is undone.
        undoes: i64,
        /// The user of the operating system who asked for it.
        by: Word,
        /// People for whom something is taken back.
        people: u64,
    }

    /// What was taken back is not done again until the person changes in Entra.
    UndoKeptOut = "undo.kept_out", INFO,
        "{operation}[ of {user_name}] is not done again until the person changes in Entra; look at it with entra-jostle-sync hold list" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// What is not done again.
        operation: Word,
        /// In which class of holds it stands.
        class: Word,
        /// The user of the operating system who asked for it.
        by: Word,
    }
}
