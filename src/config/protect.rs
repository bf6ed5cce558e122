//! The section `[protect]`: accounts that are never touched.

use super::table::Section;

/// Accounts of Jostle that are never written, whatever Entra says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protect {
    /// Their user names, as they stand in the file: the Automation user, and the administrators who must get in when
    /// single sign-on fails. None by default.
    pub user_names: Vec<String>,
    /// Their ids in Jostle: for an account whose user name may change. None by default.
    pub jostle_ids: Vec<String>,
}

pub(super) fn read(mut section: Section<'_>) -> Protect {
    let mut trimmed = |key| section.texts(key).into_iter().map(|text| text.trim().to_owned()).collect();
    let (user_names, jostle_ids) = (trimmed("user_names"), trimmed("jostle_ids"));
    section.finish();
    Protect { user_names, jostle_ids }
}
