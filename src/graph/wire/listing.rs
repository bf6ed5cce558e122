//! What every list of Graph has, and the two ways in which lists go on.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::connector::{FeedLink, Next};
use crate::defects::{Defect, planted};

/// What is wrong with an answer, as a fragment that follows "an answer that".
pub(in crate::graph) type Fault = &'static str;

/// The items of one page of an ordinary list, and the link to the next.
pub(in crate::graph) type Part<T> = (Vec<T>, Option<String>);

/// One JSON object.
pub(in crate::graph) type Item = Map<String, Value>;

pub(super) const TYPE: &str = "@odata.type";
pub(super) const REMOVED: &str = "@removed";

#[derive(Deserialize)]
struct Envelope {
    value: Option<Vec<Item>>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta_link: Option<String>,
    error: Option<Value>,
}

/// What every list has, once it is known to be one.
struct Listing {
    items: Vec<Item>,
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
        Ok(Self {
            items: value.or(planted(Defect::MissingValueTakenForEmpty).then(Vec::new)).ok_or("has no value")?,
            next_link,
            delta_link,
        })
    }
}

/// A page of a delta feed.
pub(super) fn delta<C>(body: &[u8], change: fn(Item) -> Result<C, Fault>) -> Result<(Vec<C>, Next), Fault> {
    let Listing { items, next_link, delta_link } = Listing::read(body)?;
    let next = match (next_link, delta_link) {
        (Some(link), None) => Next::Page(FeedLink::new(link)),
        (None, Some(link)) => Next::Round(FeedLink::new(link)),
        (Some(_), Some(_)) => return Err("has both a nextLink and a deltaLink"),
        (None, None) => return Err("has neither a nextLink nor a deltaLink"),
    };
    Ok((items.into_iter().map(change).collect::<Result<_, _>>()?, next))
}

/// A page of an ordinary list, with the link to the next one.
pub(super) fn list<T>(body: &[u8], read: impl Fn(Item) -> Result<T, Fault>) -> Result<Part<T>, Fault> {
    let Listing { items, next_link, delta_link: _ } = Listing::read(body)?;
    Ok((items.into_iter().map(read).collect::<Result<_, _>>()?, next_link))
}

/// A page of an ordinary list, as it is.
pub(in crate::graph) fn items(body: &[u8]) -> Result<Part<Item>, Fault> {
    list(body, Ok)
}

/// One object.
pub(in crate::graph) fn object(body: &[u8]) -> Result<Item, Fault> {
    serde_json::from_slice(body).map_err(|_| "is cut short or is not the JSON of an object")
}

/// The text of an id that must be there.
pub(super) fn id<'a>(item: &'a Item, name: &str) -> Result<&'a str, Fault> {
    let id = item.get(name).and_then(Value::as_str).map(str::trim);
    id.filter(|id| !id.is_empty()).ok_or("has an item without an id")
}

/// Whether an item says that it, or a relation to it, is gone. An annotation that is null says nothing.
pub(super) fn is_removed(item: &Item) -> bool {
    item.get(REMOVED).is_some_and(|removed| !removed.is_null())
}

/// The items of an annotation that lists objects; none if it is not there.
pub(super) fn objects<'a>(item: &'a Item, name: &str) -> Result<Vec<&'a Item>, Fault> {
    let fault = "has something else in the place of a list of objects";
    match item.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_object().ok_or(fault)).collect(),
        Some(_) => Err(fault),
    }
}
