//! Whether a round of a feed leads anywhere.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::connector::{ConnectorError, ErrorKind, FeedLink, Next, Position, Side};

/// More pages in a row than this that bring nothing are no feed: Graph is known to send some.
const MOST_EMPTY_PAGES: u32 = 1000;

/// Watches the pages of one round.
#[derive(Debug, Default)]
pub(super) struct Endless {
    empty: u32,
    seen: HashSet<u64>,
}

impl Endless {
    /// Notes a page with so many items, read from a position. An error if the round cannot come to its end; nothing
    /// may be concluded from it then.
    pub(super) fn note(&mut self, from: &Position, items: usize, next: &Next) -> Result<(), ConnectorError> {
        if let Position::At(link) = from {
            self.seen.insert(hash(link));
        }
        let Next::Page(link) = next else { return Ok(()) };
        if self.seen.contains(&hash(link)) {
            return Err(incomplete("the feed leads back to a page that was read before"));
        }
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        if self.empty > MOST_EMPTY_PAGES {
            return Err(incomplete("the feed goes on for ever, with page after page that brings nothing"));
        }
        Ok(())
    }
}

fn hash(link: &FeedLink) -> u64 {
    let mut hasher = DefaultHasher::new();
    link.as_str().hash(&mut hasher);
    hasher.finish()
}

fn incomplete(what: &str) -> ConnectorError {
    let detail = format!("{what}; nothing is concluded from it, and the next cycle reads again");
    ConnectorError::new(Side::Entra, ErrorKind::Protocol, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(page: u32) -> FeedLink {
        FeedLink::new(format!("page {page}"))
    }

    /// After how many pages a feed is given up, if it is.
    fn given_up(pages: u32, items: impl Fn(u32) -> usize, next: impl Fn(u32) -> Next) -> Option<u32> {
        let mut endless = Endless::default();
        let from = |page| if page == 0 { Position::Baseline } else { Position::At(at(page)) };
        (0..pages).find(|&page| endless.note(&from(page), items(page), &next(page)).is_err())
    }

    #[test]
    fn a_feed_without_an_end_is_given_up_and_a_long_one_is_not() {
        let onward = |page| Next::Page(at(page + 1));
        assert_eq!(given_up(5000, |_| 0, onward), Some(1000));
        assert_eq!(given_up(5000, |page| usize::from(page % 1000 == 0), onward), None);
        assert_eq!(given_up(5000, |_| 1, onward), None);
    }

    #[test]
    fn a_feed_that_leads_back_is_given_up() {
        assert_eq!(given_up(9, |_| 1, |page| Next::Page(at(page % 4 + 1))), Some(4));
        assert_eq!(given_up(9, |_| 1, |page| Next::Page(at(page.min(2) + 1))), Some(3));
        assert_eq!(given_up(9, |_| 1, |_| Next::Round(at(0))), None);
    }
}
