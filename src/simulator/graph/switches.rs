//! How the tenant behaves where the service's documents leave it open, or where a test wants it otherwise.

use serde::{Deserialize, Serialize};

/// How the tenant behaves; every field may be set while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, set by name")]
pub struct GraphSwitches {
    /// Items on a page of a delta feed, 1 to 200.
    pub page_size: usize,
    /// Application permissions that a token carries from the moment it is issued.
    pub roles: Vec<String>,
    /// Life of a bearer token in seconds, also of those that were issued before.
    pub token_seconds: u64,
    /// Life of a deltaLink in seconds; seven days for directory objects.
    pub delta_token_seconds: u64,
    /// Life of a nextLink in seconds.
    pub page_token_seconds: u64,
    /// Deleted and purged users occur as `@removed` in a baseline too.
    pub tombstones_in_baseline: bool,
    /// Members on a page of `groups/delta`, 2 to 1000; an item has half of them at most, and a larger group is repeated.
    pub members_per_page: usize,
    /// The reason that entries of `members@delta` and `manager@delta` give for being removed; documents show both.
    pub link_removed_reason: RemovedReason,
    /// The feed does not tell that the memberships of a purged object have ended.
    pub purge_hides_membership_removal: bool,
    /// A changed manager stands in an item of its own, which may be on another page.
    pub manager_separately: bool,
    /// A baseline does not name the manager of so many people in a hundred, 0 to 100.
    pub managers_unnamed_percent: u8,
    /// A change of `employeeLeaveDateTime` surfaces in the feed.
    pub leave_date_in_feed: bool,
    /// When the client secret in use ends, as the application shows it. It goes on to be taken all the same.
    pub client_secret_ends: String,
    /// The application does not show how its secrets begin, as with old ones.
    pub hides_secret_hints: bool,
}

/// Why a link is gone, as the feed says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RemovedReason {
    /// As in the examples of "Get incremental changes for groups".
    #[default]
    Deleted,
    /// As the design rules of Microsoft Graph want it while the other object lives.
    Changed,
}

impl GraphSwitches {
    /// Says which value cannot be.
    pub(super) fn check(&self) -> Result<(), String> {
        let within = |name, value, least, most| match (least..=most).contains(&value) {
            true => Ok(()),
            false => Err(format!("{name} is {value}; it must be {least} to {most}")),
        };
        within("page_size", self.page_size, 1, 200)?;
        within("members_per_page", self.members_per_page, 2, 1000)?;
        within("managers_unnamed_percent", self.managers_unnamed_percent.into(), 0, 100)
    }
}

impl Default for GraphSwitches {
    fn default() -> Self {
        Self {
            page_size: 100,
            roles: ["User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Synchronization.Read.All"]
                .map(str::to_owned)
                .into(),
            token_seconds: 3599,
            delta_token_seconds: 7 * 24 * 60 * 60,
            page_token_seconds: 60 * 60,
            tombstones_in_baseline: true,
            members_per_page: 200,
            link_removed_reason: RemovedReason::Deleted,
            purge_hides_membership_removal: false,
            manager_separately: false,
            managers_unnamed_percent: 0,
            leave_date_in_feed: true,
            client_secret_ends: "2099-12-31T00:00:00Z".to_owned(),
            hides_secret_hints: false,
        }
    }
}
