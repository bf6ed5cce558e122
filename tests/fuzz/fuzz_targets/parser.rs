//! Looks for an expression for which [`holds`] does not hold:
//!
//!     RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz parser -- -max_total_time=60

#![no_main]

#[path = "../holds.rs"]
mod holds;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    holds::holds(text);
});
