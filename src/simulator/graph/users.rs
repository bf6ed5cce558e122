//! Look-ups: one user, lists, and the recycle bin.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::cursor::ListCursor;
use super::directory::Directory;
use super::error::GraphError;
use super::filter::{Equals, equalities};
use super::query::{Reach, Selection, badly_formed};
use super::render;
use super::tenant::GraphTenant;
use super::user::{User, fold};

/// "List users", page size without `$top`.
const DEFAULT_TOP: usize = 100;

/// "List users", largest page size.
const MAX_TOP: usize = 999;

const USERS: &str = "users";
const DELETED: &str = "directory/deletedItems/microsoft.graph.user";

/// `GET /users/{id | userPrincipalName}`.
pub(super) fn one(tenant: &GraphTenant, call: &Call, key: &str) -> Result<Answer, GraphError> {
    let selection = select_one(call)?;
    let directory = tenant.directory();
    let user = directory.live(key).ok_or_else(|| GraphError::not_found(key))?;
    Ok(entity(render::resource(user, &selection), &selection.context(&call.origin)))
}

/// `GET /directory/deletedItems/{id}`.
pub(super) fn deleted_one(tenant: &GraphTenant, call: &Call, id: &str) -> Result<Answer, GraphError> {
    let selection = select_one(call)?;
    let directory = tenant.directory();
    let user = directory.in_bin(id).ok_or_else(|| GraphError::not_found(id))?;
    let mut resource = render::resource(user, &selection);
    resource.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Ok(entity(resource, &format!("{}/v1.0/$metadata#directoryObjects", call.origin)))
}

/// `GET /users`.
pub(super) fn list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let request = ListRequest::of(tenant, call, USERS)?;
    let directory = tenant.directory();
    let after = request.after.as_deref();
    let users: Vec<&User> = match &request.filter {
        Some(Equals { property, value }) if property == "userPrincipalName" => {
            directory.live(value).filter(|user| fold(&user.shown_name()) == fold(value)).into_iter().collect()
        }
        Some(equals) => directory.live_after(None).filter(|user| matches(user, equals)).collect(),
        None => directory.live_after(after).take(request.top + 1).collect(),
    };
    Ok(respond(tenant, call, &request, &users))
}

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(super) fn deleted_list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let request = ListRequest::of(tenant, call, DELETED)?;
    let directory: &Directory = &tenant.directory();
    let after = request.after.as_deref();
    let users: Vec<&User> = match &request.filter {
        Some(equals) => directory.bin_after(None).filter(|user| matches(user, equals)).collect(),
        None => directory.bin_after(after).take(request.top + 1).collect(),
    };
    Ok(respond(tenant, call, &request, &users))
}

struct ListRequest {
    path: &'static str,
    selection: Arc<Selection>,
    filter: Option<Equals>,
    top: usize,
    after: Option<String>,
}

impl ListRequest {
    fn of(tenant: &GraphTenant, call: &Call, path: &'static str) -> Result<Self, GraphError> {
        if let Some(token) = call.query.token("$skiptoken")? {
            let cursor = tenant.list_cursor(token).filter(|cursor| cursor.path == path).ok_or_else(badly_formed)?;
            return Ok(Self {
                path,
                selection: cursor.selection,
                filter: None,
                top: cursor.top,
                after: Some(cursor.after),
            });
        }
        call.query.allow(&["$select", "$filter", "$top"])?;
        let top = call.query.option("$top").map(|top| top.parse().ok().filter(|top| (1..=MAX_TOP).contains(top)));
        let top = top.unwrap_or(Some(DEFAULT_TOP));
        let top = top.ok_or_else(|| {
            GraphError::request_bad_request("Invalid page size specified; it must be between 1 and 999 inclusive.")
        })?;
        let selection = Arc::new(Selection::parse(call.query.option("$select"), Reach::Collection)?);
        Ok(Self { path, selection, filter: call.query.option("$filter").map(filter).transpose()?, top, after: None })
    }
}

fn filter(text: &str) -> Result<Equals, GraphError> {
    let mut found = equalities(text)?;
    match found.pop() {
        Some(equals) if found.is_empty() && matches!(equals.property.as_str(), "mail" | "userPrincipalName") => {
            Ok(equals)
        }
        _ => Err(GraphError::unsupported_query()),
    }
}

fn matches(user: &User, equals: &Equals) -> bool {
    match equals.property.as_str() {
        "userPrincipalName" => fold(&user.shown_name()) == fold(&equals.value),
        name => user.text(name).is_some_and(|text| fold(text) == fold(&equals.value)),
    }
}

fn respond(tenant: &GraphTenant, call: &Call, request: &ListRequest, users: &[&User]) -> Answer {
    let page = users.get(..request.top).unwrap_or(users);
    let value: Vec<_> = page.iter().map(|user| Value::Object(render::resource(user, &request.selection))).collect();
    let mut body = json!({"@odata.context": request.selection.context(&call.origin), "value": value});
    if let Some(last) = page.last().filter(|_| users.len() > page.len()) {
        let (selection, after) = (request.selection.clone(), last.id.to_string());
        let token = tenant.issue_list_cursor(ListCursor { path: request.path, selection, top: request.top, after });
        let token = utf8_percent_encode(&token, NON_ALPHANUMERIC);
        body["@odata.nextLink"] = json!(format!("{}/v1.0/{}?$skiptoken={token}", call.origin, request.path));
    }
    body.into()
}

fn select_one(call: &Call) -> Result<Selection, GraphError> {
    call.query.allow(&["$select"])?;
    Selection::parse(call.query.option("$select"), Reach::One)
}

fn entity(mut resource: Map<String, Value>, context: &str) -> Answer {
    resource.insert("@odata.context".to_owned(), json!(format!("{context}/$entity")));
    Value::Object(resource).into()
}
