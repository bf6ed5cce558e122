//! One person as rows, expressions and filters see them: the source user, the manager, the groups.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::{GroupLabel, SourcePath, SourceUser};

/// One person with what stands around them. Always the whole person, never a fragment of a delta page.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The person.
    pub user: &'a SourceUser,
    /// The manager, if there is one who is live in the snapshot.
    pub manager: Option<&'a SourceUser>,
    /// Every known group in which the person is, nested ones included, sorted by id.
    pub groups: &'a [Arc<GroupLabel>],
    /// Entra's computed `IsSoftDeleted`: unassigned, filtered out, deleted or disabled.
    pub is_soft_deleted: bool,
}

impl<'a> Subject<'a> {
    /// A person of whom neither manager nor groups are known, and who is in scope.
    pub fn alone(user: &'a SourceUser) -> Self {
        Self { user, manager: None, groups: &[], is_soft_deleted: false }
    }

    /// The value at a source path; none where it was never set, is null or is an empty text.
    pub fn value(&self, path: &SourcePath) -> Option<Cow<'a, Value>> {
        let value = match path {
            SourcePath::Id => Cow::Owned(Value::String(self.user.id.to_string())),
            SourcePath::IsSoftDeleted => Cow::Owned(Value::Bool(self.is_soft_deleted)),
            SourcePath::Own { property, member: None } if property == USER_PRINCIPAL_NAME => {
                principal_name(self.user.attributes.get(USER_PRINCIPAL_NAME)?)
            }
            SourcePath::OriginalUserPrincipalName => Cow::Borrowed(self.user.attributes.get(USER_PRINCIPAL_NAME)?),
            SourcePath::Own { property, member } => Cow::Borrowed(read(self.user, property, member.as_deref())?),
            SourcePath::Manager { property, member } => {
                Cow::Borrowed(read(self.manager?, property, member.as_deref())?)
            }
        };
        match value.as_ref() {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            _ => Some(value),
        }
    }
}

const USER_PRINCIPAL_NAME: &str = "userPrincipalName";

/// Stands in the name of a guest, before the domain of the tenant.
const EXTERNAL: &str = "#EXT#";

fn read<'a>(user: &'a SourceUser, property: &str, member: Option<&str>) -> Option<&'a Value> {
    let value = user.attributes.get(property)?;
    member.map_or(Some(value), |member| value.get(member))
}

/// A guest's name as Entra's own job rewrites it (how-provisioning-works): `ann_home.example#EXT#@here.example` is
/// `ann@home.example`. Everybody else's name stays as it is.
fn principal_name(value: &Value) -> Cow<'_, Value> {
    let Some(name) = value.as_str() else { return Cow::Borrowed(value) };
    // Looked for in place: this is read for everybody, and hardly anybody is a guest.
    let mut marks = name.match_indices('#').map(|(at, _)| name.split_at(at));
    let is_mark = |rest: &str| rest.get(..EXTERNAL.len()).is_some_and(|mark| mark.eq_ignore_ascii_case(EXTERNAL));
    let Some((guest, _)) = marks.find(|(_, rest)| is_mark(rest)) else { return Cow::Borrowed(value) };
    match guest.rsplit_once('_') {
        Some((alias, domain)) => Cow::Owned(Value::String(format!("{alias}@{domain}"))),
        None => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntraId, Presence};
    use serde_json::json;

    fn user(attributes: Value) -> SourceUser {
        let Value::Object(attributes) = attributes else { unreachable!("an object") };
        SourceUser { id: EntraId::new("A1"), presence: Presence::Live, attributes }
    }

    fn text(subject: Subject<'_>, path: &str) -> Option<String> {
        let path: SourcePath = path.parse().expect("a path");
        subject.value(&path).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    #[test]
    fn own_and_the_managers_values_are_read_and_empty_ones_are_none() {
        let ann = user(json!({"mail": "a@x", "city": "", "jobTitle": null, "employeeOrgData": {"costCenter": "7"}}));
        let boss = user(json!({"mail": "boss@x"}));
        let subject = Subject { manager: Some(&boss), ..Subject::alone(&ann) };
        assert_eq!(text(subject, "mail").as_deref(), Some("a@x"));
        assert_eq!(text(subject, "employeeOrgData.costCenter").as_deref(), Some("7"));
        assert_eq!(text(subject, "manager.mail").as_deref(), Some("boss@x"));
        assert_eq!(text(subject, "objectId").as_deref(), Some("a1"));
        assert_eq!(text(subject, "IsSoftDeleted").as_deref(), Some("false"));
        for absent in ["city", "jobTitle", "surname", "manager.surname", "employeeOrgData.division"] {
            assert_eq!(text(subject, absent), None, "{absent}");
        }
        assert_eq!(text(Subject::alone(&ann), "manager.mail"), None);
    }

    #[test]
    fn a_guests_name_is_rewritten_and_the_original_stays_to_be_had() {
        let guest = user(json!({"userPrincipalName": "ann_lee_home.example#ext#@here.example"}));
        assert_eq!(text(Subject::alone(&guest), "userPrincipalName").as_deref(), Some("ann_lee@home.example"));
        let original = text(Subject::alone(&guest), "originalUserPrincipalName");
        assert_eq!(original.as_deref(), Some("ann_lee_home.example#ext#@here.example"));
        let member = user(json!({"userPrincipalName": "a_b@here.example"}));
        assert_eq!(text(Subject::alone(&member), "userPrincipalName").as_deref(), Some("a_b@here.example"));
    }
}
