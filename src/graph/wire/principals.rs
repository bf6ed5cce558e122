//! Groups with their members, and who is assigned to an application.

use std::collections::BTreeMap;

use serde_json::Value;

use super::listing::{self, Fault, Item, Part, TYPE};
use crate::connector::{GroupChange, GroupPage};
use crate::model::{EntraId, GroupId, GroupLabel, Principal};

/// A page of `groups/delta`.
pub(in crate::graph) fn group_page(body: &[u8]) -> Result<GroupPage, Fault> {
    let (changes, next) = listing::delta(body, |item| change(&item))?;
    Ok(GroupPage { changes, next })
}

/// A page of a list of groups.
pub(in crate::graph) fn groups(body: &[u8]) -> Result<Part<GroupLabel>, Fault> {
    listing::list(body, |item| label(&item))
}

/// One group.
pub(in crate::graph) fn group(body: &[u8]) -> Result<GroupLabel, Fault> {
    label(&listing::object(body)?)
}

/// The object id of one service principal.
pub(in crate::graph) fn service_principal(body: &[u8]) -> Result<String, Fault> {
    listing::id(&listing::object(body)?, "id").map(str::to_owned)
}

/// A page of `appRoleAssignedTo`: the people and groups in it.
pub(in crate::graph) fn assignments(body: &[u8]) -> Result<Part<Principal>, Fault> {
    let (principals, next) = listing::list(body, |item| {
        let kind = item.get("principalType").and_then(Value::as_str).ok_or("has an assignment of no kind")?;
        Ok(principal(kind, listing::id(&item, "principalId")?))
    })?;
    Ok((principals.into_iter().flatten().collect(), next))
}

/// A page of the members of a group: the people and groups in it.
pub(in crate::graph) fn members(body: &[u8]) -> Result<Part<Principal>, Fault> {
    let (principals, next) = listing::list(body, |item| {
        Ok(principal(kind(&item).ok_or("has a member of no kind")?, listing::id(&item, "id")?))
    })?;
    Ok((principals.into_iter().flatten().collect(), next))
}

/// The last part of `#microsoft.graph.user`.
fn kind(item: &Item) -> Option<&str> {
    item.get(TYPE).and_then(Value::as_str).map(|kind| kind.rsplit('.').next().unwrap_or_default())
}

fn change(item: &Item) -> Result<GroupChange, Fault> {
    let id = GroupId::new(listing::id(item, "id")?);
    if listing::is_removed(item) {
        return Ok(GroupChange::Removed { id });
    }
    let mut is_in = BTreeMap::new();
    for member in listing::objects(item, "members@delta")? {
        let member_id = listing::id(member, "id")?;
        match (kind(member), listing::is_removed(member)) {
            (Some(kind), removed) => is_in.extend(principal(kind, member_id).map(|principal| (principal, !removed))),
            // Whatever it was: no other object has this id.
            (None, true) => {
                is_in.insert(Principal::User(EntraId::new(member_id)), false);
                is_in.insert(Principal::Group(GroupId::new(member_id)), false);
            }
            (None, false) => return Err("has a member of no kind"),
        }
    }
    let (joined, left): (Vec<_>, Vec<_>) = is_in.into_iter().partition(|(_, is_in)| *is_in);
    let names = |side: Vec<(Principal, bool)>| side.into_iter().map(|(principal, _)| principal).collect();
    Ok(GroupChange::Present { id, name: name(item), joined: names(joined), left: names(left) })
}

fn label(item: &Item) -> Result<GroupLabel, Fault> {
    let id = GroupId::new(listing::id(item, "id")?);
    Ok(GroupLabel { name: name(item).unwrap_or_else(|| id.to_string()), id })
}

fn name(item: &Item) -> Option<String> {
    item.get("displayName").and_then(Value::as_str).map(str::to_owned)
}

/// People of every kind and groups; devices, contacts and service principals are none of ours.
fn principal(kind: &str, id: &str) -> Option<Principal> {
    let kind = kind.to_ascii_lowercase();
    if kind.ends_with("user") {
        return Some(Principal::User(EntraId::new(id)));
    }
    (kind == "group").then(|| Principal::Group(GroupId::new(id)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;
    use crate::connector::{FeedLink, Next};
    use serde_json::json;

    fn user(id: &str) -> Principal {
        Principal::User(EntraId::new(id))
    }

    fn of(items: &Value) -> Result<Vec<GroupChange>, Fault> {
        let body = json!({"value": items, "@odata.deltaLink": "l"}).to_string();
        let page = group_page(body.as_bytes())?;
        assert_eq!(page.next, Next::Round(FeedLink::new("l")));
        Ok(page.changes)
    }

    #[test]
    fn an_annotation_that_is_null_removes_nobody() {
        let member = json!({"@odata.type": "#microsoft.graph.user", "id": "u", "@removed": null});
        let changes = of(&json!([{"id": "g", "@removed": null, "members@delta": [member]}])).unwrap();
        assert!(matches!(changes.as_slice(), [GroupChange::Present { joined, .. }] if *joined == [user("u")]));
    }

    #[test]
    fn an_item_says_who_joined_and_who_left_whatever_the_reason() {
        let changes = of(&json!([
            {"id": "G1", "displayName": "Sales", "members@delta": [
                {"@odata.type": "#microsoft.graph.user", "id": "U1"},
                {"@odata.type": "#microsoft.graph.agentUser", "id": "u2"},
                {"@odata.type": "#microsoft.graph.group", "id": "G9"},
                {"@odata.type": "#microsoft.graph.device", "id": "d"},
                {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "s"},
                {"@odata.type": "#microsoft.graph.orgContact", "id": "c", "@removed": {"reason": "changed"}},
                {"@odata.type": "#microsoft.graph.user", "id": "u3", "@removed": {"reason": "deleted"}},
                {"@odata.type": "#microsoft.graph.user", "id": "u4", "@removed": {"reason": "changed"}},
                {"id": "u5", "@removed": {}}
            ]},
            {"id": "g2"},
            {"id": "g3", "@removed": {"reason": "changed"}, "displayName": "x"},
        ]));
        let group = |id: &str| Principal::Group(GroupId::new(id));
        let g1 = GroupChange::Present {
            id: GroupId::new("g1"),
            name: Some("Sales".into()),
            joined: vec![user("u1"), user("u2"), group("g9")],
            left: vec![user("u3"), user("u4"), user("u5"), group("u5")],
        };
        let g2 = GroupChange::Present { id: GroupId::new("g2"), name: None, joined: vec![], left: vec![] };
        assert_eq!(changes.unwrap(), [g1, g2, GroupChange::Removed { id: GroupId::new("g3") }]);
    }

    #[test]
    fn the_last_word_about_a_member_counts() {
        let member = |removed: bool| match removed {
            true => json!({"@odata.type": "#microsoft.graph.user", "id": "u", "@removed": {"reason": "deleted"}}),
            false => json!({"@odata.type": "#microsoft.graph.user", "id": "u"}),
        };
        for (first, second, joined) in [(false, true, false), (true, false, true)] {
            let changes = of(&json!([{"id": "g", "members@delta": [member(first), member(second)]}])).unwrap();
            let side = |is_side: bool| if is_side { vec![user("u")] } else { vec![] };
            let wanted =
                GroupChange::Present { id: GroupId::new("g"), name: None, joined: side(joined), left: side(!joined) };
            assert_eq!(changes, [wanted]);
        }
    }

    #[test]
    fn members_that_cannot_be_told_are_a_fault_and_never_left_out() {
        for members in [
            json!({}),
            json!(null),
            json!(["u"]),
            json!([{"id": "u"}]),
            json!([{"@odata.type": "#microsoft.graph.user"}]),
            json!([{"@odata.type": "#microsoft.graph.user", "id": ""}]),
        ] {
            assert!(of(&json!([{"id": "g", "members@delta": members}])).is_err(), "{members}");
        }
        assert!(of(&json!([{"displayName": "no id"}])).is_err());
    }

    #[test]
    fn assignments_are_people_and_groups_and_each_has_a_kind() {
        let read = |value: Value| assignments(json!({"value": value}).to_string().as_bytes());
        let (principals, next) = read(json!([
            {"id": "1", "principalId": "U", "principalType": "User"},
            {"id": "2", "principalId": "u", "principalType": "User"},
            {"id": "3", "principalId": "g", "principalType": "Group"},
            {"id": "4", "principalId": "s", "principalType": "ServicePrincipal"},
        ]))
        .unwrap();
        assert_eq!((principals, next), (vec![user("u"), user("u"), Principal::Group(GroupId::new("g"))], None));
        for item in [json!({"principalId": "u"}), json!({"principalType": "User"}), json!({"principalType": 1})] {
            assert!(read(json!([item])).is_err(), "{item}");
        }
    }
}
