//! What administrators have said of whose an account is.

use std::collections::BTreeSet;

use crate::model::MatchChoice;

/// What was said of the account of somebody who had none: it counts until they have one, or something else is said.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct Chosen {
    /// By Entra id.
    pub(in crate::rehearsal) person: String,
    pub(in crate::rehearsal) badge: String,
    pub(in crate::rehearsal) choice: MatchChoice,
    /// Accounts that had become theirs before it was said, though the program may not know yet.
    pub(in crate::rehearsal) theirs: BTreeSet<String>,
    /// The account was said to be somebody else's since.
    pub(in crate::rehearsal) outdone: bool,
    /// How many writes Jostle had seen then.
    pub(in crate::rehearsal) since: usize,
}
