//! The log as JSON: one array, an object on each line, with the names of Entra's `provisioningObjectSummary`.
//!
//! What Entra has no word for stands in `entraJostleSync`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Printer;
use super::act::sentence;
use super::codes::entra_error;
use super::steps::steps;
use crate::model::{Change, REDACTED, TargetValue};
use crate::store::{Asked, AuditEntry, LogEntry, LoggedOperation};

/// What stands where nobody asked.
const PROGRAM: &str = "entra-jostle-sync";

/// Knows whose log it is, and whether a row stands before the next one.
#[derive(Debug)]
pub(super) struct Json {
    tenant_id: Option<String>,
    is_first: bool,
}

impl Json {
    pub(super) fn new(tenant_id: Option<String>) -> Self {
        Self { tenant_id, is_first: true }
    }

    fn row(&mut self, out: &mut dyn Write, row: &Value) -> io::Result<()> {
        let before = if self.is_first { "" } else { ",\n" };
        self.is_first = false;
        write!(out, "{before}{row}")
    }
}

impl Printer for Json {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn operation(&mut self, out: &mut dyn Write, row: &LoggedOperation) -> io::Result<()> {
        let row = summary(row, self.tenant_id.as_deref());
        self.row(out, &row)
    }

    fn audit(&mut self, out: &mut dyn Write, row: &AuditEntry) -> io::Result<()> {
        self.row(out, &activity(row))
    }

    fn end(&mut self, out: &mut dyn Write, _rows: usize) -> io::Result<()> {
        out.write_all(b"]\n")
    }
}

fn summary(row: &LoggedOperation, tenant_id: Option<&str>) -> Value {
    let LogEntry { cycle, at, entra_id, user_name, target_id, operation, changes, duration_ms, .. } = &row.entry;
    let identity = |id: Value, details: Value| json!({ "id": id, "displayName": user_name, "identityType": "user", "details": details });
    let cycle = cycle.0.to_string();
    json!({
        "id": row.number.to_string(),
        "activityDateTime": at,
        "tenantId": tenant_id,
        "cycleId": cycle,
        "changeId": row.number.to_string(),
        "provisioningAction": action(operation),
        "durationInMilliseconds": duration_ms,
        "initiatedBy": initiator(&row.asked()),
        "sourceSystem": { "displayName": "Microsoft Entra ID" },
        "targetSystem": { "displayName": "Jostle" },
        "sourceIdentity": identity(json!(entra_id), json!({ "odatatype": "User" })),
        "targetIdentity": identity(json!(target_id), json!({ "userName": user_name })),
        "modifiedProperties": changes.iter().map(property).collect::<Vec<_>>(),
        "provisioningSteps": steps(row),
        "provisioningStatusInfo": status(&row.entry),
        "entraJostleSync": ours(row),
    })
}

/// With the names of Entra's `directoryAudit`; what was done stands whole in the own field.
fn activity(row: &AuditEntry) -> Value {
    let AuditEntry { at, by, entra_id, user_name, act } = row;
    let initiator = match by {
        Some(by) => json!({ "user": { "displayName": by } }),
        None => json!({ "app": { "displayName": PROGRAM } }),
    };
    let target = |id| json!({ "id": id, "displayName": user_name, "type": "User" });
    json!({
        "activityDateTime": at,
        "activityDisplayName": sentence(row),
        "operationType": act.as_str(),
        "initiatedBy": initiator,
        "targetResources": entra_id.as_ref().map(target).into_iter().collect::<Vec<_>>(),
        "entraJostleSync": { "record": "audit", "by": by, "act": act },
    })
}

/// What Entra has no field for.
fn ours(row: &LoggedOperation) -> Value {
    let LogEntry { operation, reason, matched, http_status, code, request_id, message, .. } = &row.entry;
    json!({
        "record": "operation", "operation": operation, "cycleKind": row.kind, "reason": reason, "matched": matched,
        "httpStatus": http_status, "code": code, "requestId": request_id, "message": message, "asked": row.asked(),
        "noticedDateTime": row.noticed_at,
    })
}

/// `provisioningAction`.
fn action(operation: &str) -> &'static str {
    match operation {
        "create" => "create",
        "adopt" | "update" | "reactivate" => "update",
        "deactivate" => "disable",
        "delete" => "delete",
        _ => "other",
    }
}

fn initiator(Asked { by, .. }: &Asked<'_>) -> Value {
    match by {
        Some(by) => json!({ "id": null, "displayName": by, "initiatorType": "user" }),
        None => json!({ "id": null, "displayName": PROGRAM, "initiatorType": "system" }),
    }
}

fn property(Change { attribute, old, new, redacted }: &Change) -> Value {
    let shown = |value: &Option<TargetValue>| {
        value.as_ref().map(|value| match value {
            _ if *redacted => REDACTED.to_owned(),
            TargetValue::Text(text) => text.clone(),
            TargetValue::Flag(true) => "True".to_owned(),
            TargetValue::Flag(false) => "False".to_owned(),
        })
    };
    json!({ "displayName": attribute.to_string(), "oldValue": shown(old), "newValue": shown(new) })
}

fn status(LogEntry { status, message, http_status, code, request_id, .. }: &LogEntry) -> Value {
    let information = match status.as_str() {
        "failure" => {
            let entra = entra_error(code.as_deref().unwrap_or_default());
            let parts = [
                code.as_ref().map(|code| format!("code {code}")),
                http_status.map(|status| format!("HTTP {status}")),
                request_id.as_ref().map(|id| format!("request id {id}")),
            ];
            let additional = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            json!({
                "errorCode": entra.code, "reason": message, "additionalDetails": additional,
                "errorCategory": entra.category, "recommendedAction": entra.action,
            })
        }
        "skipped" => json!({
            "errorCode": "EntrySynchronizationSkipped", "reason": message, "additionalDetails": null,
            "errorCategory": "success", "recommendedAction": null,
        }),
        _ => Value::Null,
    };
    json!({ "status": status, "errorInformation": information })
}
