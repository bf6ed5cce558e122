//! `status --watch`: draws the status again and again, until it is stopped.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anyhow::Context;
use tokio::time::sleep;

use super::{Look, describe};
use crate::cli::exit::Failure;
use crate::cli::{Exit, Run, output, wrap};

/// To the first column of the first line.
const HOME: &str = "\x1b[H";
/// Away with the rest of a line, and of the screen.
const END_OF_LINE: &str = "\x1b[K";
const END_OF_SCREEN: &str = "\x1b[J";

pub(super) async fn watch(run: &Run, seconds: u64) -> Result<Exit, Failure> {
    if run.json || !io::stdout().is_terminal() {
        let reason = "--watch draws on a terminal; leave it out, and ask again as often as you like";
        output::complain(reason);
        return Ok(Exit::Usage);
    }
    let every = Duration::from_secs(seconds);
    loop {
        // What cannot be read now may be there in a moment: a state that the first start is about to make.
        let text = match Look::at(&run.config) {
            Ok(look) => describe::describe(&look),
            Err(failure) => format!("{failure}\n"),
        };
        draw(&wrap::text(&text)).context("failed to write to stdout")?;
        tokio::select! {
            () = run.shutdown.cancelled() => return Ok(Exit::Success),
            () = sleep(every) => {}
        }
    }
}

/// Line by line over what stood there, so that nothing flickers; what does not fit is left out, so that nothing scrolls.
fn draw(text: &str) -> io::Result<()> {
    let (height, _width) = console::Term::stdout().size();
    let height = usize::from(height.max(2));
    let lines: Vec<_> = text.trim_end().lines().collect();
    let mut frame = HOME.to_owned();
    let shown = if lines.len() > height { height - 1 } else { lines.len() };
    for (number, line) in lines[..shown].iter().enumerate() {
        let end = if number + 1 < height { "\r\n" } else { "" };
        let _infallible = write!(frame, "{line}{END_OF_LINE}{end}");
    }
    if shown < lines.len() {
        let _infallible = write!(frame, "... {} more lines{END_OF_LINE}", lines.len() - shown);
    }
    frame.push_str(END_OF_SCREEN);
    let mut stdout = io::stdout().lock();
    stdout.write_all(frame.as_bytes())?;
    stdout.flush()
}
