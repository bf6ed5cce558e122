//! A plan as a file: made to be reviewed, and carried out later exactly as it was reviewed. It holds every value whole,
//! also those that are shown nowhere, and no secret.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::whole::WholeOperation;
use super::{Held, Plan, PlannedOperation};
use crate::model::{HoldClass, Values};

/// By which a plan is told from any other JSON.
const KIND: &str = "entra-jostle-sync plan";

/// The newest format that this version writes and reads.
const FORMAT: u64 = 1;

/// For whom a plan is made: it is never carried out for anybody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenants {
    /// The tenant of Entra: its id, or one of its domains, as configured.
    pub tenant_id: String,
    /// The base URL of Jostle.
    pub jostle_base_url: String,
}

/// A plan that can be carried out later.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// When it was made.
    pub made_at: Timestamp,
    /// For whom.
    pub tenants: Tenants,
    /// The fingerprint of the policy by which it was made.
    pub policy: String,
    /// What is to be done, nobody twice: first what a cycle would do, in its order, then what it would hold.
    pub entries: Vec<PlanEntry>,
}

/// What is to be done for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanEntry {
    /// What.
    pub operation: PlannedOperation,
    /// By which limit a cycle would hold it; none: it would do it.
    pub held: Option<HeldBy>,
}

/// By which limit an operation would be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBy {
    /// What they are held for.
    pub class: HoldClass,
    /// Which limit, with the numbers.
    pub limit: String,
}

/// Why a plan file cannot be used. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// It is something else.
    #[error("it is no plan ({0}); a plan is made by entra-jostle-sync plan --out FILE")]
    NoPlan(String),
    /// Its end is missing.
    #[error("it is cut off: its end is missing; copy it again, or make another plan")]
    CutOff,
    /// A newer version of the program made it.
    #[error(
        "it has format {found} and this version knows formats up to {FORMAT}: use the version that made it, or make another plan"
    )]
    Newer {
        /// Its format.
        found: u64,
    },
    /// Somebody is in it twice.
    #[error("{0} is in it twice; make another plan")]
    Twice(String),
    /// It was made for another tenant of Entra.
    #[error("it was made for the Entra tenant {made_for}, and the configuration has {configured}; nothing was written")]
    OtherTenant {
        /// For which one.
        made_for: String,
        /// What is configured.
        configured: String,
    },
    /// It was made for another Jostle.
    #[error("it was made for the Jostle at {made_for}, and the configuration has {configured}; nothing was written")]
    OtherJostle {
        /// For which one.
        made_for: String,
        /// What is configured.
        configured: String,
    },
}

impl PlanFile {
    /// The file of a plan. Who needs nothing, who cannot be provisioned, and whose account is doubtful is not in it.
    pub fn new(plan: &Plan, made_at: Timestamp, tenants: Tenants, policy: String) -> Self {
        let Plan { operations, skipped: _, failed: _, held } = plan;
        let done = operations.iter().map(|operation| PlanEntry { operation: reviewed(operation), held: None });
        // Whose an account is, is said one by one, and not by handing in a file.
        let held = held.iter().filter(|held| held.class != HoldClass::Match).map(|Held { operation, class, limit }| {
            PlanEntry { operation: reviewed(operation), held: Some(HeldBy { class: *class, limit: limit.clone() }) }
        });
        Self { made_at, tenants, policy, entries: done.chain(held).collect() }
    }

    /// The plan in it, to be shown.
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for PlanEntry { operation, held } in &self.entries {
            match held.clone() {
                None => plan.operations.push(operation.clone()),
                Some(HeldBy { class, limit }) => plan.held.push(Held { operation: operation.clone(), class, limit }),
            }
        }
        plan
    }

    /// Whether it was made for these.
    pub fn check(&self, configured: &Tenants) -> Result<(), FileError> {
        let Tenants { tenant_id, jostle_base_url } = &self.tenants;
        if !tenant_id.eq_ignore_ascii_case(&configured.tenant_id) {
            let (made_for, configured) = (tenant_id.clone(), configured.tenant_id.clone());
            return Err(FileError::OtherTenant { made_for, configured });
        }
        // As one address as the program asks at it.
        if jostle_base_url.trim_end_matches('/') != configured.jostle_base_url.trim_end_matches('/') {
            let (made_for, configured) = (jostle_base_url.clone(), configured.jostle_base_url.clone());
            return Err(FileError::OtherJostle { made_for, configured });
        }
        Ok(())
    }

    /// The text of the file.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let Self { made_at, tenants, policy, entries } = self;
        let written = Written {
            kind: KIND.to_owned(),
            format: FORMAT,
            made_at: *made_at,
            tenants: tenants.clone(),
            policy: policy.clone(),
            entries: entries.iter().map(Line::from).collect(),
        };
        Ok(serde_json::to_string(&written)? + "\n")
    }

    /// What a text says.
    pub fn from_text(text: &str) -> Result<Self, FileError> {
        let Head { kind, format } = serde_json::from_str(text).map_err(|error| unread(&error))?;
        match (kind.as_deref() == Some(KIND), format) {
            (true, Some(FORMAT)) => {}
            (true, Some(found)) if found > FORMAT => return Err(FileError::Newer { found }),
            _ => return Err(FileError::NoPlan("it does not say that it is one".to_owned())),
        }
        let written: Written = serde_json::from_str(text).map_err(|error| unread(&error))?;
        let Written { kind: _, format: _, made_at, tenants, policy, entries } = written;
        let entries: Vec<_> = entries.into_iter().map(PlanEntry::from).collect();
        refuse_twins(entries.iter().map(|entry| &entry.operation))?;
        Ok(Self { made_at, tenants, policy, entries })
    }
}

/// What is looked at before anything else: a newer format may have everything else otherwise.
#[derive(Deserialize)]
struct Head {
    kind: Option<String>,
    format: Option<u64>,
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    kind: String,
    format: u64,
    made_at: Timestamp,
    #[serde(flatten)]
    tenants: Tenants,
    policy: String,
    entries: Vec<Line>,
}

/// One person as written.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    operation: WholeOperation,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held: Option<HeldBy>,
}

impl From<&PlanEntry> for Line {
    fn from(PlanEntry { operation, held }: &PlanEntry) -> Self {
        Self { operation: operation.into(), held: held.clone() }
    }
}

impl From<Line> for PlanEntry {
    fn from(Line { operation, held }: Line) -> Self {
        Self { operation: operation.into(), held }
    }
}

/// An operation that somebody looks at before it is done: then it counts against no limit, and what the account showed
/// is asked for again.
fn reviewed(operation: &PlannedOperation) -> PlannedOperation {
    PlannedOperation { seen: Values::new(), counts_as: None, ..operation.clone() }
}

/// Nobody may be in it twice.
pub(super) fn refuse_twins<'a>(operations: impl IntoIterator<Item = &'a PlannedOperation>) -> Result<(), FileError> {
    let mut known = BTreeSet::new();
    match operations.into_iter().find(|operation| !known.insert(&operation.entra_id)) {
        Some(again) => Err(FileError::Twice(again.user_name.clone())),
        None => Ok(()),
    }
}

pub(super) fn unread(error: &serde_json::Error) -> FileError {
    match error.classify() {
        serde_json::error::Category::Eof => FileError::CutOff,
        // What is wrong with a value may show the value.
        serde_json::error::Category::Data => {
            FileError::NoPlan(format!("line {}, column {} is not as in a plan", error.line(), error.column()))
        }
        _ => FileError::NoPlan(format!("it is no JSON from line {}, column {} on", error.line(), error.column())),
    }
}

/// How much it is, and no value of anybody.
impl fmt::Debug for PlanFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made_at, tenants, policy: _, entries } = self;
        let mut out = f.debug_struct("PlanFile");
        out.field("made_at", made_at).field("tenants", tenants).field("entries", &entries.len()).finish()
    }
}
