//! Ordinary lists over all their pages ("Paging Microsoft Graph data in your app").

use std::collections::HashSet;

use url::Url;

use super::GraphSource;
use super::error::{Purpose, Refusal, unreadable};
use super::wire::{Fault, Part};
use crate::connector::ConnectorError;

/// Empty pages in a row are legal; so many are a list that never ends.
const MOST_EMPTY_PAGES: u32 = 1000;

impl GraphSource {
    /// Every item of a list that is meant. A list that leads back to a page of itself, or on and on to empty ones, never
    /// ends: an error.
    pub(super) async fn all<T: Send>(
        &self,
        first: Url,
        purpose: Purpose,
        read: impl Fn(&[u8]) -> Result<Part<T>, Fault> + Send + Sync,
        is_meant: impl Fn(&T) -> bool + Send,
    ) -> Result<Vec<T>, ConnectorError> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let (mut url, mut empty) = (first, 0);
        loop {
            let (items, next) = self.part(&url, purpose, &read).await?;
            empty = if items.is_empty() { empty + 1 } else { 0 };
            if empty > MOST_EMPTY_PAGES {
                return Err(unreadable(purpose, "has nothing on a thousand pages and does not end"));
            }
            found.extend(items.into_iter().filter(&is_meant));
            let Some(next) = next else { return Ok(found) };
            seen.insert(std::mem::replace(&mut url, next));
            if seen.contains(&url) {
                return Err(unreadable(purpose, "leads back to a page that was read before"));
            }
        }
    }

    /// One page of a list.
    pub(super) async fn part<T: Send>(
        &self,
        url: &Url,
        purpose: Purpose,
        read: impl Fn(&[u8]) -> Result<Part<T>, Fault> + Send + Sync,
    ) -> Result<(Vec<T>, Option<Url>), ConnectorError> {
        let response = self.client.get(url).await?;
        if response.status != 200 {
            return Err(Refusal::read(&response).error(purpose));
        }
        let (items, next) = read(&response.body).map_err(|fault| unreadable(purpose, fault))?;
        Ok((items, next.map(|link| self.urls.own(&link)).transpose()?))
    }

    /// One object; none only if Graph itself says that it does not exist.
    pub(super) async fn object<T: Send>(
        &self,
        url: &Url,
        purpose: Purpose,
        read: impl Fn(&[u8]) -> Result<T, Fault> + Send,
    ) -> Result<Option<T>, ConnectorError> {
        let response = self.client.get(url).await?;
        if response.status == 200 {
            return read(&response.body).map(Some).map_err(|fault| unreadable(purpose, fault));
        }
        let refusal = Refusal::read(&response);
        if refusal.is_absence() { Ok(None) } else { Err(refusal.error(purpose)) }
    }
}
