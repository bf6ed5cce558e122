//! One page of a delta feed, whatever it is of: what a refusal means, and that no link leads away.

use url::Url;

use super::GraphSource;
use super::error::{Purpose, Refusal, unreadable};
use super::wire::Fault;
use crate::connector::{ConnectorError, ErrorKind, FeedLink, Next};

/// A delta feed with pages `P`.
pub(super) struct Feed<P> {
    pub(super) purpose: Purpose,
    /// What to say when a position is no longer valid.
    pub(super) lost: &'static str,
    pub(super) read: fn(&[u8]) -> Result<P, Fault>,
    pub(super) next: fn(&P) -> &Next,
}

impl GraphSource {
    /// The page at an address of our own making: what is refused there is a matter of configuration, for which
    /// `advice` says what to change.
    pub(super) async fn first<P: Send>(
        &self,
        url: &Url,
        feed: &Feed<P>,
        advice: impl FnOnce() -> String + Send,
    ) -> Result<P, ConnectorError> {
        let response = self.client.get(url).await?;
        if response.status == 200 {
            return self.read(&response.body, feed);
        }
        let refusal = Refusal::read(&response);
        Err(match refusal.status() {
            _ if refusal.is_resync() => feed.resync(refusal),
            400 | 404 | 501 => refusal.into_error(ErrorKind::Rejected, advice()),
            _ => refusal.error(feed.purpose),
        })
    }

    /// The page at a link of the service. A 400 or 404 of an unknown kind may pass, so it is tried twice before the
    /// position is given up.
    pub(super) async fn follow<P: Send>(&self, link: &FeedLink, feed: &Feed<P>) -> Result<P, ConnectorError> {
        let url = self.urls.own(link.as_str())?;
        let mut response = self.client.get(&url).await?;
        if matches!(response.status, 400 | 404) && !Refusal::read(&response).is_resync() {
            response = self.client.get(&url).await?;
        }
        if response.status == 200 {
            let page = self.read(&response.body, feed)?;
            // Followed, it would never end; a round without changes may well end where it began.
            if *(feed.next)(&page) == Next::Page(link.clone()) {
                return Err(unreadable(feed.purpose, "leads back to the page that was asked for"));
            }
            return Ok(page);
        }
        let refusal = Refusal::read(&response);
        let lost = refusal.is_resync() || matches!(refusal.status(), 400 | 404);
        Err(if lost { feed.resync(refusal) } else { refusal.error(feed.purpose) })
    }

    /// A page whose link leads away is refused as a whole, so that such a link is never stored.
    fn read<P>(&self, body: &[u8], feed: &Feed<P>) -> Result<P, ConnectorError> {
        let page = (feed.read)(body).map_err(|fault| unreadable(feed.purpose, fault))?;
        let (Next::Page(link) | Next::Round(link)) = (feed.next)(&page);
        self.urls.own(link.as_str())?;
        Ok(page)
    }
}

impl<P> Feed<P> {
    fn resync(&self, refusal: Refusal) -> ConnectorError {
        refusal.into_error(ErrorKind::ResyncRequired, self.lost)
    }
}
