//! What happened on the way to an operation, step by step as Entra's log tells it. No more than is known: of whoever was
//! planned from the snapshot nobody wrote down when they were read.

use serde_json::{Value, json};

use super::text::account;
use crate::model::Operation;
use crate::store::{CycleKind, LogEntry, LoggedOperation, Matched};

/// `provisioningSteps`.
pub(super) fn steps(row: &LoggedOperation) -> Vec<Value> {
    let entry = &row.entry;
    let import = (row.kind == CycleKind::OnDemand).then(|| {
        let text = format!("Received User '{}' from Microsoft Entra ID", entry.user_name);
        step("EntryImport", "import", "success", &text, &json!({}))
    });
    let rest = match entry.operation.as_str() {
        LogEntry::NO_OPERATION => vec![unplanned(entry)],
        _ => [processing(entry), matching(entry), outcome(entry)].into_iter().flatten().collect(),
    };
    import.into_iter().chain(rest).collect()
}

fn step(name: &str, kind: &str, status: &str, description: &str, details: &Value) -> Value {
    json!({
        "name": name, "provisioningStepType": kind, "status": status, "description": description, "details": details,
    })
}

/// Where it ended with somebody for whom nothing could be planned.
fn unplanned(entry: &LogEntry) -> Value {
    let message = entry.message.as_deref().unwrap_or_default();
    match entry.code.as_deref() {
        Some("scope") => step("EntrySynchronizationScoping", "scoping", "failure", message, &json!({})),
        Some("mapping") | None => step("EntrySynchronization", "processing", "failure", message, &json!({})),
        Some(_) => step("EntryMatching", "matching", "failure", message, &request(entry)),
    }
}

/// What decided it.
fn processing(entry: &LogEntry) -> Option<Value> {
    let name = format!("EntrySynchronization{}", verb(&entry.operation));
    Some(step(&name, "processing", "success", entry.reason.as_deref()?, &json!({})))
}

/// How the account was found.
fn matching(entry: &LogEntry) -> Option<Value> {
    let matched = entry.matched?;
    let details = match matched {
        Matched::NoAccount => json!({}),
        Matched::Link | Matched::UserName | Matched::Chosen => json!({ "jostleId": entry.target_id }),
    };
    Some(step("EntryMatching", "matching", "success", account(matched), &details))
}

/// What was sent, and what came of it; none: nothing had to be.
fn outcome(entry: &LogEntry) -> Option<Value> {
    let name = format!("EntryExport{}", verb(&entry.operation));
    let message = entry.message.as_deref();
    match entry.status.as_str() {
        "skipped" => {
            let message = message.unwrap_or_default();
            Some(step("EntrySynchronizationSkip", "processing", "skipped", message, &json!({})))
        }
        "failure" if entry.code.as_deref() == Some("conflict") && entry.http_status.is_none() => {
            Some(step("EntryMatching", "matching", "failure", message.unwrap_or_default(), &json!({})))
        }
        "failure" => Some(step(&name, "export", "failure", message.unwrap_or_default(), &request(entry))),
        _ if was_sent(entry) => {
            let text = format!("User '{}' was written to Jostle: {}", entry.user_name, entry.operation);
            Some(step(&name, "export", "success", message.unwrap_or(&text), &request(entry)))
        }
        _ => None,
    }
}

/// Whether a success needed a request: it was answered, reading told of it, or a version before format 8 logged it.
fn was_sent(LogEntry { http_status, message, reason, .. }: &LogEntry) -> bool {
    http_status.is_some() || message.is_some() || reason.is_none()
}

/// The request, as far as it is known.
fn request(entry: &LogEntry) -> Value {
    json!({ "httpStatusCode": entry.http_status, "requestId": entry.request_id, "code": entry.code })
}

/// Entra's word for what an operation does to an account.
fn verb(operation: &str) -> &'static str {
    match operation {
        operation if operation == Operation::Create.as_str() => "Add",
        operation if operation == Operation::Delete.as_str() => "Delete",
        _ => "Update",
    }
}
