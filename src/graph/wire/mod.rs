//! Graph's JSON as plain values. Strict where a lax reading could make people disappear, lenient elsewhere.

mod credentials;
mod listing;
mod principals;
mod users;

pub(super) use credentials::{Secret, secrets};
pub(super) use listing::{Fault, Part, items, object as item};
pub(super) use principals::{assignments, group, group_page, groups, members, service_principal};
pub(super) use users::{is_user, manager, page, user, users};
