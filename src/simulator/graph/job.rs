//! The provisioning job of the Jostle application ("Microsoft Entra synchronization API"): to be read, never to run.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::directory::Directory;
use super::error::GraphError;
use super::principals::Key;
use super::tenant::GraphTenant;

/// The job as an administrator might have set it up from the Jostle tutorial.
const DEFAULT_SCHEMA: &str = include_str!("job-schema.json");

/// What of the job is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Jobs,
    Job(String),
    Schema(String),
    Secrets,
}

/// The schema that a new tenant's job has.
pub(super) fn default_schema() -> Value {
    serde_json::from_str(DEFAULT_SCHEMA).unwrap_or_default()
}

/// `GET /servicePrincipals/{id}/synchronization/…`.
pub(super) fn answer(tenant: &GraphTenant, call: &Call, key: &Key, ask: &Ask) -> Result<Answer, GraphError> {
    call.query.allow(&[])?;
    let (id, has_job) = {
        let directory: &Directory = &tenant.directory();
        let principal = key.find(directory)?;
        (principal.id.to_string(), principal.text("appId") == Some(&tenant.identity().app_id))
    };
    let base = format!("{}/v1.0/$metadata#servicePrincipals('{id}')/synchronization", call.origin);
    let known = |asked: &str| match has_job && asked == tenant.identity().job_id {
        true => Ok(()),
        false => Err(GraphError::not_found(asked)),
    };
    let body = match ask {
        Ask::Jobs => {
            let jobs: Vec<_> = has_job.then(|| job(tenant)).into_iter().collect();
            json!({"@odata.context": format!("{base}/jobs"), "value": jobs})
        }
        Ask::Job(asked) => {
            known(asked)?;
            with_context(job(tenant), &format!("{base}/jobs/$entity"))
        }
        Ask::Schema(asked) => {
            known(asked)?;
            with_context(tenant.schema().clone(), &format!("{base}/jobs('{asked}')/schema/$entity"))
        }
        Ask::Secrets => {
            let secrets = if has_job { secrets() } else { json!([]) };
            json!({"@odata.context": format!("{base}/secrets"), "value": secrets})
        }
    };
    Ok(body.into())
}

fn with_context(mut body: Value, context: &str) -> Value {
    if let Value::Object(members) = &mut body {
        members.insert("@odata.context".to_owned(), json!(context));
    }
    body
}

fn job(tenant: &GraphTenant) -> Value {
    json!({
        "id": tenant.identity().job_id,
        "templateId": "Jostle",
        "schedule": {"expiration": null, "interval": "PT40M", "state": "Active"},
        "status": {
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": false,
            "code": "Active",
            "lastExecution": null,
            "lastSuccessfulExecution": null,
            "lastSuccessfulExecutionWithExports": null,
            "quarantine": null,
            "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z",
            "steadyStateLastAchievedTime": "0001-01-01T00:00:00Z",
            "troubleshootingUrl": null,
            "progress": [],
            "synchronizedEntryCountByType": [],
        },
        "synchronizationJobSettings": [{"name": "QuarantineTooManyDeletesThreshold", "value": "14"}],
    })
}

/// Settings stand among the secrets; the value of a credential is never given back.
fn secrets() -> Value {
    let notification = json!({
        "Enabled": true, "Recipients": "it@nordwind.example", "DeleteThresholdEnabled": true, "DeleteThresholdValue": 14,
        "HumanResourcesLookaheadQueryEnabled": false,
    });
    json!([
        {"key": "BaseAddress", "value": "https://nordwind.jostle.example/scim2"},
        {"key": "SecretToken", "value": null},
        {"key": "SyncAll", "value": "false"},
        {"key": "SkipOutOfScopeDeletions", "value": "False"},
        {"key": "SyncNotificationSettings", "value": notification.to_string()},
    ])
}
