//! The daemon itself, its schedule and its state.

use jiff::Timestamp;

use crate::event::Word;
use crate::event::define::events;

events! {
    /// The daemon is alive, at fixed intervals (`[log] heartbeat`). A monitor looks at two things: whether there was one,
    /// and how long ago the last success was.
    Heartbeat = "heartbeat", INFO, "alive; the last success was {since_success_s} s ago" {
        /// How long ago the last cycle over everybody ended well; before the first one, how long ago the daemon started.
        since_success_s: u64,
        /// When that was; not there before the first one.
        last_success_at: Option<Timestamp>,
        /// Managed accounts.
        managed: u64,
        /// People whose failure is to be tried again.
        waiting: u64,
        /// People of whom something waits for an administrator.
        held: u64,
        /// What is paused, if anything: `everything` or `removals`.
        paused: Option<Word>,
        /// The sides that are in quarantine, if any, with a space between them.
        quarantined: Option<Word>,
        /// Those of them that refuse the credentials, if any: waiting does not mend that.
        refused: Option<Word>,
    }

    /// Figures cannot be given to whoever collects them (`[metrics]`); everything else goes on.
    MetricsFailed = "metrics.failed", WARN, "the metrics cannot be had at {place}: {error}" {
        /// The address, or the file.
        place: Word,
        /// Why.
        error: Word,
    }

    /// A signal came, or a service manager asked for it: what is under way is finished first.
    DaemonStopping = "daemon.stopping", INFO, "stopping: what is under way is finished first" {
        /// The signal.
        signal: Word,
    }

    /// The daemon has stopped in order.
    DaemonStopped = "daemon.stopped", INFO, "stopped" {}

    /// When the next cycle is due.
    ScheduleNext = "schedule.next", DEBUG, "waiting for the next {what}, at {next_at}" {
        /// `cycle`, or `round` of a shadow.
        what: Word,
        /// When it is due.
        next_at: Timestamp,
    }

    /// A side is in quarantine for longer than up to the next cycle.
    SchedulePaused = "schedule.paused", INFO, "{side} is in quarantine: no cycle before {next_at}" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// When the next cycle is due.
        next_at: Timestamp,
    }

    /// There will never be another cycle by the schedule; the daemon stops.
    ScheduleEnded = "schedule.ended", ERROR, "the cron expression never comes true again; change schedule.cron" {}

    /// The service manager could not be told how the daemon is.
    SystemdUnreachable = "systemd.unreachable", DEBUG, "systemd was not told: {error}" {
        /// Why.
        error: Word,
    }

    /// Nobody reads the standard output any more. The daemon goes on.
    StdoutClosed = "stdout.closed", WARN, "{what} could not be printed: {error}" {
        /// `a cycle`, or `a round`.
        what: Word,
        /// Why.
        error: Word,
    }

    /// The clock of the machine was set back. Everybody is planned again, so that nothing that depends on a time is missed.
    ClockSetBack = "clock.set_back", WARN, "the clock was set back from {before} to {now}: everybody is planned again" {
        /// The last time that the state knows.
        before: Timestamp,
        /// The time now.
        now: Timestamp,
    }

    /// The state file could not be tidied up at the end. Nothing is lost; the next start does it.
    StateUntidied = "state.untidied", WARN, "the state file was not tidied up; nothing is lost, the next start does it: {error}" {
        /// Why.
        error: Word,
    }
}
