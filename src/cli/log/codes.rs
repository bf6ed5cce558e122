//! What Entra's own provisioning log calls the failures of ours, so that whoever knows its error codes knows these.

/// A failure as Entra's log tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct EntraError {
    /// `errorCode`.
    pub(super) code: &'static str,
    /// `errorCategory`: `nonServiceFailure` is mended by whoever looks after the data or the configuration.
    pub(super) category: &'static str,
    /// `recommendedAction`.
    pub(in crate::cli) action: &'static str,
}

const DATA: &str = "nonServiceFailure";
const SERVICE: &str = "failure";

const fn error(code: &'static str, category: &'static str, action: &'static str) -> EntraError {
    EntraError { code, category, action }
}

const CONFLICT: EntraError = error(
    "EntryConflict",
    DATA,
    "Say whose the account is with link, create or ignore, or give one of the two another userName.",
);
const TAKEN: EntraError =
    error("Conflict", DATA, "Find the account in Jostle that has the value, and change one of the two.");
const VALUES: EntraError =
    error("UnprocessableEntity", DATA, "Correct the value in Entra, or the row of the mapping that makes it.");
const RIGHTS: EntraError = error(
    "InsufficientRights",
    DATA,
    "Check in Jostle that the Automation user of the key has logged in once and that provisioning is enabled.",
);
const KEY: EntraError =
    error("Unauthorized", DATA, "Make a new API key in Jostle, and put it in the place of the old one.");
const BUSY: EntraError =
    error("TooManyRequests", SERVICE, "Nothing: it goes on by itself. Else lower jostle.requests_per_second.");
const AWAY: EntraError =
    error("InternalServerError", SERVICE, "Nothing: it is tried again. If it stays so, ask Jostle.");
const SLOW: EntraError = error("Timeout", SERVICE, "Nothing: it is tried again. If it stays so, ask Jostle.");
const LOST: EntraError = error(
    "WebExceptionProtocolError",
    SERVICE,
    "Nothing: it is tried again. If it stays so, look at the way to Jostle.",
);
const ODD: EntraError = error(
    "SystemForCrossDomainIdentityManagementServiceIncompatible",
    SERVICE,
    "Check the base URL and the proxy: what answers is not Jostle's SCIM API.",
);

/// Our codes: words of our own, statuses of HTTP, and the words of SCIM, which are compared in any case.
const CODES: &[(&str, EntraError)] = &[
    ("mapping", error("MissingValues", DATA, "Fill in the attribute in Entra, or change the row of the mapping.")),
    (
        "scope",
        error("EntrySynchronizationSkipped", DATA, "Mend what the scope names, so that it can be said who is in it."),
    ),
    ("conflict", CONFLICT),
    ("credentials_refused", KEY),
    ("forbidden", RIGHTS),
    ("throttled", BUSY),
    ("unreachable", LOST),
    ("in_doubt", LOST),
    ("protocol", ODD),
    ("400", VALUES),
    ("401", KEY),
    ("403", RIGHTS),
    ("404", error("InvalidAnchor", DATA, "The account is gone in Jostle: explain says what comes of it.")),
    ("405", error("MethodNotAllowed", DATA, "Ask Jostle whether your subscription allows this.")),
    ("408", SLOW),
    ("409", TAKEN),
    ("422", VALUES),
    ("429", BUSY),
    ("501", error("NotImplemented", SERVICE, "Ask Jostle whether your subscription allows this.")),
    ("504", SLOW),
    ("uniqueness", TAKEN),
    ("invalidValue", VALUES),
    ("invalidSyntax", VALUES),
    (
        "invalidPath",
        error("SchemaAttributeNotFound", DATA, "Take the attribute out of the mapping: Jostle does not know it."),
    ),
    (
        "noTarget",
        error("SchemaAttributeNotFound", DATA, "Take the attribute out of the mapping: Jostle does not know it."),
    ),
    ("mutability", error("NotPermitted", DATA, "Take the attribute out of the mapping: Jostle lets nobody change it.")),
    ("tooMany", BUSY),
    ("sensitive", RIGHTS),
];

/// What Entra's log would call a failure with this code.
pub(in crate::cli) fn entra_error(code: &str) -> EntraError {
    let known = CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, error)| *error);
    let is_5xx = code.len() == 3 && code.starts_with('5');
    known.unwrap_or(if is_5xx { AWAY } else { error("InternalError", SERVICE, "explain says what is known of it.") })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The codes that Microsoft documents ("Analyze the provisioning logs").
    const DOCUMENTED: [&str; 29] = [
        "Conflict",
        "EntryConflict",
        "TooManyRequests",
        "InternalServerError",
        "InsufficientRights",
        "MethodNotAllowed",
        "NotPermitted",
        "Unauthorized",
        "UnprocessableEntity",
        "WebExceptionProtocolError",
        "InvalidAnchor",
        "NotImplemented",
        "MandatoryFieldsMissing",
        "MissingValues",
        "SchemaAttributeNotFound",
        "InternalError",
        "InvalidDomain",
        "Timeout",
        "LicenseLimitExceeded",
        "DuplicateTargetEntries",
        "DuplicateSourceEntries",
        "ImportSkipped",
        "EntrySynchronizationSkipped",
        "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
        "SystemForCrossDomainIdentityManagementServiceIncompatible",
        "SchemaPropertyCanOnlyAcceptValue",
        "RedundantExport",
        "NotEffectivelyEntitled",
        "SystemForCrossDomainIdentityManagementBadResponse",
    ];

    #[test]
    fn every_code_has_one_that_entra_documents() {
        let codes: BTreeSet<_> = CODES.iter().map(|(code, _)| code.to_lowercase()).collect();
        assert_eq!(codes.len(), CODES.len(), "one is there twice");
        for (ours, EntraError { code, category, action }) in CODES {
            assert!(DOCUMENTED.contains(code), "{ours}: {code}");
            assert!([DATA, SERVICE].contains(category) && action.ends_with('.'), "{ours}");
        }
    }

    #[test]
    fn a_code_is_told_as_entra_tells_it() {
        for (ours, entra) in [
            ("mapping", "MissingValues"),
            ("conflict", "EntryConflict"),
            ("409", "Conflict"),
            ("Uniqueness", "Conflict"),
            ("429", "TooManyRequests"),
            ("502", "InternalServerError"),
            ("501", "NotImplemented"),
            ("408", "Timeout"),
            ("invalidvalue", "UnprocessableEntity"),
            ("a word of another server", "InternalError"),
        ] {
            assert_eq!(entra_error(ours).code, entra, "{ours}");
        }
    }
}
