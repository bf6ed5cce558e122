//! `check`: everything that can be wrong before the first cycle, found by reading only.

use jiff::Timestamp;
use serde::Serialize;

use super::exit::{self, Failure};
use super::{Exit, Run, output, wiring, wrap};
use crate::config::Config;
use crate::connector::{ConnectorError, ErrorKind, Expiry, Side, TargetReader};
use crate::graph::GraphSource;
use crate::model::TargetPath;
use crate::scim::{DeclaredAttributes, ScimReader};
use crate::scope::Reach;

/// One thing that was checked.
#[derive(Serialize)]
struct Finding {
    check: String,
    status: Verdict,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Failed,
}

/// The findings, and the exit code of the first failure.
#[derive(Default)]
struct Findings {
    list: Vec<Finding>,
    exit: Option<Exit>,
}

pub(super) async fn check(run: &Run) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let mut findings = Findings::default();
    findings.ok("configuration", format!("{} attributes are mapped", config.offline.mapping.rows().len()));
    check_protect(&config, &mut findings);
    let source = wiring::source(run, &config, None)?;
    if check_entra(&source, &config.offline.scope.reach(), &mut findings).await {
        check_secret(&source, &config, &mut findings).await;
    }
    check_jostle(&wiring::reader(run, &config, None)?, &config, &mut findings).await;
    output::print(run.json, &findings.list, || describe(&findings.list))?;
    Ok(findings.exit.unwrap_or(Exit::Success))
}

/// Only the administrator knows whose key it is.
fn check_protect(config: &Config, findings: &mut Findings) {
    let accounts = config.offline.protect.user_names.len() + config.offline.protect.jostle_ids.len();
    if accounts > 0 {
        let are = if accounts == 1 { "is" } else { "are" };
        return findings.ok("protected accounts", format!("{accounts} {are} never written"));
    }
    let message = "none; add the Automation user whose API key is used, and the System Admins who must get in without \
                   single sign-on, to protect.user_names";
    findings.add("protected accounts", Verdict::Warning, message.to_owned());
}

/// Returns whether there was a token.
async fn check_entra(source: &GraphSource, reach: &Reach, findings: &mut Findings) -> bool {
    let steps = source.check(!reach.is_empty(), reach.app_id.as_deref()).await;
    let has_token = steps.first().is_some_and(|token| token.result.is_ok());
    for step in steps {
        let check = format!("Entra: {}", step.name);
        let message = step.permission.map_or("works".to_owned(), |permission| format!("works, with {permission}"));
        match step.result {
            Ok(()) => findings.ok(&check, message),
            Err(error) => findings.failed(&check, &error),
        }
    }
    has_token
}

/// That it is not known when the secret expires stops nothing, until it does.
async fn check_secret(source: &GraphSource, config: &Config, findings: &mut Findings) {
    const CHECK: &str = "Entra: client secret";
    let now = Timestamp::now();
    let (expiry, whence) = match source.secret_ends(now).await {
        Ok(Some(end)) => (Expiry::ending(Side::Entra, end), "Entra"),
        result => {
            let known = config.health.expiries.iter().find(|expiry| expiry.side == Side::Entra);
            let Some(expiry) = known else {
                let why = match result {
                    Err(error) if error.kind != ErrorKind::Forbidden => format!(": {error}"),
                    Err(_) => " without the application permission Application.Read.All".to_owned(),
                    Ok(_) => String::new(),
                };
                let message = format!(
                    "Entra does not say when it expires{why}; write the date into health.entra_credential_expires, so \
                     that you are told in time"
                );
                return findings.add(CHECK, Verdict::Warning, message);
            };
            (*expiry, "the configuration")
        }
    };
    let is_soon = expiry.days_left(now) <= Expiry::NOTICE_DAYS;
    let verdict = if is_soon { Verdict::Warning } else { Verdict::Ok };
    findings.add(CHECK, verdict, format!("good until {}, says {whence}", expiry.on));
}

async fn check_jostle(reader: &ScimReader, config: &Config, findings: &mut Findings) {
    let nobody = format!("check-{:016x}@entra-jostle-sync.invalid", fastrand::u64(..));
    match reader.find_by_user_name(&nobody).await {
        Ok(_) => findings.ok("Jostle: API key", "accepted; a search for a random userName was answered".to_owned()),
        // Every further request would be refused the same way.
        Err(error) => return findings.failed("Jostle: API key", &error),
    }
    match reader.capabilities().await {
        Ok(capabilities) if capabilities.patch == Some(false) => findings.add(
            "Jostle: ServiceProviderConfig",
            Verdict::Failed,
            "the server says that it does not support PATCH, without which nothing can be updated".to_owned(),
        ),
        Ok(_) => findings.ok("Jostle: ServiceProviderConfig", "PATCH and filters can be used".to_owned()),
        Err(error) => findings.failed("Jostle: ServiceProviderConfig", &error),
    }
    match reader.schema_attributes().await {
        Ok(Some(declared)) => check_schema(&declared, config, findings),
        Ok(None) => findings.add(
            "Jostle: schema",
            Verdict::Warning,
            "the server declares no attributes at /Schemas; whether it takes every mapped one shows only in use"
                .to_owned(),
        ),
        Err(error) => findings.failed("Jostle: schema", &error),
    }
}

fn check_schema(declared: &DeclaredAttributes, config: &Config, findings: &mut Findings) {
    let targets = config.offline.mapping.rows().iter().map(|row| &row.target);
    let missing: Vec<_> = targets.filter(|path| !declared.declares(path)).map(TargetPath::to_string).collect();
    if missing.is_empty() {
        return findings.ok("Jostle: schema", "every mapped attribute stands in the tenant's schema".to_owned());
    }
    let message = format!("not in the tenant's schema, take out of the mapping: {}", missing.join(", "));
    findings.add("Jostle: schema", Verdict::Failed, message);
    findings.exit.get_or_insert(Exit::Configuration);
}

impl Findings {
    fn add(&mut self, check: &str, status: Verdict, message: String) {
        self.list.push(Finding { check: check.to_owned(), status, message });
    }

    fn ok(&mut self, check: &str, message: String) {
        self.add(check, Verdict::Ok, message);
    }

    fn failed(&mut self, check: &str, error: &ConnectorError) {
        self.add(check, Verdict::Failed, error.to_string());
        self.exit.get_or_insert(exit::of_connector_error(error));
    }
}

fn describe(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { check, status, message } in findings {
        let mark = match status {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Failed => "FAILED",
        };
        wrap::field(&mut text, &format!("{mark:<8} {check:<width$}  "), message);
    }
    text
}
