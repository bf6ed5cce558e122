//! What time alone will change about one person.

use jiff::Timestamp;

/// Decided together with the operation of a person and stored with its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Since when a person with an account is out of scope: from then on the days of grace count. None while in scope.
    pub left_at: Option<Timestamp>,
    /// When the person must be planned again although nothing about them changes: a date falls due. None: never.
    pub revisit_at: Option<Timestamp>,
}
