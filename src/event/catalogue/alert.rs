//! What somebody was told of how the daemon does.

use crate::event::define::events;
use crate::event::{Prose, Word};

events! {
    /// An alert was delivered (`[alerts]`).
    AlertSent = "alert.sent", INFO, "told over {channel}: {kind}, {worst}, findings: {findings}" {
        /// The name of the channel.
        channel: Word,
        /// `raised`, `repeated` or `cleared`.
        kind: Word,
        /// The worst level in it.
        worst: Word,
        /// Of so many findings it tells.
        findings: u64,
    }

    /// An alert could not be delivered. Nothing else waits for it; it is tried again.
    AlertFailed = "alert.failed", WARN, "nobody could be told over {channel}, tried again in {wait_s} s[: {error}]" {
        /// The name of the channel.
        channel: Word,
        /// Why.
        error: Prose,
        /// How long it is left alone, in seconds.
        wait_s: f64,
    }
}
