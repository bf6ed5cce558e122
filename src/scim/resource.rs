//! Accounts and lists out of JSON that a server sent.

use std::collections::HashSet;

use serde_json::Value;

use super::endpoints::{id_in_location, is_id};
use crate::defects::{Defect, planted};
use crate::model::{Account, TargetId, TargetPath, fold};

/// A `ListResponse` (RFC 7644 §3.4.2). `itemsPerPage` is left out: servers disagree on its meaning.
#[derive(Debug, PartialEq)]
pub(super) struct List {
    pub(super) total: Option<usize>,
    pub(super) resources: Vec<Value>,
}

/// Reads a list; none if the JSON is no list, or claims resources that it does not carry.
pub(super) fn list(mut json: Value) -> Option<List> {
    let total = TargetPath::Simple("totalResults".into())
        .read(&json)
        .and_then(|total| total.as_text().and_then(|text| text.parse().ok()));
    let mut members = json.as_object_mut()?.iter_mut();
    let resources = members.find(|(name, _)| name.eq_ignore_ascii_case("Resources")).map(|(_, value)| value.take());
    match (resources, total) {
        (Some(Value::Array(resources)), total) => Some(List { total, resources }),
        (None | Some(Value::Null), Some(0)) => Some(List { total, resources: Vec::new() }),
        _ => None,
    }
}

/// Reads an account; none without an id.
pub(super) fn account(resource: Value) -> Option<Account> {
    let id = id(&resource)?;
    Some(Account { id, user_name: user_name(&resource), resource })
}

/// Reads the answer about one account that was asked for by its id; none if it is about another, or about none.
pub(super) fn account_with_id(wanted: &TargetId, resource: Value) -> Option<Account> {
    let user_name = user_name(&resource);
    let fits = id(&resource).map_or(!user_name.is_empty(), |id| id == *wanted);
    fits.then(|| Account { id: wanted.clone(), user_name, resource })
}

/// The id of a resource: its `id`, which some servers leave out, or what its `meta.location` names.
pub(super) fn id(resource: &Value) -> Option<TargetId> {
    let text = |path: TargetPath| path.read(resource).and_then(|value| value.as_text().map(str::to_owned));
    let own = text(TargetPath::Simple("id".into())).filter(|id| is_id(id)).map(TargetId::new);
    own.or_else(|| id_in_location(&text(TargetPath::Sub { attribute: "meta".into(), sub: "location".into() })?))
}

/// The `userName` that a resource shows, or an empty text.
pub(super) fn user_name(resource: &Value) -> String {
    TargetPath::user_name().read(resource).and_then(|name| name.as_text().map(str::to_owned)).unwrap_or_default()
}

/// The accounts that have the name, each once. A filter may be a regular expression to the server, or nothing at all.
pub(super) fn accounts_named(user_name: &str, resources: Vec<Value>) -> Vec<Account> {
    let wanted = fold(user_name);
    let mut ids = HashSet::new();
    resources
        .into_iter()
        .filter_map(account)
        .filter(|account| {
            (fold(&account.user_name) == wanted || planted(Defect::WrongHitAdopted)) && ids.insert(account.id.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_may_be_a_number_or_stand_in_the_location_only() {
        let id = |resource| account(resource).map(|account| account.id.to_string());
        assert_eq!(id(json!({"id": "a/b"})).as_deref(), Some("a/b"));
        assert_eq!(id(json!({"id": 12})).as_deref(), Some("12"));
        assert_eq!(id(json!({"meta": {"location": "https://x.example/Users/a%2Fb"}})).as_deref(), Some("a/b"));
        assert_eq!(id(json!({"id": "undefined", "meta": {"location": "https://x.example/Users/undefined"}})), None);
        assert_eq!(id(json!({"userName": "a@x"})), None);
        assert_eq!(id(json!("a@x")), None);
    }

    #[test]
    fn an_answer_about_another_account_is_not_taken() {
        let fits = |resource| account_with_id(&TargetId::new("7"), resource).is_some();
        assert!(fits(json!({"id": "7"})));
        assert!(fits(json!({"userName": "a@c.example"})));
        assert!(!fits(json!({"id": "8", "userName": "a@c.example"})));
        assert!(!fits(json!({"totalResults": 0, "Resources": []})));
        assert!(!fits(json!([])));
    }

    #[test]
    fn only_the_name_that_was_asked_for_counts_and_every_id_once() {
        let found = accounts_named(
            "Jo\u{308}rg@X.example",
            vec![
                json!({"id": "1", "userName": "JÖRG@x.example"}),
                json!({"id": "1", "userName": "jörg@x.example"}),
                json!({"id": "2", "userName": "jorg@x.example"}),
                json!({"id": "3"}),
                json!({"userName": "jörg@x.example"}),
                json!({"id": "4", "username": "jörg@x.example"}),
            ],
        );
        let ids: Vec<_> = found.iter().map(|account| account.id.as_str()).collect();
        assert_eq!(ids, ["1", "4"]);
    }

    #[test]
    fn a_list_that_hides_what_it_counts_is_no_list() {
        assert_eq!(list(json!({"totalResults": 0})), Some(List { total: Some(0), resources: vec![] }));
        assert_eq!(list(json!({"totalResults": "2", "Resources": [{}]})).unwrap().total, Some(2));
        assert_eq!(list(json!({"Resources": []})).unwrap().total, None);
        for no_list in [json!({"totalResults": 1}), json!({}), json!([]), json!({"totalResults": 0, "Resources": "x"})]
        {
            assert_eq!(list(no_list.clone()), None, "{no_list}");
        }
    }
}
