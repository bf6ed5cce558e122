//! What can be wrong with a mapping, and with one person under it.

use thiserror::Error;

use crate::model::TargetPath;

/// A table that cannot be a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// Two rows write the same attribute.
    #[error("two rows have the target {0}; keep one of them")]
    DuplicateTarget(TargetPath),
    /// A row that the lifecycle or the match cannot do without is missing.
    #[error("no row has the target {0}; add it: {1}")]
    MissingTarget(TargetPath, &'static str),
    /// `active` from anything but the lifecycle would leave leavers active.
    #[error("active must have source = \"$active\": any other source would not deactivate people who leave the scope")]
    ActiveSource,
    /// `$active` is no text and means nothing elsewhere.
    #[error("source \"$active\" belongs to the target active, not to {0}")]
    MisplacedActive(TargetPath),
    /// The match must always have a value.
    #[error("userName cannot be cleared or be written on create only: it is the match")]
    UserNameRow,
}

/// Why the mapping gives nothing for one person. Mended by a change of the source or of the mapping, not by waiting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PersonError {
    /// A required value is missing.
    #[error(
        "{target} needs a value, and {source_name} is empty in Entra: set it there, or change the row in the mapping"
    )]
    MissingRequired {
        /// The target attribute.
        target: TargetPath,
        /// The Graph attribute.
        source_name: String,
    },
    /// A required value is missing, because an expression gives none.
    #[error("{target} needs a value, and its expression gives none: look at `mapping test`, which shows every step")]
    NoResult {
        /// The target attribute.
        target: TargetPath,
    },
    /// A value is longer than it may be.
    #[error("{target} takes {limit} characters, and {source_name} has {length}: shorten it in Entra")]
    TooLong {
        /// The target attribute.
        target: TargetPath,
        /// Where the value comes from.
        source_name: String,
        /// What Jostle or the row takes.
        limit: usize,
        /// What Entra has.
        length: usize,
    },
    /// A value that has to be a mail address is none. Not shown: it may be anything.
    #[error("{target} takes a mail address, and {source_name} ({length} characters) {fault}: correct it in Entra")]
    NotMail {
        /// The target attribute.
        target: TargetPath,
        /// Where the value comes from.
        source_name: String,
        /// The length of the value, in characters.
        length: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A value that is not in the row's list.
    #[error("{target} takes only {allowed}, and {source_name} is {value}: correct it in Entra, or add it to values")]
    NotAllowed {
        /// The target attribute.
        target: TargetPath,
        /// Where the value comes from.
        source_name: String,
        /// The value, printed.
        value: String,
        /// The row's list, printed.
        allowed: String,
    },
    /// The expression fails for this person.
    #[error("{target} has an expression that fails: {function} {problem}")]
    Expression {
        /// The target attribute.
        target: TargetPath,
        /// The function, in Entra's spelling, or the operator.
        function: String,
        /// What is wrong with which value.
        problem: String,
    },
}
