//! Whether an account shows the name of a person: an address that was given to somebody else finds the account of whoever
//! had it before.

use crate::mapping::without_diacritics;
use crate::model::Names;

/// Shorter beginnings than this are no short form of a name.
const SHORT_FORM: usize = 3;

/// In names that are shorter every letter counts.
const SPELLING: usize = 4;

/// Whether the names may be those of one person: given and family name both, as far as both sides show them, in whatever
/// order, spelling, or short form. Whoever shows no name is not unlike anybody.
pub fn resembles(person: &Names, account: &Names) -> bool {
    let Names { given, family, display, nick } = account;
    let shown = tokens([given, family, display, nick]);
    let is_shown = |wanted: &Option<String>, by: [&Option<String>; 3]| {
        let wanted = tokens([wanted]);
        wanted.is_empty() || by.iter().all(|name| name.is_none()) || any_alike(&wanted, &shown)
    };
    match (&person.given, &person.family) {
        (None, None) => is_shown(&person.display, [given, family, display]),
        _ => is_shown(&person.given, [given, display, nick]) && is_shown(&person.family, [family, display, &None]),
    }
}

/// Given and family name as one, by which two people of one name are found; none if one of them is not shown.
pub(super) fn full_name(names: &Names) -> Option<String> {
    let (given, family) = (tokens([&names.given]), tokens([&names.family]));
    (!given.is_empty() && !family.is_empty()).then(|| format!("{} / {}", given.join(" "), family.join(" ")))
}

/// The words of names, without accents and case.
fn tokens<const N: usize>(names: [&Option<String>; N]) -> Vec<String> {
    let names = names.into_iter().flatten();
    let plain = names.map(|name| without_diacritics(name).to_lowercase()).collect::<Vec<_>>().join(" ");
    plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn any_alike(ones: &[String], others: &[String]) -> bool {
    ones.iter().any(|one| others.iter().any(|other| is_alike(one, other)))
}

fn is_alike(one: &str, other: &str) -> bool {
    let length = |word: &str| word.chars().count();
    let shorter = length(one).min(length(other));
    one == other
        || shorter >= SHORT_FORM && (one.starts_with(other) || other.starts_with(one))
        || shorter >= SPELLING && strsim::damerau_levenshtein(one, other) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &str, family: &str) -> Names {
        let shown = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        Names { given: shown(given), family: shown(family), display: None, nick: None }
    }

    #[test]
    fn one_person_is_recognised_in_other_spellings() {
        for (person, account) in [
            (names("Anna", "Müller"), names("ANNA", "Mueller")),
            (names("Anna", "Müller"), names("Anna", "Muller")),
            (names("Chris", "O'Neil"), names("Christopher", "O’Neil")),
            (names("Anna", "Meier"), names("Meier", "Anna")),
            (names("Anna Maria", "Meier"), names("Maria", "Meier-Schulz")),
            (names("Jürgen", "Groß"), names("Jurgen", "Gross")),
            (names("Jörg", "Ek"), names("Joerg", "Ek")),
            (names("", ""), names("Anna", "Meier")),
            (names("Anna", "Meier"), names("", "")),
            (names("Anna", "Meier"), names("Anna", "")),
        ] {
            assert!(resembles(&person, &account), "{person:?} {account:?}");
        }
    }

    #[test]
    fn whoever_shares_an_address_only_is_not_taken_for_the_same() {
        for (person, account) in [
            (names("Anna", "Meier"), names("Karl", "Otto")),
            (names("Anna", "Meier"), names("Anna", "Schulz")),
            (names("Anna", "Meier"), names("Andreas", "Meier")),
            (names("Bo", "Ek"), names("Bob", "Ek")),
            (names("Anna", "Li"), names("Anna", "Lu")),
            (names("Anna", "Meier"), names("", "Otto")),
        ] {
            assert!(!resembles(&person, &account), "{person:?} {account:?}");
        }
    }

    #[test]
    fn a_display_name_or_a_nickname_will_do() {
        let person = names("Robert", "Meier");
        let bob = Names { nick: Some("Robert".to_owned()), ..names("Bob", "Meier") };
        assert!(resembles(&person, &bob));
        let whole = Names { display: Some("Meier, Robert".to_owned()), ..Names::default() };
        assert!(resembles(&person, &whole) && resembles(&whole, &person));
        assert!(!resembles(&names("Karl", "Otto"), &whole) && !resembles(&whole, &names("Karl", "Otto")));
    }

    #[test]
    fn two_people_of_one_name_are_found_whatever_its_spelling() {
        assert_eq!(full_name(&names("Anna  Maria", "Müller")), full_name(&names("anna-maria", "Muller")));
        assert_ne!(full_name(&names("Anna", "Maria Müller")), full_name(&names("Anna Maria", "Müller")));
        assert_eq!(full_name(&names("Anna", "")), None);
    }
}
