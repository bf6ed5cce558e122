//! What a failure means for one person: what is shown, and when it is worth another try.

use crate::connector::{ConnectorError, ErrorKind};
use crate::plan::{Failed, Pace, PersonFailure};
use crate::store::StoreError;

/// Why a person failed, as the state remembers it.
pub(super) struct Trouble {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) pace: Pace,
    /// It may have been done all the same.
    pub(super) in_doubt: bool,
}

impl From<ConnectorError> for Trouble {
    fn from(error: ConnectorError) -> Self {
        let code = error.code.clone().or(error.status.map(|status| status.to_string()));
        Self {
            code: code.unwrap_or_else(|| "error".to_owned()),
            message: error.to_string(),
            pace: if error.is_transient() { Pace::Soon } else { Pace::Daily },
            in_doubt: error.kind == ErrorKind::InDoubt,
            request_id: error.request_id,
        }
    }
}

impl From<PersonFailure> for Trouble {
    fn from(failure: PersonFailure) -> Self {
        let (code, message, pace) = (failure.code().to_owned(), failure.to_string(), failure.pace());
        Self { code, message, request_id: None, pace, in_doubt: false }
    }
}

impl From<&Failed> for Trouble {
    fn from(failed: &Failed) -> Self {
        Self {
            code: failed.code.to_owned(),
            message: failed.message.clone(),
            request_id: failed.request_id.clone(),
            pace: failed.pace,
            in_doubt: false,
        }
    }
}

impl Trouble {
    /// The account turned out to be somebody else's when the outcome was stored.
    pub(super) fn taken(error: &StoreError) -> Self {
        let (code, message) = ("conflict".to_owned(), error.to_string());
        Self { code, message, request_id: None, pace: Pace::Daily, in_doubt: false }
    }
}
