//! `dateTimeStyles`: what may be around a date, and whether it is moved to UTC ("`DateTimeStyles` Enum", .NET).

use crate::mapping::expression::functions::{Fault, args::shown};

/// What the styles change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other, as in .NET")]
pub(super) struct Styles {
    /// White space may stand before the date.
    pub(super) leading: bool,
    /// White space may stand within the date.
    pub(super) inner: bool,
    /// White space may stand behind the date.
    pub(super) trailing: bool,
    /// The date is moved to UTC.
    pub(super) to_utc: bool,
}

/// Entra's: `RoundtripKind`, `AllowLeadingWhite` and `AllowTrailingWhite`.
pub(super) const DEFAULT: Styles = Styles { leading: true, inner: false, trailing: true, to_utc: false };

const NONE: Styles = Styles { leading: false, inner: false, trailing: false, to_utc: false };

/// .NET refuses these beside one another, and so does Entra for every person.
const CONTRADICT: [(&str, &str); 4] = [
    ("RoundtripKind", "AssumeLocal"),
    ("RoundtripKind", "AssumeUniversal"),
    ("RoundtripKind", "AdjustToUniversal"),
    ("AssumeLocal", "AssumeUniversal"),
];

/// Reads one style or several with commas between, with or without `DateTimeStyles.` before them. A date without an
/// offset is UTC in any case, so `AssumeLocal` and `AssumeUniversal` change nothing.
pub(super) fn read(text: &str) -> Result<Styles, Fault> {
    let names: Vec<_> =
        text.split(',').map(str::trim).map(|name| name.strip_prefix("DateTimeStyles.").unwrap_or(name)).collect();
    if let Some((one, other)) = CONTRADICT.iter().find(|(one, other)| names.contains(one) && names.contains(other)) {
        return Err(format!("has the dateTimeStyles {one} and {other}, which exclude each other"));
    }
    let mut styles = NONE;
    for name in names {
        match name {
            "AllowLeadingWhite" => styles.leading = true,
            "AllowInnerWhite" => styles.inner = true,
            "AllowTrailingWhite" => styles.trailing = true,
            "AllowWhiteSpaces" => styles = Styles { leading: true, inner: true, trailing: true, ..styles },
            "AdjustToUniversal" => styles.to_utc = true,
            "None" | "RoundtripKind" | "NoCurrentDateDefault" | "AssumeLocal" | "AssumeUniversal" => {}
            _ => {
                return Err(format!(
                    "has the dateTimeStyles {}; write names like AllowWhiteSpaces or AdjustToUniversal with commas \
                     between, or leave the place empty",
                    shown(name)
                ));
            }
        }
    }
    Ok(styles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_read_by_name() {
        assert_eq!(read("None"), Ok(NONE));
        let default = "DateTimeStyles.RoundtripKind, DateTimeStyles.AllowLeadingWhite,AllowTrailingWhite";
        assert_eq!(read(default), Ok(DEFAULT));
        assert_eq!(read("AllowWhiteSpaces"), read("AllowInnerWhite,AllowLeadingWhite,AllowTrailingWhite"));
        assert_eq!(read("AdjustToUniversal,AssumeUniversal"), Ok(Styles { to_utc: true, ..NONE }));
    }

    #[test]
    fn what_is_no_style_is_refused() {
        for text in ["", "none", "128", "AllowWhiteSpaces;None", "None,"] {
            assert!(read(text).expect_err("it should be refused").contains("AllowWhiteSpaces or"), "{text}");
        }
        assert!(read("AdjustToUniversal,RoundtripKind").expect_err("they contradict").contains("exclude each other"));
    }
}
