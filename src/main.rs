//! Parses the arguments, calls [`cli`](entra_jostle_sync::cli), turns the result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    entra_jostle_sync::cli::main().into()
}
