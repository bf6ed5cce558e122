//! Progress bars on a terminal; nothing in a pipe or a log.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::engine::{Progress, Stage};

/// The bar of the stage under way, on stderr.
pub(super) struct Bars {
    bars: MultiProgress,
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    /// Bars that show only if stderr is a terminal.
    pub(super) fn new() -> Self {
        Self { bars: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()), current: Mutex::default() }
    }

    /// A writer for the log that does not tear the bars.
    pub(super) fn log_writer(&self) -> BoxMakeWriter {
        let bars = self.bars.clone();
        BoxMakeWriter::new(move || AboveBars(bars.clone()))
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = self.current().take() {
            bar.finish_and_clear();
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, steps: Option<u64>) {
        self.clear();
        let template = match steps {
            Some(_) => "{msg:<17} {bar:24} {pos}/{len} {rate} ETA {eta}",
            None => "{msg:<17} {spinner} {pos} people {rate}",
        };
        let bar = steps.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = self.bars.add(bar.with_message(match stage {
            Stage::Read => "Reading Entra",
            Stage::Decide => "Comparing",
            Stage::Apply => "Writing to Jostle",
            Stage::Reconcile => "Reading Jostle",
        }));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        *self.current() = Some(bar);
    }

    fn advance(&self, steps: u64) {
        if let Some(bar) = self.current().as_ref() {
            bar.inc(steps);
        }
    }
}

fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A bar that cannot be written is a bar less.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

struct AboveBars(MultiProgress);

impl Write for AboveBars {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
