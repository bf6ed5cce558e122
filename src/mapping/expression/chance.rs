//! Numbers that look random and are not: the same seed gives the same ones, so that the core has no randomness of its own.

/// `splitmix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug)]
pub(super) struct Chance(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Chance {
    /// For one call of an expression, so that each call gets numbers of its own from the same seed.
    pub(super) fn new(seed: u64, call: u64) -> Self {
        Self(mixed(seed ^ mixed(call.wrapping_mul(STEP))))
    }

    /// Below a limit that is small enough for its unevenness not to matter; none below zero.
    pub(super) fn below(&mut self, limit: usize) -> Option<usize> {
        let limit = u64::try_from(limit).ok()?;
        usize::try_from(self.next().checked_rem(limit)?).ok()
    }

    /// A GUID of version 4 (RFC 9562 §5.4).
    pub(super) fn guid(&mut self) -> String {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        let version = bits & !(0xF << 76) | (0x4 << 76);
        let hex = format!("{:032x}", version & !(0x3 << 62) | (0x2 << 62));
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }
}

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn gives_the_numbers_of_the_published_generator() {
        let mut chance = Chance(1_234_567);
        let numbers = [chance.next(), chance.next(), chance.next()];
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn seeds_and_calls_give_different_guids() {
        let guids: BTreeSet<String> =
            (0..50).flat_map(|seed| (0..50).map(move |call| Chance::new(seed, call).guid())).collect();
        assert_eq!(guids.len(), 2500);
        assert_eq!(Chance::new(0, 0).below(0), None);
    }

    proptest! {
        #[test]
        fn a_guid_has_its_form(seed: u64, call: u64) {
            let guid = Chance::new(seed, call).guid();
            let shape: String = guid.chars().map(|c| if c.is_ascii_digit() || ('a'..='f').contains(&c) { 'x' } else { c }).collect();
            prop_assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
            prop_assert_eq!(&guid[14..15], "4");
            prop_assert!("89ab".contains(&guid[19..20]));
        }
    }
}
