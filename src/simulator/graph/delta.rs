//! `users/delta`: rounds, pages and links over the change log.
//!
//! A round reads the log onwards from a USN. Whoever changes while it is read moves to the end of the log and is met
//! there, so nobody is missed; somebody may be met twice, as with the service.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::cursor::{Cursor, CursorKind, Round};
use super::directory::Directory;
use super::error::GraphError;
use super::filter::equalities;
use super::query::{Reach, Selection, badly_formed};
use super::render;
use super::tenant::{GraphSwitches, GraphTenant};
use super::user::{State, User, fold};
use crate::simulator::effect::{Effect, ExpiredStyle};

/// "user: delta", the most ids that `$filter` takes.
const MAX_IDS: usize = 50;

/// Tokens keep their dashes and underscores; plus and equals signs are encoded.
const TOKEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Answers one request of the feed.
pub(super) fn page(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let switches = tenant.switches();
    let mut cursor = match start(tenant, call)? {
        Start::Fresh(cursor) => cursor,
        Start::Token(token, kind) => resume(tenant, call, token, kind, &switches)?,
    };
    if matches!(call.effect, Some(Effect::Replay {})) {
        // No baseline even if that began at 0: what was deleted since must come.
        cursor.round.since = cursor.round.before;
        cursor.position = cursor.round.before;
    }
    let minimal = call.minimal && cursor.round.baseline.is_none();
    let body = {
        let directory = tenant.directory();
        let read = Read::of(&directory, &cursor, &switches, call.effect.as_ref());
        body(tenant, call, &cursor, &read, minimal)
    };
    Ok(Answer { body, minimal })
}

enum Start<'a> {
    Fresh(Cursor),
    Token(&'a str, CursorKind),
}

fn start<'a>(tenant: &GraphTenant, call: &'a Call) -> Result<Start<'a>, GraphError> {
    if let Some(token) = call.query.token("$skiptoken")? {
        return Ok(Start::Token(token, CursorKind::Skip));
    }
    let latest = match call.query.option("$deltatoken") {
        Some("latest") => true,
        None | Some("") => false,
        Some(_) => {
            let token = call.query.token("$deltatoken")?.unwrap_or_default();
            return Ok(Start::Token(token, CursorKind::Delta));
        }
    };
    call.query.allow(&["$select", "$filter", "$deltatoken"])?;
    let selection = Arc::new(Selection::parse(call.query.option("$select"), Reach::Collection)?);
    let ids = call.query.option("$filter").map(ids).transpose()?;
    let usn = tenant.directory().usn();
    let (baseline, since) = if latest { (None, usn) } else { (Some(usn), 0) };
    let round = Round { selection, ids: ids.map(Arc::new), baseline, since, before: since };
    Ok(Start::Fresh(Cursor { kind: CursorKind::Skip, round, position: since, expired: None }))
}

fn ids(filter: &str) -> Result<std::collections::BTreeSet<String>, GraphError> {
    let found = equalities(filter)?;
    if found.len() > MAX_IDS || found.iter().any(|equals| equals.property != "id") {
        return Err(GraphError::unsupported_query());
    }
    Ok(found.iter().map(|equals| fold(&equals.value)).collect())
}

/// Where a token leads; refuses those that are unknown, of the other link, or too old.
fn resume(
    tenant: &GraphTenant,
    call: &Call,
    token: &str,
    kind: CursorKind,
    switches: &GraphSwitches,
) -> Result<Cursor, GraphError> {
    let (cursor, age_seconds) =
        tenant.cursor(token).filter(|(cursor, _)| cursor.kind == kind).ok_or_else(badly_formed)?;
    if let Some(Effect::ExpireToken { style }) = call.effect {
        tenant.expire_cursor(token, style);
        return Err(expired(call, &cursor, style));
    }
    match (cursor.expired, kind) {
        (Some(style), _) => Err(expired(call, &cursor, style)),
        (None, CursorKind::Skip) if age_seconds >= switches.page_token_seconds => Err(GraphError::expired_page()),
        (None, CursorKind::Delta) if age_seconds >= switches.delta_token_seconds => {
            Err(GraphError::sync_state_not_found())
        }
        _ => Ok(cursor),
    }
}

fn expired(call: &Call, cursor: &Cursor, style: ExpiredStyle) -> GraphError {
    match style {
        ExpiredStyle::SyncStateNotFound => GraphError::sync_state_not_found(),
        ExpiredStyle::Gone => {
            let select = cursor.round.selection.text().map(|names| format!("$select={names}&")).unwrap_or_default();
            GraphError::gone(format!("{}/v1.0/users/delta?{select}$deltatoken=", call.origin))
        }
    }
}

/// The users of one page, and where the next one begins; none if the round is complete.
struct Read<'a> {
    users: Vec<&'a User>,
    next: Option<u64>,
    end: u64,
}

impl<'a> Read<'a> {
    fn of(directory: &'a Directory, cursor: &Cursor, switches: &GraphSwitches, effect: Option<&Effect>) -> Self {
        let (size, repeats) = match effect {
            Some(Effect::EmptyPage {}) => {
                return Self { users: Vec::new(), next: Some(cursor.position), end: directory.usn() };
            }
            Some(Effect::Duplicate {}) => (switches.page_size.div_ceil(2), switches.page_size.div_ceil(2)),
            _ => (switches.page_size, 0),
        };
        let round = &cursor.round;
        let wanted = |user: &User| {
            render::surfaces(user, &round.selection, round.since)
                && round.ids.as_ref().is_none_or(|ids| ids.contains(&*user.id))
                && round.baseline.is_none_or(|began| {
                    user.state == State::Live || user.life_usn > began || switches.tombstones_in_baseline
                })
        };
        let mut found = directory.changed_after(cursor.position).filter(|(_, user)| wanted(user));
        let page: Vec<_> = found.by_ref().take(size).collect();
        let next = page.last().map(|(usn, _)| *usn).filter(|_| found.next().is_some());
        let mut users: Vec<_> = page.into_iter().map(|(_, user)| user).collect();
        if repeats > 0 {
            let earlier = directory.changed_until(cursor.position).filter(|user| wanted(user)).take(repeats);
            let earlier: Vec<_> = earlier.collect();
            let again = if earlier.is_empty() { users.clone() } else { earlier };
            users.extend(again);
        }
        Self { users, next, end: directory.usn() }
    }
}

fn body(tenant: &GraphTenant, call: &Call, cursor: &Cursor, read: &Read<'_>, minimal: bool) -> Value {
    let round = &cursor.round;
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(round.selection.context(&call.origin)));
    if !matches!(call.effect, Some(Effect::MissingValue {})) {
        let items = read.users.iter().map(|user| render::delta_item(user, &round.selection, round.since, minimal));
        body.insert("value".to_owned(), items.collect());
    }
    let origin = match &call.effect {
        Some(Effect::ForeignLink { origin }) => origin,
        _ => &call.origin,
    };
    let mut link = |kind| {
        let next = read.next.unwrap_or(read.end);
        let (name, option, cursor) = match kind {
            CursorKind::Skip => ("@odata.nextLink", "$skiptoken", Cursor { kind, position: next, ..cursor.clone() }),
            CursorKind::Delta => ("@odata.deltaLink", "$deltatoken", Cursor { kind, ..next_round(cursor, read.end) }),
        };
        let token = tenant.issue_cursor(cursor);
        let token = utf8_percent_encode(&token, TOKEN);
        body.insert(name.to_owned(), json!(format!("{origin}/v1.0/users/delta?{option}={token}")));
    };
    let kind = if read.next.is_some() { CursorKind::Skip } else { CursorKind::Delta };
    match call.effect {
        Some(Effect::NoLinks {}) => {}
        Some(Effect::BothLinks {}) => [CursorKind::Skip, CursorKind::Delta].into_iter().for_each(link),
        _ => link(kind),
    }
    Value::Object(body)
}

fn next_round(cursor: &Cursor, end: u64) -> Cursor {
    let round = Round { baseline: None, since: end, before: cursor.round.since, ..cursor.round.clone() };
    Cursor { round, position: end, ..cursor.clone() }
}
