//! The report of an import: what came along, and what an administrator must know of the rest.

use std::fmt;

use serde::Serialize;

use super::text::wrap;

/// A terminal of the usual size.
const WIDTH: usize = 80;

/// What became of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Does the same as in Entra.
    Brought,
    /// Came along, and does something slightly else.
    Differs,
    /// Has no equivalent; where it would stand is a comment.
    Impossible,
    /// An administrator has to look at it, or to fill it in.
    Decide,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The thing: a target attribute, a filter, a setting.
    pub what: String,
    /// What became of it and why.
    pub note: String,
}

/// What became of everything in the schema, in the schema's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Does the same as in Entra.
    pub brought_along: Vec<Item>,
    /// Came along, and does something slightly else.
    pub differs: Vec<Item>,
    /// Has no equivalent.
    pub not_possible: Vec<Item>,
    /// An administrator has to look at it, or to fill it in.
    pub to_decide: Vec<Item>,
}

impl Report {
    pub(super) fn add(&mut self, group: Group, what: impl Into<String>, note: impl Into<String>) {
        let items = match group {
            Group::Brought => &mut self.brought_along,
            Group::Differs => &mut self.differs,
            Group::Impossible => &mut self.not_possible,
            Group::Decide => &mut self.to_decide,
        };
        items.push(Item { what: what.into(), note: note.into() });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { brought_along, differs, not_possible, to_decide } = self;
        let groups = [
            ("Brought along", brought_along),
            ("Differs from Entra", differs),
            ("Not possible", not_possible),
            ("To decide", to_decide),
        ];
        for (index, (title, items)) in groups.into_iter().filter(|(_, items)| !items.is_empty()).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{title} ({})", items.len())?;
            for Item { what, note } in items {
                for (index, line) in wrap(&format!("{what}: {note}"), WIDTH - 4).into_iter().enumerate() {
                    writeln!(f, "{}{line}", if index == 0 { "  " } else { "    " })?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_for_people_leaves_out_empty_groups_and_fits_80_columns() {
        let mut report = Report::default();
        report.add(Group::Decide, "app_id", "x".repeat(200));
        report.add(Group::Brought, "userName", "userPrincipalName");
        let shown = report.to_string();
        assert!(shown.starts_with("Brought along (1)\n  userName: userPrincipalName\n\nTo decide (1)\n"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        assert_eq!(shown.matches('x').count(), 200);
    }
}
