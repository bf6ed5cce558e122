//! Where the socket is. An address has room for 107 bytes only, and the state may lie deeper than that.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What the address of a Unix socket has room for, without the byte that ends it (unix(7)).
const ROOM: usize = 107;

/// The socket of a state file.
pub(super) fn socket_of(state: &Path) -> PathBuf {
    let mut path = state.as_os_str().to_owned();
    path.push(".sock");
    path.into()
}

/// A path of the socket that fits into an address, as long as this lives.
#[derive(Debug)]
pub(super) struct Address {
    path: PathBuf,
    _directory: Option<File>,
}

impl Address {
    /// The path itself, or the name in its directory, which is held open for that.
    pub(super) fn of(socket: &Path) -> io::Result<Self> {
        if fits(socket) {
            return Ok(Self { path: socket.to_owned(), _directory: None });
        }
        let (Some(directory), Some(name)) = (socket.parent(), socket.file_name()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no path of a file"));
        };
        let directory = File::open(directory)?;
        let path = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name);
        if !fits(&path) {
            let reason = "the name of the state file is too long for a socket beside it; shorten it (state.path)";
            return Err(io::Error::new(io::ErrorKind::InvalidFilename, reason));
        }
        Ok(Self { path, _directory: Some(directory) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn fits(path: &Path) -> bool {
    path.as_os_str().as_bytes().len() <= ROOM
}
