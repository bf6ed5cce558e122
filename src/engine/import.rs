//! Finding one person by what an administrator typed, and bringing them into the snapshot.

use thiserror::Error;

use super::{CycleError, Planner};
use crate::connector::{ConnectorError, SourceReader};
use crate::model::{EntraId, Presence, SourceUser};
use crate::store::{Pause, PersonRecord, StoreError};

/// Why one person could not be read.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Nobody has this name.
    #[error("Entra: nobody has the user principal name, mail address or object id {0:?}, and nobody deleted had it")]
    Unknown(String),
    /// Nobody has it in the snapshot, and Entra was not asked.
    #[error("nobody who was read from Entra has the user principal name, mail address or object id {0:?}")]
    NotInSnapshot(String),
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
    /// An administrator has stopped it for a while.
    #[error("{user} was not written: {pause}; entra-jostle-sync resume ends the pause")]
    Paused {
        /// Who.
        user: String,
        /// The pause.
        pause: Pause,
    },
    /// A side or the state failed.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl ImportError {
    pub(super) fn ambiguous(key: &str, people: &[PersonRecord]) -> Self {
        let ids: Vec<_> = people.iter().map(|record| record.user.id.to_string()).collect();
        Self::Ambiguous { key: key.to_owned(), count: ids.len(), ids }
    }
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

/// Somebody who is in the snapshot.
pub(super) struct Imported {
    pub(super) entra_id: EntraId,
    /// Why they were not read from Entra just now, if they were not.
    pub(super) note: Option<String>,
}

impl<S: SourceReader, R> Planner<S, R> {
    /// Reads one person from Entra into the snapshot, deleted or not.
    ///
    /// Who is live in the snapshot is asked for by id, which never changes; everybody else by what was typed, so that
    /// a newcomer with the name of somebody deleted is found and not the deleted one. While Entra asks to be left alone
    /// whoever is live in the snapshot is taken from there.
    pub(super) async fn import(&self, key: &str) -> Result<Imported, ImportError> {
        let (live, _) = self.known(key).await?;
        if let ([record], Some(note)) = (live.as_slice(), self.throttled()) {
            return Ok(Imported { entra_id: record.user.id.clone(), note: Some(note) });
        }
        // What was read first must be stored first: no page of a cycle comes between the two.
        let _pages = self.interlock.pages.lock().await;
        let (live, deleted) = self.known(key).await?;
        let user = match live.as_slice() {
            [] => self.import_by_name(key, &deleted).await?,
            [record] => match self.source.user(&record.user.id).await? {
                Some(user) => with_last_attributes(user, record),
                None => SourceUser { presence: Presence::HardDeleted, ..record.user.clone() },
            },
            several => return Err(ImportError::ambiguous(key, several)),
        };
        let entra_id = user.id.clone();
        self.store.put_user(user, (self.settings.clock)()).await?;
        self.import_manager(&entra_id).await?;
        Ok(Imported { entra_id, note: None })
    }

    /// Whom a name means in the snapshot: the living, and the deleted.
    pub(super) async fn known(&self, key: &str) -> Result<(Vec<PersonRecord>, Vec<PersonRecord>), StoreError> {
        let known = self.store.find_people(key).await?;
        Ok(known.into_iter().partition(|record| record.user.presence == Presence::Live))
    }

    /// Until when Entra asks to be left alone, as a note of what is known without asking it.
    pub(super) fn throttled(&self) -> Option<String> {
        let until = self.source.throttled_until().filter(|until| *until > (self.settings.clock)())?;
        Some(format!("as last read: Entra asks to be left alone until {until:.0}"))
    }

    /// On a new state the manager of the first person is unknown: without them the account would be written as that
    /// of somebody who has none.
    async fn import_manager(&self, id: &EntraId) -> Result<(), CycleError> {
        let Some(record) = self.store.person(id).await? else { return Ok(()) };
        let manager = record.user.text("manager.id").map(EntraId::new);
        let Some(manager) = manager.filter(|_| self.source.reads_managers() && record.manager.is_none()) else {
            return Ok(());
        };
        if let Some(user) = self.source.user(&manager).await?.filter(|user| user.presence == Presence::Live) {
            self.store.put_user(user, (self.settings.clock)()).await?;
        }
        Ok(())
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
pub(super) fn with_last_attributes(user: SourceUser, record: &PersonRecord) -> SourceUser {
    match user.presence {
        Presence::Live => user,
        Presence::SoftDeleted | Presence::HardDeleted => {
            SourceUser { attributes: record.user.attributes.clone(), ..user }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{World, person};
    use super::*;
    use crate::scope::Reach;
    use serde_json::json;

    #[tokio::test]
    async fn a_manager_whom_nobody_has_read_yet_comes_with_the_person() {
        let world = World::new(Reach::default(), &["ann"]).await;
        let mut ann = person("ann");
        ann.attributes.insert("manager".to_owned(), json!({"id": "bob"}));
        let gone = SourceUser { presence: Presence::SoftDeleted, ..person("bob") };
        for (bob, manager) in [(gone, None), (person("bob"), Some(person("bob")))] {
            world.tenant.state().people = [ann.clone(), bob].map(|user| (user.id.clone(), user)).into();
            world.planner.import("ann@x").await.unwrap();
            assert_eq!(world.planner.store.person(&EntraId::new("ann")).await.unwrap().unwrap().manager, manager);
        }
        world.tenant.asked();
        world.planner.import("ann@x").await.unwrap();
        assert_eq!(world.tenant.asked(), ["user ann"], "a manager who is known is not read again");
    }
}
