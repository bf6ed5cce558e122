//! The section `[protect]`: accounts that are never touched.

use super::table::Section;

/// Accounts of Jostle that are never written, whatever Entra says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protect {
    /// Their user names, as they stand in the file: the Automation user, and the administrators who must get in when
    /// single sign-on fails. None by default.
    pub user_names: Vec<String>,
}

pub(super) fn read(mut section: Section<'_>) -> Protect {
    let user_names = section.texts("user_names").into_iter().map(|name| name.trim().to_owned()).collect();
    section.finish();
    Protect { user_names }
}
