//! Which sides have asked to be left alone.

use jiff::Timestamp;

use super::Engine;
use crate::connector::{Side, SourceReader, TargetWriter};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// The sides to which nothing is sent now, because they asked for it, each until when.
    pub fn throttled(&self) -> Vec<(Side, Timestamp)> {
        let planner = &self.planner;
        let now = (planner.settings.clock)();
        let known = [(Side::Entra, planner.source.throttled_until()), (Side::Jostle, planner.target.throttled_until())];
        known.into_iter().filter_map(|(side, until)| Some((side, until.filter(|until| *until > now)?))).collect()
    }
}
