//! What an expression gets for one person beside the person.

use jiff::Timestamp;

use super::expression::Moment;
use crate::model::EntraId;

/// FNV-1a, 64 bits.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The moment of evaluation of one person. The seed is a hash of the Entra id: what `Guid` and `RandomString` give is the
/// same in a plan and in the run after it, differs from person to person, and is no secret, because ids are none.
pub fn moment_of(id: &EntraId, now: Timestamp) -> Moment {
    let seed = id.as_str().bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    Moment { now, seed }
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
