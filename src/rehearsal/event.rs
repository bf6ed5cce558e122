//! What can happen to the two tenants and to the program between them.

use std::fmt;

use serde_json::{Map, Value};

use super::company::{Rulebook, Somebody};
use super::word::Word;
use crate::simulator::Fault;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Something changes in a tenant, between two runs.
    Change(Change),
    /// The same while the next run is under way, when so many requests have been sent.
    Meanwhile {
        /// Requests of that run.
        requests: u32,
        /// What changes.
        change: Change,
    },
    /// A fault comes into force; it ends with its number of requests, or with the next [`Event::Calm`].
    Fault(Fault),
    /// Every fault ends.
    Calm,
    /// A cycle.
    Cycle,
    /// One person on demand.
    OnDemand {
        /// The number of the person.
        who: u8,
    },
    /// One person on demand while a cycle is under way.
    Beside {
        /// The number of the person.
        who: u8,
        /// How long after the cycle began, in milliseconds.
        after_ms: u64,
    },
    /// All accounts are compared with what is known of them.
    Reconcile,
    /// The next run is killed; the program starts again on the same state.
    Kill(Moment),
    /// A write to the state fails during the next run: the disk is full.
    DiskFull {
        /// The job of the store at which it is.
        job: u32,
    },
    /// The program stops in order and starts again.
    Restart,
    /// The state file is lost while the program is down.
    LoseState,
    /// The configuration changes, and the program starts again.
    Configure(Box<Rulebook>),
    /// An administrator lets those who wait be tried now.
    RetryNow {
        /// One person by number, or everybody.
        who: Option<u8>,
    },
    /// An administrator says something to the program.
    Word(Word),
    /// Time passes.
    Pass {
        /// Minutes.
        minutes: u32,
    },
    /// The clock is set, forward or back.
    Jump {
        /// Minutes.
        minutes: i64,
    },
}

/// Something that changes in a tenant.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Somebody is hired.
    Hire(Box<Somebody>),
    /// Properties of a person; null clears.
    Set {
        /// The number of the person.
        who: u8,
        /// The properties.
        properties: Map<String, Value>,
    },
    /// Two people take each other's names and addresses.
    Swap {
        /// The number of the one.
        one: u8,
        /// The number of the other.
        other: u8,
    },
    /// A person goes into the recycle bin.
    Delete(u8),
    /// A person comes out of the bin.
    Restore(u8),
    /// A person is deleted for good.
    Purge(u8),
    /// A person gets a manager, or has none any more.
    Manager {
        /// The number of the person.
        who: u8,
        /// The number of the manager.
        manager: Option<u8>,
    },
    /// A person joins a group.
    Join {
        /// The number of the person.
        who: u8,
        /// The number of the group.
        group: u8,
    },
    /// A person leaves a group.
    Leave {
        /// The number of the person.
        who: u8,
        /// The number of the group.
        group: u8,
    },
    /// A group joins a group.
    Nest {
        /// The number of the group that joins.
        inner: u8,
        /// The number of the group that it joins.
        outer: u8,
    },
    /// A group leaves a group.
    Unnest {
        /// The number of the group that leaves.
        inner: u8,
        /// The number of the group that it leaves.
        outer: u8,
    },
    /// A person is assigned to Jostle.
    Assign(u8),
    /// A person is no longer assigned by name.
    Unassign(u8),
    /// A group is assigned to Jostle.
    AssignGroup(u8),
    /// A group is no longer assigned.
    UnassignGroup(u8),
    /// An administrator of Jostle edits the account with this person's badge.
    Edit {
        /// The number of the person.
        who: u8,
        /// Top-level attributes of the account.
        attributes: Map<String, Value>,
    },
    /// An administrator of Jostle deletes the account of this person.
    Remove(u8),
    /// An administrator of Jostle makes an account.
    Make(Value),
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// At a job of the store.
    Job {
        /// Which one, from 1.
        nth: u32,
        /// It is still carried out.
        done: bool,
    },
    /// At a request.
    Request {
        /// Which one, from 1.
        nth: u32,
        /// It is still carried out; its answer is lost.
        done: bool,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => write!(f, "{change}"),
            Self::Meanwhile { requests, change } => write!(f, "at request {requests} of the next run: {change}"),
            Self::Fault(fault) => f.write_str(&fault_line(fault)),
            Self::Calm => f.write_str("every fault ends"),
            Self::Cycle => f.write_str("a cycle"),
            Self::OnDemand { who } => write!(f, "person {who} on demand"),
            Self::Beside { who, after_ms } => write!(f, "a cycle, and person {who} on demand {after_ms} ms later"),
            Self::Reconcile => f.write_str("a reconciliation"),
            Self::Kill(moment) => write!(f, "the next run is killed {moment}"),
            Self::DiskFull { job } => write!(f, "the disk is full at job {job} of the next run"),
            Self::Restart => f.write_str("a restart"),
            Self::LoseState => f.write_str("the state file is lost"),
            Self::Configure(rulebook) => write!(f, "the configuration becomes {rulebook:?}"),
            Self::RetryNow { who: Some(who) } => write!(f, "person {who} is to be tried now"),
            Self::RetryNow { who: None } => f.write_str("everybody is to be tried now"),
            Self::Word(word) => write!(f, "{word}"),
            Self::Pass { minutes } => write!(f, "{minutes} minutes pass"),
            Self::Jump { minutes } => write!(f, "the clock is set by {minutes} minutes"),
        }
    }
}

fn fault_line(fault: &Fault) -> String {
    format!("from now on: {}", serde_json::to_string(fault).unwrap_or_default())
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, nth, done) = match self {
            Self::Job { nth, done } => ("job", nth, done),
            Self::Request { nth, done } => ("request", nth, done),
        };
        write!(f, "{} {what} {nth}", if *done { "after" } else { "before" })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = |map: &Map<String, Value>| serde_json::to_string(map).unwrap_or_default();
        match self {
            Self::Hire(somebody) => write!(f, "person {} is hired: {}", somebody.number, json(&somebody.properties)),
            Self::Set { who, properties } => write!(f, "person {who} becomes {}", json(properties)),
            Self::Swap { one, other } => write!(f, "persons {one} and {other} swap their names"),
            Self::Delete(who) => write!(f, "person {who} is deleted"),
            Self::Restore(who) => write!(f, "person {who} is restored"),
            Self::Purge(who) => write!(f, "person {who} is deleted for good"),
            Self::Manager { who, manager: Some(manager) } => write!(f, "person {who} reports to person {manager}"),
            Self::Manager { who, manager: None } => write!(f, "person {who} has no manager"),
            Self::Join { who, group } => write!(f, "person {who} joins group {group}"),
            Self::Leave { who, group } => write!(f, "person {who} leaves group {group}"),
            Self::Nest { inner, outer } => write!(f, "group {inner} joins group {outer}"),
            Self::Unnest { inner, outer } => write!(f, "group {inner} leaves group {outer}"),
            Self::Assign(who) => write!(f, "person {who} is assigned"),
            Self::Unassign(who) => write!(f, "person {who} is assigned no more"),
            Self::AssignGroup(group) => write!(f, "group {group} is assigned"),
            Self::UnassignGroup(group) => write!(f, "group {group} is assigned no more"),
            Self::Edit { who, attributes } => {
                write!(f, "in Jostle the account of person {who} becomes {}", json(attributes))
            }
            Self::Remove(who) => write!(f, "in Jostle the account of person {who} is deleted"),
            Self::Make(account) => write!(f, "in Jostle an account is made: {account}"),
        }
    }
}
