//! What an expression gets for one person beside the person.

use std::fmt::{self, Write as _};

use jiff::Timestamp;

use super::expression::Moment;
use crate::model::{EntraId, TargetPath};

/// FNV-1a, 64 bits.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Moment {
    /// The moment for one row of a person: two rows with `Guid` give two values.
    pub(super) fn of_row(self, target: &TargetPath) -> Self {
        let mut hash = Fnv(self.seed);
        let _infallible = write!(hash, "{target}");
        Self { seed: hash.0, ..self }
    }
}

/// The moment of evaluation of one person. The seed is a hash of the Entra id: what `Guid` and `RandomString` give is the
/// same in a plan and in the run after it, differs from person to person, and is no secret, because ids are none.
pub fn moment_of(id: &EntraId, now: Timestamp) -> Moment {
    let mut hash = Fnv(OFFSET);
    let _infallible = hash.write_str(id.as_str());
    Moment { now, seed: hash.0 }
}

/// A hash while it is made, of whatever prints itself; no text is made on the way.
struct Fnv(u64);

impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = text.bytes().fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_the_persons_own_and_stays() {
        let seed =
            |id: &str, second: i64| moment_of(&EntraId::new(id), Timestamp::from_second(second).expect("a time")).seed;
        assert_eq!(seed("a", 0), 0xaf63_dc4c_8601_ec8c, "the published value of FNV-1a");
        assert_eq!(seed("0A-B", 0), seed("0a-b", 99));
        assert_ne!(seed("0a-b", 0), seed("0a-c", 0));
    }
}
