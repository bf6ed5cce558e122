//! Finding one person by what an administrator typed, and bringing them into the snapshot.

use thiserror::Error;

use super::{CycleError, Planner};
use crate::connector::{ConnectorError, SourceReader};
use crate::model::{Presence, SourceUser};
use crate::store::{PersonRecord, StoreError};

/// Why one person could not be read.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Nobody has this name.
    #[error("Entra: nobody has the user principal name, mail address or object id {0:?}, and nobody deleted had it")]
    Unknown(String),
    /// Several people have it.
    #[error("Entra: {count} people have {key:?}; give the object id of one: {}", ids.join(", "))]
    Ambiguous {
        /// What was typed.
        key: String,
        /// How many have it.
        count: usize,
        /// Their object ids.
        ids: Vec<String>,
    },
    /// A side or the state failed.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl From<ConnectorError> for ImportError {
    fn from(error: ConnectorError) -> Self {
        Self::Cycle(error.into())
    }
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

impl<S: SourceReader, R> Planner<S, R> {
    /// Reads one person from Entra into the snapshot, deleted or not.
    ///
    /// Who is live in the snapshot is asked for by id, which never changes; everybody else by what was typed, so that
    /// a newcomer with the name of somebody deleted is found and not the deleted one.
    pub(super) async fn import(&self, key: &str) -> Result<PersonRecord, ImportError> {
        let known = self.store.find_people(key).await?;
        let (live, deleted): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|record| record.user.presence == Presence::Live);
        let user = match live.as_slice() {
            [] => self.import_by_name(key, &deleted).await?,
            [record] => match self.source.user(&record.user.id).await? {
                Some(user) => with_last_attributes(user, record),
                None => SourceUser { presence: Presence::HardDeleted, ..record.user.clone() },
            },
            several => {
                return Err(ImportError::Ambiguous {
                    key: key.to_owned(),
                    count: several.len(),
                    ids: several.iter().map(|record| record.user.id.to_string()).collect(),
                });
            }
        };
        let id = user.id.clone();
        self.store.put_user(user, (self.settings.clock)()).await?;
        self.store.person(&id).await?.ok_or_else(|| ImportError::Unknown(key.to_owned()))
    }

    async fn import_by_name(&self, key: &str, deleted: &[PersonRecord]) -> Result<SourceUser, ImportError> {
        if let Some(user) = self.source.find(key).await? {
            return Ok(user);
        }
        // Linked people first: theirs is the account that may still be active.
        let known = deleted.iter().find(|record| record.link.is_some()).or(deleted.first());
        if let Some(record) = known {
            return Ok(record.user.clone());
        }
        self.source.find_deleted(key).await?.ok_or_else(|| ImportError::Unknown(key.to_owned()))
    }
}

/// The recycle bin mangles the user principal name; the last one known is the one that people know.
fn with_last_attributes(user: SourceUser, record: &PersonRecord) -> SourceUser {
    match user.presence {
        Presence::Live => user,
        Presence::SoftDeleted | Presence::HardDeleted => {
            SourceUser { attributes: record.user.attributes.clone(), ..user }
        }
    }
}
