//! Why a process could not be asked, or does not answer.

use std::path::PathBuf;

use thiserror::Error;

/// Why a process could not be asked, or cannot be.
#[derive(Debug, Error)]
pub enum ControlError {
    /// The socket could not be made. Only commands beside the daemon need it.
    #[error("cannot listen at {}: {reason}", path.display())]
    NotServed {
        /// The socket.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Nobody answers at the socket.
    #[error("nobody answers at {} ({reason})", path.display())]
    Nobody {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The request was sent, and what came of it is not known.
    #[error("the request was handed over, and no answer came ({0}); status and explain say what was done")]
    Lost(String),
    /// The request was not taken.
    #[error("the request was not taken: {0}")]
    NotTaken(String),
}
