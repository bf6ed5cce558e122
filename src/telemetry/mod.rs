//! The log: where it goes, how it looks.
//!
//! Everything goes to stderr; stdout belongs to results. On a terminal readable lines, in a pipe the same without
//! colour, and with `--log-format json` one object a line. Every line that matters carries `event`, a stable name.

mod logging;

pub use logging::{LogFormat, LogOptions, init};
