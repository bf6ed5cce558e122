//! An account that Jostle answers with 404: was it deleted there, or does it have another id now?

use super::Planner;
use super::instead::name_in_jostle;
use super::perform::PerformError;
use crate::connector::TargetReader;
use crate::defects::{Defect, planted};
use crate::model::{Link, Names, Values};
use crate::plan::{PersonFailure, resembles};

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Finds the account of a link whose id is unknown to Jostle. The result is the link to the account that has the
    /// name now, or the same link, marked as gone or not. A wrong base URL answers 404 too, so that is ruled out first.
    pub(super) async fn relink(&self, link: &Link) -> Result<Link, PerformError> {
        if planted(Defect::NotFoundTakenForDeleted) {
            return Ok(Link { gone: true, ..link.clone() });
        }
        self.probe().await?;
        if self.is_there(link).await? {
            return Ok(link.clone());
        }
        let Some(user_name) = name_in_jostle(link) else {
            return self.gone(link).await;
        };
        let mut hits = self.hits(user_name).await?;
        // An account that has the name and is somebody else's by now proves that the person's own is gone.
        hits.retain(|hit| hit.owner.as_ref().is_none_or(|owner| *owner == link.entra_id));
        // And so does one of somebody who was given the name since.
        let was = Names::from_values(|path| link.known(path).cloned());
        hits.retain(|hit| resembles(&was, &Names::from_values(|path| hit.account.value(path))));
        match hits.as_slice() {
            [] => self.gone(link).await,
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

    /// What was read until now may have come from a server that was failing, or from a proxy: if Jostle answers and does
    /// not know the id, the account is gone.
    async fn gone(&self, link: &Link) -> Result<Link, PerformError> {
        self.probe().await?;
        let gone = !self.is_there(link).await? && !planted(Defect::GoneNeverSet);
        Ok(Link { gone, ..link.clone() })
    }

    /// Whether Jostle knows the id. Some servers answer 500 for one that they do not have.
    async fn is_there(&self, link: &Link) -> Result<bool, PerformError> {
        match self.target.account(&link.target_id).await {
            Ok(account) => Ok(account.is_some()),
            Err(error) if error.status == Some(500) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
