//! What administrators say to the program in the middle of a story.

use std::fmt;

/// One thing that an administrator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// What is held may be done.
    Approve(Of),
    /// What is held is not to be done.
    Reject(Of),
    /// Nothing is written any more, or nobody removed.
    Pause {
        /// Only removals are paused.
        removals: bool,
    },
    /// The same while a cycle is under way.
    PauseMeanwhile {
        /// Only removals are paused.
        removals: bool,
        /// How long after the cycle began, in milliseconds.
        after_ms: u64,
    },
    /// The pause ends.
    Resume,
    /// One of the last cycles that wrote something is undone.
    Undo {
        /// How many later ones there are.
        back: u8,
        /// For this person alone, or for everybody.
        only: Option<u8>,
    },
    /// Whose an account is, for whoever has none.
    Choose {
        /// The number of the person.
        who: u8,
        /// What they get.
        choice: Choice,
    },
    /// A plan is drawn up and kept.
    Draw,
    /// The plan that was kept is carried out.
    Apply,
}

/// What somebody gets who has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One that is in Jostle.
    Link {
        /// Which one of those that are nobody's, counted over and over.
        nth: u8,
    },
    /// A new one.
    Create,
    /// None.
    Ignore,
}

/// Of whom something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// Everybody who waits.
    Everybody,
    /// These people, by number.
    Only(Vec<u8>),
    /// Everybody but these.
    Except(Vec<u8>),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = |removals: &bool| if *removals { "removals are" } else { "everything is" };
        match self {
            Self::Approve(of) => write!(f, "what is held is approved for {of}"),
            Self::Reject(of) => write!(f, "what is held is rejected for {of}"),
            Self::Pause { removals } => write!(f, "{} paused", what(removals)),
            Self::PauseMeanwhile { removals, after_ms } => {
                write!(f, "a cycle, and {} paused {after_ms} ms later", what(removals))
            }
            Self::Resume => f.write_str("the pause is ended"),
            Self::Undo { back, only: None } => write!(f, "the cycle before the last {back} is undone"),
            Self::Undo { back, only: Some(who) } => {
                write!(f, "the cycle before the last {back} is undone for person {who}")
            }
            Self::Choose { who, choice } => write!(f, "person {who} is to get {choice}"),
            Self::Draw => f.write_str("a plan is drawn up"),
            Self::Apply => f.write_str("the plan is carried out"),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { nth } => write!(f, "account {nth} of those that are nobody's"),
            Self::Create => f.write_str("a new account"),
            Self::Ignore => f.write_str("no account"),
        }
    }
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everybody => f.write_str("everybody"),
            Self::Only(people) => write!(f, "persons {people:?}"),
            Self::Except(people) => write!(f, "everybody but {people:?}"),
        }
    }
}
