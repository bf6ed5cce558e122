//! An account that Jostle answers with 404: was it deleted there, or does it have another id now?

use super::Planner;
use super::instead::name_in_jostle;
use super::perform::PerformError;
use crate::connector::TargetReader;
use crate::defects::{Defect, planted};
use crate::model::{Link, Values};
use crate::plan::PersonFailure;

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Finds the account of a link whose id is unknown to Jostle. The result is the link to the account that has the
    /// name now, or the same link marked as gone. A wrong base URL answers 404 too, so that is ruled out first.
    pub(super) async fn relink(&self, link: &Link) -> Result<Link, PerformError> {
        if planted(Defect::NotFoundTakenForDeleted) {
            return Ok(Link { gone: true, ..link.clone() });
        }
        self.target.probe().await?;
        match self.target.account(&link.target_id).await {
            // Once is not enough: what says so may be a proxy, or a server that has just come up.
            Ok(Some(_)) => return Ok(link.clone()),
            // Some servers answer 500 for an id that they do not have.
            Err(error) if error.status != Some(500) => return Err(error.into()),
            Ok(None) | Err(_) => {}
        }
        let Some(user_name) = name_in_jostle(link) else {
            return Ok(Link { gone: true, ..link.clone() });
        };
        let mut hits = self.hits(user_name).await?;
        // An account that has the name and is somebody else's by now proves that the person's own is gone.
        hits.retain(|hit| hit.owner.as_ref().is_none_or(|owner| *owner == link.entra_id));
        match hits.as_slice() {
            [] => Ok(Link { gone: !planted(Defect::GoneNeverSet), ..link.clone() }),
            [hit] => Ok(Link {
                target_id: if planted(Defect::LinkKeepsOldId) { &link.target_id } else { &hit.account.id }.clone(),
                gone: false,
                sent: Values::new(),
                seen: self.seen_with_active(&hit.account),
                ..link.clone()
            }),
            several => Err(PerformError::Person(PersonFailure::SeveralAccounts {
                user_name: user_name.to_owned(),
                ids: several.iter().map(|hit| hit.account.id.clone()).collect(),
            })),
        }
    }
}
