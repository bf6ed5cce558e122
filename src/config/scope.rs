//! The section `[scope]`: who should have an active account.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::entra::is_guid;
use super::table::Section;
use super::{filter, property};
use crate::mapping::expression::{Expression, Place};
use crate::model::SourcePath;
use crate::scope::{Dates, Guests, Rules, Who};

/// The word of `who`.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    All,
    Assigned,
    Groups,
}

/// A year, and a leap day.
const MOST_HIRE_DAYS: u64 = 365;

/// The rules. What cannot be read is reported and left out of them.
pub(super) fn read(mut section: Section<'_>) -> Rules {
    let rules = Rules {
        who: who(&mut section),
        nested: section.flag_or("nested", true),
        guests: guests(&mut section),
        filters: filter::read(&mut section),
        filter: expression(&mut section),
        dates: dates(&mut section),
    };
    section.finish();
    rules
}

fn guests(section: &mut Section<'_>) -> Guests {
    section.choice("guests", &[("exclude", Guests::Exclude), ("include", Guests::Include)]).unwrap_or_default()
}

fn who(section: &mut Section<'_>) -> Who {
    let words = [("all", Word::All), ("assigned", Word::Assigned), ("groups", Word::Groups)];
    let given = section.choice("who", &words);
    let app_id = section.text("app_id").map(|id| id.trim().to_lowercase());
    let groups: Vec<_> = section.texts("groups").into_iter().map(|name| name.trim().to_owned()).collect();
    if app_id.as_ref().is_some_and(|id| !is_guid(id)) {
        section.problem("app_id", "is not a GUID; copy the Application ID of the enterprise application");
    }
    if given.is_none() && section.has("who") {
        return Who::All;
    }
    let word = given.unwrap_or(Word::All);
    for (key, its_word, name) in [("app_id", Word::Assigned, "assigned"), ("groups", Word::Groups, "groups")] {
        if section.has(key) && word != its_word {
            section.problem(key, format!("has no effect without who = {name:?}; write that, or take it out"));
        }
    }
    match word {
        Word::All => Who::All,
        Word::Assigned => {
            section
                .require("app_id", "copy the Application ID of the enterprise application that people are assigned to");
            Who::Assigned { app_id: app_id.unwrap_or_default() }
        }
        Word::Groups => {
            section.require("groups", "write the names or object ids of the groups");
            if section.has("groups") && groups.is_empty() {
                section.problem("groups", "is empty, so nobody would be in scope; name a group");
            }
            Who::Groups(groups)
        }
    }
}

fn expression(section: &mut Section<'_>) -> Option<Expression> {
    let text = section.text("filter")?;
    let expression = Expression::parse(text, Place::Filter)
        .map_err(|error| section.problem("filter", error.to_string().replace('\n', "\n    ")))
        .ok()?;
    for (path, wrong) in expression.paths().into_iter().filter_map(|path| Some((path, wrong_path(path)?))) {
        section.problem("filter", format!("reads [{path}], which {wrong}"));
    }
    Some(expression)
}

/// What is wrong with a source attribute in a filter.
pub(super) fn wrong_path(path: &SourcePath) -> Option<String> {
    match path {
        SourcePath::IsSoftDeleted => Some("is IsSoftDeleted, which follows from the scope; leave it out".to_owned()),
        _ => property::wrong(path),
    }
}

fn dates(section: &mut Section<'_>) -> Dates {
    let hire_days_before =
        section.integer("hire_days_before", 0..=MOST_HIRE_DAYS).and_then(|days| days.try_into().ok());
    let leave_at = section.text("leave_at").and_then(|text| {
        let time = Time::strptime("%H:%M", text).ok();
        if time.is_none() {
            section.problem("leave_at", format!("is {text:?}; write a time of day like \"18:00\""));
        }
        time
    });
    let zone = section.text("time_zone").and_then(|name| {
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            section.problem("time_zone", format!("is {name:?}; write a name like \"Europe/Berlin\" or \"UTC\""));
        }
        zone
    });
    Dates { hire_days_before, leave_at, zone: zone.unwrap_or(TimeZone::UTC) }
}
