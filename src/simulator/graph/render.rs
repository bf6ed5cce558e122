//! How a user looks in an answer: in the delta feed, in a look-up, and to the administrator.

use serde_json::{Map, Value, json};

use super::query::Selection;
use super::user::{State, User};

/// Whether a change after a USN surfaces: lifecycle always, properties if they are selected.
pub(super) fn surfaces(user: &User, selection: &Selection, since: u64) -> bool {
    let is_tracked_change = |name: &str| user.properties.get(name).is_some_and(|stored| stored.usn > since);
    user.life_usn > since
        || (user.state == State::Live && selection.properties.iter().any(|property| is_tracked_change(property.name)))
}

/// An item of the delta feed ("Use delta query to track changes in Microsoft Graph data", resource representation):
/// properties never set are absent, cleared ones null; unchanged ones are absent only if `minimal`.
pub(super) fn delta_item(user: &User, selection: &Selection, since: u64, minimal: bool) -> Value {
    let reason = match user.state {
        State::Live => None,
        State::InBin => Some("changed"),
        State::Purged => Some("deleted"),
    };
    if let Some(reason) = reason {
        return json!({"id": &*user.id, "@removed": {"reason": reason}});
    }
    let everything = !minimal || user.life_usn > since;
    let mut item = Map::from_iter([("id".to_owned(), json!(&*user.id))]);
    for property in &selection.properties {
        match user.properties.get(property.name) {
            Some(stored) if everything || stored.usn > since => {
                item.insert(property.name.to_owned(), stored.value.clone());
            }
            _ => {}
        }
    }
    Value::Object(item)
}

/// A user as `GET /users/{id}` and the lists show them: what is not set is an explicit null or an empty list.
pub(super) fn resource(user: &User, selection: &Selection) -> Map<String, Value> {
    let value = |name: &str, unset: Value| match name {
        "id" => json!(&*user.id),
        "userPrincipalName" => json!(user.shown_name()),
        _ => match user.properties.get(name) {
            Some(stored) if !stored.value.is_null() => stored.value.clone(),
            _ => unset,
        },
    };
    let selected = selection.properties.iter();
    selected.map(|property| (property.name.to_owned(), value(property.name, property.unset()))).collect()
}

/// Everything that was ever set, with where the user is in their life.
pub(super) fn admin_view(user: &User) -> Value {
    let lifecycle = match user.state {
        State::Live => "live",
        State::InBin => "deleted",
        State::Purged => "purged",
    };
    let stored = user.properties.iter().map(|(name, stored)| ((*name).to_owned(), stored.value.clone()));
    let mut view: Map<_, _> = stored.collect();
    view.insert("id".to_owned(), json!(&*user.id));
    // Not "state": that is the part of the country where somebody lives.
    view.insert("lifecycle".to_owned(), json!(lifecycle));
    Value::Object(view)
}
