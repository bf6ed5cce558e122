//! The name that somebody meant who wrote another one.

/// The name that a mistyped one most likely means, in whatever case; none if no name is near enough.
pub fn near<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &text);
    let (distance, name) = names.into_iter().map(|name| (distance(name), name)).min()?;
    (distance <= (text.chars().count() / 3).clamp(1, 3)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_third_of_the_letters_may_be_wrong_and_three_at_most() {
        let names = ["Append", "Left", "NormalizeDiacritics", "IIF"];
        for (text, meant) in [
            ("Apend", Some("Append")),
            ("lfet", Some("Left")),
            ("IF", Some("IIF")),
            ("NormaliseDiacritic", Some("NormalizeDiacritics")),
            ("NormieDiacrit", None),
            ("Lost", None),
            ("", None),
        ] {
            assert_eq!(near(text, names), meant, "{text}");
        }
        assert_eq!(near("x", []), None);
    }
}
