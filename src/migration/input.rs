//! Finds the job in what Graph or the portal gives, and imports it.

use serde_json::Value;
use thiserror::Error;

use super::job::EntraJob;
use super::members::{Object, text};
use super::report::{Group, Report};
use super::value::WrongSource;
use super::{Import, schema, scope, settings, table};

/// What an import takes beside the job.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The application (client) id whose assignments count, if the input does not have it.
    pub app_id: Option<&'a str>,
    /// Which job of several.
    pub job_id: Option<&'a str>,
    /// Why a source attribute cannot be read; the configuration would refuse it.
    pub wrong_source: WrongSource<'a>,
}

/// Nothing could be imported.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Not what Graph or the portal gives.
    #[error(
        "is no provisioning schema of Entra; download it on the Provisioning page of the enterprise application \
         (Mappings > a mapping > Show advanced options > Review your schema here), or read .../jobs/{{id}}/schema from Graph"
    )]
    NotASchema,
    /// A job without what it does.
    #[error("has the job {0} without its schema; read .../jobs/{0}/schema from Graph")]
    JobWithoutSchema(String),
    /// More than one can be meant.
    #[error("has several jobs ({}); name one with --job-id", .0.join(", "))]
    SeveralJobs(Vec<String>),
    /// The named one is not there.
    #[error("has no job {wanted:?}, only: {}", .ids.join(", "))]
    UnknownJob {
        /// What was asked for.
        wanted: String,
        /// What is there.
        ids: Vec<String>,
    },
    /// A schema for groups or other objects.
    #[error("has no object mapping for users; is it the schema of another application?")]
    NoUserMapping,
}

/// Members of a job that are read, or that say how it went and not what it does.
const JOB: [&str; 8] =
    ["appId", "id", "schedule", "schema", "secrets", "status", "synchronizationJobSettings", "templateId"];

/// Converts a schema, a job with its schema, or a list of one of them.
pub fn import(input: &Value, options: &Options<'_>) -> Result<Import, ImportError> {
    let job = find(input, options.job_id)?;
    let mut report = Report::default();
    let schema = schema_of(job).ok_or_else(|| ImportError::JobWithoutSchema(id_of(job)))?;
    let mut read = schema::read(schema, &mut report).ok_or(ImportError::NoUserMapping)?;
    read.id = text(job, "id");
    read.settings = settings::read(job, &mut report);
    if job.contains_key("schema") {
        schema::others("job", job, &JOB, &mut report);
        schedule(job, &mut report);
    }
    if let Some(app_id) = options.app_id {
        read.settings.app_id = Some(app_id.to_owned());
    }
    Ok(write(&read, options.wrong_source, report))
}

fn write(job: &EntraJob, wrong_source: WrongSource<'_>, mut report: Report) -> Import {
    if let Some(id) = &job.id {
        report.add(Group::Brought, "job", id.clone());
    }
    let mapping = table::write(job, wrong_source, &mut report);
    let scope = scope::write(job, wrong_source, &mut report);
    Import { mapping, scope, report }
}

fn schedule(job: &Object, report: &mut Report) {
    let interval = job.get("schedule").and_then(Value::as_object).and_then(|schedule| text(schedule, "interval"));
    if let Some(interval) = interval {
        let note =
            format!("Entra's interval is fixed ({interval}); here it is every in [schedule], five minutes by default");
        report.add(Group::Differs, "schedule", note);
    }
}

/// The job, or the schema alone.
fn find<'v>(input: &'v Value, job_id: Option<&str>) -> Result<&'v Object, ImportError> {
    let list = match input {
        Value::Array(list) => list,
        Value::Object(object) => match object.get("value") {
            Some(Value::Array(list)) => list,
            _ => return Ok(object).and_then(must_be_one),
        },
        _ => return Err(ImportError::NotASchema),
    };
    let jobs = list.iter().filter_map(Value::as_object).map(must_be_one).collect::<Result<Vec<_>, _>>()?;
    let ids = || jobs.iter().map(|job| id_of(job)).collect();
    match (job_id, jobs.as_slice()) {
        (_, []) => Err(ImportError::NotASchema),
        (None, [job]) => Ok(job),
        (None, _) => Err(ImportError::SeveralJobs(ids())),
        (Some(wanted), _) => {
            let job = jobs.iter().find(|job| id_of(job).eq_ignore_ascii_case(wanted));
            job.copied().ok_or_else(|| ImportError::UnknownJob { wanted: wanted.to_owned(), ids: ids() })
        }
    }
}

/// An object that is a schema or a job.
fn must_be_one(object: &Object) -> Result<&Object, ImportError> {
    let is_job = ["schema", "schedule", "synchronizationJobSettings", "templateId"];
    let is_one = schema_of(object).is_some() || is_job.iter().any(|name| object.contains_key(*name));
    is_one.then_some(object).ok_or(ImportError::NotASchema)
}

fn schema_of(object: &Object) -> Option<&Object> {
    match object.get("schema") {
        Some(schema) if schema::is_schema(schema) => schema.as_object(),
        _ => object.get("synchronizationRules").filter(|rules| rules.is_array()).map(|_| object),
    }
}

fn id_of(job: &Object) -> String {
    text(job, "id").unwrap_or_else(|| "without an id".to_owned())
}
