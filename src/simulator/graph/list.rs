//! Plain lists: pages by id, and the options that they take.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::cursor::ListCursor;
use super::entity::Entity;
use super::error::GraphError;
use super::filter::{Equals, equalities};
use super::object::{Object, fold};
use super::query::{Reach, Selection, badly_formed};
use super::tenant::GraphTenant;

/// "Paging Microsoft Graph data in your app": page size of directory objects without `$top`.
const DEFAULT_TOP: usize = 100;

/// The largest page size.
const MAX_TOP: usize = 999;

/// One request for a page of a list.
pub(super) struct ListRequest {
    path: String,
    pub(super) selection: Arc<Selection>,
    pub(super) filter: Option<Equals>,
    top: usize,
    advanced: bool,
    /// The last id of the page before; none on the first page.
    pub(super) after: Option<String>,
}

impl ListRequest {
    /// A list that may be filtered by some properties.
    pub(super) fn of(
        tenant: &GraphTenant,
        call: &Call,
        path: &str,
        entity: Entity,
        filters: &[&str],
    ) -> Result<Self, GraphError> {
        if let Some(request) = Self::further(tenant, call, path)? {
            return Ok(request);
        }
        call.query.allow(&["$select", "$filter", "$top"])?;
        let filter = call.query.option("$filter").map(|text| filter(text, filters)).transpose()?;
        Self::first(call, path, entity, filter, false)
    }

    /// A list that takes `$count`, and with it `ConsistencyLevel: eventual` ("Advanced query capabilities on Microsoft
    /// Entra ID objects"). One that is cast to a kind takes every option only so.
    pub(super) fn countable(
        tenant: &GraphTenant,
        call: &Call,
        path: &str,
        entity: Entity,
        is_cast: bool,
    ) -> Result<Self, GraphError> {
        if let Some(request) = Self::further(tenant, call, path)? {
            return Ok(request);
        }
        call.query.allow(&["$select", "$top", "$count"])?;
        let counted = call.query.option("$count") == Some("true");
        let needed = counted || (is_cast && call.query.has_options());
        if needed && !(counted && call.eventual) {
            return Err(GraphError::unsupported_query());
        }
        Self::first(call, path, entity, None, needed)
    }

    /// The page after another. The header of an advanced query does not travel in the link.
    fn further(tenant: &GraphTenant, call: &Call, path: &str) -> Result<Option<Self>, GraphError> {
        let Some(token) = call.query.token("$skiptoken")? else { return Ok(None) };
        let cursor = tenant.list_cursor(token).filter(|cursor| cursor.path == path).ok_or_else(badly_formed)?;
        if cursor.advanced && !call.eventual {
            return Err(GraphError::unsupported_query());
        }
        let ListCursor { path, selection, filter, top, advanced, after } = cursor;
        Ok(Some(Self { path, selection, filter, top, advanced, after: Some(after) }))
    }

    fn first(
        call: &Call,
        path: &str,
        entity: Entity,
        filter: Option<Equals>,
        advanced: bool,
    ) -> Result<Self, GraphError> {
        let top = call.query.option("$top").map(|top| top.parse().ok().filter(|top| (1..=MAX_TOP).contains(top)));
        let top = top.unwrap_or(Some(DEFAULT_TOP));
        let top = top.ok_or_else(|| {
            GraphError::request_bad_request("Invalid page size specified; it must be between 1 and 999 inclusive.")
        })?;
        let select = call.query.option("$select");
        let selection = Arc::new(Selection::parse(entity, select, Reach::Collection, &call.roles)?);
        Ok(Self { path: path.to_owned(), selection, filter, top, advanced, after: None })
    }

    /// One page of the objects, which are in the order of their ids and may begin before the page.
    pub(super) fn answer<'a>(
        &self,
        tenant: &GraphTenant,
        call: &Call,
        objects: impl Iterator<Item = &'a Object>,
        show: impl Fn(&Object) -> Map<String, Value>,
    ) -> Answer {
        let is_wanted = |object: &&Object| self.filter.as_ref().is_none_or(|equals| matches(object, equals));
        let mut all = objects.filter(is_wanted).peekable();
        let mut body = Map::from_iter([("@odata.context".to_owned(), json!(self.selection.context(&call.origin)))]);
        let is_after = |object: &&Object| self.after.as_deref().is_none_or(|after| &*object.id > after);
        let (page, more) = if self.advanced && self.after.is_none() {
            let counted: Vec<_> = all.collect();
            body.insert("@odata.count".to_owned(), json!(counted.len()));
            let page: Vec<_> = counted.iter().copied().take(self.top).collect();
            let more = counted.len() > page.len();
            (page, more)
        } else {
            let mut rest = all.by_ref().filter(is_after);
            let page: Vec<_> = rest.by_ref().take(self.top).collect();
            let more = rest.next().is_some();
            (page, more)
        };
        body.insert("value".to_owned(), page.iter().map(|object| Value::Object(show(object))).collect());
        if let Some(last) = page.last().filter(|_| more) {
            body.insert("@odata.nextLink".to_owned(), json!(self.link_after(tenant, call, last)));
        }
        Value::Object(body).into()
    }

    fn link_after(&self, tenant: &GraphTenant, call: &Call, last: &Object) -> String {
        let token = tenant.issue_list_cursor(ListCursor {
            path: self.path.clone(),
            selection: self.selection.clone(),
            filter: self.filter.clone(),
            top: self.top,
            advanced: self.advanced,
            after: last.id.to_string(),
        });
        let token = utf8_percent_encode(&token, NON_ALPHANUMERIC);
        format!("{}/v1.0/{}?$skiptoken={token}", call.origin, self.path)
    }
}

fn filter(text: &str, allowed: &[&str]) -> Result<Equals, GraphError> {
    let mut found = equalities(text)?;
    match found.pop() {
        Some(equals) if found.is_empty() && allowed.contains(&equals.property.as_str()) => Ok(equals),
        _ => Err(GraphError::unsupported_query()),
    }
}

fn matches(object: &Object, equals: &Equals) -> bool {
    match equals.property.as_str() {
        "userPrincipalName" => fold(&object.shown_name()) == fold(&equals.value),
        name => object.text(name).is_some_and(|text| fold(text) == fold(&equals.value)),
    }
}

/// A single object.
pub(super) fn entity(mut resource: Map<String, Value>, context: &str) -> Answer {
    resource.insert("@odata.context".to_owned(), json!(format!("{context}/$entity")));
    Value::Object(resource).into()
}

/// `$select` of a request for a single object.
pub(super) fn select_one(call: &Call, entity: Entity) -> Result<Selection, GraphError> {
    call.query.allow(&["$select"])?;
    Selection::parse(entity, call.query.option("$select"), Reach::One, &call.roles)
}
