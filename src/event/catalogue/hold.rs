//! What waits for an administrator, and what administrators decide.

use crate::event::Word;
use crate::event::define::events;

events! {
    /// Operations are held: they exceed a limit, or ask whose an account is. Nothing of them is done before somebody
    /// approves it. A hold that grows is told again, with another number behind the dot.
    HoldRaised = "hold.raised", ERROR,
        "held, nothing of it is done: {limit}; look at it with entra-jostle-sync hold show {hold}" {
        /// The number of the hold and its state, as `hold show` takes it.
        hold: Word,
        /// What they are held for: `create`, `deactivate`, `delete`, `loud`, `update`, `first_contact`, `match`.
        class: Word,
        /// People who were added now.
        people: u64,
        /// Which limit, with the numbers.
        limit: Word,
    }

    /// Somebody approved or rejected what is held.
    HoldDecided = "hold.decided", WARN, "hold {hold}: {verdict} by {by} for {people} people" {
        /// The number of the hold and its state.
        hold: Word,
        /// `approved` or `rejected`.
        verdict: Word,
        /// The user of the operating system who decided.
        by: Word,
        /// For how many people.
        people: u64,
        /// People of this hold who still wait.
        left: u64,
    }

    /// Somebody decided whose an account is, with `link`, `create`, `ignore` or `settle`.
    MatchChosen = "match.chosen", WARN, "{by} decided for {entra_id}: {choice}" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// `link`, `create` or `ignore`.
        choice: Word,
        /// The account of Jostle, for `link`.
        jostle_id: Option<Word>,
        /// The user of the operating system who decided.
        by: Word,
    }
}
