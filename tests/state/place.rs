//! A rig whose state has a folder of its own, and what can be done to that folder.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::Value;

use super::rig::{self, Done, Rig};

pub(crate) struct Place {
    pub(crate) rig: Rig,
}

impl Place {
    /// A tenant of so many invented people, of whom nobody has an account yet.
    pub(crate) fn new(people: usize) -> Self {
        let place = Self { rig: Rig::new(people) };
        place.rig.edit("entra-jostle-sync.toml", "/state.db", "/state/state.db");
        std::fs::create_dir(place.folder()).unwrap();
        place
    }

    /// The same after a cycle: everybody has an account, and the state is closed.
    pub(crate) fn in_sync(people: usize) -> Self {
        let place = Self::new(people);
        place.rig.expect(0, &["sync"]);
        place.rig.assert_one_account_each();
        place.rig.sim.clear_requests();
        place
    }

    /// The state as a process leaves it that is killed in its initial cycle: with a log beside the file, and with writes
    /// under way.
    pub(crate) fn killed(people: usize, after: usize) -> Self {
        let place = Self::new(people);
        let hang = Fault::new(Side::Jostle, Effect::Hang {}).method("POST").skip(after as u64);
        place.rig.faults(vec![hang]);
        let mut sync = place.rig.start(&["sync"]);
        sync.log_until("user.created", after);
        sync.kill();
        // What it had sent arrives before what is sent now: nothing of it is left to be taken for somebody else's.
        place.rig.runtime().block_on(rig::token(&place.rig.sim));
        place.rig.faults(Vec::new());
        place.rig.sim.clear_requests();
        place
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.rig.folder().join("state")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder().join("state.db")
    }

    pub(crate) fn wal(&self) -> PathBuf {
        self.folder().join("state.db-wal")
    }

    /// Runs a command that must end with code 1, one clear message with these words, and nothing sent.
    pub(crate) fn refuses(&self, arguments: &[&str], words: &[&str]) {
        self.refused(self.rig.command(arguments), words);
    }

    /// The same of a command as it is.
    pub(crate) fn refused(&self, command: Command, words: &[&str]) {
        ends(command, words);
        assert!(self.rig.requests().is_empty(), "{:?}", self.rig.requests());
    }

    /// Every account of Jostle as it is.
    pub(crate) fn accounts(&self) -> Vec<Value> {
        self.rig.sim.jostle().users_json()
    }

    /// One more run: it works, everybody has one account, and the run after it has nothing to do.
    pub(crate) fn assert_mended(&self) {
        self.rig.expect(0, &["sync"]);
        self.rig.assert_one_account_each();
        self.assert_at_rest();
    }

    /// A run asks Entra for changes, and that is all.
    pub(crate) fn assert_at_rest(&self) {
        self.rig.sim.clear_requests();
        self.rig.expect(0, &["sync"]);
        assert_eq!(self.rig.requests().len(), 1, "nothing is left to do: {:?}", self.rig.requests());
        let status = self.rig.expect(0, &["status", "--json"]).json();
        assert_eq!(status["in_flight"], 0);
        assert_eq!(status["cycles"][0]["result"], "ok");
    }
}

/// Runs a command that must end with code 1 and one clear message with these words.
pub(crate) fn ends(command: Command, words: &[&str]) {
    assert_clear(&rig::expect(1, command), words);
}

/// The message says all of this and shows nothing of the inside.
pub(crate) fn assert_clear(done: &Done, words: &[&str]) {
    for word in words {
        assert!(done.stderr.contains(word), "{word:?} is not in {}", done.stderr);
    }
    assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
}

/// The command without the privilege of root to write where the permissions forbid it.
pub(crate) fn unprivileged(command: &Command) -> Command {
    if Path::new("/proc/self").metadata().unwrap().uid() == 0 {
        let caps = "--bounding-set=-dac_override,-dac_read_search";
        wrapped(&["/usr/bin/setpriv", caps], command)
    } else {
        wrapped(&["/usr/bin/env"], command)
    }
}

/// The command with files of at most so many bytes: a write behind that fails, as on a disk that is full.
pub(crate) fn limited(bytes: u64, command: &Command) -> Command {
    let limit = format!("--fsize={bytes}");
    wrapped(&["/bin/sh", "-c", "trap '' XFSZ; exec /usr/bin/prlimit \"$@\"", "sh", &limit], command)
}

fn wrapped(by: &[&str], command: &Command) -> Command {
    let mut outer = Command::new(by[0]);
    outer.args(&by[1..]).arg(command.get_program()).args(command.get_args());
    outer.env_clear().stdin(std::process::Stdio::null());
    outer
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Replaces a part of a file with rubbish.
pub(crate) fn spoil(path: &Path, from: usize, length: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[from..from + length].iter_mut().zip((0..=250_u8).cycle()).for_each(|(byte, rubbish)| *byte = rubbish);
    std::fs::write(path, bytes).unwrap();
}
