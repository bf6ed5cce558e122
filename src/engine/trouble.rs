//! What a failure means for one person: what is shown, and when it is worth another try.

use crate::connector::{ConnectorError, ErrorKind};
use crate::plan::{Failed, Pace, PersonFailure};
use crate::store::StoreError;

/// Why a person failed, as the state remembers it.
pub(super) struct Trouble {
    pub(super) code: String,
    /// What a request was answered with.
    pub(super) status: Option<u16>,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) pace: Pace,
    /// What the request failed with; none if it was not a request that failed, or if the answer is about this person
    /// alone, however many get it: a name that is taken.
    pub(super) request_code: Option<String>,
    /// It may have been done all the same.
    pub(super) in_doubt: bool,
}

/// The provider's own code, else the status, else one word.
pub(super) fn code_of(error: &ConnectorError) -> String {
    let word = match error.kind {
        ErrorKind::CredentialsRefused => "credentials_refused",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::Unreachable => "unreachable",
        ErrorKind::Throttled(_) => "throttled",
        ErrorKind::Protocol => "protocol",
        ErrorKind::InDoubt => "in_doubt",
        _ => "error",
    };
    let code = error.code.clone().or(error.status.map(|status| status.to_string()));
    code.unwrap_or_else(|| word.to_owned())
}

/// When it is worth another try.
pub(super) fn pace_of(error: &ConnectorError) -> Pace {
    if error.is_transient() { Pace::Soon } else { Pace::Daily }
}

impl From<ConnectorError> for Trouble {
    fn from(error: ConnectorError) -> Self {
        let code = code_of(&error);
        Self {
            message: error.to_string(),
            pace: pace_of(&error),
            request_code: Some(code.clone()).filter(|_| error.kind != ErrorKind::Conflict),
            code,
            status: error.status,
            in_doubt: false,
            request_id: error.request_id,
        }
    }
}

impl From<PersonFailure> for Trouble {
    fn from(failure: PersonFailure) -> Self {
        let (code, message, pace) = (failure.code().to_owned(), failure.to_string(), failure.pace());
        Self { code, status: None, message, request_id: None, pace, request_code: None, in_doubt: false }
    }
}

impl From<&Failed> for Trouble {
    fn from(failed: &Failed) -> Self {
        Self {
            code: failed.code.clone(),
            status: None,
            message: failed.message.clone(),
            request_id: failed.request_id.clone(),
            pace: failed.pace,
            request_code: Some(failed.code.clone()).filter(|_| failed.asked),
            in_doubt: false,
        }
    }
}

impl Trouble {
    /// The account turned out to be somebody else's when the outcome was stored.
    pub(super) fn taken(error: &StoreError) -> Self {
        let (code, message) = ("conflict".to_owned(), error.to_string());
        Self { code, status: None, message, request_id: None, pace: Pace::Daily, request_code: None, in_doubt: false }
    }
}
