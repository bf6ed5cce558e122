//! One complete round of a feed of groups. It is collected in memory and means something only when its deltaLink is
//! there; whatever is incomplete is an error, so that a short read takes nobody out of scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::endless::Endless;
use super::{CycleError, Planner};
use crate::connector::{ErrorKind, FeedLink, GroupChange, Next, Position, SourceReader};
use crate::event::catalogue::{GroupsBaseline, GroupsResync, GroupsUnshown};
use crate::model::{Group, GroupId, GroupLabel};
use crate::store::GroupFeed;

/// Groups with their members, by id.
pub(super) type Groups = BTreeMap<GroupId, Group>;

/// A round that reached its end.
struct Round {
    changes: Vec<GroupChange>,
    link: FeedLink,
}

impl<S: SourceReader, R> Planner<S, R> {
    /// What became of the groups of a feed since its last round. `known` are those of them that were there then.
    pub(super) async fn poll(&self, feed: GroupFeed, mut known: Groups) -> Result<(GroupFeed, Groups), CycleError> {
        let round = match self.round(&feed.groups, Position::At(feed.delta_link)).await {
            Ok(round) => round,
            Err(error) if is_resync(&error) => {
                GroupsResync {}.emit();
                return self.baseline(feed.groups).await;
            }
            Err(error) => return Err(error),
        };
        // Of a group that was gone and is there again the feed may show less than all members.
        if shows_restored(&known, &round.changes) {
            return self.baseline(feed.groups).await;
        }
        apply(&mut known, &feed.groups, round.changes);
        Ok((self.feed(feed.groups, round.link), known))
    }

    /// Groups from the beginning. Whichever the feed does not show is gone by the word of the source itself, or is read
    /// by the list of its members and is not among the groups of the feed: so every cycle reads it anew.
    pub(super) async fn baseline(&self, groups: Vec<GroupId>) -> Result<(GroupFeed, Groups), CycleError> {
        GroupsBaseline { groups: groups.len() as u64 }.emit();
        let round = match self.round(&groups, Position::Baseline).await {
            Err(error) if is_resync(&error) => self.round(&groups, Position::Baseline).await?,
            result => result?,
        };
        let mut shown = Groups::new();
        apply(&mut shown, &groups, round.changes);
        let mut in_feed = groups;
        for id in in_feed.extract_if(.., |id| !shown.contains_key(id)).collect::<Vec<_>>() {
            match self.unshown(&id).await? {
                Some(group) => drop(shown.insert(id, group)),
                None => in_feed.push(id),
            }
        }
        Ok((self.feed(in_feed, round.link), shown))
    }

    /// A group that the feed does not show; none if there is none.
    async fn unshown(&self, id: &GroupId) -> Result<Option<Group>, CycleError> {
        self.go_on()?;
        let Some(label) = self.source.group(id).await? else { return Ok(None) };
        GroupsUnshown { group: id.into() }.emit();
        self.go_on()?;
        let members = self.source.members(id).await?;
        Ok(Some(Group { label: Arc::new(label), members }))
    }

    async fn round(&self, groups: &[GroupId], from: Position) -> Result<Round, CycleError> {
        let (mut changes, mut endless) = (Vec::new(), Endless::default());
        let mut position = from;
        loop {
            self.go_on()?;
            let page = self.source.groups_page(groups, &position).await?;
            endless.note(&position, page.changes.len(), &page.next)?;
            changes.extend(page.changes);
            match page.next {
                Next::Page(link) => position = Position::At(link),
                Next::Round(link) => return Ok(Round { changes, link }),
            }
        }
    }

    fn feed(&self, groups: Vec<GroupId>, delta_link: FeedLink) -> GroupFeed {
        let (selection, delta_at) = (self.source.selection().to_owned(), (self.settings.clock)());
        GroupFeed { groups, selection, delta_link, delta_at }
    }
}

fn is_resync(error: &CycleError) -> bool {
    matches!(error, CycleError::Side(error) if error.kind == ErrorKind::ResyncRequired)
}

/// Whether a group is shown that was not there, or that this very round took away before.
fn shows_restored(known: &Groups, changes: &[GroupChange]) -> bool {
    let mut gone = BTreeSet::new();
    changes.iter().any(|change| match change {
        GroupChange::Present { id, .. } => gone.contains(id) || !known.contains_key(id),
        GroupChange::Removed { id } => {
            gone.insert(id);
            false
        }
    })
}

/// Applies the changes in their order. Groups that were not asked for do not matter.
fn apply(groups: &mut Groups, asked: &[GroupId], changes: Vec<GroupChange>) {
    for change in changes {
        match change {
            GroupChange::Removed { id } => {
                groups.remove(&id);
            }
            GroupChange::Present { id, .. } if !asked.contains(&id) => {}
            GroupChange::Present { id, name, joined, left } => {
                let group = groups.entry(id.clone()).or_insert_with(|| unnamed(&id));
                if let Some(name) = name.filter(|name| *name != group.label.name) {
                    group.label = Arc::new(GroupLabel { id, name });
                }
                group.members.extend(joined);
                for principal in &left {
                    group.members.remove(principal);
                }
            }
        }
    }
}

/// A group whose name is not known is called by its id.
fn unnamed(id: &GroupId) -> Group {
    let label = GroupLabel { id: id.clone(), name: id.to_string() };
    Group { label: Arc::new(label), members: BTreeSet::new() }
}
