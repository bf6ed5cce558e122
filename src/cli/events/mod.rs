//! `events`: what can be in the log, for people, for programs and for whoever writes rules for a monitor.

mod page;
mod schema;
mod text;

use super::args::EventsArgs;
use super::exit::Failure;
use super::{Exit, Run, output};
use crate::event::Definition;
use crate::event::catalogue;

pub(super) fn events(run: &Run, options: &EventsArgs) -> Result<Exit, Failure> {
    let all = catalogue::definitions();
    if options.schema {
        let schema = schema::schema(&all);
        output::print_lines(run.json, &schema, || format!("{schema:#}"))?;
        return Ok(Exit::Success);
    }
    let chosen = chosen(&all, &options.ids)?;
    output::print_lines(run.json, &chosen, || match (options.page, options.ids.as_slice()) {
        (true, _) => page::page(&chosen),
        (false, []) => text::list(&chosen),
        (false, [_, ..]) => text::details(&chosen),
    })?;
    Ok(Exit::Success)
}

/// Those that are named, or all.
fn chosen(all: &[Definition], ids: &[String]) -> Result<Vec<Definition>, Failure> {
    if ids.is_empty() {
        return Ok(all.to_vec());
    }
    let find = |id: &String| {
        let found = all.iter().find(|definition| definition.id == id).copied();
        found.ok_or_else(|| Failure::Unknown(format!("there is no event {id:?}: entra-jostle-sync events lists them")))
    };
    ids.iter().map(find).collect()
}
