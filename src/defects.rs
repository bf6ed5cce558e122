//! Mistakes that can be planted, to show that a rehearsal finds them. Each stands at the place where it would be made:
//! `if planted(Defect::…)`. Without the feature `defects` none of it is in the program.

/// A mistake, named by what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The position behind a page is stored before what the page shows.
    TokenBeforePage,
    /// An item of the feed that lacks an attribute is taken for incomplete, and left out.
    PartialItemDropped,
    /// An attribute that an item does not name is taken for cleared.
    AbsentTakenForRemoved,
    /// Whoever is shown again without a word of whether they are enabled is enabled.
    ReplayReactivates,
    /// A page that could not be read ends the round.
    FailedPageEndsRound,
    /// A page without `value` is taken for an empty one.
    MissingValueTakenForEmpty,
    /// A baseline removes people whom an earlier page of it showed.
    BaselineRemovesShown,
    /// A baseline that shows next to nobody is believed.
    ShrunkenBaselineBelieved,
    /// Another selection goes on from the old position.
    SelectionNotCompared,
    /// A changed mapping concerns only those who change anyway.
    PolicyNotCompared,
    /// A POST whose answer was lost is sent again, and the second answer is believed.
    PostRepeated,
    /// A write is sent without an intent before it.
    IntentNotWritten,
    /// What is sent counts as sent before the request.
    OutcomeBeforeRequest,
    /// An account that may have been created is not looked up.
    CreateNotLookedUp,
    /// The log says that a write was done before it was.
    LogBeforeWrite,
    /// A 404 means that the account was deleted, whoever answers it.
    NotFoundTakenForDeleted,
    /// An account that was deleted in Jostle is not remembered as gone.
    GoneNeverSet,
    /// The link of an account that has another id now keeps the old one.
    LinkKeepsOldId,
    /// Whatever a filter answers is taken for what was looked for.
    WrongHitAdopted,
    /// A protected account is written like any other.
    ProtectionForgotten,
    /// Two at once work on one person.
    InterlockMissing,
    /// An outage counts as a failure of each person.
    OutageBlamedOnPeople,
    /// Refused credentials count as a failure of each person.
    RefusalBlamedOnPeople,
    /// What somebody changed in Jostle is remembered as seen, and nothing else comes of it.
    DriftTakenForSeen,
    /// What was done in the last 24 hours does not count.
    DayNotCounted,
    /// Another name or address counts as any other value.
    LoudTakenForUpdate,
    /// What was approved may be done with other values.
    ApprovalOfOtherValues,
    /// Whoever is held is let through when fewer are asked for later.
    HoldOutgrown,
    /// What was rejected is done in the next cycle.
    RejectionForgotten,
    /// What was undone is done again.
    UndoneAgain,
    /// Whoever was deactivated when the days of grace were over, and is active again by an undo, is deactivated again.
    UndoneAgainAfterGrace,
    /// Whoever is to get no account is treated like everybody.
    IgnoredTreatedAsOthers,
    /// Whose an account was said to be is forgotten when it is looked for.
    ChosenAccountNotLookedFor,
    /// An account that has the name of whoever is to get a new one is taken over.
    NewAccountTakenOver,
    /// An account that was said to be somebody's is given to whoever has its name.
    ChosenAccountNotKept,
    /// A pause is not known any more after a restart.
    PauseLostAtRestart,
    /// What is asked for by hand is not kept from removing anybody.
    PauseNotForRemovals,
    /// What a plan says is not compared with what would be done now.
    PlanNotCompared,
    /// A plan is made from what was read by the last cycle.
    PlanFromOldReading,
    /// A plan does not say what is held from before.
    PlanWithoutHeld,
}

#[cfg(feature = "defects")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Defect>> = const { std::cell::Cell::new(None) };
}

/// From now on this thread makes one mistake, or none.
#[cfg(feature = "defects")]
pub fn plant(defect: Option<Defect>) {
    PLANTED.set(defect);
}

/// Whether this mistake is to be made.
#[cfg(feature = "defects")]
pub(crate) fn planted(defect: Defect) -> bool {
    PLANTED.get() == Some(defect)
}

/// Whether this mistake is to be made: never.
#[cfg(not(feature = "defects"))]
pub(crate) const fn planted(_: Defect) -> bool {
    false
}
