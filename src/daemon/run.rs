//! The loop: a cycle at once, then by schedule or when it is asked for, until it is told to stop.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::heartbeat::beat;
use super::recurring::Recurring;
use super::{Recurrence, Schedule, notify};
use crate::connector::{Expiry, SourceReader, TargetWriter};
use crate::engine::{CycleError, CycleReport, Engine, Retention};
use crate::event::catalogue::{DaemonStopped, ScheduleEnded, ScheduleNext, SchedulePaused};

/// How often both sides are asked what they say of themselves, also if they do not answer: nobody waits for it. Besides,
/// each start asks, since whoever renews a secret starts the daemon anew.
const SURVEY_EVERY: Duration = Duration::from_hours(24);

/// Called after every cycle.
pub type CycleObserver = Box<dyn Fn(&CycleReport) + Send + Sync>;

/// When cycles come.
#[derive(Clone, Copy, Debug)]
pub struct Calls<'a> {
    /// By themselves.
    pub schedule: &'a Schedule,
    /// How often all accounts are compared between them.
    pub reconcile: &'a Recurrence,
    /// When somebody asks for one; what is asked for during a cycle comes after it.
    pub wake: &'a Notify,
    /// How much of the history is kept.
    pub retention: Retention,
    /// When credentials expire, as far as that is configured.
    pub expiries: &'a [Expiry],
    /// How often there is a sign of life in the log.
    pub heartbeat: Duration,
    /// No more.
    pub shutdown: &'a CancellationToken,
}

/// Runs cycles until `shutdown`. A failed cycle is logged and the next one tried at its time; only a state that cannot
/// be written ends the daemon, since nothing that it did could be remembered. The first cycle comes at once, and one
/// that is asked for too: neither waits for the pause of a quarantine.
pub async fn run<S: SourceReader, W: TargetWriter>(
    engine: &Engine<S, W>,
    calls: Calls<'_>,
    observe: &CycleObserver,
) -> Result<(), CycleError> {
    tokio::select! {
        biased;
        ended = cycles(engine, calls, observe) => ended,
        never = beat(engine, calls.heartbeat) => match never {},
    }
}

async fn cycles<S: SourceReader, W: TargetWriter>(
    engine: &Engine<S, W>,
    calls: Calls<'_>,
    observe: &CycleObserver,
) -> Result<(), CycleError> {
    notify::ready();
    let mut recurring = Recurring::new(calls.reconcile);
    let mut surveyed_at: Option<Instant> = None;
    loop {
        notify::status("a cycle is running");
        let started = Timestamp::now();
        let report = engine.cycle().await?;
        observe(&report);
        if calls.shutdown.is_cancelled() {
            break;
        }
        engine.trim_history(calls.retention).await?;
        if report.error.is_none() && surveyed_at.is_none_or(|at| at.elapsed() >= SURVEY_EVERY) {
            surveyed_at = Some(Instant::now());
            engine.survey(calls.expiries).await?;
        }
        let Some(next) = calls.schedule.next(started, Timestamp::now(), fastrand::f64()) else {
            ScheduleEnded {}.emit();
            break;
        };
        let done = format!("{} ({})", report.operations, report.result());
        if rest_until(engine, next, calls, &mut recurring, &done).await? == Call::Stop {
            break;
        }
    }
    notify::stopping();
    DaemonStopped {}.emit();
    Ok(())
}

/// Waits for the next cycle: its time, or the end of a quarantine that lasts longer. A time that has come has come,
/// although the clock of the machine be set back. Meanwhile all accounts are compared, if that is due.
async fn rest_until<S: SourceReader, W: TargetWriter>(
    engine: &Engine<S, W>,
    scheduled: Timestamp,
    calls: Calls<'_>,
    recurring: &mut Recurring<'_>,
    done: &str,
) -> Result<Call, CycleError> {
    let mut scheduled = Some(scheduled);
    loop {
        // One may have begun meanwhile, by what was done on demand.
        let quarantine = engine.rest().await?;
        let until = quarantine.as_ref().map(|quarantine| quarantine.next_at);
        let Some(next) = scheduled.take().max(until) else { return Ok(Call::Cycle) };
        engine.announce_next(next).await?;
        let why = quarantine.map_or_else(String::new, |paused| {
            SchedulePaused { side: paused.side.into(), next_at: next }.emit();
            format!("; {} is in quarantine", paused.side)
        });
        ScheduleNext { what: "cycle".into(), next_at: next }.emit();
        notify::status(&format!("{done}{why}; next cycle {next:.0}"));
        match wait_until(next, recurring.due(engine).await?, calls).await {
            Call::Time => {}
            Call::Reconcile => {
                scheduled = Some(next);
                if recurring.reconcile(engine).await? {
                    return Ok(Call::Cycle);
                }
            }
            call => return Ok(call),
        }
    }
}

/// Why the waiting is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// The time has come.
    Time,
    /// The accounts are to be compared.
    Reconcile,
    /// A cycle shall run.
    Cycle,
    /// It was told to stop.
    Stop,
}

async fn wait_until(next: Timestamp, reconcile: Option<Timestamp>, calls: Calls<'_>) -> Call {
    let (until, call) = match reconcile {
        Some(due) if due < next => (due, Call::Reconcile),
        _ => (next, Call::Time),
    };
    let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO);
    tokio::select! {
        biased;
        () = calls.shutdown.cancelled() => Call::Stop,
        () = calls.wake.notified() => Call::Cycle,
        () = tokio::time::sleep(wait) => call,
    }
}
