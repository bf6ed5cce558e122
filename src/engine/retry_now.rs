//! Waking people who wait for another try.

use super::{Engine, ImportError};
use crate::connector::{SourceReader, TargetWriter};
use crate::model::EntraId;

/// Who is tried again by the next cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[must_use]
pub struct Woken {
    /// How many people.
    pub people: u64,
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Makes one person who waits for another try due now, named by user principal name, mail address or object id;
    /// without a name, everybody who waits.
    pub async fn retry_now(&self, key: Option<&str>) -> Result<Woken, ImportError> {
        let planner = &self.planner;
        let who = match key {
            None => None,
            Some(key) => Some(self.known(key).await?),
        };
        let people = planner.store.retry_now(who, (planner.settings.clock)()).await?;
        Ok(Woken { people })
    }

    /// Whom a name means in the snapshot, the living first.
    async fn known(&self, key: &str) -> Result<EntraId, ImportError> {
        let (live, deleted) = self.planner.known(key).await?;
        match (live.as_slice(), deleted.first()) {
            ([one], _) | ([], Some(one)) => Ok(one.user.id.clone()),
            ([], None) => Err(ImportError::NotInSnapshot(key.to_owned())),
            (several, _) => Err(ImportError::ambiguous(key, several)),
        }
    }
}
