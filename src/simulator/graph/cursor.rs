//! Opaque tokens: what a link or a bearer token stands for is kept here and cannot be read or made by anybody else.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::filter::Equals;
use super::object::Id;
use super::query::Selection;
use crate::simulator::effect::ExpiredStyle;

/// The oldest tokens are forgotten beyond this many.
const KEPT: usize = 100_000;

/// The service's links are hundreds of characters long.
const LINK_TOKEN_LENGTH: usize = 320;

/// Where a reader of the delta feed stands.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    pub(super) kind: CursorKind,
    pub(super) round: Round,
    /// Up to where the round has been read.
    pub(super) position: Position,
    /// Set when a fault made the token expire.
    pub(super) expired: Option<ExpiredStyle>,
}

/// A place in a change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The USN up to which everything has been read.
    pub(super) usn: u64,
    /// Of the object at that USN only the links up to this id have been read.
    pub(super) link: Option<Id>,
}

impl Position {
    /// After everything up to a USN.
    pub(super) fn after(usn: u64) -> Self {
        Self { usn, link: None }
    }
}

/// Which link the token stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CursorKind {
    /// nextLink.
    Skip,
    /// deltaLink.
    Delta,
}

/// What one round of the delta feed is about.
#[derive(Clone, Debug)]
pub(super) struct Round {
    pub(super) selection: Arc<Selection>,
    /// Only these ids, folded.
    pub(super) ids: Option<Arc<BTreeSet<String>>>,
    /// In a baseline the USN at which it began; what is deleted afterwards may have been delivered already.
    pub(super) baseline: Option<u64>,
    /// Changes after this USN; 0 for a baseline.
    pub(super) since: u64,
    /// Where the round before it began.
    pub(super) before: u64,
    /// Changes after this USN are left to the next round.
    pub(super) until: Option<u64>,
    /// The round never ends and brings nothing more.
    pub(super) endless: bool,
}

/// Where a reader of a plain list stands.
#[derive(Clone, Debug)]
pub(super) struct ListCursor {
    /// The list that it belongs to.
    pub(super) path: String,
    pub(super) selection: Arc<Selection>,
    pub(super) filter: Option<Equals>,
    pub(super) top: usize,
    /// The list was asked for as an advanced query, so each page must be.
    pub(super) advanced: bool,
    /// The last id of the page before.
    pub(super) after: String,
}

/// Tokens with what they stand for and when they were issued.
#[derive(Debug)]
pub(super) struct Tokens<T> {
    known: HashMap<String, (T, Instant)>,
    order: VecDeque<String>,
}

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T: Clone> Tokens<T> {
    /// Issues a token for a link, as it is before percent-encoding.
    pub(super) fn issue_link(&mut self, value: T) -> String {
        // A plus sign and an equals sign break wherever a client decodes and encodes a link instead of sending it on.
        let token = format!("{}+{}=", random_text(LINK_TOKEN_LENGTH / 2), random_text(LINK_TOKEN_LENGTH / 2));
        self.insert(token.clone(), value);
        token
    }

    /// Issues a bearer token, in the form of a JWT.
    pub(super) fn issue_bearer(&mut self, value: T) -> String {
        let token = format!("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.{}.{}", random_text(400), random_text(342));
        self.insert(token.clone(), value);
        token
    }

    /// What a token stands for and its age in seconds; none if it was never issued here.
    pub(super) fn get(&self, token: &str) -> Option<(T, u64)> {
        self.known.get(token).map(|(value, issued)| (value.clone(), issued.elapsed().as_secs()))
    }

    /// What a token stands for, to be changed.
    pub(super) fn get_mut(&mut self, token: &str) -> Option<&mut T> {
        self.known.get_mut(token).map(|(value, _)| value)
    }

    fn insert(&mut self, token: String, value: T) {
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(token.clone());
        self.known.insert(token, (value, Instant::now()));
    }
}

/// Not from the seed: a token of an earlier run must be worth nothing.
fn random_text(length: usize) -> String {
    let text = || match fastrand::u8(0..64) {
        62 => '-',
        63 => '_',
        _ => fastrand::alphanumeric(),
    };
    std::iter::repeat_with(text).take(length).collect()
}
