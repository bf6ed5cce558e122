//! People whom a complete read left in doubt. Each is asked for alone.
//!
//! The first one did not show some who were read alone before it, on demand for example: there is no earlier read to
//! measure it by, so that nobody is gone for being missing from it. And a complete read need not tell who is in the
//! recycle bin: whoever was there before may be deleted for good by now.

use super::import::with_last_attributes;
use super::{CycleError, Planner};
use crate::connector::SourceReader;
use crate::model::{Presence, SourceUser};

/// People looked for in the state at once.
const BATCH: usize = 200;

impl<S: SourceReader, R> Planner<S, R> {
    /// Asks for everybody whom the last complete read left in doubt. To be called between two rounds.
    pub(super) async fn settle_missing(&self) -> Result<(), CycleError> {
        loop {
            let people = self.store.unshown(BATCH).await?;
            if people.is_empty() {
                return Ok(());
            }
            for id in people {
                self.go_on()?;
                let Some(record) = self.store.person(&id).await? else { continue };
                let user = match self.source.user(&id).await? {
                    Some(user) => with_last_attributes(user, &record),
                    None => SourceUser { presence: Presence::HardDeleted, ..record.user },
                };
                self.store.put_user(user, (self.settings.clock)()).await?;
            }
        }
    }
}
