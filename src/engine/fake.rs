//! For the tests of the engine: a tenant in memory with groups, assignments and managers, and its faults.
#![allow(clippy::unwrap_used, clippy::significant_drop_tightening, reason = "only tests use it")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Planner, Quiet, Settings};
use crate::connector::{
    ConnectorError, ErrorKind, FeedLink, GroupChange, GroupPage, Next, Page, Position, Side, SourceReader,
};
use crate::mapping::{Mapping, Row, Source};
use crate::model::{EntraId, GroupId, GroupLabel, Presence, Principal, SourceUser, TargetPath};
use crate::plan::{Actions, Limits, Policy, Protected, QuarantineRules};
use crate::scope::{Reach, Rules};
use crate::store::{DueQuery, RoundKind, Store};

/// What the tenant is, and what it did.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The source is configured for another tenant now.
    pub(super) is_other: bool,
    pub(super) people: BTreeMap<EntraId, SourceUser>,
    pub(super) groups: BTreeMap<GroupId, (String, BTreeSet<Principal>)>,
    /// Every change of a group since the beginning; a deltaLink is a place in it.
    log: Vec<GroupChange>,
    /// The pages of baselines under way, by link.
    pages: HashMap<String, GroupPage>,
    pub(super) assigned: BTreeSet<Principal>,
    pub(super) managers: BTreeMap<EntraId, EntraId>,
    /// What was asked, as one line each.
    pub(super) asked: Vec<String>,
    /// Groups that baselines leave out although they are there.
    pub(super) hidden: BTreeSet<GroupId>,
    /// The request with this number, counted from now, fails so.
    pub(super) fault: Option<(usize, ErrorKind)>,
    /// Every nextLink leads to the page itself.
    pub(super) endless: bool,
}

/// The tenant as a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Tenant(Arc<Mutex<State>>);

/// A planner over a tenant, with a state of its own.
pub(super) struct World {
    pub(super) planner: Planner<Tenant, ()>,
    pub(super) tenant: Tenant,
    now: Arc<Mutex<Timestamp>>,
    _folder: tempfile::TempDir,
}

pub(super) fn user(id: &str) -> Principal {
    Principal::User(EntraId::new(id))
}

pub(super) fn group(id: &str) -> Principal {
    Principal::Group(GroupId::new(id))
}

/// A live person with a name and nothing else.
pub(super) fn person(id: &str) -> SourceUser {
    let attributes = [("userPrincipalName".to_owned(), format!("{id}@x").into())].into_iter().collect();
    SourceUser { id: EntraId::new(id), presence: Presence::Live, attributes }
}

/// The object id of a group that a test calls by a number.
pub(super) fn guid(number: usize) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

pub(super) fn reach(groups: &[&str], app_id: Option<&str>) -> Reach {
    let groups = groups.iter().map(|&name| name.to_owned()).collect();
    Reach { app_id: app_id.map(str::to_owned), groups, nested: true }
}

impl World {
    /// A tenant without groups, and these people in the snapshot, clean.
    pub(super) async fn new(reach: Reach, people: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state.db")).unwrap();
        let now = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
        let clock = Arc::clone(&now);
        let settings = Settings {
            reach,
            baseline_every: SignedDuration::from_hours(24 * 7),
            smallest_baseline_share: 0.5,
            quarantine: QuarantineRules { failing_people: 5, failing_percent: 50.0 },
            concurrency: 1,
            clock: Arc::new(move || *clock.lock().unwrap()),
            shutdown: CancellationToken::new(),
            progress: Arc::new(Quiet),
        };
        let rows = vec![
            Row::direct(TargetPath::user_name(), "userPrincipalName"),
            Row::new(TargetPath::active(), Source::Active),
        ];
        let policy = Policy {
            mapping: Mapping::new(rows).unwrap(),
            scope: Rules::default(),
            protected: Protected::default(),
            actions: Actions::default(),
            limits: Limits::all(1, 1.0),
        };
        let tenant = Tenant::default();
        let planner = Planner::new(tenant.clone(), (), store, policy, settings);
        let world = Self { planner, tenant, now, _folder: folder };
        world.know(people).await;
        world
    }

    async fn know(&self, people: &[&str]) {
        self.planner.store.start_round(RoundKind::Baseline, "s", Timestamp::UNIX_EPOCH).await.unwrap();
        for id in people {
            self.planner.store.put_user(person(id), Timestamp::UNIX_EPOCH).await.unwrap();
        }
        self.clean().await;
    }

    /// Who is marked, in the order of ids; nobody is afterwards.
    pub(super) async fn clean(&self) -> Vec<String> {
        let query = DueQuery { now: Timestamp::UNIX_EPOCH, deleted_before: None, after: None, limit: 1000 };
        let due = self.planner.store.due(query).await.unwrap();
        let settled = due.iter().map(|record| crate::store::Settled {
            entra_id: record.user.id.clone(),
            mark: record.mark,
            retry: crate::store::RetryChange::Keep,
            watch: None,
            ends_hold: false,
        });
        self.planner.store.settle(settled.collect()).await.unwrap();
        due.into_iter().map(|record| record.user.id.to_string()).collect()
    }

    pub(super) fn pass(&self, hours: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_hours(hours);
    }
}

impl Tenant {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn create(&self, id: &str, name: &str, members: &[Principal]) {
        let mut state = self.state();
        state.groups.insert(GroupId::new(id), (name.to_owned(), members.iter().cloned().collect()));
        state.shown(id, members.to_vec(), Vec::new());
    }

    pub(super) fn delete(&self, id: &str) {
        let mut state = self.state();
        state.groups.remove(&GroupId::new(id));
        state.log.push(GroupChange::Removed { id: GroupId::new(id) });
    }

    pub(super) fn rename(&self, id: &str, name: &str) {
        let mut state = self.state();
        name.clone_into(&mut state.groups.get_mut(&GroupId::new(id)).unwrap().0);
        state.shown(id, Vec::new(), Vec::new());
    }

    pub(super) fn join(&self, id: &str, member: Principal) {
        let mut state = self.state();
        state.groups.get_mut(&GroupId::new(id)).unwrap().1.insert(member.clone());
        state.shown(id, vec![member], Vec::new());
    }

    pub(super) fn leave(&self, id: &str, member: Principal) {
        let mut state = self.state();
        state.groups.get_mut(&GroupId::new(id)).unwrap().1.remove(&member);
        state.shown(id, Vec::new(), vec![member]);
    }

    pub(super) fn assign(&self, who: Principal) {
        self.state().assigned.insert(who);
    }

    pub(super) fn unassign(&self, who: &Principal) {
        self.state().assigned.remove(who);
    }

    /// What was asked since the last call.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    fn ask(&self, what: String) -> Result<MutexGuard<'_, State>, ConnectorError> {
        let mut state = self.state();
        state.asked.push(what);
        match &mut state.fault {
            Some((0, kind)) => {
                let error = ConnectorError::new(Side::Entra, *kind, "a fault");
                state.fault = None;
                return Err(error);
            }
            Some((more, _)) => *more -= 1,
            None => {}
        }
        Ok(state)
    }
}

impl State {
    fn shown(&mut self, id: &str, joined: Vec<Principal>, left: Vec<Principal>) {
        let id = GroupId::new(id);
        let name = Some(self.groups[&id].0.clone());
        self.log.push(GroupChange::Present { id, name, joined, left });
    }

    /// Slices of two members, each on a page of its own, and an empty page at the end.
    fn baseline(&mut self, asked: &[GroupId]) -> GroupPage {
        let mut changes = Vec::new();
        for (id, (name, members)) in self.groups.iter().filter(|(id, _)| asked.contains(id)) {
            let members: Vec<_> = members.iter().cloned().collect();
            let slices =
                if members.is_empty() { vec![Vec::new()] } else { members.chunks(2).map(<[_]>::to_vec).collect() };
            for joined in slices.into_iter().filter(|_| !self.hidden.contains(id)) {
                changes.push(GroupChange::Present {
                    id: id.clone(),
                    name: Some(name.clone()),
                    joined,
                    left: Vec::new(),
                });
            }
        }
        let mut page =
            GroupPage { changes: Vec::new(), next: Next::Round(FeedLink::new(format!("d{}", self.log.len()))) };
        for change in changes.into_iter().rev() {
            let link = format!("p{}", self.pages.len());
            let itself = Next::Page(FeedLink::new(&link));
            let shown = if self.endless { GroupPage { changes: Vec::new(), next: itself.clone() } } else { page };
            self.pages.insert(link, shown);
            page = GroupPage { changes: vec![change], next: itself };
        }
        page
    }

    fn since(&self, link: &str, asked: &[GroupId]) -> GroupPage {
        let start: usize = link[1..].parse().unwrap();
        let is_asked = |change: &&GroupChange| match change {
            GroupChange::Present { id, .. } | GroupChange::Removed { id } => asked.contains(id),
        };
        let changes = self.log[start..].iter().filter(is_asked).cloned().collect();
        GroupPage { changes, next: Next::Round(FeedLink::new(format!("d{}", self.log.len()))) }
    }
}

impl SourceReader for Tenant {
    fn selection(&self) -> &str {
        if self.state().is_other { "other" } else { "one" }
    }

    async fn read_page(&self, _: &Position) -> Result<Page, ConnectorError> {
        Ok(Page { changes: Vec::new(), next: Next::Round(FeedLink::new("u")) })
    }

    async fn user(&self, id: &EntraId) -> Result<Option<SourceUser>, ConnectorError> {
        Ok(self.ask(format!("user {id}"))?.people.get(id).cloned())
    }

    async fn find(&self, _: &str) -> Result<Option<SourceUser>, ConnectorError> {
        Ok(None)
    }

    async fn find_deleted(&self, _: &str) -> Result<Option<SourceUser>, ConnectorError> {
        Ok(None)
    }

    fn reads_managers(&self) -> bool {
        true
    }

    async fn manager(&self, id: &EntraId) -> Result<Option<EntraId>, ConnectorError> {
        Ok(self.ask(format!("manager {id}"))?.managers.get(id).cloned())
    }

    async fn groups_page(&self, groups: &[GroupId], from: &Position) -> Result<GroupPage, ConnectorError> {
        let at = match from {
            Position::Baseline => "all".to_owned(),
            Position::At(link) => link.as_str().to_owned(),
        };
        let mut state = self.ask(format!("{at} of {}", groups.len()))?;
        Ok(match at.as_bytes()[0] {
            b'a' => state.baseline(groups),
            b'p' => state.pages[&at].clone(),
            _ => state.since(&at, groups),
        })
    }

    async fn groups_named(&self, name: &str) -> Result<Vec<GroupLabel>, ConnectorError> {
        let state = self.ask(format!("named {name}"))?;
        let named = state.groups.iter().filter(|(_, (known, _))| known.eq_ignore_ascii_case(name));
        Ok(named.map(|(id, (name, _))| GroupLabel { id: id.clone(), name: name.clone() }).collect())
    }

    async fn group(&self, id: &GroupId) -> Result<Option<GroupLabel>, ConnectorError> {
        let state = self.ask(format!("group {id}"))?;
        Ok(state.groups.get(id).map(|(name, _)| GroupLabel { id: id.clone(), name: name.clone() }))
    }

    async fn members(&self, id: &GroupId) -> Result<BTreeSet<Principal>, ConnectorError> {
        let state = self.ask(format!("members {id}"))?;
        Ok(state.groups[id].1.clone())
    }

    async fn assigned(&self, app_id: &str) -> Result<BTreeSet<Principal>, ConnectorError> {
        Ok(self.ask(format!("assigned {app_id}"))?.assigned.clone())
    }

    fn requests(&self) -> u64 {
        self.state().asked.len() as u64
    }
}
