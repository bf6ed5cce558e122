//! Readings that fail, end early or are shown too little.

use super::*;
use crate::connector::ErrorKind;

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
