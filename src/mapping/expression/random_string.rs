//! `RandomString`: what is asked for, and a text that has it.

use super::Value;
use super::chance::Chance;
use super::functions::Fault;

/// The longest that Entra gives.
const MOST: i64 = 256;

/// The kinds of characters, in the order of the minimums.
const KINDS: [&str; 4] =
    ["0123456789", "!@#$%^&*()-_=+[]{}:,.?~", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"];

/// The arguments of one call, known to be possible together.
#[derive(Debug)]
pub(super) struct RandomString {
    length: usize,
    /// Of each kind, how many at least and which.
    kinds: [(usize, Vec<char>); 4],
}

impl RandomString {
    /// From the values of the arguments: five numbers, and the characters to avoid.
    pub(super) fn new(values: &[Option<Value>]) -> Result<Self, Fault> {
        let number = |index: usize, most: i64| match values.get(index) {
            Some(Some(Value::Number(number))) if (0..=most).contains(number) => {
                usize::try_from(*number).map_err(|error| error.to_string())
            }
            Some(Some(Value::Number(number))) => Err(format!("needs a number from 0 to {most}, not {number}")),
            _ => Err("needs a number, and got nothing".to_owned()),
        };
        let length = number(0, MOST)?;
        let avoided = values.get(5).and_then(Option::as_ref).map(ToString::to_string).unwrap_or_default();
        let mut kinds = [(); 4].map(|()| (0, Vec::new()));
        for (index, (least, characters)) in kinds.iter_mut().enumerate() {
            *least = number(index + 1, MOST)?;
            *characters = KINDS[index].chars().filter(|c| !avoided.contains(*c)).collect();
            if *least > 0 && characters.is_empty() {
                return Err(format!("has to avoid every one of {}", KINDS[index]));
            }
        }
        let least: usize = kinds.iter().map(|(least, _)| least).sum();
        if least > length {
            return Err(format!("cannot put {least} characters into {length}"));
        }
        let random = Self { length, kinds };
        if random.free_choice().is_empty() && least < length {
            return Err("has to avoid every character".to_owned());
        }
        Ok(random)
    }

    /// What the places beyond the minimums are filled with: the kinds that are asked for, or letters and digits. A special
    /// character that nobody asked for is refused by too many systems.
    fn free_choice(&self) -> Vec<char> {
        let is_any_wanted = self.kinds.iter().any(|(least, _)| *least > 0);
        let [digits, special, capitals, small] = &self.kinds;
        let chosen = if is_any_wanted { vec![digits, special, capitals, small] } else { vec![digits, capitals, small] };
        let wanted = chosen.into_iter().filter(|(least, _)| !is_any_wanted || *least > 0);
        wanted.flat_map(|(_, characters)| characters).copied().collect()
    }

    /// A text that has what is asked for, in a mixed order.
    pub(super) fn give(&self, chance: &mut Chance) -> String {
        let free = self.free_choice();
        let wanted = self.kinds.iter().flat_map(|(least, kind)| std::iter::repeat_n(kind.as_slice(), *least));
        let choices = wanted.chain(std::iter::repeat(free.as_slice())).take(self.length);
        let mut text: Vec<char> =
            choices.filter_map(|choice| chance.below(choice.len()).map(|index| choice[index])).collect();
        for last in (1..text.len()).rev() {
            if let Some(other) = chance.below(last + 1) {
                text.swap(last, other);
            }
        }
        text.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(numbers: [i64; 5], avoided: &str) -> Result<RandomString, Fault> {
        let mut values: Vec<Option<Value>> = numbers.into_iter().map(|number| Some(Value::Number(number))).collect();
        values.push(Some(Value::Text(avoided.to_owned())));
        RandomString::new(&values)
    }

    fn count(text: &str, kind: usize) -> usize {
        text.chars().filter(|c| KINDS[kind].contains(*c)).count()
    }

    #[test]
    fn refuses_what_cannot_be() {
        for (numbers, avoided, fault) in [
            ([257, 0, 0, 0, 0], "", "needs a number from 0 to 256, not 257"),
            ([-1, 0, 0, 0, 0], "", "needs a number from 0 to 256, not -1"),
            ([5, 2, 2, 2, 0], "", "cannot put 6 characters into 5"),
            ([5, 1, 0, 0, 0], "0123456789", "has to avoid every one of 0123456789"),
        ] {
            assert_eq!(of(numbers, avoided).map(drop), Err(fault.to_owned()));
        }
        let letters_and_digits = format!("{}{}{}", KINDS[0], KINDS[2], KINDS[3]);
        assert_eq!(of([1, 0, 0, 0, 0], &letters_and_digits).map(drop), Err("has to avoid every character".to_owned()));
        assert!(RandomString::new(&[Some(Value::Null)]).is_err());
    }

    #[test]
    fn without_minimums_there_are_letters_and_digits_only() {
        let text = of([256, 0, 0, 0, 0], "").expect("possible").give(&mut Chance::new(1, 1));
        assert_eq!((text.len(), count(&text, 1)), (256, 0));
        assert!([0, 2, 3].iter().all(|kind| count(&text, *kind) > 0), "{text}");
    }

    #[test]
    fn the_published_example_has_digits_and_small_letters_only() {
        let text = of([6, 3, 0, 0, 3], "").expect("possible").give(&mut Chance::new(1, 1));
        assert_eq!((count(&text, 0), count(&text, 3)), (3, 3), "{text}");
    }

    proptest! {
        #[test]
        fn has_its_length_and_its_minimums_and_nothing_to_avoid(
            least in prop::array::uniform4(0_i64..8), more in 0_i64..40, avoided in "[?,a-fA-F0-3]{0,5}", seed: u64
        ) {
            let length = least.iter().sum::<i64>() + more;
            let random = of([length, least[0], least[1], least[2], least[3]], &avoided).expect("possible");
            let text = random.give(&mut Chance::new(seed, 1));
            prop_assert_eq!(text.chars().count(), usize::try_from(length).expect("small"));
            for (kind, least) in least.into_iter().enumerate() {
                prop_assert!(count(&text, kind) >= usize::try_from(least).expect("small"), "{}", text);
            }
            prop_assert!(!text.contains(|c| avoided.contains(c)));
        }
    }
}
