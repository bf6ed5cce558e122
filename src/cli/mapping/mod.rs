//! `mapping`: tries out expressions and rows on one person, and looks a mapping over. Writes nothing, asks nobody.

mod eval;
mod lint;
mod person;
mod test;

use super::args::MappingCommand;
use super::exit::Failure;
use super::{Exit, Run};
pub(super) use test::describe_row;

pub(super) fn mapping(run: &Run, command: &MappingCommand) -> Result<Exit, Failure> {
    match command {
        MappingCommand::Eval(options) => eval::eval(run, options),
        MappingCommand::Test(options) => test::test(run, options),
        MappingCommand::Lint(options) => lint::lint(run, options),
    }
}
