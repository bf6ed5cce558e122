//! A process that is killed at its moment.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::moment::Moment;
use super::proxy::Proxy;
use super::rig::Rig;

/// How a process ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Killed at its moment.
    Killed,
    /// Killed when it had nothing to do any more.
    Idle,
    /// By itself, with this exit code.
    Itself(i32),
}

enum Event {
    Moment,
    Line(String),
    End,
}

/// The last words of a daemon's cycle.
const CYCLE_ENDS: [&str; 2] = ["cycle.finished", "cycle.failed"];

/// Runs the program until the moment, its end, or the end of a daemon's first cycle.
pub(crate) fn run(rig: &Rig, proxy: &Proxy, arguments: &[&str], moment: Moment) -> Ended {
    let (sender, events) = mpsc::channel();
    let tell = {
        let sender = sender.clone();
        Box::new(move || drop(sender.send(Event::Moment)))
    };
    proxy.open(moment, rig.folder().join("state.db-wal"), tell);
    let empty = size(rig.folder());
    let command = rig.command(&[arguments, &["--log-level", "debug"]].concat());
    let mut child = start(command);
    let log = child.stderr.take().expect("stderr");
    let reader = thread::spawn(move || read(log, &sender));
    if let Moment::Growth { bytes } = moment {
        while child.try_wait().expect("a child").is_none() {
            if size(rig.folder()) >= empty + bytes {
                child.kill().expect("killed");
            }
            thread::yield_now();
        }
    }
    let (ended, log) = wait(&mut child, &events, moment, arguments.contains(&"run"));
    // Of a process that has ended nothing is left to kill.
    let _ended = child.kill();
    child.wait().expect("waited");
    proxy.close();
    proxy.drain(rig.runtime());
    reader.join().expect("the log was read");
    if let Ended::Itself(code) = ended {
        assert!(!matches!(code, 1..=3 | 9 | 101..), "{arguments:?} ended with {code}: {}", log.join("\n"));
    }
    ended
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn read(log: ChildStderr, events: &Sender<Event>) {
    for line in BufReader::new(log).lines() {
        let _nobody_waits = events.send(Event::Line(line.expect("UTF-8")));
    }
    let _nobody_waits = events.send(Event::End);
}

/// How it ended, or is to end now, and its log until then.
fn wait(child: &mut Child, events: &Receiver<Event>, moment: Moment, is_daemon: bool) -> (Ended, Vec<String>) {
    let mut log = Vec::new();
    let ended = loop {
        match events.recv().expect("the log has an end") {
            Event::Moment => break Ended::Killed,
            Event::End => break child.wait().expect("waited").code().map_or(Ended::Killed, Ended::Itself),
            Event::Line(line) => {
                let ends_cycle = CYCLE_ENDS.iter().any(|end| line.contains(end));
                log.push(line);
                if matches!(moment, Moment::Line { count } if count == log.len() as u64) {
                    break Ended::Killed;
                }
                if is_daemon && ends_cycle {
                    break Ended::Idle;
                }
            }
        }
    };
    (ended, log)
}

/// All files of a folder, in bytes.
fn size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
}
