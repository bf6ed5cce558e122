//! Setting up `tracing`.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

use crate::metrics::EventCounter;

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// `journal` where systemd has connected stderr to its journal, else `text`
    #[default]
    Auto,
    /// For people
    Text,
    /// One JSON object a line
    Json,
    /// Entries of systemd's journal, with the fields of the event: journalctl EVENT=user.failed
    Journal,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// A level (`warn`, `info`, `debug`) of the events of this program, or filter directives, as `RUST_LOG` takes them.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// The name of the program in the journal.
const IDENTIFIER: &str = "entra-jostle-sync";

/// Starts logging for the rest of the process: to the journal, or to `writer`, which takes its place where there is no
/// journal. A filter that cannot be read falls back to `info`.
pub fn init(options: &LogOptions, writer: BoxMakeWriter) {
    let filter = filter(&options.filter);
    // A second start within one process (tests) changes nothing.
    let _already_started = tracing_subscriber::registry()
        .with(layer(options.format, writer).with_filter(filter))
        .with(EventCounter::layer())
        .try_init();
}

/// What libraries say is no event of this program, has no id, and may show anything: only directives can ask for it.
fn filter(text: &str) -> EnvFilter {
    let own = |level| EnvFilter::new(format!("{}={level}", env!("CARGO_CRATE_NAME")));
    match text.parse::<LevelFilter>() {
        Ok(level) => own(level),
        Err(_) => EnvFilter::try_new(text).unwrap_or_else(|_| own(LevelFilter::INFO)),
    }
}

fn layer(format: LogFormat, writer: BoxMakeWriter) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_target(false);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_ansi(false).boxed(),
        LogFormat::Auto if !stderr_is_the_journal() => lines.with_ansi(has_colour()).boxed(),
        LogFormat::Text => lines.with_ansi(has_colour()).boxed(),
        LogFormat::Auto | LogFormat::Journal => match tracing_journald::layer() {
            Ok(journal) => journal.with_field_prefix(None).with_syslog_identifier(IDENTIFIER.to_owned()).boxed(),
            Err(_no_journal) => lines.with_ansi(has_colour()).boxed(),
        },
    }
}

fn has_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether what is written to stderr ends in the journal: systemd says of which file that is true.
fn stderr_is_the_journal() -> bool {
    let Some((device, inode)) = std::env::var("JOURNAL_STREAM").ok().and_then(|stream| {
        let (device, inode) = stream.split_once(':')?;
        Some((device.parse::<u64>().ok()?, inode.parse::<u64>().ok()?))
    }) else {
        return false;
    };
    let stderr = io::stderr().as_fd().try_clone_to_owned().and_then(|stderr| File::from(stderr).metadata());
    stderr.is_ok_and(|stderr| (stderr.dev(), stderr.ino()) == (device, inode))
}
