//! People: the items of the users feed, single users, their managers.

use serde_json::{Value, json};

use super::listing::{self, Fault, Item, Part, REMOVED, TYPE};
use crate::connector::Page;
use crate::model::{Attributes, EntraId, Presence, SourceChange, SourceUser};

const PLAIN_USER: &str = "#microsoft.graph.user";
const MANAGER: &str = "manager";

/// A page of `users/delta`.
pub(in crate::graph) fn page(body: &[u8]) -> Result<Page, Fault> {
    let (changes, next) = listing::delta(body, change)?;
    Ok(Page { changes, next })
}

/// A page of an ordinary list of users.
pub(in crate::graph) fn users(body: &[u8], presence: Presence) -> Result<Part<SourceUser>, Fault> {
    listing::list(body, |item| source_user(item, presence))
}

/// One user.
pub(in crate::graph) fn user(body: &[u8], presence: Presence) -> Result<SourceUser, Fault> {
    source_user(listing::object(body)?, presence)
}

/// The manager as an object of its own; none if it is no person but a contact.
pub(in crate::graph) fn manager(body: &[u8]) -> Result<Option<EntraId>, Fault> {
    let item = listing::object(body)?;
    let id = id(&item)?;
    Ok(is_person(item.get(TYPE)).then_some(id))
}

/// Whether this is a user of any kind; the recycle bin holds groups and applications too.
pub(in crate::graph) fn is_user(user: &SourceUser) -> bool {
    is_person(user.attributes.get(TYPE))
}

fn is_person(kind: Option<&Value>) -> bool {
    kind.and_then(Value::as_str).is_none_or(|kind| kind.to_ascii_lowercase().ends_with("user"))
}

fn change(item: Item) -> Result<SourceChange, Fault> {
    let id = id(&item)?;
    Ok(match item.get(REMOVED).filter(|_| listing::is_removed(&item)) {
        None => SourceChange::Present { id, attributes: attributes(item)? },
        Some(removed) => SourceChange::Removed {
            id,
            presence: match removed.get("reason").and_then(Value::as_str) {
                Some("changed") => Presence::SoftDeleted,
                _ => Presence::HardDeleted,
            },
        },
    })
}

fn source_user(item: Item, presence: Presence) -> Result<SourceUser, Fault> {
    let id = id(&item)?;
    let mut attributes = attributes(item)?;
    if presence != Presence::Live {
        restore_name(&id, &mut attributes);
    }
    Ok(SourceUser { id, presence, attributes })
}

fn id(item: &Item) -> Result<EntraId, Fault> {
    listing::id(item, "id").map(EntraId::new)
}

/// Everything but the id and the annotations. The type stays where it is not that of an ordinary user: agent users
/// are in the feed too.
fn attributes(item: Item) -> Result<Attributes, Fault> {
    let shown = match item.get(MANAGER) {
        Some(Value::Object(manager)) => Some(one_manager(manager)?),
        _ => change_of_manager(&listing::objects(&item, "manager@delta")?)?,
    };
    let special = |value: &Value| !value.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case(PLAIN_USER));
    let mut attributes: Attributes = item
        .into_iter()
        .filter(|(name, value)| if name == TYPE { special(value) } else { name != "id" && !name.contains('@') })
        .collect();
    attributes.extend(shown.map(|manager| (MANAGER.to_owned(), manager)));
    Ok(attributes)
}

/// The feed gives the one manager as a list. Whoever stands last in it without `@removed` is the manager now. Where
/// all are removed it says only who is not, which is for the reader of the whole record to judge.
fn change_of_manager(entries: &[&Item]) -> Result<Option<Value>, Fault> {
    if let Some(manager) = entries.iter().rev().find(|entry| !listing::is_removed(entry)) {
        return one_manager(manager).map(Some);
    }
    let gone = entries.iter().map(|entry| id(entry)).collect::<Result<Vec<_>, _>>()?;
    Ok((!gone.is_empty()).then(|| json!({ REMOVED: gone })))
}

/// By id alone; null for a contact, who is nobody here.
fn one_manager(manager: &Item) -> Result<Value, Fault> {
    let id = id(manager)?;
    Ok(if is_person(manager.get(TYPE)) { json!({ "id": id }) } else { Value::Null })
}

/// In the recycle bin the user principal name has the id without its dashes in front. Exactly that is taken away.
fn restore_name(id: &EntraId, attributes: &mut Attributes) {
    let Some(Value::String(name)) = attributes.get_mut("userPrincipalName") else { return };
    let prefix = id.as_str().replace('-', "");
    if name.get(..prefix.len()).is_some_and(|start| prefix.len() == 32 && start.eq_ignore_ascii_case(&prefix)) {
        name.drain(..prefix.len());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;
    use crate::connector::{FeedLink, Next};
    use proptest::prelude::*;

    const ID: &str = "0A1b2c3d-0000-1111-2222-333344445555";

    fn read(page: &Value) -> Result<Page, Fault> {
        super::page(page.to_string().as_bytes())
    }

    #[test]
    fn a_page_is_read_item_by_item() {
        let page = read(&json!({
            "@odata.context": "c", "@odata.nextLink": "https://g/next", "value": [
                {"id": "A", "mail": null, "businessPhones": [], "mail@odata.type": "x", "manager@delta": [{"id": "M"}],
                 "@odata.type": "#microsoft.graph.user"},
                {"@removed": {"reason": "changed"}, "id": "b"},
                {"id": "c", "@removed": {"reason": "deleted"}},
                {"id": "d", "@removed": {}},
                {"id": "e", "@odata.type": "#microsoft.graph.agentUser"}
            ]
        }));
        let present = |id: &str, attributes: Value| SourceChange::Present {
            id: EntraId::new(id),
            attributes: attributes.as_object().unwrap().clone(),
        };
        let removed = |id: &str, presence| SourceChange::Removed { id: EntraId::new(id), presence };
        assert_eq!(
            page.unwrap(),
            Page {
                changes: vec![
                    present("a", json!({"mail": null, "businessPhones": [], "manager": {"id": "m"}})),
                    removed("b", Presence::SoftDeleted),
                    removed("c", Presence::HardDeleted),
                    removed("d", Presence::HardDeleted),
                    present("e", json!({"@odata.type": "#microsoft.graph.agentUser"})),
                ],
                next: Next::Page(FeedLink::new("https://g/next")),
            }
        );
    }

    #[test]
    fn the_feeds_list_of_managers_becomes_one_manager_or_those_who_are_not() {
        let gone = |id: &str| json!({"id": id, "@removed": {"reason": "deleted"}});
        let person = |id: &str| json!({"id": id, "@odata.type": "#microsoft.graph.user"});
        let contact = json!({"id": "c", "@odata.type": "#microsoft.graph.orgContact"});
        for (entries, becomes) in [
            (json!([person("B")]), json!({"manager": {"id": "b"}})),
            (json!([gone("A"), person("b")]), json!({"manager": {"id": "b"}})),
            (json!([person("b"), gone("a")]), json!({"manager": {"id": "b"}})),
            (json!([person("a"), person("b")]), json!({"manager": {"id": "b"}})),
            (json!([gone("A"), gone("b")]), json!({"manager": {"@removed": ["a", "b"]}})),
            (json!([contact]), json!({"manager": null})),
            (json!([]), json!({})),
        ] {
            let page = read(&json!({"value": [{"id": "u", "manager@delta": entries}], "@odata.deltaLink": "l"}));
            let SourceChange::Present { attributes, .. } = &page.unwrap().changes[0] else { unreachable!() };
            assert_eq!(Value::Object(attributes.clone()), becomes, "{entries}");
        }
        for entries in [json!({"id": "b"}), json!(["b"]), json!([{}])] {
            let page = json!({"value": [{"id": "u", "manager@delta": entries}], "@odata.deltaLink": "l"});
            assert!(read(&page).is_err(), "{entries}");
        }
    }

    #[test]
    fn an_empty_page_is_a_page() {
        let page = read(&json!({"value": [], "@odata.deltaLink": "https://g/delta"})).unwrap();
        assert_eq!(page, Page { changes: vec![], next: Next::Round(FeedLink::new("https://g/delta")) });
    }

    #[test]
    fn an_annotation_that_is_null_removes_nobody() {
        let body = json!({"value": [{"id": "a", "@removed": null}], "@odata.deltaLink": "l"}).to_string();
        let changes = super::page(body.as_bytes()).unwrap().changes;
        assert!(matches!(changes.as_slice(), [SourceChange::Present { .. }]), "{changes:?}");
    }

    #[test]
    fn what_the_protocol_does_not_allow_is_a_fault() {
        for page in [
            json!({"@odata.deltaLink": "l"}),
            json!({"value": null, "@odata.deltaLink": "l"}),
            json!({"value": {}, "@odata.deltaLink": "l"}),
            json!({"value": []}),
            json!({"value": [], "@odata.deltaLink": "l", "@odata.nextLink": "l"}),
            json!({"value": [], "@odata.deltaLink": "l", "error": {"code": "x"}}),
            json!({"value": [{"mail": "a"}], "@odata.deltaLink": "l"}),
            json!({"value": [{"id": " "}], "@odata.deltaLink": "l"}),
            json!({"value": [{"id": 7}], "@odata.deltaLink": "l"}),
            json!({"value": ["a"], "@odata.deltaLink": "l"}),
            json!([]),
        ] {
            assert!(read(&page).is_err(), "{page}");
        }
    }

    #[test]
    fn a_page_that_is_cut_anywhere_is_a_fault() {
        let whole = json!({"value": [{"id": "a", "mail": "a@x"}], "@odata.deltaLink": "l"}).to_string();
        for end in 0..whole.len() {
            assert!(super::page(&whole.as_bytes()[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn one_user_keeps_its_nulls() {
        let body = json!({"@odata.context": "c", "id": ID, "mail": null, "jobTitle": "J"}).to_string();
        let user = super::user(body.as_bytes(), Presence::Live).unwrap();
        assert_eq!(user.id, EntraId::new(ID));
        assert_eq!(Value::Object(user.attributes), json!({"mail": null, "jobTitle": "J"}));
    }

    #[test]
    fn the_name_of_a_deleted_user_loses_exactly_its_own_id() {
        let name = |presence, upn: &str| {
            let body = json!({"id": ID, "userPrincipalName": upn}).to_string();
            super::user(body.as_bytes(), presence).unwrap().user_principal_name().unwrap_or_default().to_owned()
        };
        let own = "0a1B2c3d000011112222333344445555ann@x";
        assert_eq!(name(Presence::SoftDeleted, own), "ann@x");
        assert_eq!(name(Presence::Live, own), own);
        for other in ["ff1b2c3d000011112222333344445555ann@x", "0a1b2c3dann@x", "ann@x", "öäü"] {
            assert_eq!(name(Presence::SoftDeleted, other), other);
        }
    }

    #[test]
    fn groups_in_the_recycle_bin_are_no_users() {
        let of = |kind: &str| {
            let body = json!({"id": ID, "@odata.type": kind}).to_string();
            is_user(&super::user(body.as_bytes(), Presence::SoftDeleted).unwrap())
        };
        assert!(of("#microsoft.graph.user") && of("#microsoft.graph.agentUser"));
        assert!(!of("#microsoft.graph.group"));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(super::page(&body).is_err());
        }
    }
}
