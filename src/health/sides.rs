//! Entra and Jostle as a whole.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Cause, Finding, Grounds, Level};
use crate::connector::{Expiry, Side};
use crate::store::{Quarantine, Survey, SurveyChange, Throttled};

/// So many days before credentials expire it is urgent.
const CRITICAL_DAYS: i32 = 3;

/// That Jostle has changed is told over a weekend.
const CHANGE_TOLD: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The log has all of them.
const CHANGES_NAMED: usize = 5;

/// Secrets and the configuration are read at the start, and systemd hands credentials over then.
const RESTART: &str = "systemctl restart entra-jostle-sync";
const NEW_DATE: &str = "write the new date into [health], and systemctl restart entra-jostle-sync";

/// Whoever is sent alerts is told at each of these, and once they have expired.
const STAGES: [i32; 5] = [14, 7, 3, 1, -1];

/// Sides that are left alone because they fail.
pub(super) fn quarantined(grounds: &Grounds<'_>) -> Vec<Finding> {
    grounds.status.quarantines.iter().map(of_quarantine).collect()
}

fn of_quarantine(Quarantine { side, since, reason, is_refusal, .. }: &Quarantine) -> Finding {
    let (level, cause, remedy) = match is_refusal {
        true => {
            let place = renew(*side);
            let remedy = format!("{place}; then entra-jostle-sync check, and {RESTART}");
            (Level::Critical, Cause::CredentialsRefused, remedy)
        }
        false => {
            let remedy = "it is tried again by itself; at once with entra-jostle-sync retry --all".to_owned();
            (Level::Warning, Cause::Quarantine, remedy)
        }
    };
    let (subject, since, what) = (Some(side.to_string()), Some(*since), reason.clone());
    Finding { level, cause, subject, since, what, remedy, about: BTreeSet::new() }
}

/// Where the credentials for a side are renewed.
fn renew(side: Side) -> &'static str {
    match side {
        Side::Entra => {
            "look at the app registration in the Entra admin center: Certificates & secrets, API permissions; put a new \
             client secret where [entra] reads it"
        }
        Side::Jostle => "make a new API key in Jostle (Manage User Provisioning), and put it where [jostle] reads it",
    }
}

/// Sides that have asked to be left alone, and still do.
pub(super) fn throttled(grounds: &Grounds<'_>) -> Vec<Finding> {
    let still = grounds.status.throttled.iter().filter(|throttled| throttled.until > grounds.now);
    still
        .map(|Throttled { side, until }| Finding {
            level: Level::Notice,
            cause: Cause::Throttled,
            subject: Some(side.to_string()),
            since: None,
            what: format!("{side} has asked to be left alone until {until:.0}"),
            remedy: "nothing: it goes on by itself".to_owned(),
            about: BTreeSet::new(),
        })
        .collect()
}

/// Credentials that expire soon, or have.
pub(super) fn expiring(grounds: &Grounds<'_>) -> Vec<Finding> {
    let survey = grounds.status.survey.as_ref();
    let expiries = Survey::expiries(survey, &grounds.rules.expiries).into_iter();
    let is_read = survey.is_some_and(|survey| survey.entra_credentials_end.is_some());
    expiries.filter_map(|expiry| of_expiry(expiry, is_read && expiry.side == Side::Entra, grounds.now)).collect()
}

/// What the side itself says need not be written down.
fn of_expiry(expiry: Expiry, is_read: bool, now: Timestamp) -> Option<Finding> {
    let (Expiry { side, on }, days) = (expiry, expiry.days_left(now));
    let level = match days {
        _ if days <= CRITICAL_DAYS => Level::Critical,
        _ if days <= Expiry::NOTICE_DAYS => Level::Warning,
        _ => return None,
    };
    let when = match days {
        ..0 => format!("have expired on {on}"),
        0 => format!("expire today ({on})"),
        1 => format!("expire tomorrow ({on})"),
        _ => format!("expire in {days} days, on {on}"),
    };
    Some(Finding {
        level,
        cause: Cause::CredentialExpiring,
        subject: Some(side.to_string()),
        since: None,
        what: format!("the credentials for {side} {when}"),
        remedy: format!("{}; then {}", renew(side), if is_read { RESTART } else { NEW_DATE }),
        about: STAGES.iter().filter(|stage| days <= **stage).map(ToString::to_string).collect(),
    })
}

/// Jostle said something else of itself than before, not long ago.
pub(super) fn jostle_changed(grounds: &Grounds<'_>) -> Option<Finding> {
    let SurveyChange { at, what } = grounds.status.survey.as_ref()?.change.as_ref()?;
    if grounds.now.duration_since(*at) > CHANGE_TOLD {
        return None;
    }
    let (first, rest) = what.split_at(what.len().min(CHANGES_NAMED));
    let more = if rest.is_empty() { String::new() } else { format!("; and {} more", rest.len()) };
    Some(Finding {
        level: Level::Warning,
        cause: Cause::JostleChanged,
        subject: None,
        since: Some(*at),
        what: format!("Jostle is not as it was: {}{more}", first.join("; ")),
        remedy: "entra-jostle-sync check says whether every mapped attribute is still there".to_owned(),
        about: what.iter().cloned().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_of_the_more_urgently_the_less_time_there_is() {
        let now = "2026-02-27T23:00:00Z".parse().expect("a time");
        let found = |year, month, day| {
            let on = jiff::civil::date(year, month, day);
            of_expiry(Expiry { side: Side::Entra, on }, false, now).map(|finding| (finding.level, finding.what))
        };
        let told = |level, when: &str| Some((level, format!("the credentials for Entra {when}")));
        assert_eq!(found(2026, 3, 30), None);
        assert_eq!(found(2026, 3, 29), told(Level::Warning, "expire in 30 days, on 2026-03-29"));
        assert_eq!(found(2026, 3, 13), told(Level::Warning, "expire in 14 days, on 2026-03-13"));
        assert_eq!(found(2026, 3, 2), told(Level::Critical, "expire in 3 days, on 2026-03-02"));
        assert_eq!(found(2026, 2, 28), told(Level::Critical, "expire tomorrow (2026-02-28)"));
        assert_eq!(found(2026, 2, 27), told(Level::Critical, "expire today (2026-02-27)"));
        assert_eq!(found(2025, 2, 26), told(Level::Critical, "have expired on 2025-02-26"));
    }
}
