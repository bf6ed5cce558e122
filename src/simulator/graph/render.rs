//! How an object looks in a look-up or a list, and to the administrator.

use serde_json::{Map, Value, json};

use super::entity::Entity;
use super::object::{Object, State};
use super::query::Selection;

/// An object as look-ups and lists show it: what is not set is an explicit null or an empty list. What objects of its
/// kind do not have is absent.
pub(super) fn resource(object: &Object, selection: &Selection) -> Map<String, Value> {
    let value = |name: &str, unset: Value| match name {
        "id" => json!(&*object.id),
        "userPrincipalName" => json!(object.shown_name()),
        _ => match object.properties.get(name) {
            Some(stored) if !stored.value.is_null() => stored.value.clone(),
            _ => unset,
        },
    };
    let selected = selection.of(object.entity).into_iter();
    selected.map(|property| (property.name.to_owned(), value(property.name, property.unset()))).collect()
}

/// An object among others, with its type. Of whom the caller may not read there is the id and nothing more ("Get group
/// members", limited information for inaccessible member objects).
pub(super) fn member(object: &Object, selection: &Selection, readable: bool) -> Map<String, Value> {
    let mut member = resource(object, selection);
    if !readable {
        member.iter_mut().filter(|(name, _)| *name != "id").for_each(|(_, value)| *value = Value::Null);
    }
    member.insert("@odata.type".to_owned(), json!(object.entity.odata_type()));
    member
}

/// Everything that was ever set, with where the object is in its life, and who its members or its manager are.
pub(super) fn admin_view(object: &Object) -> Value {
    let lifecycle = match object.state {
        State::Live => "live",
        State::InBin => "deleted",
        State::Purged => "purged",
    };
    let stored = object.properties.iter().map(|(name, stored)| ((*name).to_owned(), stored.value.clone()));
    let mut view: Map<_, _> = stored.collect();
    view.insert("id".to_owned(), json!(&*object.id));
    // Not "state": that is the part of the country where somebody lives.
    view.insert("lifecycle".to_owned(), json!(lifecycle));
    let mut linked = object.linked().map(|(id, _)| json!(&**id));
    match object.entity {
        Entity::Group => {
            view.insert("members".to_owned(), linked.collect());
        }
        Entity::User => {
            view.extend(linked.next().map(|manager| ("manager".to_owned(), manager)));
        }
        _ => {}
    }
    Value::Object(view)
}
