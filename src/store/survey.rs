//! What the sides said of themselves when they were last asked.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::columns::Json;
use super::error::StoreError;
use crate::connector::{Description, Expiry, Side};

/// What the sides said of themselves when they were last asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When.
    pub at: Timestamp,
    /// When the credentials for Entra expire; none: Entra may not be asked, or does not say.
    pub entra_credentials_end: Option<Timestamp>,
    /// What Jostle said; none: nothing, so far.
    pub jostle: Option<Description>,
    /// What was different, the last time that something was.
    pub change: Option<SurveyChange>,
}

/// Jostle said something else than the time before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyChange {
    /// When that was seen.
    pub at: Timestamp,
    /// Fragments for people.
    pub what: Vec<String>,
}

impl Survey {
    /// When credentials expire: as Entra itself says, else as was configured.
    pub fn expiries(survey: Option<&Self>, configured: &[Expiry]) -> Vec<Expiry> {
        let read = survey.and_then(|survey| survey.entra_credentials_end);
        let read = read.map(|end| Expiry::ending(Side::Entra, end));
        let others = configured.iter().copied().filter(|expiry| read.is_none_or(|read| read.side != expiry.side));
        read.into_iter().chain(others).collect()
    }
}

pub(super) fn survey(connection: &Connection) -> Result<Option<Survey>, StoreError> {
    let survey = connection.prepare_cached("SELECT survey FROM survey")?.query_row([], |row| row.get::<_, Json<_>>(0));
    Ok(survey.optional()?.map(|survey| survey.0))
}

pub(super) fn put(connection: &Connection, survey: &Survey) -> Result<(), StoreError> {
    connection.execute("INSERT OR REPLACE INTO survey (id, survey) VALUES (1, ?1)", [Json(survey)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::super::fixtures::{at, memory};
    use super::*;

    #[test]
    fn the_last_one_counts() {
        let connection = memory();
        assert_eq!(survey(&connection).unwrap(), None);
        for second in [1, 2] {
            let said = Description([("patch.supported".to_owned(), "true".to_owned())].into());
            let change = Some(SurveyChange { at: at(second), what: vec!["x is gone".to_owned()] });
            let one = Survey { at: at(second), entra_credentials_end: Some(at(9)), jostle: Some(said), change };
            put(&connection, &one).unwrap();
            assert_eq!(survey(&connection).unwrap(), Some(one));
        }
    }

    #[test]
    fn what_entra_says_counts_more_than_what_was_configured() {
        let on = |day| jiff::civil::date(2027, 1, day);
        let configured = [Side::Entra, Side::Jostle].map(|side| Expiry { side, on: on(5) });
        let asked = |end: Option<&str>| Survey {
            at: at(1),
            entra_credentials_end: end.map(|end| end.parse().unwrap()),
            jostle: None,
            change: None,
        };
        let expiries = |survey: Option<&Survey>| {
            let expiries = Survey::expiries(survey, &configured);
            expiries.iter().map(|Expiry { side, on }| format!("{side} {on}")).collect::<Vec<_>>()
        };
        assert_eq!(expiries(None), ["Entra 2027-01-05", "Jostle 2027-01-05"]);
        assert_eq!(expiries(Some(&asked(None))), ["Entra 2027-01-05", "Jostle 2027-01-05"]);
        assert_eq!(expiries(Some(&asked(Some("2027-01-31T23:59:59Z")))), ["Entra 2027-01-31", "Jostle 2027-01-05"]);
    }
}
