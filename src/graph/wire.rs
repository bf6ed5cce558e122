//! Graph's JSON as plain values. Strict where a lax reading could make people disappear, lenient elsewhere.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::connector::{FeedLink, Next, Page};
use crate::model::{Attributes, EntraId, Presence, SourceChange, SourceUser};

const TYPE: &str = "@odata.type";
const PLAIN_USER: &str = "#microsoft.graph.user";

/// What is wrong with an answer, as a fragment that follows "an answer that".
pub(super) type Fault = &'static str;

#[derive(Deserialize)]
struct Envelope {
    value: Option<Vec<Map<String, Value>>>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta_link: Option<String>,
    error: Option<Value>,
}

/// What every list has, once it is known to be one.
struct Listing {
    items: Vec<Map<String, Value>>,
    next_link: Option<String>,
    delta_link: Option<String>,
}

impl Listing {
    fn read(body: &[u8]) -> Result<Self, Fault> {
        let Envelope { value, next_link, delta_link, error } =
            serde_json::from_slice(body).map_err(|_| "is cut short or is not the JSON of a list")?;
        // An answer may begin well and end in an error, with status 200 all the same.
        if error.is_some() {
            return Err("has an error in its body");
        }
        Ok(Self { items: value.ok_or("has no value")?, next_link, delta_link })
    }
}

/// A page of `users/delta`.
pub(super) fn page(body: &[u8]) -> Result<Page, Fault> {
    let Listing { items, next_link, delta_link } = Listing::read(body)?;
    let next = match (next_link, delta_link) {
        (Some(link), None) => Next::Page(FeedLink::new(link)),
        (None, Some(link)) => Next::Round(FeedLink::new(link)),
        (Some(_), Some(_)) => return Err("has both a nextLink and a deltaLink"),
        (None, None) => return Err("has neither a nextLink nor a deltaLink"),
    };
    let changes = items.into_iter().map(change).collect::<Result<_, _>>()?;
    Ok(Page { changes, next })
}

/// A page of an ordinary list, with the link to the next one.
pub(super) fn list(body: &[u8], presence: Presence) -> Result<(Vec<SourceUser>, Option<String>), Fault> {
    let Listing { items, next_link, delta_link: _ } = Listing::read(body)?;
    let users = items.into_iter().map(|item| source_user(item, presence)).collect::<Result<_, _>>()?;
    Ok((users, next_link))
}

/// One user.
pub(super) fn user(body: &[u8], presence: Presence) -> Result<SourceUser, Fault> {
    source_user(serde_json::from_slice(body).map_err(|_| "is cut short or is not the JSON of a user")?, presence)
}

/// Whether this is a user of any kind; the recycle bin holds groups and applications too.
pub(super) fn is_user(user: &SourceUser) -> bool {
    user.attributes.get(TYPE).and_then(Value::as_str).is_none_or(|kind| kind.to_ascii_lowercase().ends_with("user"))
}

fn change(item: Map<String, Value>) -> Result<SourceChange, Fault> {
    let id = id(&item)?;
    Ok(match item.get("@removed") {
        None => SourceChange::Present { id, attributes: attributes(item) },
        Some(removed) => SourceChange::Removed {
            id,
            presence: match removed.get("reason").and_then(Value::as_str) {
                Some("changed") => Presence::SoftDeleted,
                _ => Presence::HardDeleted,
            },
        },
    })
}

fn source_user(item: Map<String, Value>, presence: Presence) -> Result<SourceUser, Fault> {
    let id = id(&item)?;
    let mut attributes = attributes(item);
    if presence != Presence::Live {
        restore_name(&id, &mut attributes);
    }
    Ok(SourceUser { id, presence, attributes })
}

fn id(item: &Map<String, Value>) -> Result<EntraId, Fault> {
    let id = item.get("id").and_then(Value::as_str).map(EntraId::new);
    id.filter(|id| !id.as_str().is_empty()).ok_or("has an item without an id")
}

/// Everything but the id and the annotations. The type stays where it is not that of an ordinary user: agent users
/// are in the feed too.
fn attributes(item: Map<String, Value>) -> Attributes {
    let special = |value: &Value| !value.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case(PLAIN_USER));
    item.into_iter()
        .filter(|(name, value)| if name == TYPE { special(value) } else { name != "id" && !name.contains('@') })
        .collect()
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
    use proptest::prelude::*;
    use serde_json::json;

    const ID: &str = "0A1b2c3d-0000-1111-2222-333344445555";

    fn read(page: &Value) -> Result<Page, Fault> {
        super::page(page.to_string().as_bytes())
    }

    #[test]
    fn a_page_is_read_item_by_item() {
        let page = read(&json!({
            "@odata.context": "c", "@odata.nextLink": "https://g/next", "value": [
                {"id": "A", "mail": null, "businessPhones": [], "mail@odata.type": "x", "manager@delta": [{"id": "m"}],
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
                    present("a", json!({"mail": null, "businessPhones": []})),
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
    fn an_empty_page_is_a_page() {
        let page = read(&json!({"value": [], "@odata.deltaLink": "https://g/delta"})).unwrap();
        assert_eq!(page, Page { changes: vec![], next: Next::Round(FeedLink::new("https://g/delta")) });
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
