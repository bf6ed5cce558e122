//! Reading groups and assignments into the snapshot.
//!
//! A feed is that of up to fifty groups with their direct members. Groups inside of them are found by reading, and get
//! a feed of their own. All of it is committed as one, or nothing: then what was known before stays, and the cycle
//! ends before anybody is judged by half of the truth.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use super::group_rounds::Groups;
use super::read::{POSITION_LIFETIME, apart};
use super::roots::{Answers, matching};
use super::{CycleError, Planner};
use crate::connector::{GROUPS_PER_FEED, SourceReader};
use crate::event::catalogue::{MembershipsChanged, RemovalsFrozen};
use crate::model::{GroupId, MembershipSnapshot, Principal};
use crate::scope::{Memberships, Reach, shrunken};
use crate::store::{GroupFeed, MembershipCommit, Pause, Stops};

/// What was read in this cycle.
#[derive(Default)]
struct Reading {
    feeds: Vec<GroupFeed>,
    /// The groups of the feeds, without those that are gone.
    groups: Groups,
}

impl Reading {
    fn add(&mut self, (feed, groups): (GroupFeed, Groups)) {
        // Of groups that the feed does not show there is no position.
        self.feeds.extend(Some(feed).filter(|feed| !feed.groups.is_empty()));
        self.groups.extend(groups);
    }

    /// Those of some groups that were not read yet, and are not known to be gone.
    fn unread(&self, wanted: &BTreeSet<GroupId>) -> Vec<GroupId> {
        let gone_too = self.feeds.iter().flat_map(|feed| &feed.groups);
        let read: BTreeSet<_> = self.groups.keys().chain(gone_too).collect();
        wanted.iter().filter(|id| !read.contains(id)).cloned().collect()
    }
}

impl<S: SourceReader, R> Planner<S, R> {
    /// Brings groups and assignments up to the source, as far as the configuration reaches, and marks everybody whose
    /// memberships differ.
    pub(super) async fn read_memberships(&self) -> Result<(), CycleError> {
        if self.settings.reach.is_empty() {
            return Ok(());
        }
        let _reading = self.interlock.groups.lock().await;
        self.read_and_commit().await
    }

    /// The same beside a cycle. If the cycle is reading them, or Entra asks to be left alone, what was last read in
    /// this run of the program must do, and the answer says so. What an earlier run read may be of another
    /// configuration, and nobody is judged by it.
    pub(super) async fn read_memberships_beside(&self) -> Result<Option<String>, CycleError> {
        if self.settings.reach.is_empty() {
            return Ok(None);
        }
        if self.interlock.knows_groups.load(Ordering::Acquire) {
            if let Some(note) = self.throttled() {
                return Ok(Some(note));
            }
            let Ok(_reading) = self.interlock.groups.try_lock() else {
                return Ok(Some("groups and assignments as last read: a cycle is reading them just now".to_owned()));
            };
            return self.read_and_commit().await.map(|()| None);
        }
        self.read_memberships().await.map(|()| None)
    }

    async fn read_and_commit(&self) -> Result<(), CycleError> {
        let reach = &self.settings.reach;
        let before = self.store.memberships().await?;
        let assigned = match &reach.app_id {
            Some(app_id) => self.assigned(app_id, &before).await?,
            None => BTreeSet::new(),
        };
        let (feeds, groups) = self.read_groups(&before, &assigned).await?;
        let after = MembershipSnapshot { groups, assigned };
        let same = before == after;
        let dirty = match same {
            true => BTreeSet::new(),
            false => Memberships::new(&before, reach.nested).changed(&Memberships::new(&after, reach.nested)),
        };
        if !same {
            let (groups, people) = (after.groups.len(), dirty.len());
            MembershipsChanged { groups: groups as u64, people: people as u64 }.emit();
        }
        let pause = if same { None } else { self.freeze(&before, &after) };
        if let Some(pause) = &pause {
            RemovalsFrozen { why: pause.why.as_deref().unwrap_or_default().into() }.emit();
        }
        let snapshot = Some(after).filter(|_| !same);
        let now = (self.settings.clock)();
        self.store.commit_memberships(MembershipCommit { snapshot, feeds, dirty, pause, now }).await?;
        self.interlock.knows_groups.store(true, Ordering::Release);
        Ok(())
    }

    /// Whoever has left may have lost their account by an accident, of which no limit knows: nobody is removed before
    /// somebody has looked at it.
    fn freeze(&self, before: &MembershipSnapshot, after: &MembershipSnapshot) -> Option<Pause> {
        let reach = &self.settings.reach;
        let mut roots: BTreeSet<_> = reach.groups.iter().flat_map(|name| matching(&before.groups, name)).collect();
        roots.extend(groups_of(&before.assigned));
        let share = self.settings.smallest_baseline_share;
        let shrunken = shrunken(before, after, &roots, reach.nested, share)?;
        let (now, by) = ((self.settings.clock)(), env!("CARGO_PKG_NAME").to_owned());
        Some(Pause::new(Stops::Removals, now, by, Some(shrunken.to_string())))
    }

    /// An answer without anybody looks like that of a service that lost its data, and would take everybody's account.
    async fn assigned(&self, app_id: &str, before: &MembershipSnapshot) -> Result<BTreeSet<Principal>, CycleError> {
        let assigned = self.source.assigned(app_id).await?;
        match assigned.is_empty() && !before.assigned.is_empty() {
            true => Err(CycleError::NobodyAssigned(app_id.to_owned())),
            false => Ok(assigned),
        }
    }

    /// Reads every group that is meant, level by level, whatever circles they form.
    async fn read_groups(
        &self,
        before: &MembershipSnapshot,
        assigned: &BTreeSet<Principal>,
    ) -> Result<(Vec<GroupFeed>, Groups), CycleError> {
        let reach = &self.settings.reach;
        let (kept, mut unread) = self.go_on_from(before, assigned).await?;
        let mut reading = Reading::default();
        for feed in kept {
            let known = feed.groups.iter().filter_map(|id| Some((id.clone(), before.groups.get(id)?.clone())));
            let known = known.collect();
            reading.add(self.poll(feed, known).await?);
        }
        unread.retain(|id| !reading.feeds.iter().any(|feed| feed.groups.contains(id)));
        let mut answers = Answers::new();
        let wanted = loop {
            for groups in unread.chunks(GROUPS_PER_FEED) {
                reading.add(self.baseline(groups.to_vec()).await?);
            }
            let mut roots = self.named_groups(&reading.groups, &mut answers).await?;
            roots.extend(groups_of(assigned));
            let wanted = reached(roots, &reading.groups, reach.nested);
            unread = reading.unread(&wanted);
            if unread.is_empty() {
                break wanted;
            }
        };
        all_there(reach, &reading.groups)?;
        // A group that is wanted no more leaves with its feed; what else was in it is read anew by the next cycle.
        reading.feeds.retain(|feed| feed.groups.iter().all(|id| wanted.contains(id)));
        reading.groups.retain(|id, _| wanted.contains(id));
        Ok((reading.feeds, reading.groups))
    }

    /// The feeds that go on from where they are, and the groups that are most likely to be read from the beginning:
    /// both by what the last cycle knew, which only saves requests.
    async fn go_on_from(
        &self,
        before: &MembershipSnapshot,
        assigned: &BTreeSet<Principal>,
    ) -> Result<(Vec<GroupFeed>, Vec<GroupId>), CycleError> {
        let reach = &self.settings.reach;
        let mut feeds = self.store.group_feeds().await?;
        if feeds.iter().any(|feed| feed.selection != self.source.selection()) {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut roots: BTreeSet<_> = reach.groups.iter().flat_map(|name| matching(&before.groups, name)).collect();
        roots.extend(groups_of(assigned));
        let wanted = reached(roots, &before.groups, reach.nested);
        let now = (self.settings.clock)();
        let everybody_at = self.store.feed().await?.baseline_at;
        // A baseline of people repairs what a feed may have missed, and so it does for groups.
        let is_old = |feed: &GroupFeed| {
            apart(now, feed.delta_at) > POSITION_LIFETIME || everybody_at.is_some_and(|at| at > feed.delta_at)
        };
        if feeds.iter().any(is_old) {
            feeds.clear();
        }
        feeds.retain(|feed| feed.groups.iter().all(|id| wanted.contains(id)));
        Ok((feeds, wanted.into_iter().collect()))
    }
}

fn groups_of(assigned: &BTreeSet<Principal>) -> impl Iterator<Item = GroupId> {
    assigned.iter().filter_map(|principal| match principal {
        Principal::Group(id) => Some(id.clone()),
        Principal::User(_) => None,
    })
}

/// The roots and, if nested groups count, every group inside of them.
fn reached(roots: BTreeSet<GroupId>, groups: &Groups, nested: bool) -> BTreeSet<GroupId> {
    let mut open: Vec<GroupId> = roots.iter().cloned().collect();
    let mut found = roots;
    while let Some(group) = open.pop().filter(|_| nested) {
        let members = groups.get(&group).map(|group| groups_of(&group.members)).into_iter().flatten();
        open.extend(members.filter(|id| found.insert(id.clone())).collect::<Vec<_>>());
    }
    found
}

/// Every group that the configuration names is there under that name: a group that is gone or renamed is no empty one.
fn all_there(reach: &Reach, groups: &Groups) -> Result<(), CycleError> {
    match reach.groups.iter().find(|name| matching(groups, name).is_empty()) {
        Some(name) => Err(CycleError::NoGroup(name.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
