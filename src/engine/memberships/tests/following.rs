//! What a reading brings: changes of groups and assignments, and nobody who does not matter.

use super::*;
use crate::connector::FeedLink;
use crate::engine::fake::{Tenant, guid};

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
async fn links_are_replaced_after_every_round() {
    let world = in_sync().await;
    world.tenant.create("unrelated", "Unrelated", &[]);
    world.read().await.unwrap();
    let feeds = world.planner.store.group_feeds().await.unwrap();
    let newest = FeedLink::new("d4");
    assert!(feeds.iter().all(|feed| feed.delta_link == newest), "{feeds:?}");
}
