//! What an administrator configured about the scope.

use std::collections::BTreeSet;

use super::dates::Dates;
use super::{Clause, Filter, Reach};
use crate::mapping::expression::Expression;
use crate::model::SourcePath;

/// Who can be in scope at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// Everybody in the directory.
    #[default]
    All,
    /// Whoever is assigned to an application, or is in a group that is.
    Assigned {
        /// The application (client) id.
        app_id: String,
    },
    /// Whoever is in one of these groups, by name or object id.
    Groups(Vec<String>),
}

/// Whether guests can be in scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guests {
    /// Never.
    #[default]
    Exclude,
    /// As everybody else.
    Include,
}

/// The scope. The default is everybody but guests.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Who can be in scope.
    pub who: Who,
    /// Members of groups within groups count as members.
    pub nested: bool,
    /// Whether guests can be.
    pub guests: Guests,
    /// One of these must let a person pass; none at all lets everybody pass.
    pub filters: Vec<Filter>,
    /// This must be true too.
    pub filter: Option<Expression>,
    /// From when until when.
    pub dates: Dates,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            who: Who::default(),
            nested: true,
            guests: Guests::default(),
            filters: Vec::new(),
            filter: None,
            dates: Dates::default(),
        }
    }
}

impl Rules {
    /// What must be read of groups and assignments.
    pub fn reach(&self) -> Reach {
        let (app_id, named): (_, &[String]) = match &self.who {
            Who::All => (None, &[]),
            Who::Assigned { app_id } => (Some(app_id.clone()), &[]),
            Who::Groups(groups) => (None, groups),
        };
        let in_expression = self.filter.iter().flat_map(Expression::groups).map(str::to_owned);
        Reach { app_id, groups: named.iter().cloned().chain(in_expression).collect(), nested: self.nested }
    }

    /// What `$select` must name: the Graph properties, without the members of complex ones, those of the manager too, and
    /// `manager` itself where one is.
    pub fn source_properties(&self) -> BTreeSet<String> {
        let paths = self.source_paths();
        let manager = paths.iter().any(SourcePath::is_managers).then_some("manager");
        paths.iter().filter_map(SourcePath::property).chain(manager).map(str::to_owned).collect()
    }

    /// The source attributes that must be read.
    pub fn source_paths(&self) -> BTreeSet<SourcePath> {
        let in_clauses = self.filters.iter().flat_map(|filter| &filter.clauses).map(Clause::attribute);
        let in_expression = self.filter.iter().flat_map(Expression::paths);
        in_clauses.chain(in_expression).cloned().chain(self.dates.source_paths()).collect()
    }
}
