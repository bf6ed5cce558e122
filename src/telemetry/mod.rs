//! The log: where it goes, how it looks.
//!
//! Everything goes to stderr, or to the journal where systemd has put it there; stdout belongs to results. On a terminal
//! there are readable lines, in a pipe the same without colour, and with `--log-format json` one object a line. What can
//! be in it is defined in `event`.

mod logging;

pub use logging::{LogFormat, LogOptions, init};
