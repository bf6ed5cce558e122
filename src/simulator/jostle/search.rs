//! Finding users: the filter, the pages, and the ways in which servers get both wrong (RFC 7644 §3.4.2).

use serde_json::{Value, json};

use super::choices::{FilterHit, Paging};
use super::error::ScimError;
use super::filter::user_name_asked_for;
use super::request::Parameters;
use super::store::{Record, Store};
use super::switches::Switches;

/// The `ListResponse` to a list or a search, whose filter, if there is one, finds what `hit` says. Errors: 400 `invalidFilter`; 404 if the switches want it.
pub(super) fn search(
    store: &Store,
    switches: &Switches,
    hit: FilterHit,
    base_url: &str,
    asked: &Parameters,
) -> Result<Value, ScimError> {
    let hits = match &asked.filter {
        Some(filter) => filtered(store, switches, hit, &user_name_asked_for(filter)?),
        None => store.users().skip(usize::from(switches.paging == Paging::LeavesOut)).collect(),
    };
    if hits.is_empty() && asked.filter.is_some() && switches.no_hit_is_404 {
        return Err(ScimError::no_such_user());
    }
    let start = usize::try_from(asked.start_index.unwrap_or(1)).unwrap_or(1).max(1);
    let page = page(&hits, start, asked.count, switches);
    let resources: Vec<Value> =
        page.iter().map(|user| Value::Object(asked.projection.apply(user.resource(base_url, switches)))).collect();
    Ok(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": if switches.paging == Paging::WrongTotal { resources.len() } else { hits.len() },
        "itemsPerPage": resources.len(),
        "startIndex": start,
        "Resources": resources,
    }))
}

fn filtered<'a>(store: &'a Store, switches: &Switches, hit: FilterHit, name: &str) -> Vec<&'a Record> {
    let exact = switches.user_name_case_sensitive_filter;
    let honest = || store.by_name(name).into_iter().filter(|user| !exact || user.user_name() == name);
    let hits: Vec<&Record> = match hit {
        FilterHit::Honest => honest().collect(),
        FilterHit::Empty => Vec::new(),
        FilterHit::Everybody => store.users().collect(),
        FilterHit::WrongPerson => {
            store.users().find(|user| user.user_name().to_lowercase() != name.to_lowercase()).into_iter().collect()
        }
    };
    let is_found =
        |user: &&Record| user.is_indexed(switches) && (!switches.hidden_inactive || user.shows_active(switches));
    hits.into_iter().filter(is_found).collect()
}

fn page<'a, 'b>(hits: &'b [&'a Record], start: usize, count: Option<i64>, switches: &Switches) -> &'b [&'a Record] {
    let cap = switches.page_cap.get();
    let count = count.map_or(cap, |count| usize::try_from(count).unwrap_or(0)).min(cap);
    let first = match switches.paging {
        Paging::Honest | Paging::WrongTotal | Paging::LeavesOut => start - 1,
        Paging::IgnoresStartIndex => 0,
        Paging::Overlaps => start.saturating_sub(2),
    };
    let rest = hits.get(first..).unwrap_or_default();
    rest.get(..count).unwrap_or(rest)
}
