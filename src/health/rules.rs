//! From when on something is worth a look.

use jiff::SignedDuration;

use crate::connector::Expiry;

/// From when on something is worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// So many cycles of the schedule may be missed before no success is a failure.
    pub missed_cycles: u32,
    /// A person who has failed so often is told of, although waiting may mend it.
    pub failing_attempts: u32,
    /// A pause that is older was probably forgotten.
    pub longest_pause: SignedDuration,
    /// Less room than this on the disk of the state, in bytes, and it is nearly full.
    pub least_room: u64,
    /// When credentials expire, as far as that was configured.
    pub expiries: Vec<Expiry>,
}
