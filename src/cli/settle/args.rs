//! Options of `link`, `create`, `ignore` and `settle`.

use std::path::PathBuf;

/// Options of `link`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LinkArgs {
    /// User principal name, mail address or object id of somebody without an account
    pub(super) user: String,
    /// The account's id in Jostle, as `hold show` and `settle --write` name it
    #[arg(value_name = "JOSTLE_ID")]
    pub(super) jostle_id: String,
}

/// Options of `create` and `ignore`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ChooseArgs {
    /// User principal name, mail address or object id of somebody without an account
    pub(super) user: String,
}

/// Options of `settle`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SettleArgs {
    /// A file with lines like `link USER JOSTLE_ID`, `create USER` and `ignore USER`; what is behind a # is not read
    #[arg(value_name = "FILE", required_unless_present_any = ["write", "list"], conflicts_with_all = ["write", "list"])]
    pub(super) file: Option<PathBuf>,
    /// Write such a file of everybody whose account is doubtful, with all lines commented out. It must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    /// Print what was said so far, of whom, by whom and when; the newest first
    #[arg(long, conflicts_with = "write")]
    pub(super) list: bool,
}
