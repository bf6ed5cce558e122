//! The provisioning job of an application, as plain JSON: what an import reads ("Synchronization API overview",
//! Microsoft Graph v1.0). Nothing here writes, and no credential of the job leaves this file.

use serde_json::{Map, Value, json};
use thiserror::Error;
use url::Url;

use super::GraphSource;
use super::error::{Purpose, unreadable};
use super::wire;
use crate::connector::{ConnectorError, ErrorKind};

/// The application permissions that it needs, beside those of the cycles.
const PERMISSIONS: &str = "Synchronization.Read.All and Application.Read.All";

/// What is read of the secrets: settings that Graph keeps among them. Of all others the name alone.
const SETTINGS: [&str; 3] = ["SyncAll", "SkipOutOfScopeDeletions", "SyncNotificationSettings"];

/// There is no one job to read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JobError {
    /// Graph failed.
    #[error(transparent)]
    Graph(#[from] ConnectorError),
    /// The tenant does not have the application.
    #[error("no enterprise application has the application ID {0}; copy it from its Overview page")]
    NoApplication(String),
    /// The application was never provisioned.
    #[error(
        "the application {0} has no provisioning job; is it the one on whose Provisioning page the mapping stands?"
    )]
    NoJob(String),
    /// More than one can be meant.
    #[error("the application has several provisioning jobs ({}); name one with --job-id", .0.join(", "))]
    SeveralJobs(Vec<String>),
    /// The named one is not there.
    #[error("the application has no provisioning job {wanted}, only: {}", .ids.join(", "))]
    UnknownJob {
        /// What was asked for.
        wanted: String,
        /// What is there.
        ids: Vec<String>,
    },
}

const APPLICATION: Purpose = Purpose { what: "read the enterprise application", permission: PERMISSIONS };
const JOBS: Purpose = Purpose { what: "read the provisioning jobs", permission: PERMISSIONS };
const SCHEMA: Purpose = Purpose { what: "read the schema of the job", permission: PERMISSIONS };
const SECRETS: Purpose = Purpose { what: "read the settings of the job", permission: PERMISSIONS };

impl GraphSource {
    /// The provisioning job of an application by its application (client) id: the job with its `schema`, its `secrets`
    /// without credentials and its `appId`. If Graph does not show the secrets they are left out.
    pub async fn provisioning_job(&self, app_id: &str, job_id: Option<&str>) -> Result<Value, JobError> {
        let application =
            self.object(&self.urls.service_principal(app_id), APPLICATION, wire::service_principal).await?;
        let application = application.ok_or_else(|| JobError::NoApplication(app_id.to_owned()))?;
        let jobs = self.all(self.urls.synchronization(&application, "jobs"), JOBS, wire::items, |_| true).await?;
        let (id, mut job) = chosen(&jobs, app_id, job_id)?;
        let schema = self.object(&self.urls.synchronization_schema(&application, &id), SCHEMA, wire::item).await?;
        let schema = schema.ok_or_else(|| unreadable(SCHEMA, "has no schema of a job that is there"))?;
        job.insert("schema".to_owned(), Value::Object(schema));
        job.insert("appId".to_owned(), json!(app_id));
        if let Some(settings) = self.settings(self.urls.synchronization(&application, "secrets")).await? {
            job.insert("secrets".to_owned(), settings);
        }
        Ok(Value::Object(job))
    }

    /// The settings among the secrets; none if Graph refuses to show them.
    async fn settings(&self, url: Url) -> Result<Option<Value>, ConnectorError> {
        match self.all(url, SECRETS, wire::items, |_| true).await {
            Ok(pairs) => Ok(Some(pairs.iter().map(without_credential).collect())),
            Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Rejected) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn without_credential(pair: &Map<String, Value>) -> Value {
    let key = text(pair, "key").unwrap_or_default();
    let value = SETTINGS.contains(&key).then(|| pair.get("value").cloned()).flatten();
    json!({"key": key, "value": value})
}

/// The job that is meant, and its id.
fn chosen(
    jobs: &[Map<String, Value>],
    app_id: &str,
    wanted: Option<&str>,
) -> Result<(String, Map<String, Value>), JobError> {
    let jobs: Vec<_> = jobs.iter().filter_map(|job| Some((text(job, "id")?.to_owned(), job))).collect();
    let ids = || jobs.iter().map(|(id, _)| id.clone()).collect();
    let found = match (wanted, jobs.as_slice()) {
        (_, []) => return Err(JobError::NoJob(app_id.to_owned())),
        (None, [only]) => Some(only),
        (None, _) => return Err(JobError::SeveralJobs(ids())),
        (Some(wanted), _) => jobs.iter().find(|(id, _)| id.eq_ignore_ascii_case(wanted)),
    };
    match found {
        Some((id, job)) => Ok((id.clone(), (*job).clone())),
        None => Err(JobError::UnknownJob { wanted: wanted.unwrap_or_default().to_owned(), ids: ids() }),
    }
}

fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    object.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found};
    use super::*;

    const JOBS_AT: &str = "/v1.0/servicePrincipals/sp/synchronization/jobs";
    const SECRETS_AT: &str = "/v1.0/servicePrincipals/sp/synchronization/secrets";

    async fn tenant(jobs: Value) -> Fake {
        let fake = Fake::start().await;
        fake.answers("/v1.0/servicePrincipals(appId='app')", 200, json!({"id": "sp", "appId": "app"})).await;
        fake.answers(JOBS_AT, 200, json!({"value": jobs})).await;
        fake
    }

    #[tokio::test]
    async fn a_job_is_read_with_its_schema_and_its_settings_and_without_credentials() {
        let fake = tenant(json!([{"id": "Jostle.1", "synchronizationJobSettings": []}])).await;
        fake.answers(&format!("{JOBS_AT}/Jostle.1/schema"), 200, json!({"synchronizationRules": []})).await;
        let secrets = json!([{"key": "SecretToken", "value": "hunter2"}, {"key": "SyncAll", "value": "false"}]);
        fake.answers(SECRETS_AT, 200, json!({"value": secrets})).await;
        let job = fake.source.provisioning_job("app", None).await.unwrap();
        let wanted = json!({
            "id": "Jostle.1", "synchronizationJobSettings": [], "schema": {"synchronizationRules": []}, "appId": "app",
            "secrets": [{"key": "SecretToken", "value": null}, {"key": "SyncAll", "value": "false"}],
        });
        assert_eq!(job, wanted);
    }

    #[tokio::test]
    async fn secrets_that_graph_does_not_show_are_left_out() {
        let fake = tenant(json!([{"id": "j"}])).await;
        fake.answers(&format!("{JOBS_AT}/j/schema"), 200, json!({})).await;
        fake.answers(SECRETS_AT, 403, json!({})).await;
        assert_eq!(fake.source.provisioning_job("app", None).await.unwrap().get("secrets"), None);
    }

    #[tokio::test]
    async fn of_several_jobs_one_must_be_named() {
        let fake = tenant(json!([{"id": "a"}, {"id": "b"}])).await;
        fake.answers(&format!("{JOBS_AT}/b/schema"), 200, json!({})).await;
        fake.answers(SECRETS_AT, 200, json!({"value": []})).await;
        let ids = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(fake.source.provisioning_job("app", None).await, Err(JobError::SeveralJobs(ids.clone())));
        let unknown = JobError::UnknownJob { wanted: "c".to_owned(), ids };
        assert_eq!(fake.source.provisioning_job("app", Some("c")).await, Err(unknown));
        assert_eq!(fake.source.provisioning_job("app", Some("B")).await.unwrap()["id"], "b");
        let none = tenant(json!([])).await;
        assert_eq!(none.source.provisioning_job("app", None).await, Err(JobError::NoJob("app".to_owned())));
    }

    #[tokio::test]
    async fn an_unknown_application_and_a_missing_permission_are_told_apart() {
        let fake = Fake::start().await;
        fake.answers("/v1.0/servicePrincipals(appId='app')", 404, not_found()).await;
        assert_eq!(fake.source.provisioning_job("app", None).await, Err(JobError::NoApplication("app".to_owned())));
        let fake = Fake::start().await;
        fake.answers("/v1.0/servicePrincipals(appId='app')", 403, json!({})).await;
        let error = fake.source.provisioning_job("app", None).await.unwrap_err();
        assert!(matches!(&error, JobError::Graph(error) if error.kind == ErrorKind::Forbidden));
        assert!(error.to_string().contains("Synchronization.Read.All"), "{error}");
    }
}
