//! Reads and decides; cannot write to the target, because it never asks for more than a reader.

use std::sync::Arc;

use super::draft::name_of;
use super::interlock::Interlock;
use super::trouble::code_of;
use super::{CycleError, Settings};
use crate::connector::{ConnectorError, ErrorKind, TargetReader};
use crate::defects::{Defect, planted};
use crate::mapping::Row;
use crate::model::{Account, TargetPath, TargetValue, Values, Watch};
use crate::plan::{
    APPROVAL_LIFETIME, Decided, Decision, Failed, Hit, LookFor, Matching, Pace, Person, Policy, Situation, decide,
};
use crate::scope::Memberships;
use crate::store::{PersonRecord, Store};

/// The reading half of the engine.
pub struct Planner<S, R> {
    pub(super) source: S,
    pub(super) target: R,
    pub(super) store: Store,
    pub(super) policy: Policy,
    pub(super) settings: Settings,
    pub(super) interlock: Arc<Interlock>,
}

impl<S, R> Planner<S, R> {
    /// Joins a source, a target and a store under a policy.
    pub fn new(source: S, target: R, store: Store, policy: Policy, settings: Settings) -> Self {
        Self { source, target, store, policy, settings, interlock: Arc::default() }
    }

    /// Nothing new may be begun once the program is stopping.
    pub(super) fn go_on(&self) -> Result<(), CycleError> {
        if self.settings.shutdown.is_cancelled() { Err(CycleError::Stopped) } else { Ok(()) }
    }

    /// Before anybody is decided about: whoever was last decided by other rules is planned again, and no approval counts
    /// that is none any more.
    pub(super) async fn begin_deciding(&self) -> Result<(), CycleError> {
        self.store.set_policy(&self.policy.fingerprint()).await?;
        self.store.note_configuration(self.policy.sections(), (self.settings.clock)()).await?;
        Ok(self.store.expire_approvals((self.settings.clock)(), APPROVAL_LIFETIME).await?)
    }

    /// Who is where, as the snapshot has it. Computed once for all the people of a plan.
    pub(super) async fn memberships(&self) -> Result<Arc<Memberships>, CycleError> {
        let snapshot = self.store.memberships().await?;
        Ok(Arc::new(Memberships::new(&snapshot, self.policy.scope.nested)))
    }

    /// What everybody is decided by, now.
    pub(super) fn situation<'a>(&'a self, memberships: &'a Memberships) -> Situation<'a> {
        Situation { policy: &self.policy, memberships, now: (self.settings.clock)() }
    }

    /// What an account shows of the mapped attributes, `active` always among them.
    pub(super) fn seen_with_active(&self, account: &Account) -> Values {
        let paths = self.policy.mapping.rows().iter().map(|row: &Row| &row.target);
        let mut seen: Values = paths.filter_map(|path| Some((path.clone(), account.value(path)?))).collect();
        seen.insert(TargetPath::active(), TargetValue::Flag(account.is_active()));
        seen
    }
}

/// What a record says to the pure core.
pub(super) fn person(record: &PersonRecord) -> Person<'_> {
    let PersonRecord { user, manager, deleted_at, link, retry: _, left_at, choice, mark: _ } = record;
    Person {
        user,
        manager: manager.as_ref(),
        deleted_at: *deleted_at,
        link: link.as_ref(),
        left_at: *left_at,
        choice: choice.as_ref(),
    }
}

/// What was decided for one person, or why it could not be, and what time alone will change about it.
pub(super) struct Considered {
    pub(super) decision: Result<Decision, Failed>,
    pub(super) watch: Watch,
    /// Jostle was asked.
    pub(super) looked_up: bool,
}

impl From<Decided> for Considered {
    fn from(Decided { decision, watch }: Decided) -> Self {
        Self { decision: Ok(decision), watch, looked_up: false }
    }
}

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Decides for one person, looking in Jostle if the decision needs it.
    pub(super) async fn decide(
        &self,
        record: &PersonRecord,
        memberships: &Memberships,
    ) -> Result<Considered, CycleError> {
        let situation = self.situation(memberships);
        let decided = decide(person(record), situation, Matching::NotAsked);
        let Decided { decision: Decision::Match(wanted), watch } = decided else { return Ok(decided.into()) };
        self.go_on()?;
        match self.look_for(&wanted).await {
            Ok(hits) => {
                let decided = decide(person(record), situation, Matching::Found(&hits)).into();
                Ok(Considered { looked_up: true, ..decided })
            }
            Err(LookUpError::Cycle(error)) => Err(error),
            Err(LookUpError::Jostle(error)) => match self.outage(&error).await {
                Some(outage) => Err(outage),
                None => {
                    let failed = Failed {
                        entra_id: record.user.id.clone(),
                        user_name: name_of(record),
                        code: code_of(&error),
                        message: error.to_string(),
                        request_id: error.request_id,
                        pace: Pace::Soon,
                        asked: true,
                    };
                    Ok(Considered { decision: Err(failed), watch, looked_up: true })
                }
            },
        }
    }

    /// The accounts that are looked for, each with its owner.
    pub(super) async fn look_for(&self, wanted: &LookFor) -> Result<Vec<Hit>, LookUpError> {
        match wanted {
            LookFor::UserName(user_name) => self.hits(user_name).await,
            LookFor::Id(id) => self.with_owners(self.target.account(id).await?.into_iter().collect()).await,
        }
    }

    /// The accounts with this name, each with its owner.
    pub(super) async fn hits(&self, user_name: &str) -> Result<Vec<Hit>, LookUpError> {
        let accounts = self.target.find_by_user_name(user_name).await?;
        self.with_owners(accounts).await
    }

    /// The same by reading the whole list: for a name that is taken although the filter finds nobody.
    pub(super) async fn hits_by_list(&self, user_name: &str) -> Result<Vec<Hit>, LookUpError> {
        let accounts = self.target.find_by_list(user_name).await?;
        self.with_owners(accounts).await
    }

    async fn with_owners(&self, accounts: Vec<Account>) -> Result<Vec<Hit>, LookUpError> {
        let mut hits = Vec::with_capacity(accounts.len());
        for account in accounts {
            let owner = self.store.owner_of(&account.id).await.map_err(CycleError::from)?;
            hits.push(Hit { account, owner });
        }
        Ok(hits)
    }

    /// Whether an error means that all of Jostle is failing: says so itself, or a probe does.
    pub(super) async fn outage(&self, error: &ConnectorError) -> Option<CycleError> {
        if error.ends_all() {
            self.note_refusal(error);
            return Some(error.clone().into());
        }
        match error.kind {
            _ if planted(Defect::OutageBlamedOnPeople) => None,
            ErrorKind::Unreachable
            | ErrorKind::Unavailable
            | ErrorKind::Protocol
            | ErrorKind::NotFound
            | ErrorKind::InDoubt => self.probe().await.err().map(CycleError::from),
            _ => None,
        }
    }

    /// Asks Jostle whether it answers at all. A refusal ends every run under way.
    pub(super) async fn probe(&self) -> Result<(), ConnectorError> {
        self.target.probe().await.inspect_err(|error| self.note_refusal(error))
    }

    fn note_refusal(&self, error: &ConnectorError) {
        if matches!(error.kind, ErrorKind::CredentialsRefused | ErrorKind::Forbidden) {
            self.interlock.refused(error);
        }
    }
}

/// A look-up that failed, at Jostle or in the state.
pub(super) enum LookUpError {
    Jostle(ConnectorError),
    Cycle(CycleError),
}

impl From<ConnectorError> for LookUpError {
    fn from(error: ConnectorError) -> Self {
        Self::Jostle(error)
    }
}

impl From<LookUpError> for CycleError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Jostle(error) => error.into(),
            LookUpError::Cycle(error) => error,
        }
    }
}

impl From<CycleError> for LookUpError {
    fn from(error: CycleError) -> Self {
        Self::Cycle(error)
    }
}
