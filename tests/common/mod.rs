//! A world for whole-cycle tests: a simulated Entra tenant, a target that is the simulator's or somebody else's, and
//! the product's own edges, engine and store between them.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its part of the world")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]
#![allow(clippy::needless_pass_by_value, reason = "json!(…) at the call reads best without a &")]

pub mod scenarios;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use entra_jostle_sync::connector::{Clock, Side};
use entra_jostle_sync::engine::{CycleReport, Engine, ImportError, Planner, Provisioned, Quiet, Settings};
use entra_jostle_sync::graph::{GraphSettings, GraphSource};
use entra_jostle_sync::http::{HttpClient, HttpSettings};
use entra_jostle_sync::mapping::{Mapping, Row, Source, When, WhenEmpty};
use entra_jostle_sync::model::{Compare, TargetPath};
use entra_jostle_sync::plan::{Actions, Bound, Limit, Limits, Plan, Policy, Protected, QuarantineRules};
use entra_jostle_sync::scim::{Dialect, ScimReader, ScimSettings, ScimWriter};
use entra_jostle_sync::scope::Rules;
use entra_jostle_sync::simulator::{
    BodyKind, Effect, Fault, RecordedRequest, RunningSimulator, Side as Simulated, Simulator, SimulatorOptions,
};
use entra_jostle_sync::store::{Fate, Status, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Where accounts are kept.
#[derive(Clone, Debug)]
pub struct Target {
    pub base_url: String,
    pub api_key: String,
}

pub struct World {
    pub sim: RunningSimulator,
    pub target: Target,
    pub policy: Policy,
    pub dialect: Dialect,
    pub shutdown: CancellationToken,
    pub now: Arc<Mutex<Timestamp>>,
    store: Option<Store>,
    folder: tempfile::TempDir,
    http: reqwest::Client,
    clients: [OnceLock<HttpClient>; 2],
}

pub fn path(text: &str) -> TargetPath {
    text.parse().expect("a target path")
}

/// The shipped rows, and one of every other form, which may be cleared.
pub fn mapping() -> Mapping {
    let user_name = Row { compare: Compare::Folded, ..Row::direct(TargetPath::user_name(), "userPrincipalName") };
    let work = Row { required: true, ..Row::direct(path("emails[type eq \"work\"].value"), "mail") };
    let clearable = |target: &str, source: &str| Row { empty: WhenEmpty::Clear, ..Row::direct(path(target), source) };
    let rows = vec![
        user_name,
        Row { max_length: Some(30), ..Row::direct(path("name.givenName"), "givenName") },
        Row { max_length: Some(40), ..Row::direct(path("name.familyName"), "surname") },
        work,
        clearable("title", "jobTitle"),
        clearable("phoneNumbers[type eq \"workmobilephone\"].value", "mobilePhone"),
        clearable("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge", "department"),
        Row { when: When::Create, ..Row::direct(path("nickName"), "mailNickname") },
        Row::new(TargetPath::active(), Source::Active),
    ];
    Mapping::new(rows).expect("a mapping")
}

/// An error with this status in the place of an answer.
pub fn status(status: u16) -> Effect {
    Effect::Status { status, retry_after: None, code: None, body: BodyKind::default() }
}

pub fn on_jostle(effect: Effect) -> Fault {
    Fault::new(Simulated::Jostle, effect)
}

/// People with accounts, and nothing asked or written since; with their Entra ids.
pub async fn in_sync(aliases: &[&str]) -> (World, Vec<String>) {
    let world = World::new().await;
    let ids = aliases.iter().map(|alias| world.person(alias, json!({}))).collect();
    assert_eq!(world.cycled().await, format!("{} create", aliases.len()));
    world.sim.clear_requests();
    world.sim.jostle().clear_journal();
    (world, ids)
}

/// Removals of more than three people and half of the company are held, however many others there are.
pub fn limits() -> Limits {
    let any = Limits::all(1000, 100.0);
    let removal = Limit { cycle: Bound { count: 3, percent: 50.0 }, ..any.deactivate };
    Limits { deactivate: removal, delete: removal, ..any }
}

impl World {
    /// An empty tenant; the target is the simulator's.
    pub async fn new() -> Self {
        let sim = Simulator::start(SimulatorOptions { users: 0, ..SimulatorOptions::default() }).await.expect("starts");
        let target =
            Target { base_url: sim.details().jostle_base_url.clone(), api_key: sim.details().jostle_api_key.clone() };
        Self::with(sim, target)
    }

    /// An empty tenant, and a target that is not ours.
    pub async fn against(target: Target) -> Self {
        let sim = Simulator::start(SimulatorOptions { users: 0, ..SimulatorOptions::default() }).await.expect("starts");
        Self::with(sim, target)
    }

    fn with(sim: RunningSimulator, target: Target) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy {
            mapping: mapping(),
            scope: Rules::default(),
            protected: Protected { user_names: ["robot@corp.example".to_owned()].into(), ..Protected::default() },
            actions: Actions::default(),
            limits: limits(),
        };
        let now = Arc::new(Mutex::new("2026-03-02T08:00:00Z".parse().expect("a time")));
        let store = Some(Store::open(&folder.path().join("state.db")).expect("a new state"));
        // The second installation in a process is refused, and the first one serves.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::new();
        let (dialect, shutdown) = (Dialect::Rfc, CancellationToken::new());
        Self { sim, target, policy, dialect, shutdown, now, store, folder, http, clients: Default::default() }
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("open")
    }

    /// Where the state is, for whoever reads it beside the product.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    /// Stops and starts the product; the state stays.
    pub async fn restart(&mut self) {
        self.restart_after(|_| {}).await;
    }

    /// The same, with something done to the file of the state meanwhile.
    pub async fn restart_after(&mut self, meanwhile: impl FnOnce(&Path)) {
        self.store.take().expect("open").close().await;
        meanwhile(&self.state());
        self.store = Some(Store::open(&self.state()).expect("the state opens again"));
    }

    /// The same, with a fate that decides what becomes of every job of the state.
    pub async fn restart_under(&mut self, fate: Arc<dyn Fate>) {
        self.store.take().expect("open").close().await;
        self.store = Some(Store::open_inline(&self.folder.path().join("state.db"), fate).expect("the state opens"));
    }

    /// Loses the state.
    pub async fn forget(&mut self) {
        self.restart_after(|state| {
            let _absent = ["", "-wal", "-shm"].map(|end| std::fs::remove_file(format!("{}{end}", state.display())));
        })
        .await;
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        let mut now = self.now.lock().expect("the clock");
        *now += time;
    }

    /// One client a side for all engines of a world: it is slow to make.
    fn http(&self, side: Side) -> HttpClient {
        let client = &self.clients[usize::from(side == Side::Jostle)];
        client.get_or_init(|| self.new_http(side)).clone()
    }

    fn new_http(&self, side: Side) -> HttpClient {
        let settings = HttpSettings {
            side,
            requests_per_second: None,
            concurrency: 8,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(20),
            stop_grace: Duration::from_secs(5),
            max_response_bytes: 8 << 20,
            max_attempts: 3,
            first_backoff: Duration::from_millis(1),
            extra_ca_pem: None,
            clock: self.clock(),
            on_throttle: None,
        };
        HttpClient::new(settings, self.shutdown.clone()).expect("an HTTP client")
    }

    fn source(&self) -> GraphSource {
        let details = self.sim.details();
        let mut properties: Vec<String> =
            ["userPrincipalName", "mail", "accountEnabled", "userType"].map(str::to_owned).into();
        properties.extend(self.policy.mapping.source_properties().into_iter().map(str::to_owned));
        properties.extend(self.policy.scope.source_properties());
        properties.sort();
        properties.dedup();
        let settings = GraphSettings {
            authority: details.authority.parse().expect("a URL"),
            graph_root: details.graph_root.parse().expect("a URL"),
            tenant_id: details.tenant_id.clone(),
            client_id: details.client_id.clone(),
            client_secret: details.client_secret.clone().into(),
            properties,
        };
        GraphSource::new(&settings, self.http(Side::Entra)).expect("a source")
    }

    fn reader(&self) -> ScimReader {
        let settings = ScimSettings {
            base_url: self.target.base_url.parse().expect("a URL"),
            api_key: self.target.api_key.clone().into(),
            dialect: self.dialect,
        };
        ScimReader::new(settings, self.http(Side::Jostle))
    }

    fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || *now.lock().expect("the clock"))
    }

    fn settings(&self) -> Settings {
        Settings {
            reach: self.policy.scope.reach(),
            baseline_every: SignedDuration::from_hours(24 * 7),
            smallest_baseline_share: 0.5,
            quarantine: QuarantineRules { failing_people: 5, failing_percent: 50.0 },
            concurrency: 4,
            clock: self.clock(),
            shutdown: self.shutdown.clone(),
            progress: Arc::new(Quiet),
        }
    }

    /// An engine beside another one over the same state.
    pub fn beside(&self, engine: &Engine<GraphSource, ScimWriter>) -> Engine<GraphSource, ScimWriter> {
        engine.beside(self.source(), ScimWriter::new(self.reader()))
    }

    pub fn engine(&self) -> Engine<GraphSource, ScimWriter> {
        let writer = ScimWriter::new(self.reader());
        Engine::new(self.source(), writer, self.store().clone(), self.policy.clone(), self.settings())
    }

    pub async fn cycle(&self) -> CycleReport {
        self.engine().cycle().await.expect("the state works")
    }

    /// A cycle, as one line: the operations and whatever else is not zero.
    pub async fn cycled(&self) -> String {
        summary(&self.cycle().await)
    }

    pub async fn plan(&self) -> Plan {
        self.planner(self.store()).plan().await.expect("a plan").plan
    }

    /// What cannot write, over any state.
    pub fn planner(&self, store: &Store) -> Planner<GraphSource, ScimReader> {
        Planner::new(self.source(), self.reader(), store.clone(), self.policy.clone(), self.settings())
    }

    pub async fn provision(&self, key: &str) -> Result<Provisioned, ImportError> {
        self.engine().provision(key).await
    }

    pub async fn status(&self) -> Status {
        self.store().status().await.expect("a status")
    }

    /// Somebody new in Entra, with a name and a mail address made of `alias`; returns the Entra id.
    pub fn person(&self, alias: &str, more: Value) -> String {
        let mut user = json!({
            "userPrincipalName": format!("{alias}@corp.example"), "mail": format!("{alias}@corp.example"),
            "displayName": alias, "givenName": "Given", "surname": "Family", "accountEnabled": true,
            "userType": "Member", "mailNickname": alias,
        });
        user.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        let created = self.sim.graph().create_user(&user).expect("a new person");
        created["id"].as_str().expect("an id").to_owned()
    }

    /// A new group in Entra with these members; returns its object id.
    pub fn group(&self, name: &str, members: &[&String]) -> String {
        let properties = json!({
            "displayName": name, "mailEnabled": false, "mailNickname": "group", "securityEnabled": true,
        });
        let group = self.sim.graph().create_group(&properties).expect("a group");
        let id = group["id"].as_str().expect("an id").to_owned();
        for member in members {
            self.join(&id, member);
        }
        id
    }

    pub fn join(&self, group: &str, member: &str) {
        self.sim.graph().add_member(group, member).expect("a member");
    }

    pub fn leave(&self, group: &str, member: &str) {
        self.sim.graph().remove_member(group, member).expect("no member any more");
    }

    pub fn change(&self, id: &str, properties: Value) {
        self.sim.graph().update_user(id, &properties).expect("a change");
    }

    /// Every account of the target, read with a client that is not ours, in pages of any size.
    pub async fn accounts(&self) -> Vec<Value> {
        let mut accounts: Vec<Value> = Vec::new();
        loop {
            let start = (accounts.len() + 1).to_string();
            let query = [("startIndex", start.as_str()), ("count", "50")];
            let url =
                reqwest::Url::parse_with_params(&format!("{}/Users", self.target.base_url), query).expect("a URL");
            let answer = self.http.get(url).bearer_auth(&self.target.api_key).send().await.expect("an answer");
            assert!(answer.status().is_success(), "listing accounts: {}", answer.status());
            let list: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
            let page = list["Resources"].as_array().cloned().unwrap_or_default();
            let total = list["totalResults"].as_u64().expect("a total");
            accounts.extend(page.clone());
            if page.is_empty() || accounts.len() as u64 >= total {
                return accounts;
            }
        }
    }

    /// The account with this userName.
    pub async fn account(&self, user_name: &str) -> Option<Value> {
        let wanted = user_name.to_lowercase();
        let mut found: Vec<_> = self
            .accounts()
            .await
            .into_iter()
            .filter(|account| account["userName"].as_str().is_some_and(|name| name.to_lowercase() == wanted))
            .collect();
        assert!(found.len() < 2, "{user_name} has {} accounts", found.len());
        found.pop()
    }

    /// Puts an account into the target as an administrator would have.
    pub async fn put_account(&self, account: &Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/Users", self.target.base_url))
            .bearer_auth(&self.target.api_key)
            .header("content-type", "application/scim+json")
            .body(account.to_string())
            .send()
            .await
            .expect("an answer");
        let (status, body) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{status} {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    pub fn jostle_requests(&self) -> Vec<RecordedRequest> {
        let to_jostle = |request: &RecordedRequest| request.side == entra_jostle_sync::simulator::Side::Jostle;
        self.sim.requests().into_iter().filter(to_jostle).collect()
    }

    /// Requests that changed something in the simulator's Jostle, since they were last cleared.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.jostle_requests().into_iter();
        requests.filter(|r| r.method != "GET").map(|r| format!("{} {}", r.method, r.path)).collect()
    }
}

/// An account as an administrator would have made it.
pub fn handmade(user_name: &str, given: &str, active: bool) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name, "active": active,
        "name": {"givenName": given, "familyName": "Family"}, "emails": [{"type": "work", "value": user_name}],
    })
}

/// `2 create, 1 update; 1 failed`: what a cycle did, without what is zero and without who was skipped.
pub fn summary(report: &CycleReport) -> String {
    let mut text = report.operations.to_string();
    for (count, word) in [(report.failed, "failed"), (report.held, "held")] {
        if count > 0 {
            write!(text, "; {count} {word}").expect("a String takes everything");
        }
    }
    if let Some(error) = &report.error {
        write!(text, "; {error}").expect("a String takes everything");
    }
    text
}
