//! Asking both sides what they say of themselves: when the credentials expire, what Jostle can do and which attributes it
//! has. Nothing is decided by it; people are told what changed.

use jiff::Timestamp;

use super::{CycleError, Engine};
use crate::connector::{ConnectorError, Description, ErrorKind, Expiry, SourceReader, TargetWriter};
use crate::event::catalogue::{CredentialExpiring, JostleChanged, SurveyFailed};
use crate::store::{Survey, SurveyChange};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Asks both sides and says what is new. `configured` is when credentials expire as far as no side says so. That a
    /// side does not answer is said, and is no error.
    pub async fn survey(&self, configured: &[Expiry]) -> Result<(), CycleError> {
        let planner = &self.planner;
        let now = (planner.settings.clock)();
        let last = planner.store.survey().await?;
        let (ends, said) = (planner.source.credentials_end(now).await, planner.target.description().await);
        if [ends.as_ref().err(), said.as_ref().err()].into_iter().flatten().any(|e| e.kind == ErrorKind::Stopped) {
            return Ok(());
        }
        let known = last.as_ref().and_then(|last| last.entra_credentials_end);
        let survey = Survey {
            at: now,
            entra_credentials_end: answer(ends).unwrap_or(known),
            ..described(last, answer(said).flatten(), now)
        };
        for expiry in Survey::expiries(Some(&survey), configured) {
            tell(expiry, now);
        }
        Ok(planner.store.put_survey(survey).await?)
    }
}

/// What was answered; none, and it is said, if nothing was.
fn answer<T>(result: Result<T, ConnectorError>) -> Option<T> {
    result.inspect_err(|error| SurveyFailed { side: error.side.into(), reason: error.into() }.emit()).ok()
}

/// What Jostle says now, and what differs from what it said before.
fn described(last: Option<Survey>, said: Option<Description>, now: Timestamp) -> Survey {
    let (known, change) = last.map_or((None, None), |last| (last.jostle, last.change));
    let what = known.as_ref().zip(said.as_ref()).map_or_else(Vec::new, |(known, said)| known.changes(said));
    let change = match what.is_empty() {
        true => change,
        false => {
            JostleChanged { changes: what.join("; ").into() }.emit();
            Some(SurveyChange { at: now, what })
        }
    };
    Survey { at: now, entra_credentials_end: None, jostle: said.or(known), change }
}

fn tell(expiry: Expiry, now: Timestamp) {
    let (Expiry { side, on }, days) = (expiry, expiry.days_left(now));
    if days <= Expiry::NOTICE_DAYS {
        CredentialExpiring { side: side.into(), expires_on: on.to_string().into(), days_left: days.into() }.emit();
    }
}
