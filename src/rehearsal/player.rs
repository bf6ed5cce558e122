//! Carries out the events of a scenario one after the other.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::sleep;

use super::event::{Change, Event};
use super::foretold;
use super::fortune::Lot;
use super::oracle::{Books, Said};
use super::play::Played;
use super::program::Program;
use super::rules::Rule;
use super::runs::{Left, Ran};
use super::scenario::Scenario;
use super::stage::{Stage, Time};
use super::tenants::Tenants;
use crate::simulator::{Fault, Side, Simulator, SimulatorOptions};

/// No run of so small a company lasts longer, whatever it waits for: five times the longest Retry-After, twice.
const LONGEST_RUN: Duration = Duration::from_hours(72);

/// A request on its way may still arrive when the program is dead; then the server has this long to answer nobody.
const LAST_ARRIVAL: Duration = Duration::from_mins(1);

/// Plays one scenario.
pub(super) struct Player {
    pub(super) stage: Arc<Stage>,
    pub(super) program: Option<Program>,
    folder: tempfile::TempDir,
    /// What the next run meets.
    lot: Lot,
    faults: Vec<Fault>,
    pub(super) losses: Losses,
    pub(super) played: Played,
    /// What of the journal was judged already, and the moment at which the last read without any fault began.
    pub(super) judged: usize,
    pub(super) known_since: u64,
    /// Somebody was there to approve what is held.
    pub(super) has_approved: bool,
    /// Plans are compared with cycles.
    pub(super) compares: bool,
    /// What is known of the cycles of this state.
    pub(super) books: Books,
    /// The plan that was drawn up last, as a file.
    pub(super) drawn: Option<String>,
    /// The program's clock was set at some time.
    pub(super) clock_set: bool,
}

/// What went with the state when it was lost.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// Writes in the journal then.
    pub(super) told_from: usize,
    /// Accounts that were ours then.
    pub(super) accounts: std::collections::BTreeSet<String>,
}

impl Player {
    /// Sets the stage and starts the program.
    pub(super) fn new(scenario: &Scenario) -> Result<Self, String> {
        let time = Time::begin();
        let options = SimulatorOptions { users: 0, seed: scenario.seed, ..SimulatorOptions::default() };
        let sim = Simulator::in_process(options, time.of_services()).map_err(|error| error.to_string())?;
        let tenants = Tenants::found(sim, &scenario.company)?;
        let stage = Arc::new(Stage::new(scenario.seed, tenants, time));
        let folder = folder().map_err(|error| error.to_string())?;
        let mut player = Self {
            stage,
            program: None,
            folder,
            lot: Lot::default(),
            faults: Vec::new(),
            losses: Losses::default(),
            played: Played::default(),
            judged: 0,
            has_approved: false,
            known_since: 0,
            compares: foretold::compares(scenario.seed, &scenario.company.jostle),
            books: Books::default(),
            drawn: None,
            clock_set: false,
        };
        player.start()?;
        Ok(player)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    fn start(&mut self) -> Result<(), String> {
        self.program = Some(Program::start(&self.stage, &self.file())?);
        Ok(())
    }

    /// All events.
    pub(super) async fn play(&mut self, events: &[Event]) {
        // What was in Jostle before is older than two clocks may be apart.
        sleep(Duration::from_hours(1)).await;
        for event in events {
            tracing::debug!(event = "rehearsal.event", "{event}");
            if let Err(why) = Box::pin(self.one(event)).await {
                self.stage.broken(Rule::Runs, why);
                return;
            }
        }
    }

    async fn one(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Change(change) => {
                self.stage.tenants().apply(change);
                if matches!(change, Change::Make(_)) {
                    // Two clocks cannot tell what is younger than they may be apart.
                    sleep(Duration::from_mins(6)).await;
                }
            }
            Event::Meanwhile { requests, change } => {
                self.stage.notes().meanwhile.push((*requests, change.clone()));
            }
            Event::Fault(fault) => {
                self.faults.push(fault.clone());
                self.set_faults()?;
            }
            Event::Calm => self.calm()?,
            Event::Cycle => self.cycle().await?,
            Event::OnDemand { who } => Box::pin(self.on_demand(*who)).await?,
            Event::Beside { who, after_ms } => Box::pin(self.cycle_and_beside(*who, *after_ms)).await?,
            Event::Reconcile => self.reconcile().await?,
            Event::Kill(moment) => self.lot.kill = Some(*moment),
            Event::DiskFull { job } => self.lot.disk_full = Some(*job),
            Event::Restart => self.restart().await?,
            Event::LoseState => self.lose_state().await?,
            Event::Configure(rulebook) => {
                self.stage.tenants().configure((**rulebook).clone());
                self.restart().await?;
            }
            Event::RetryNow { who } => self.retry_now(*who).await?,
            Event::Word(word) => self.word(word).await?,
            Event::Pass { minutes } => sleep(Duration::from_mins(u64::from(*minutes))).await,
            Event::Jump { minutes } => {
                self.clock_set = true;
                self.stage.time().set_by(SignedDuration::from_mins(*minutes));
            }
        }
        Ok(())
    }

    fn set_faults(&self) -> Result<(), String> {
        self.stage.tenants().sim.set_faults(self.faults.clone()).map_err(|error| error.to_string())
    }

    /// Every fault ends, and so does whatever was to happen to the next run.
    pub(super) fn calm(&mut self) -> Result<(), String> {
        self.lot = Lot::default();
        self.faults.clear();
        self.set_faults()
    }

    /// Whether nothing stands in the way of the next run.
    pub(super) fn is_calm(&self) -> bool {
        self.faults.is_empty() && self.lot.kill.is_none() && self.lot.disk_full.is_none()
    }

    /// Whether Entra may show something that is not so.
    pub(super) fn entra_is_faulty(&self) -> bool {
        self.faults.iter().any(|fault| fault.side != Side::Jostle)
    }

    /// Whether every request to Jostle is going to fail in the same way, and nothing else happens there.
    pub(super) fn is_outage(&self) -> bool {
        let mut of_jostle = self.faults.iter().filter(|fault| fault.side == Side::Jostle);
        let (Some(only), None) = (of_jostle.next(), of_jostle.next()) else { return false };
        super::runs::is_outage(only)
    }

    /// Stops in order and starts again.
    async fn restart(&mut self) -> Result<(), String> {
        self.stop().await;
        self.start()
    }

    async fn stop(&mut self) {
        self.stage.fortune.begin(Lot::default());
        if let Some(Program { store, engine, beside }) = self.program.take() {
            drop((engine, beside));
            store.close().await;
        }
    }

    async fn lose_state(&mut self) -> Result<(), String> {
        self.stop().await;
        let tenants = self.stage.tenants();
        self.losses.told_from = tenants.sim.jostle().journal().len();
        self.losses.accounts = ours(&tenants);
        drop(tenants);
        (self.books, self.drawn) = (Books::default(), None);
        self.stage.notes().paused = None;
        self.stage.tenants().said = Said::default();
        self.stage.tenants().chronicle.lose();
        self.stage.tenants().note();
        remove_state(&self.file());
        self.start()
    }

    /// One run of the program: until it ends, dies or was given up.
    pub(super) async fn run<T>(&mut self, what: impl Future<Output = T>) -> Ran<T> {
        let lot = std::mem::take(&mut self.lot);
        self.stage.fortune.begin(lot);
        self.stage.notes().refused_at = None;
        let death = self.stage.fortune.death();
        let ran = tokio::select! {
            biased;
            () = death.cancelled() => Ran::Killed,
            done = what => Ran::Done(done),
            () = sleep(LONGEST_RUN) => Ran::Endless,
        };
        if self.stage.fortune.runs_wild() {
            self.stage.broken(Rule::Runs, "a run sends requests without end".to_owned());
        } else if matches!(ran, Ran::Endless) {
            self.stage.broken(Rule::Runs, format!("a run did not end within {LONGEST_RUN:?}"));
        }
        ran
    }

    /// What is left when a run has ended: changes that came too late for it, a dead program.
    pub(super) async fn after_run(&mut self, left: Left) -> Result<(), String> {
        let late = std::mem::take(&mut self.stage.notes().meanwhile);
        for (_, change) in late {
            self.stage.tenants().apply(&change);
        }
        let under_way = std::mem::take(&mut self.stage.notes().under_way);
        if left != Left::Running {
            self.program = None;
        }
        if left == Left::Killed {
            self.played.kills += 1;
            self.arrive(under_way).await;
        }
        self.stage.fortune.begin(Lot::default());
        self.count_faults();
        if self.program.is_none() {
            self.start()?;
        }
        self.judge_chosen().await;
        Ok(())
    }

    /// Requests that were under way when the program died: some arrive all the same.
    async fn arrive(&self, under_way: Vec<(u64, ::http::Request<Vec<u8>>)>) {
        let sim = self.stage.tenants().sim.clone();
        for (_, request) in under_way {
            if self.stage.notes().rng().bool() {
                let _nobody = tokio::time::timeout(LAST_ARRIVAL, sim.answer(request)).await;
            }
        }
    }

    pub(super) fn count_faults(&mut self) {
        let tenants = self.stage.tenants();
        let met = tenants.sim.requests().iter().filter(|request| request.fault.is_some()).count();
        tenants.sim.clear_requests();
        drop(tenants);
        self.stage.notes().faults += u32::try_from(met).unwrap_or(u32::MAX);
    }
}

/// In memory where that can be had.
fn folder() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("rehearsal-");
    if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }
}

fn remove_state(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        // One that is not there is as good as removed.
        let _absent = std::fs::remove_file(PathBuf::from(name));
    }
}

/// The ids of accounts that have a badge.
fn ours(tenants: &Tenants) -> std::collections::BTreeSet<String> {
    let accounts = tenants.sim.jostle().users_json();
    let ours = accounts.iter().filter(|account| super::oracle::badge_of(account).is_some());
    ours.filter_map(|account| account["id"].as_str().map(str::to_owned)).collect()
}
