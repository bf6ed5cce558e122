//! The section `[reconcile]`: what comes of accounts that somebody changed in Jostle.

use super::table::Section;
use crate::mapping::OnDrift;

/// What happens where somebody activated or deactivated an account in Jostle.
pub(super) fn read(mut section: Section<'_>) -> OnDrift {
    let active = section.choice("active", &[("report", OnDrift::Report), ("repair", OnDrift::Repair)]);
    section.finish();
    active.unwrap_or_default()
}
