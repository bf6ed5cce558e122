//! Entra and Jostle as a whole: whether they answer.

use jiff::Timestamp;

use crate::event::define::events;
use crate::event::{Prose, Word};

events! {
    /// A side asks to be left alone; nothing is sent to it until then. Everything goes on by itself.
    Throttled = "throttled", WARN, "{side} asks to be left alone; nothing is sent until {until}" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// Until when.
        until: Timestamp,
        /// For how long, in seconds.
        wait_s: f64,
    }

    /// A side refuses the credentials, or fails as a whole. It is left alone; when its time has come it is tried again.
    QuarantineEntered = "quarantine.entered", ERROR, "{side} is left alone until {next_at}[: {reason}]" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// The error code, the status, or one word.
        code: Word,
        /// When it is tried again.
        next_at: Timestamp,
        /// Why, and what to do.
        reason: Prose,
    }

    /// A side was tried again and still fails; it is left alone longer.
    QuarantineProlonged = "quarantine.prolonged", WARN, "{side} still fails, left alone until {next_at}[: {reason}]" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// The error code, the status, or one word.
        code: Word,
        /// Since when it is in quarantine.
        since: Timestamp,
        /// How often it has failed.
        failures: u64,
        /// When it is tried again.
        next_at: Timestamp,
        /// Why, and what to do.
        reason: Prose,
    }

    /// A side answers again.
    QuarantineLeft = "quarantine.left", INFO, "{side} answers again" {
        /// `Entra` or `Jostle`.
        side: Word,
    }

    /// Credentials expire within 30 days, or have; said at each start and every day. They are to be renewed before.
    CredentialExpiring = "credential.expiring", WARN, "the credentials for {side} expire on {expires_on}" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// The last day on which they are good, in UTC.
        expires_on: Word,
        /// So many days are left; negative when they have expired.
        days_left: i64,
    }

    /// Jostle says something else of what it can do, or of the attributes of an account, than when it was last asked.
    JostleChanged = "jostle.changed", WARN, "Jostle is not as it was: {changes}" {
        /// What differs in ServiceProviderConfig and Schemas.
        changes: Word,
    }

    /// A side did not say when credentials expire, or what it can do. It is asked again the next day.
    SurveyFailed = "survey.failed", INFO, "{side} cannot be asked what it is like[: {reason}]" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// Why.
        reason: Prose,
    }

    /// One request, every try for itself.
    RequestSent = "request.sent", DEBUG, "{method} to {host}: {status} in {duration_ms} ms" {
        /// `Entra` or `Jostle`.
        side: Word,
        /// The host.
        host: Word,
        /// The method.
        method: Word,
        /// The status of the answer; 0 if there was none.
        status: u64,
        /// How long it took.
        duration_ms: u64,
    }
}
