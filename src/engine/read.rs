//! Reading the source into the snapshot: rounds, pages, baselines.

use jiff::{SignedDuration, Timestamp};

use super::endless::Endless;
use super::{CycleError, Planner, Stage};
use crate::connector::{ErrorKind, FeedLink, Next, Page, Position, SourceReader};
use crate::defects::{Defect, planted};
use crate::event::Word;
use crate::event::catalogue::{FeedBaseline, FeedResync};
use crate::store::{Feed, OpenRound, PageCommit, RoundKind};

/// Graph keeps a delta token for seven days; a day before that a new baseline is read by itself.
pub(super) const POSITION_LIFETIME: SignedDuration = SignedDuration::from_hours(6 * 24);

/// Two resyncs in one cycle are a service that answers so whatever is asked: the next cycle may try again.
const MAX_RESYNCS: u32 = 2;

/// How a round begins.
#[derive(Clone, Debug, PartialEq)]
enum Start {
    /// In the middle, where an earlier cycle was cut off.
    Resume(RoundKind, FeedLink),
    /// From the last complete round.
    Incremental(FeedLink),
    /// From nothing, and why.
    Baseline(&'static str),
}

fn choose(feed: &Feed, selection: &str, now: Timestamp, baseline_every: SignedDuration) -> Start {
    if feed.selection.is_none() {
        return Start::Baseline("nothing was read before");
    }
    if feed.selection.as_deref() != Some(selection) && !planted(Defect::SelectionNotCompared) {
        return Start::Baseline("the mapping reads other attributes than before");
    }
    match &feed.open_round {
        Some(OpenRound { kind, next: Some(link), .. }) => return Start::Resume(*kind, link.clone()),
        Some(OpenRound { kind: RoundKind::Baseline, next: None, .. }) => {
            return Start::Baseline("the last one was cut off before its first page");
        }
        _ => {}
    }
    match (&feed.delta_link, feed.delta_at) {
        (Some(_), Some(at)) if apart(now, at) > POSITION_LIFETIME => {
            Start::Baseline("the position is six days old, and Graph forgets it after seven")
        }
        (Some(_), _) if feed.baseline_at.is_none_or(|at| apart(now, at) >= baseline_every) => {
            Start::Baseline("a complete read is due (schedule.baseline_days)")
        }
        (Some(link), _) => Start::Incremental(link.clone()),
        (None, _) => Start::Baseline("no complete round is known"),
    }
}

/// How far two times are apart. One that lies ahead was stored by a clock that was wrong, and is no reason to wait for
/// it.
pub(super) fn apart(now: Timestamp, at: Timestamp) -> SignedDuration {
    now.duration_since(at).abs()
}

impl<S: SourceReader, R> Planner<S, R> {
    /// Brings the snapshot up to the source: reads until a round is complete.
    pub(super) async fn read_source(&self) -> Result<(), CycleError> {
        self.settings.progress.begin(Stage::Read, None);
        let feed = self.store.feed().await?;
        let now = (self.settings.clock)();
        let mut start = choose(&feed, self.source.selection(), now, self.settings.baseline_every);
        let mut resyncs = 0;
        loop {
            match self.read_round(&start).await {
                Err(CycleError::Side(error)) if error.kind == ErrorKind::ResyncRequired && resyncs < MAX_RESYNCS => {
                    resyncs += 1;
                    FeedResync { code: error.code.as_ref().map(Word::from) }.emit();
                    start = match (&start, &feed.delta_link) {
                        (Start::Resume(RoundKind::Incremental, _), Some(link)) => Start::Incremental(link.clone()),
                        _ => Start::Baseline("Graph no longer knows the position"),
                    };
                }
                result => return result,
            }
        }
    }

    async fn read_round(&self, start: &Start) -> Result<(), CycleError> {
        let mut position = self.begin_round(start).await?;
        let mut endless = Endless::default();
        loop {
            self.go_on()?;
            // Whoever is read alone is read before the page or after it is stored.
            let _pages = self.interlock.pages.lock().await;
            let page = match (self.source.read_page(&position).await, &position) {
                (Err(_), Position::At(link)) if planted(Defect::FailedPageEndsRound) => {
                    Page { changes: Vec::new(), next: Next::Round(link.clone()) }
                }
                (page, _) => page?,
            };
            if let Err(error) = endless.note(&position, page.changes.len(), &page.next) {
                self.give_up_round(start).await?;
                return Err(error.into());
            }
            self.settings.progress.advance(page.changes.len() as u64);
            let next = page.next.clone();
            self.store
                .commit_page(PageCommit {
                    changes: page.changes,
                    next: page.next,
                    now: (self.settings.clock)(),
                    smallest_baseline_share: self.settings.smallest_baseline_share,
                })
                .await?;
            match next {
                Next::Page(link) => position = Position::At(link),
                Next::Round(_) => return Ok(()),
            }
        }
    }

    /// Forgets the page that a round has come to: the next cycle does not go on from there.
    async fn give_up_round(&self, start: &Start) -> Result<(), CycleError> {
        let kind = match start {
            Start::Resume(kind, _) => *kind,
            Start::Incremental(_) => RoundKind::Incremental,
            Start::Baseline(_) => RoundKind::Baseline,
        };
        Ok(self.store.start_round(kind, self.source.selection(), (self.settings.clock)()).await?)
    }

    async fn begin_round(&self, start: &Start) -> Result<Position, CycleError> {
        let now = (self.settings.clock)();
        let selection = self.source.selection();
        Ok(match start {
            Start::Resume(kind, link) => {
                if planted(Defect::BaselineRemovesShown) {
                    self.store.start_round(*kind, selection, now).await?;
                }
                Position::At(link.clone())
            }
            Start::Incremental(link) => {
                self.store.start_round(RoundKind::Incremental, selection, now).await?;
                Position::At(link.clone())
            }
            Start::Baseline(why) => {
                FeedBaseline { reason: why.into() }.emit();
                self.store.start_round(RoundKind::Baseline, selection, now).await?;
                Position::Baseline
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

    fn feed() -> Feed {
        Feed {
            selection: Some("id,mail".into()),
            delta_link: Some(FeedLink::new("d")),
            delta_at: Some(Timestamp::UNIX_EPOCH),
            baseline_at: Some(Timestamp::UNIX_EPOCH),
            open_round: None,
        }
    }

    fn after(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn is_baseline(feed: &Feed, selection: &str, hours: i64) -> bool {
        matches!(choose(feed, selection, after(hours), WEEK), Start::Baseline(_))
    }

    #[test]
    fn goes_on_from_the_last_round_while_its_token_lives() {
        assert_eq!(choose(&feed(), "id,mail", after(1), WEEK), Start::Incremental(FeedLink::new("d")));
        assert!(!is_baseline(&feed(), "id,mail", 6 * 24));
        assert!(is_baseline(&feed(), "id,mail", 6 * 24 + 1));
    }

    #[test]
    fn everybody_is_read_again_when_it_is_time_although_the_position_is_fresh() {
        let fresh = |hours| Feed { delta_at: Some(after(hours)), ..feed() };
        assert!(!is_baseline(&fresh(7 * 24 - 1), "id,mail", 7 * 24 - 1));
        assert!(is_baseline(&fresh(7 * 24), "id,mail", 7 * 24));
    }

    #[test]
    fn a_time_that_lies_ahead_is_not_waited_for() {
        let ahead = |hours| Feed { delta_at: Some(after(hours)), baseline_at: Some(after(hours)), ..feed() };
        assert!(!is_baseline(&ahead(24), "id,mail", 0), "a clock that is put right by a little");
        assert!(is_baseline(&ahead(24 * 365), "id,mail", 0));
        let only_baseline = Feed { delta_at: Some(after(0)), ..ahead(24 * 365) };
        assert!(is_baseline(&only_baseline, "id,mail", 0));
    }

    #[test]
    fn another_selection_starts_a_baseline_even_in_the_middle_of_a_round() {
        let open = OpenRound { kind: RoundKind::Baseline, next: Some(FeedLink::new("n")), started_at: after(0) };
        let feed = Feed { open_round: Some(open), ..feed() };
        assert_eq!(choose(&feed, "id,mail", after(1), WEEK), Start::Resume(RoundKind::Baseline, FeedLink::new("n")));
        assert!(is_baseline(&feed, "id,mail,surname", 1));
    }

    #[test]
    fn a_baseline_cut_off_before_its_first_page_begins_again() {
        let open = OpenRound { kind: RoundKind::Baseline, next: None, started_at: after(0) };
        assert!(is_baseline(&Feed { open_round: Some(open), ..feed() }, "id,mail", 1));
        let open = OpenRound { kind: RoundKind::Incremental, next: None, started_at: after(0) };
        assert!(!is_baseline(&Feed { open_round: Some(open), ..feed() }, "id,mail", 1));
    }

    #[test]
    fn an_empty_state_starts_a_baseline() {
        let feed = Feed { selection: None, delta_link: None, delta_at: None, baseline_at: None, open_round: None };
        assert!(is_baseline(&feed, "id,mail", 0));
    }
}
