//! The only place where the edges and the pure core meet.
//!
//! [`Planner`] reads and decides: it takes any [`TargetReader`](crate::connector::TargetReader) and therefore cannot
//! write. [`Engine`] adds what writes: whole cycles, reviewed plans, the undo of a cycle, and provisioning on demand.
//!
//! One cycle: settle what was in doubt at a crash, read the source into the snapshot, decide for everybody who is due,
//! hold what exceeds the limits, carry out the rest. Every write has a durable intent before it and one transaction
//! with its outcome after it.

mod applied;
mod apply;
mod by_hand;
mod carry_out;
mod choosing;
mod claims;
mod cycle;
mod draft;
mod endless;
mod error;
mod explain;
#[cfg(test)]
mod fake;
mod group_rounds;
mod heartbeat;
mod hold;
mod import;
mod instead;
mod interlock;
mod listing;
mod managers;
mod memberships;
mod mends;
mod missing;
mod on_demand;
mod outcome;
mod pausing;
mod perform;
mod planner;
mod purge;
mod quarantine;
mod read;
mod read_back;
mod reconcile;
mod reconciled;
mod relink;
mod report;
mod retry_now;
mod reviewed;
mod roots;
mod settings;
mod settle;
mod shadow;
mod shadowed;
mod steps;
mod survey;
mod tally;
mod throttled;
mod trim;
mod trouble;
mod undone;

pub use crate::model::{EntraId, Verdict};
pub use crate::plan::{FileError, PlanFile, Tenants, operations_from_text};
pub use crate::store::{Chosen, DecidedOn, Decision, HoldId, Pause, Purged, Retention, Stops};
pub use applied::{Applied, AppliedLine, Carried};
pub use choosing::choose;
pub use cycle::Engine;
pub use draft::Draft;
pub use error::CycleError;
pub use explain::{
    AccountView, AttributeView, DecisionLine, DriftView, Due, Explanation, Flight, HeldView, Hidden, LimitView,
    LogLine, ManagerView, NextCycle, PersonView, RetryView, Revisit, ScopeView, Will, explain,
};
pub use hold::decide_hold;
pub use import::ImportError;
pub use mends::{Mends, mends};
pub use pausing::{Paused, end_pause, set_pause};
pub use planner::Planner;
pub use purge::purge;
pub use reconciled::{DriftOf, Reconciled, Unread};
pub use report::{CycleReport, Requests};
pub use retry_now::Woken;
pub use settings::{Clock, Progress, Quiet, Settings, Stage, system_clock};
pub use shadowed::{ShadowVerdict, Shadowed, Unclear, people_of};
pub use steps::{Provisioned, Step, StepName, StepStatus};
pub use undone::{CarriedUndo, Undone, draw_undo};
