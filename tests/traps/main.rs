//! The traps that other tools of this kind fell into: one test for each, against the whole product.
//!
//! | trap | test |
//! |---|---|
//! | `/users` mistaken for `/users/delta` | [`reading::users_mistaken_for_their_delta_feed`] |
//! | a partial delta item dropped, or defaulted to enabled | [`reading::partial_delta_item`] |
//! | the token persisted before the work | [`crashing::token_persisted_before_the_work`] |
//! | a page cap taken for the end of the data | [`reading::page_cap_taken_for_the_end`] |
//! | an empty page with a nextLink taken for the end | [`reading::empty_page_taken_for_the_end`] |
//! | a capped Retry-After | [`writing::capped_retry_after`] |
//! | a POST repeated that had succeeded | [`writing::repeated_post_that_had_succeeded`] |
//! | a rename done as a deletion and a creation | [`writing::rename_as_deletion_and_creation`] |
//! | accounts made by hand taken for leavers | [`writing::accounts_made_by_hand_taken_for_leavers`] |
//! | a failed run that exits with 0 | [`telling::failed_run_that_exits_with_0`] |
//! | secrets in debug logs | [`telling::secrets_in_debug_logs`] |
//! | a nextLink to another host, a redirect from https to http | [`reading::hostile_links`] |
//! | an unescaped filter | [`writing::unescaped_filter`] |
//! | a run that stays "running" after a crash | [`crashing::run_stuck_as_running_after_a_crash`] |
//! | a dry run that differs from the real one | [`writing::dry_run_that_differs_from_the_real_one`] |
//! | a mapping forgotten although the deletion failed | [`writing::link_forgotten_although_the_deletion_failed`] |
//! | a status that is well before the first run | [`telling::status_that_is_well_before_the_first_run`] |

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "another test binary uses the rest of it")]
#[path = "../kills/moment.rs"]
mod moment;
#[path = "../kills/proxy.rs"]
mod proxy;
#[allow(dead_code, reason = "another test binary uses the rest of it")]
#[path = "../cli/rig.rs"]
mod rig;
#[path = "../kills/victim.rs"]
mod victim;

mod crashing;
mod reading;
mod telling;
mod writing;

use entra_jostle_sync::simulator::{Effect, Fault, Side};

/// A fault of the users feed.
fn of_feed(effect: Effect) -> Fault {
    Fault::new(Side::Graph, effect).path("/users/delta")
}
