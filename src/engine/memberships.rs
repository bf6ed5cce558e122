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
use crate::model::{GroupId, MembershipSnapshot, Principal};
use crate::scope::{Memberships, Reach};
use crate::store::{GroupFeed, MembershipCommit};

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
            tracing::info!(event = "memberships.changed", groups, people, "Entra: memberships differ for {people}");
        }
        let snapshot = Some(after).filter(|_| !same);
        self.store.commit_memberships(MembershipCommit { snapshot, feeds, dirty }).await?;
        self.interlock.knows_groups.store(true, Ordering::Release);
        Ok(())
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
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]
    use super::super::fake::{Tenant, World, group, guid, reach, user};
    use super::*;
    use crate::connector::{ErrorKind, FeedLink};
    use crate::model::EntraId;
    use proptest::prelude::*;

    const PEOPLE: [&str; 5] = ["ann", "bob", "cem", "dee", "eve"];

    impl World {
        async fn read(&self) -> Result<(), CycleError> {
            self.planner.read_memberships().await
        }

        async fn stored(&self) -> MembershipSnapshot {
            self.planner.store.memberships().await.unwrap()
        }

        async fn members(&self, id: &str) -> Option<Vec<String>> {
            let stored = self.stored().await;
            let members = &stored.groups.get(&GroupId::new(id))?.members;
            let name = |member: &Principal| match member {
                Principal::User(id) => id.to_string(),
                Principal::Group(id) => id.to_string(),
            };
            Some(members.iter().map(name).collect())
        }

        async fn feeds(&self) -> Vec<usize> {
            self.planner.store.group_feeds().await.unwrap().iter().map(|feed| feed.groups.len()).collect()
        }
    }

    /// `sales` holds ann and `inner`; `inner` holds bob, cem and `sales`. `inner` and dee are assigned.
    async fn in_sync() -> World {
        let world = World::new(reach(&["Sales team"], Some("app")), &PEOPLE).await;
        world.tenant.create("sales", "Sales team", &[user("ann"), group("inner")]);
        world.tenant.create("inner", "Inner", &[user("bob"), user("cem"), group("sales")]);
        world.tenant.create("other", "Other", &[user("eve")]);
        world.tenant.state().assigned = [user("dee"), group("inner")].into();
        world.read().await.unwrap();
        assert_eq!(world.clean().await, ["ann", "bob", "cem", "dee"]);
        world.tenant.asked();
        world
    }

    #[tokio::test]
    async fn groups_are_read_to_their_end_through_a_circle_and_no_others() {
        let world = in_sync().await;
        assert_eq!(world.members("sales").await.unwrap(), ["ann", "inner"]);
        assert_eq!(world.members("inner").await.unwrap(), ["bob", "cem", "sales"]);
        assert_eq!(world.members("other").await, None);
        assert_eq!(world.stored().await.assigned, [user("dee"), group("inner")].into());
    }

    #[tokio::test]
    async fn an_idle_cycle_costs_one_request_a_feed_and_one_for_the_assignments() {
        let world = in_sync().await;
        let feeds = world.feeds().await.len();
        world.read().await.unwrap();
        let asked = world.tenant.asked();
        assert_eq!(asked.len(), feeds + 1, "{asked:?}");
        assert_eq!(world.clean().await, [""; 0]);
    }

    #[tokio::test]
    async fn nothing_is_asked_where_nothing_matters() {
        let world = World::new(Reach::default(), &PEOPLE).await;
        world.read().await.unwrap();
        assert_eq!(world.tenant.asked(), [""; 0]);
    }

    #[tokio::test]
    async fn whoever_joins_leaves_or_is_assigned_is_planned_again_and_nobody_else() {
        let changes: [fn(&Tenant); 4] = [
            |tenant| tenant.join("sales", user("eve")),
            |tenant| tenant.leave("sales", user("ann")),
            |tenant| tenant.unassign(&user("dee")),
            |tenant| tenant.join("sales", user("stranger")),
        ];
        for (change, who) in changes.into_iter().zip(["eve", "ann", "dee", ""]) {
            let world = in_sync().await;
            change(&world.tenant);
            world.read().await.unwrap();
            assert_eq!(world.clean().await.join(" "), who);
        }
    }

    #[tokio::test]
    async fn a_group_that_comes_into_another_is_read_alone() {
        let world = in_sync().await;
        world.tenant.join("inner", group("other"));
        world.read().await.unwrap();
        assert_eq!(world.clean().await, ["eve"]);
        let asked = world.tenant.asked();
        assert_eq!(asked.iter().filter(|request| *request == "all of 1").count(), 1, "{asked:?}");
        world.tenant.leave("inner", group("other"));
        world.read().await.unwrap();
        assert_eq!((world.clean().await.join(" "), world.members("other").await), ("eve".to_owned(), None));
    }

    #[tokio::test]
    async fn without_nested_groups_only_those_that_are_meant_are_read() {
        let world = World::new(Reach { nested: false, ..reach(&["Sales team"], None) }, &PEOPLE).await;
        world.tenant.create("sales", "Sales team", &[user("ann"), group("inner")]);
        world.tenant.create("inner", "Inner", &[user("bob")]);
        world.read().await.unwrap();
        assert_eq!((world.members("inner").await, world.clean().await), (None, vec!["ann".to_owned()]));
    }

    #[tokio::test]
    async fn feeds_have_at_most_fifty_groups() {
        let world = World::new(reach(&["All"], None), &PEOPLE).await;
        let ids: Vec<_> = (0..120).map(guid).collect();
        world.tenant.create("all", "All", &ids.iter().map(|id| group(id)).collect::<Vec<_>>());
        for id in &ids {
            world.tenant.create(id, id, &[user("ann")]);
        }
        world.read().await.unwrap();
        assert_eq!(world.feeds().await, [1, 50, 50, 20]);
        assert_eq!(world.stored().await.groups.len(), 121);
        world.pass(6 * 24 + 1);
        world.read().await.unwrap();
        assert_eq!(world.feeds().await, [50, 50, 21], "old positions are given up, and all is packed anew");
    }

    /// Whichever request fails, nobody leaves the scope: what was known stays whole, and the next cycle has it all.
    #[tokio::test]
    async fn a_read_that_ends_early_changes_nothing() {
        for from_the_beginning in [false, true] {
            for request in 0.. {
                let world = in_sync().await;
                world.tenant.leave("inner", user("bob"));
                world.tenant.join("inner", group("other"));
                world.tenant.state().assigned = [user("stranger")].into();
                world.pass(if from_the_beginning { 6 * 24 + 1 } else { 1 });
                let (before, feeds) = (world.stored().await, world.planner.store.group_feeds().await.unwrap());
                world.tenant.state().fault = Some((request, ErrorKind::Unavailable));
                let result = world.read().await;
                if world.tenant.state().fault.take().is_some() {
                    assert!(result.is_ok() && request > 3, "{request}");
                    break;
                }
                assert!(matches!(result, Err(CycleError::Side(error)) if error.kind == ErrorKind::Unavailable));
                assert_eq!(world.stored().await, before);
                assert_eq!(world.planner.store.group_feeds().await.unwrap(), feeds);
                assert_eq!(world.clean().await, [""; 0]);
                world.read().await.unwrap();
                assert_eq!(world.clean().await, PEOPLE);
            }
        }
    }

    fn is_protocol(result: &Result<(), CycleError>) -> bool {
        matches!(result, Err(CycleError::Side(error)) if error.kind == ErrorKind::Protocol)
    }

    #[tokio::test]
    async fn a_group_that_the_feed_does_not_show_is_read_by_its_members_until_it_does() {
        let world = in_sync().await;
        world.pass(6 * 24 + 1);
        world.tenant.state().hidden = [GroupId::new("inner")].into();
        for (leaver, left) in [("bob", &["cem", "sales"][..]), ("cem", &["sales"])] {
            world.tenant.leave("inner", user(leaver));
            world.read().await.unwrap();
            assert_eq!(
                (world.members("inner").await.unwrap(), world.clean().await.as_slice()),
                (left.iter().map(|&name| name.to_owned()).collect(), &[leaver.to_owned()][..],)
            );
            assert_eq!(world.feeds().await, [1], "it has no position");
        }
        world.tenant.asked();
        world.tenant.state().fault = Some((4, ErrorKind::Unavailable));
        let before = world.stored().await;
        assert!(world.read().await.is_err());
        assert_eq!(world.tenant.asked().last().unwrap(), "members inner");
        assert_eq!(world.stored().await, before);
        world.tenant.state().hidden.clear();
        world.read().await.unwrap();
        assert_eq!(world.feeds().await, [1, 1]);
        assert_eq!(world.clean().await, [""; 0]);
    }

    #[tokio::test]
    async fn a_baseline_that_never_ends_is_an_error() {
        let world = in_sync().await;
        world.pass(6 * 24 + 1);
        let before = world.stored().await;
        world.tenant.state().endless = true;
        assert!(is_protocol(&world.read().await));
        assert_eq!(world.stored().await, before);
    }

    #[tokio::test]
    async fn a_position_that_is_lost_costs_a_baseline_whose_result_counts_alone() {
        let world = in_sync().await;
        world.tenant.leave("sales", user("ann"));
        world.tenant.state().fault = Some((1, ErrorKind::ResyncRequired));
        world.read().await.unwrap();
        assert_eq!(world.clean().await, ["ann"]);
        let asked = world.tenant.asked();
        assert!(asked.iter().any(|request| request.starts_with("all of")), "{asked:?}");
    }

    #[tokio::test]
    async fn a_group_inside_that_is_deleted_has_no_members_until_it_is_restored() {
        let world = in_sync().await;
        let (name, members) = world.tenant.state().groups[&GroupId::new("inner")].clone();
        world.tenant.delete("inner");
        world.read().await.unwrap();
        assert_eq!((world.members("inner").await, world.clean().await.join(" ")), (None, "ann bob cem".into()));
        world.tenant.asked();
        world.read().await.unwrap();
        assert!(world.tenant.asked().iter().all(|request| !request.starts_with("group")), "asked for no more");
        // Of a restored group the feed may show no more than this.
        world.tenant.state().groups.insert(GroupId::new("inner"), (name, members));
        world.tenant.join("inner", user("eve"));
        world.read().await.unwrap();
        assert_eq!(world.members("inner").await.unwrap(), ["bob", "cem", "eve", "sales"]);
    }

    #[tokio::test]
    async fn a_group_that_is_gone_before_it_was_ever_read_is_asked_for_once() {
        let world = in_sync().await;
        world.tenant.join("sales", group("ghost"));
        world.read().await.unwrap();
        assert!(world.tenant.asked().contains(&"group ghost".to_owned()));
        world.read().await.unwrap();
        assert!(!world.tenant.asked().contains(&"group ghost".to_owned()));
    }

    #[tokio::test]
    async fn a_configured_group_that_is_not_there_takes_nobody_out() {
        let changes: [fn(&Tenant); 2] =
            [|tenant| tenant.delete("sales"), |tenant| tenant.rename("sales", "Former sales")];
        for change in changes {
            let world = in_sync().await;
            let before = world.stored().await;
            change(&world.tenant);
            for _ in 0..2 {
                let error = world.read().await.unwrap_err();
                assert!(matches!(&error, CycleError::NoGroup(name) if name == "Sales team"), "{error}");
                assert!(error.to_string().contains("nobody is taken out of scope"), "{error}");
            }
            assert_eq!(world.stored().await, before);
            // Another one that has the name now is meant.
            world.tenant.rename("other", "SALES TEAM");
            world.read().await.unwrap();
            assert_eq!(world.members("other").await.unwrap(), ["eve"]);
        }
    }

    #[tokio::test]
    async fn a_group_named_by_its_id_may_be_renamed_but_not_deleted() {
        let id = guid(1);
        let world = World::new(reach(&[&id], None), &PEOPLE).await;
        assert!(matches!(world.read().await, Err(CycleError::NoGroup(_))));
        world.tenant.create(&id, "Sales", &[user("ann")]);
        world.read().await.unwrap();
        world.tenant.rename(&id, "Former sales");
        world.read().await.unwrap();
        assert_eq!(world.stored().await.groups[&GroupId::new(&id)].label.name, "Former sales");
        world.tenant.delete(&id);
        assert!(matches!(world.read().await, Err(CycleError::NoGroup(name)) if name == id));
        assert_eq!(world.members(&id).await.unwrap(), ["ann"]);
    }

    #[tokio::test]
    async fn a_name_of_several_groups_is_refused_with_their_ids() {
        let world = in_sync().await;
        world.tenant.create("twin", "sales team", &[user("eve")]);
        world.read().await.unwrap();
        world.tenant.join("inner", group("twin"));
        let error = world.read().await.unwrap_err().to_string();
        assert!(error.contains("2 groups") && error.contains("sales, twin"), "{error}");

        let world = World::new(reach(&["Sales team"], None), &PEOPLE).await;
        world.tenant.create("a", "Sales team", &[]);
        world.tenant.create("b", "Sales team", &[]);
        assert!(matches!(world.read().await, Err(CycleError::ManyGroups { .. })));
    }

    #[tokio::test]
    async fn what_the_configuration_reaches_no_more_is_dropped() {
        let mut world = in_sync().await;
        world.planner.settings.reach = reach(&["Other"], None);
        world.read().await.unwrap();
        let stored = world.stored().await;
        assert_eq!(stored.groups.keys().map(GroupId::as_str).collect::<Vec<_>>(), ["other"]);
        assert!(stored.assigned.is_empty());
        assert_eq!(world.clean().await, ["ann", "bob", "cem", "dee", "eve"]);
        assert_eq!(world.feeds().await, [1]);
    }

    #[tokio::test]
    async fn what_shares_a_feed_with_a_group_that_left_stays_known() {
        let world = World::new(reach(&["One"], None), &PEOPLE).await;
        world.tenant.create("one", "One", &[group("x"), group("y")]);
        world.tenant.create("x", "X", &[user("ann")]);
        world.tenant.create("y", "Y", &[user("bob")]);
        world.read().await.unwrap();
        world.clean().await;
        world.tenant.leave("one", group("x"));
        world.read().await.unwrap();
        assert_eq!((world.clean().await.join(" "), world.members("y").await), ("ann".into(), Some(vec!["bob".into()])));
        world.tenant.join("one", group("x"));
        world.tenant.leave("y", user("bob"));
        world.read().await.unwrap();
        assert_eq!(world.clean().await, ["ann", "bob"]);
        world.tenant.asked();
        world.read().await.unwrap();
        assert_eq!(world.tenant.asked().len(), world.feeds().await.len());
    }

    #[tokio::test]
    async fn links_of_another_tenant_are_not_followed() {
        let world = in_sync().await;
        world.tenant.state().is_other = true;
        world.tenant.leave("sales", user("ann"));
        world.read().await.unwrap();
        assert!(world.tenant.asked().iter().all(|request| !request.starts_with('d')));
        assert_eq!(world.clean().await, ["ann"]);
    }

    #[tokio::test]
    async fn a_stop_ends_it_before_anything_is_stored() {
        let world = in_sync().await;
        world.tenant.leave("sales", user("ann"));
        world.planner.settings.shutdown.cancel();
        assert!(matches!(world.read().await, Err(CycleError::Stopped)));
        assert_eq!(world.members("sales").await.unwrap(), ["ann", "inner"]);
    }

    #[tokio::test]
    async fn links_are_replaced_after_every_round() {
        let world = in_sync().await;
        world.tenant.create("unrelated", "Unrelated", &[]);
        world.read().await.unwrap();
        let feeds = world.planner.store.group_feeds().await.unwrap();
        let newest = FeedLink::new("d4");
        assert!(feeds.iter().all(|feed| feed.delta_link == newest), "{feeds:?}");
    }

    const GROUPS: [&str; 4] = ["root", "a", "b", "c"];

    #[derive(Clone, Debug)]
    enum Step {
        Join(usize, Principal),
        Leave(usize, Principal),
        Delete(usize),
        Create(usize),
        Assign(Principal),
        Unassign(Principal),
        Fault(usize, ErrorKind),
        Read,
    }

    fn step() -> impl Strategy<Value = Step> {
        let member = prop_oneof![
            prop::sample::select(&PEOPLE[..]).prop_map(user),
            prop::sample::select(&GROUPS[..]).prop_map(group),
        ];
        let kind = prop_oneof![Just(ErrorKind::ResyncRequired), Just(ErrorKind::Unavailable)];
        prop_oneof![
            4 => (0..4_usize, member.clone()).prop_map(|(id, member)| Step::Join(id, member)),
            2 => (0..4_usize, member.clone()).prop_map(|(id, member)| Step::Leave(id, member)),
            1 => (1..4_usize).prop_map(Step::Delete),
            1 => (1..4_usize).prop_map(Step::Create),
            1 => member.clone().prop_map(Step::Assign),
            1 => member.prop_map(Step::Unassign),
            1 => (0..5_usize, kind).prop_map(|(number, kind)| Step::Fault(number, kind)),
            4 => Just(Step::Read),
        ]
    }

    fn take(tenant: &Tenant, step: Step) {
        let is_there = |id: usize| tenant.state().groups.contains_key(&GroupId::new(GROUPS[id]));
        match step {
            Step::Join(id, member) if is_there(id) => tenant.join(GROUPS[id], member),
            Step::Leave(id, member) if is_there(id) => tenant.leave(GROUPS[id], member),
            Step::Delete(id) if is_there(id) => tenant.delete(GROUPS[id]),
            Step::Create(id) if !is_there(id) => tenant.create(GROUPS[id], GROUPS[id], &[user("ann")]),
            Step::Assign(who) => tenant.assign(who),
            Step::Unassign(who) => tenant.unassign(&who),
            Step::Fault(number, kind) => tenant.state().fault = Some((number, kind)),
            _ => {}
        }
    }

    /// The people in the root and the assigned, as the tenant has them.
    fn truth(tenant: &Tenant) -> (BTreeSet<EntraId>, BTreeSet<Principal>) {
        let state = tenant.state();
        let groups: Groups = state
            .groups
            .iter()
            .map(|(id, (name, members))| {
                let label = crate::model::GroupLabel { id: id.clone(), name: name.clone() };
                (id.clone(), crate::model::Group { label: label.into(), members: members.clone() })
            })
            .collect();
        let found = reached([GroupId::new("root")].into(), &groups, true);
        let people = found.iter().filter_map(|id| groups.get(id)).flat_map(|group| &group.members);
        let people = people.filter_map(|member| match member {
            Principal::User(id) => Some(id.clone()),
            Principal::Group(_) => None,
        });
        (people.collect(), state.assigned.clone())
    }

    async fn check(steps: Vec<Step>) {
        let world = World::new(reach(&["root"], Some("app")), &PEOPLE).await;
        world.tenant.create("root", "root", &[user("bob")]);
        for step in steps.into_iter().chain([Step::Read]) {
            if !matches!(step, Step::Read) {
                take(&world.tenant, step);
                continue;
            }
            let before = world.stored().await;
            if world.read().await.is_err() {
                assert_eq!(world.stored().await, before);
                assert_eq!(world.clean().await, [""; 0]);
                continue;
            }
            let (people, assigned) = truth(&world.tenant);
            let stored = world.stored().await;
            let known = Memberships::new(&stored, true);
            let inside = |id: &EntraId| known.groups_of(id).iter().any(|label| label.id.as_str() == "root");
            let found: BTreeSet<_> = PEOPLE.map(EntraId::new).into_iter().filter(inside).collect();
            assert_eq!((found, &stored.assigned), (people, &assigned));
            let changed: Vec<_> = Memberships::new(&before, true).changed(&known).into_iter().collect();
            assert_eq!(world.clean().await, changed.iter().map(EntraId::to_string).collect::<Vec<_>>());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Whatever happens in the tenant and on the way: after a reading that succeeds the snapshot is the truth, and
        /// after one that fails it is what it was.
        #[test]
        fn the_snapshot_is_the_truth_or_what_it_was(steps in prop::collection::vec(step(), 1..25)) {
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(check(steps));
        }
    }
}
