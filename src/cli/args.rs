//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::alert::AlertArgs;
use super::import_entra::ImportEntraArgs;
use super::log::LogArgs;
use super::pause::PauseArgs;
use super::purge::PurgeArgs;
#[cfg(feature = "simulator")]
use super::rehearse::RehearseArgs;
use super::report::ReportArgs;
use super::settle::{ChooseArgs, LinkArgs, SettleArgs};
use super::shadow::ShadowArgs;
#[cfg(feature = "simulator")]
use super::simulate::SimulateArgs;
use super::status::StatusArgs;
use super::undo::UndoArgs;
use crate::store::HoldId;
use crate::telemetry::LogFormat;

/// Provisions people from Microsoft Entra ID to the Jostle intranet.
///
/// Reads users from Microsoft Graph, keeps a local snapshot, maps attributes by a configured table and pushes create,
/// update, deactivate and reactivate to Jostle's SCIM API.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, subcommand_negates_reqs = true, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// Provision one person at once and show every step: user principal name, mail address or object id. Also for
    /// people who are disabled or deleted in Entra. May be given several times. A daemon that is running does it; what it
    /// has not finished after some seconds goes on there, and the exit code is 12.
    #[arg(long, value_name = "USER")]
    pub(super) provision_on_demand: Vec<String>,

    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", default_value = crate::config::DEFAULT_PATH)]
    pub(super) config: PathBuf,

    /// Print the result as JSON on stdout; the log stays on stderr
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// error, warn, info, debug or trace, or directives as `RUST_LOG` takes them, which alone show what libraries say
    /// [default: info; error for commands at a terminal]
    #[arg(long, global = true, value_name = "LEVEL", env = "RUST_LOG")]
    pub(super) log_level: Option<String>,

    /// How log lines look
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    pub(super) log_format: LogFormat,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run as a daemon: a cycle at once, then by the configured schedule
    Run,
    /// Run one cycle and print what was done
    Sync,
    /// Print what the next cycle would do; writes nothing to Jostle. Beside a daemon it asks Entra nothing and plans from
    /// what the daemon has read
    Plan(PlanArgs),
    /// Carry out a plan that was written by `plan --out`, exactly as it was reviewed: whoever would be planned otherwise
    /// by now is left out, with the reason. A daemon that is running does it
    Apply(ApplyArgs),
    /// Take back what a cycle did: shown first, asked for, and written only for those of whom nothing has moved on since.
    /// It is not done again until the person changes in Entra. A daemon that is running does it
    Undo(UndoArgs),
    /// Read every managed account and report what somebody changed, deleted or left behind in Jostle; writes nothing
    /// itself: what is to be repaired is done by the next cycle. A daemon that is running does it
    Reconcile,
    /// Run beside Entra's own job and write nothing: every round compares what would have been done with what Jostle then
    /// shows, by the configured schedule, until it is stopped. Has a state of its own beside the configured one
    Shadow(ShadowArgs),
    /// Check the configuration, the credentials, the permissions and the mapped attributes; read only
    Check,
    /// Try out the mapping: one expression, or every row on one person; asks neither Entra nor Jostle
    Mapping(MappingArgs),
    /// Print all that is known of one person and why: scope, mapping, account, log, and what the next cycle will do; asks
    /// neither Entra nor Jostle
    Explain(ExplainArgs),
    /// Print what was done, to whom, why, with which result and at whose word, the newest first; also as JSON with the names
    /// of Entra's own provisioning log, or as a table. Reads the state alone, also beside a running daemon
    Log(LogArgs),
    /// Write a page of HTML for whoever would rather look: health, operations, failures, times, people, holds, drift
    Report(ReportArgs),
    /// Remove everything that is remembered of somebody who is gone for good: shown first and asked for. Works beside a
    /// running daemon
    Purge(PurgeArgs),
    /// Print how it does in one word and what there is to do, with the commands; the last and next cycle, counts, which
    /// side is in quarantine or throttling, and who waits for another try and why
    Status(StatusArgs),
    /// Find out whether whoever is to be told how the daemon does can be told
    Alert(AlertArgs),
    /// Try again now whoever waits for another try; a running daemon begins a cycle for it at once
    Retry(RetryArgs),
    /// Look at what exceeds the limits and is held, and decide about it
    Hold(HoldArgs),
    /// Say that an account in Jostle is a person's, whatever its userName: for somebody whose account is doubtful, or who
    /// has none yet. The next cycle takes it over; a running daemon begins one at once
    Link(LinkArgs),
    /// Say that a person gets a new account, although somebody in Jostle looks like them
    Create(ChooseArgs),
    /// Say that a person gets no account, and that none is taken over for them
    Ignore(ChooseArgs),
    /// Say so of many people with a file, or write one of everybody whose account is doubtful
    Settle(SettleArgs),
    /// Write nothing to Jostle until `resume`, also not what a running daemon has begun to plan; reading Entra and planning
    /// go on, and nobody is forgotten
    Pause(PauseArgs),
    /// End the pause: a running daemon begins a cycle for what has waited
    Resume,
    /// Print every event that can be in the log, with its level and fields, or everything about some of them
    Events(EventsArgs),
    /// Write a consistent copy of the state to a new file, also beside a running daemon
    Backup(BackupArgs),
    /// Bring along the mapping, scope and actions of Entra's own provisioning job; writes two files and nothing else
    ImportEntra(ImportEntraArgs),
    /// Run a Graph tenant and a Jostle tenant on loopback, to rehearse a configuration on
    #[cfg(feature = "simulator")]
    Simulate(SimulateArgs),
    /// Play invented companies with crashes, faults and outages against this program, in virtual time, and check what
    /// must always hold; asks neither Entra nor Jostle, and needs no configuration
    #[cfg(feature = "simulator")]
    Rehearse(RehearseArgs),
    /// Show the main job on an embedded tenant: an initial cycle and a day in the life of a company
    #[cfg(feature = "simulator")]
    Demo(DemoArgs),
}

/// Options of `events`.
#[derive(Debug, clap::Args)]
pub(super) struct EventsArgs {
    /// Only these events, with all that is known of them, like user.failed
    #[arg(value_name = "EVENT")]
    pub(super) ids: Vec<String>,
    /// Print a JSON schema that every line of `--log-format json` is valid against
    #[arg(long, conflicts_with_all = ["ids", "page"])]
    pub(super) schema: bool,
    /// Print the reference as a page of Markdown
    #[arg(long, conflicts_with = "ids")]
    pub(super) page: bool,
}

/// Options of `plan`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct PlanArgs {
    #[command(subcommand)]
    pub(super) command: Option<PlanCommand>,
    /// Exit with code 10 if anything would be done
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
    /// Also write the plan to a file, for `apply`. It must not be there yet; it gets mode 600, since it holds every value,
    /// also redacted ones
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// What to do with a plan that was written to a file.
#[derive(Debug, Subcommand)]
pub(super) enum PlanCommand {
    /// Print a plan file as `plan` printed it, and how old it is; needs no configuration
    Show(PlanShowArgs),
}

/// Options of `plan show`.
#[derive(Debug, clap::Args)]
pub(super) struct PlanShowArgs {
    /// A file that `plan --out` has written
    pub(super) file: PathBuf,
}

/// Options of `apply`.
#[derive(Debug, clap::Args)]
pub(super) struct ApplyArgs {
    /// A file that `plan --out` has written
    pub(super) file: PathBuf,
}

/// Options of `mapping`.
#[derive(Debug, clap::Args)]
pub(super) struct MappingArgs {
    #[command(subcommand)]
    pub(super) command: MappingCommand,
}

/// What to do with the mapping.
#[derive(Debug, Subcommand)]
pub(super) enum MappingCommand {
    /// Print what one expression gives for one person
    Eval(EvalArgs),
    /// Print what every row does for one person: what it reads, each step of its expression, what it would send
    Test(TestArgs),
    /// Look for rows that are probably not what was meant
    Lint(LintArgs),
}

/// Options of `mapping eval`.
#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// The expression, in single quotes for the shell
    pub(super) expression: String,
    /// A file with a user as JSON, as GET /users/{id} of Microsoft Graph gives it (- for stdin), or the user principal
    /// name, mail address or object id of somebody in the snapshot
    #[arg(long, value_name = "FILE|USER")]
    pub(super) user: String,
}

/// Options of `mapping test`.
#[derive(Debug, clap::Args)]
pub(super) struct TestArgs {
    /// A file with a user as JSON, as GET /users/{id} of Microsoft Graph gives it (- for stdin), or the user principal
    /// name, mail address or object id of somebody in the snapshot
    #[arg(long, value_name = "FILE|USER")]
    pub(super) user: String,
}

/// Options of `mapping lint`.
#[derive(Debug, clap::Args)]
pub(super) struct LintArgs {
    /// Exit with code 3 if anything was found
    #[arg(long)]
    pub(super) strict: bool,
}

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// User principal name, mail address or object id of somebody whom Entra has ever shown, deleted people too
    pub(super) user: String,
}

/// Options of `retry`.
#[derive(Debug, clap::Args)]
pub(super) struct RetryArgs {
    /// User principal name, mail address or object id of somebody who waits
    #[arg(value_name = "USER", required_unless_present = "all", conflicts_with = "all")]
    pub(super) user: Option<String>,
    /// Everybody who waits; also ends the pause of a quarantine
    #[arg(long)]
    pub(super) all: bool,
}

/// Options of `hold`.
#[derive(Debug, clap::Args)]
pub(super) struct HoldArgs {
    #[command(subcommand)]
    pub(super) command: HoldCommand,
}

/// What to do with what is held.
#[derive(Debug, Subcommand)]
pub(super) enum HoldCommand {
    /// Print every hold that waits for a decision, and why
    List {
        /// Print the last decisions instead, the newest first: of which hold, what, by whom, when, about how many people
        #[arg(long)]
        decided: bool,
    },
    /// Print who is held, with old and new values
    Show {
        /// The hold, as `hold list` shows it
        #[arg(value_name = "ID")]
        hold: String,
    },
    /// Have it done, exactly as it was shown; a running daemon begins at once. Whoever has changed since is asked again
    Approve(DecideArgs),
    /// Keep it from being done until the person changes in Entra
    Reject(DecideArgs),
}

/// Options of `hold approve` and `hold reject`.
#[derive(Debug, clap::Args)]
pub(super) struct DecideArgs {
    /// The hold in the state in which it was shown, like 3.1
    #[arg(value_name = "ID")]
    pub(super) hold: HoldId,
    /// Only these people, as `hold show` names them, or by object id
    #[arg(long, value_name = "USER", num_args = 1.., conflicts_with = "except")]
    pub(super) only: Vec<String>,
    /// Everybody but these people
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub(super) except: Vec<String>,
}

/// Options of `backup`.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// The file to write, which must not be there yet; it gets mode 600
    pub(super) file: PathBuf,
}

/// Options of `demo`.
#[cfg(feature = "simulator")]
#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// Employees in the directory; guests, disabled people and rooms come on top
    #[arg(long, default_value_t = 1000)]
    pub(super) users: usize,
}
