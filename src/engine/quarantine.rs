//! Leaving a side alone that fails as a whole: pauses that grow, and a probe that ends them.

use jiff::{SignedDuration, Timestamp};

use super::trouble::code_of;
use super::{CycleError, Planner};
use crate::connector::{ErrorKind, Side, TargetReader};
use crate::event::catalogue::{QuarantineEntered, QuarantineLeft, QuarantineProlonged};
use crate::plan::pause;
use crate::store::Quarantine;

/// A side that asks for more than this is not believed to have: the clock of the machine was wrong.
const LONGEST_BELIEVED: SignedDuration = SignedDuration::from_hours(24 * 7);

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Which quarantine still pauses, the longest; none if a cycle may run. Asked before each cycle of the schedule.
    pub async fn rest(&self) -> Result<Option<Quarantine>, CycleError> {
        let now = (self.settings.clock)();
        let quarantines = self.store.quarantines().await?.into_iter();
        Ok(quarantines.filter(|quarantine| pauses(quarantine, now)).max_by_key(|quarantine| quarantine.next_at))
    }

    /// A cycle begins: if Jostle is in quarantine, it is asked whether it answers, before anything else is.
    pub(super) async fn probe_quarantined(&self) -> Result<(), CycleError> {
        let quarantines = self.store.quarantines().await?;
        if quarantines.iter().any(|quarantine| quarantine.side == Side::Jostle) {
            self.probe().await?;
        }
        Ok(())
    }

    /// A side did what it should.
    pub(super) async fn leave_quarantine(&self, side: Side) -> Result<(), CycleError> {
        if self.store.lift_quarantine(side).await? {
            QuarantineLeft { side: side.into() }.emit();
        }
        Ok(())
    }

    /// A side failed as a whole, if this is such an error. What is done `beside` a cycle begins a quarantine and never
    /// prolongs one: whoever tries again by hand makes nobody wait longer.
    pub(super) async fn enter_quarantine(&self, error: &CycleError, beside: bool) -> Result<(), CycleError> {
        let Some(Outage { side, code, asked_for, is_refusal }) = outage_of(error) else { return Ok(()) };
        let known = self.store.quarantines().await?.into_iter().find(|quarantine| quarantine.side == side);
        if beside && known.is_some() {
            return Ok(());
        }
        let now = (self.settings.clock)();
        let failures = known.as_ref().map_or(0, |known| known.failures).saturating_add(1);
        let wait = SignedDuration::try_from(pause(failures, asked_for, fastrand::f64())).unwrap_or(LONGEST_BELIEVED);
        let quarantine = Quarantine {
            side,
            since: known.as_ref().map_or(now, |known| known.since.min(now)),
            failures,
            next_at: now.checked_add(wait).unwrap_or(now),
            code,
            reason: error.to_string(),
            is_refusal,
        };
        log_quarantine(&quarantine, known.is_some());
        Ok(self.store.set_quarantine(quarantine).await?)
    }
}

/// A stored time that no pause can have given comes from a clock that was wrong.
fn pauses(quarantine: &Quarantine, now: Timestamp) -> bool {
    let left = quarantine.next_at.duration_since(now);
    left.is_positive() && left <= LONGEST_BELIEVED && quarantine.since <= now
}

/// A side that fails as a whole.
struct Outage {
    side: Side,
    code: String,
    asked_for: Option<std::time::Duration>,
    is_refusal: bool,
}

fn outage_of(error: &CycleError) -> Option<Outage> {
    let error = match error {
        CycleError::Failing { code, .. } => {
            return Some(Outage { side: Side::Jostle, code: code.clone(), asked_for: None, is_refusal: false });
        }
        CycleError::Side(error) => error,
        _ => return None,
    };
    // Of Jostle only what a probe confirmed ends a cycle. Of Entra an answer that says nothing is no outage: the next
    // cycle reads again at its time.
    let is_outage = error.side == Side::Jostle
        || matches!(
            error.kind,
            ErrorKind::CredentialsRefused
                | ErrorKind::Forbidden
                | ErrorKind::Unreachable
                | ErrorKind::Unavailable
                | ErrorKind::Throttled(_)
        );
    let asked_for = match error.kind {
        ErrorKind::Throttled(asked_for) => asked_for,
        _ => None,
    };
    let is_refusal = matches!(error.kind, ErrorKind::CredentialsRefused | ErrorKind::Forbidden);
    is_outage.then(|| Outage { side: error.side, code: code_of(error), asked_for, is_refusal })
}

fn log_quarantine(quarantine: &Quarantine, is_known: bool) {
    let Quarantine { side, since, failures, next_at, code, reason, is_refusal: _ } = quarantine;
    match is_known {
        false => {
            QuarantineEntered { side: side.into(), code: code.into(), next_at: *next_at, reason: reason.into() }.emit();
        }
        true => QuarantineProlonged {
            side: side.into(),
            code: code.into(),
            since: *since,
            failures: u64::from(*failures),
            next_at: *next_at,
            reason: reason.into(),
        }
        .emit(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 + hours)
    }

    #[test]
    fn a_time_that_no_pause_can_have_given_is_not_waited_for() {
        let quarantine = |since, next_at| Quarantine {
            side: Side::Jostle,
            since: at(since),
            failures: 1,
            next_at: at(next_at),
            code: "503".to_owned(),
            reason: "down".to_owned(),
            is_refusal: false,
        };
        assert!(pauses(&quarantine(0, 2), at(1)));
        assert!(!pauses(&quarantine(0, 2), at(2)));
        assert!(!pauses(&quarantine(5, 7), at(1)), "the clock was set back");
        assert!(!pauses(&quarantine(0, 24 * 300), at(1)), "the clock was ahead when it was stored");
    }
}
