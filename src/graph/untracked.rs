//! What the users feed cannot show.

/// Properties kept outside of the directory's main store ("Users overview", Microsoft Graph v1.0): a change of one never
/// shows in the feed, and most of them cannot even be selected there (501).
pub const UNTRACKED_PROPERTIES: [&str; 17] = [
    "aboutMe",
    "birthday",
    "cloudLicensing",
    "deviceEnrollmentLimit",
    "hireDate",
    "interests",
    "licenseAssignmentStates",
    "mailboxSettings",
    "mySite",
    "pastProjects",
    "photo",
    "preferredName",
    "print",
    "responsibilities",
    "schools",
    "signInActivity",
    "skills",
];
