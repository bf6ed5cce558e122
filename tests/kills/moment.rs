//! When the program is killed.

use fastrand::Rng;

/// A moment in the life of a process. None of them is a time: the same moment is met on a slow machine and on a fast one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// At a chunk between the program and the servers.
    Traffic { at: At, of: Of, count: u64 },
    /// After so many lines of the log.
    Line { count: u64 },
    /// When the log of changes of the state has grown to this size.
    State { bytes: u64 },
    /// When the folder of the state has grown by so much: asked for all the time, where nothing is sent and nothing is said.
    Growth { bytes: u64 },
    /// It is left alone.
    Never,
}

/// Where a chunk is when the moment comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The request is held and never arrives.
    BeforeRequest,
    /// The half of it arrives.
    HalfRequest,
    /// It is on its way.
    AfterRequest,
    /// The request was carried out, and the answer is held.
    BeforeAnswer,
    /// The half of the answer arrives.
    HalfAnswer,
    /// The answer is on its way.
    AfterAnswer,
}

/// Which requests count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// All of them.
    Everything,
    /// Those that write to Jostle.
    Writes,
}

const PLACES: [At; 6] =
    [At::BeforeRequest, At::HalfRequest, At::AfterRequest, At::BeforeAnswer, At::HalfAnswer, At::AfterAnswer];

impl Moment {
    /// Some moment of a process that is expected to write so often.
    pub(crate) fn random(rng: &mut Rng, writes: u64) -> Self {
        match rng.u8(0..10) {
            0..6 => {
                let at = *rng.choice(&PLACES).expect("some");
                Self::Traffic { at, of: Of::Writes, count: rng.u64(1..=writes.max(1)) }
            }
            6..8 => {
                let at = *rng.choice(&PLACES).expect("some");
                Self::Traffic { at, of: Of::Everything, count: rng.u64(1..=2 * writes + 3) }
            }
            8 => Self::Line { count: rng.u64(1..=3 * writes + 8) },
            _ => Self::State { bytes: rng.u64(1..=16 * 1024 * (writes + 2)) },
        }
    }
}
