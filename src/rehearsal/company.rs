//! The company at the beginning of a scenario: both tenants and what is configured.

use serde_json::{Map, Value};

use super::allowance::Allowance;
use crate::model::Operation;
use crate::simulator::graph::GraphSwitches;

/// Who and what is there before the first cycle. Everybody is known by a number, so that a scenario without some of
/// them still means the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// People in Entra.
    pub people: Vec<Somebody>,
    /// Groups in Entra.
    pub groups: Vec<Team>,
    /// Accounts in Jostle that nobody of ours made.
    pub accounts: Vec<Value>,
    /// What is configured.
    pub rulebook: Rulebook,
    /// How Entra behaves.
    pub entra: GraphSwitches,
    /// How Jostle behaves: the switches that are not at their default, by name.
    pub jostle: Map<String, Value>,
}

/// Somebody in Entra.
#[derive(Clone, Debug, PartialEq)]
pub struct Somebody {
    /// By which events mean them.
    pub number: u8,
    /// Their Graph properties.
    pub properties: Map<String, Value>,
    /// Assigned to Jostle by name.
    pub assigned: bool,
    /// The number of the manager.
    pub manager: Option<u8>,
}

/// A group in Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// By which events mean it.
    pub number: u8,
    /// The numbers of the people in it.
    pub people: Vec<u8>,
    /// The numbers of the groups in it.
    pub teams: Vec<u8>,
    /// Assigned to Jostle.
    pub assigned: bool,
    /// Named by a scope of groups.
    pub chosen: bool,
}

/// Who can be in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody.
    All,
    /// Whoever is assigned, or in a group that is.
    Assigned,
    /// Whoever is in a chosen group.
    Chosen,
}

/// What is configured, in words of its own: the product's policy is made of it, and the oracle reads it by itself.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent settings")]
pub struct Rulebook {
    /// Who can be in scope.
    pub whom: Whom,
    /// Members of groups within groups count.
    pub nested: bool,
    /// Guests can be in scope.
    pub guests: bool,
    /// The mapping beside `userName`, the badge and `active`.
    pub rows: Vec<MappedRow>,
    /// The property that gives the `userName`.
    pub user_name: &'static str,
    /// The user name that is protected.
    pub protected: Option<String>,
    /// Operations that are not done.
    pub switched_off: Vec<Operation>,
    /// Whoever leaves the scope keeps the account.
    pub keeps_leavers: bool,
    /// Days from leaving the scope to the deactivation.
    pub grace_days: u16,
    /// Days from the deletion for good to the deletion of the account; none: never.
    pub delete_after_days: Option<u32>,
    /// What an administrator deleted is created again.
    pub recreates: bool,
    /// Requests are spelt as Entra's own job spells them.
    pub entra_dialect: bool,
    /// How much may be changed without being asked; none: anything.
    pub limits: Option<Allowance>,
    /// Nobody is taken over or created at the first contact before an administrator has looked at it.
    pub asks_first: bool,
    /// What is changed in Jostle by hand is found in the end, and repaired.
    pub repairs: bool,
    /// Requests under way at once, and people worked on at once.
    pub concurrency: usize,
}

/// A row of the mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedRow {
    /// The target attribute.
    pub target: &'static str,
    /// Where its value comes from.
    pub from: From,
    /// What happens without a value.
    pub empty: Empty,
    /// Without a value nothing is sent at all.
    pub required: bool,
    /// For new accounts alone.
    pub create_only: bool,
    /// The longest value.
    pub longest: Option<usize>,
    /// A longer value is cut instead of failing.
    pub cut: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The person's property.
    Own(&'static str),
    /// The manager's property.
    Manager(&'static str),
    /// Always this.
    Constant(&'static str),
    /// Computed.
    Formula(Formula),
}

/// A computed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Given name and surname with a blank between.
    FullName,
    /// The mail address in lower case.
    LowerMail,
    /// The job title, else the department.
    TitleOrDepartment,
    /// `S` for Sales, `E` for Engineering, else `?`.
    DepartmentLetter,
}

/// What happens without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Jostle keeps what it has.
    Keep,
    /// Jostle's value is removed.
    Clear,
    /// This is sent.
    Default(&'static str),
}
