//! `users/delta` and `groups/delta`: rounds, pages and links over the change log.
//!
//! A round reads the log onwards from a USN. Whoever changes while it is read moves to the end of the log and is met
//! there, so nothing is missed; something may be met twice, as with the service.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::cursor::{Cursor, CursorKind, Position, Round};
use super::entity::Entity;
use super::error::GraphError;
use super::filter::equalities;
use super::item::Lens;
use super::object::fold;
use super::page::Page;
use super::query::{Reach, Selection, badly_formed};
use super::switches::GraphSwitches;
use super::tenant::GraphTenant;
use crate::simulator::effect::{Effect, ExpiredStyle};

/// "user: delta" and "group: delta", the most ids that `$filter` takes.
const MAX_IDS: usize = 50;

/// Tokens keep their dashes and underscores; plus and equals signs are encoded.
const TOKEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Answers one request of the feed of a kind of objects.
pub(super) fn page(tenant: &GraphTenant, call: &Call, entity: Entity) -> Result<Answer, GraphError> {
    let switches = tenant.switches();
    let mut cursor = match start(tenant, call, entity)? {
        Start::Fresh(cursor) => cursor,
        Start::Token(token, kind) => resume(tenant, call, entity, token, kind, &switches)?,
    };
    match call.effect {
        Some(Effect::Replay {}) => {
            // No baseline even if that began at 0: what was deleted since must come.
            cursor.round.since = cursor.round.before;
            cursor.position = Position::after(cursor.round.before);
        }
        Some(Effect::Late {}) => {
            cursor.round.until = Some(tenant.directory().shelf(entity).older_half(cursor.position.usn));
        }
        Some(Effect::EndlessPages {}) => cursor.round.endless = true,
        _ => {}
    }
    let minimal = call.minimal && cursor.round.baseline.is_none();
    let lens = Lens { round: &cursor.round, switches: &switches, minimal };
    let page = Page::read(tenant.directory().shelf(entity), &cursor.position, &lens, call.effect.as_ref());
    Ok(Answer { body: body(tenant, call, &cursor, page), minimal })
}

enum Start<'a> {
    Fresh(Cursor),
    Token(&'a str, CursorKind),
}

fn start<'a>(tenant: &GraphTenant, call: &'a Call, entity: Entity) -> Result<Start<'a>, GraphError> {
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
    let selection = Arc::new(Selection::parse(entity, call.query.option("$select"), Reach::Delta, &call.roles)?);
    let ids = call.query.option("$filter").map(ids).transpose()?;
    let usn = tenant.directory().shelf(entity).usn();
    let (baseline, since) = if latest { (None, usn) } else { (Some(usn), 0) };
    let round =
        Round { selection, ids: ids.map(Arc::new), baseline, since, before: since, until: None, endless: false };
    Ok(Start::Fresh(Cursor { kind: CursorKind::Skip, round, position: Position::after(since), expired: None }))
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
    entity: Entity,
    token: &str,
    kind: CursorKind,
    switches: &GraphSwitches,
) -> Result<Cursor, GraphError> {
    let belongs = |cursor: &Cursor| cursor.kind == kind && cursor.round.selection.entity == entity;
    let (cursor, age_seconds) = tenant.cursor(token).filter(|(cursor, _)| belongs(cursor)).ok_or_else(badly_formed)?;
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
    let selection = &cursor.round.selection;
    let select = selection.text().map(|names| format!("$select={names}&")).unwrap_or_default();
    let restart = format!("{}/v1.0/{}/delta?{select}$deltatoken=", call.origin, selection.entity.set());
    GraphError::expired(style, restart)
}

fn body(tenant: &GraphTenant, call: &Call, cursor: &Cursor, page: Page) -> Value {
    let round = &cursor.round;
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(round.selection.context(&call.origin)));
    if !matches!(call.effect, Some(Effect::MissingValue {})) {
        body.insert("value".to_owned(), Value::Array(page.items));
    }
    let origin = match &call.effect {
        Some(Effect::ForeignLink { origin }) => origin,
        _ => &call.origin,
    };
    let kind = if page.next.is_some() { CursorKind::Skip } else { CursorKind::Delta };
    let next = page.next.unwrap_or(Position::after(page.end));
    let mut link = |kind| {
        let (name, option, cursor) = match kind {
            CursorKind::Skip => {
                ("@odata.nextLink", "$skiptoken", Cursor { kind, position: next.clone(), ..cursor.clone() })
            }
            CursorKind::Delta => ("@odata.deltaLink", "$deltatoken", Cursor { kind, ..next_round(cursor, page.end) }),
        };
        let token = tenant.issue_cursor(cursor);
        let (set, token) = (round.selection.entity.set(), utf8_percent_encode(&token, TOKEN));
        body.insert(name.to_owned(), json!(format!("{origin}/v1.0/{set}/delta?{option}={token}")));
    };
    match call.effect {
        Some(Effect::NoLinks {}) => {}
        Some(Effect::BothLinks {}) => [CursorKind::Skip, CursorKind::Delta].into_iter().for_each(link),
        _ => link(kind),
    }
    Value::Object(body)
}

fn next_round(cursor: &Cursor, end: u64) -> Cursor {
    // Whoever changed again late has changes of this round too that nobody was told of.
    let since = if cursor.round.until.is_some() { cursor.round.since } else { end };
    let round = Round { baseline: None, since, before: cursor.round.since, until: None, ..cursor.round.clone() };
    Cursor { round, position: Position::after(end), ..cursor.clone() }
}
