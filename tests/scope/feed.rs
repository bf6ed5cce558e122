//! What can happen to the feed of groups on its way.

use super::common::World;
use super::*;
use entra_jostle_sync::simulator::ExpiredStyle;

const FEED: &str = "/groups/delta";

/// Twelve people in one group whose members come in slices of two.
async fn office() -> (World, Vec<String>, String) {
    let mut world = World::new().await;
    let mut switches = world.sim.graph().switches();
    switches.members_per_page = 4;
    world.sim.graph().set_switches(switches).expect("a switch");
    groups_only(&mut world, &["Sales"]);
    let ids: Vec<_> = (0..12).map(|number| world.person(&format!("p{number:02}"), json!({}))).collect();
    let sales = world.group("Sales", &ids.iter().collect::<Vec<_>>());
    assert_eq!(world.cycled().await, "12 create");
    assert_eq!(world.cycled().await, "nothing to do");
    asked(&world);
    (world, ids, sales)
}

/// Reads the group from the beginning again at the next cycle.
fn expire(style: ExpiredStyle) -> Fault {
    on_graph(FEED, Effect::ExpireToken { style }).times(1)
}

#[tokio::test]
async fn slices_duplicates_and_pages_in_any_order_are_one_group() {
    for (effect, times) in [(Effect::EmptyPage {}, 3), (Effect::Duplicate {}, 99), (Effect::Shuffle {}, 99)] {
        let (world, ids, sales) = office().await;
        world.leave(&sales, &ids[3]);
        world
            .sim
            .set_faults(vec![expire(ExpiredStyle::default()), on_graph(FEED, effect.clone()).times(times)])
            .expect("faults");
        assert_eq!(world.cycled().await, "1 deactivate", "{effect:?}");
        assert_eq!(world.cycled().await, "nothing to do", "{effect:?}");
        assert!(asked(&world).iter().filter(|path| path.contains("$skiptoken")).count() >= 2, "in slices");
    }
}

#[tokio::test]
async fn a_replay_of_what_was_undone_meanwhile_ends_at_the_truth() {
    let (world, ids, sales) = office().await;
    world.leave(&sales, &ids[0]);
    assert_eq!(world.cycled().await, "1 deactivate");
    world.join(&sales, &ids[0]);
    world.sim.set_faults(vec![on_graph(FEED, Effect::Replay {})]).expect("faults");
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn an_expired_position_in_every_style_costs_one_reading_and_nobody_an_account() {
    for style in [ExpiredStyle::Gone, ExpiredStyle::SyncStateNotFound] {
        let (world, ids, sales) = office().await;
        world.leave(&sales, &ids[0]);
        world.sim.set_faults(vec![expire(style)]).expect("faults");
        assert_eq!(world.cycled().await, "1 deactivate", "{style:?}");
        assert_eq!(world.cycled().await, "nothing to do", "{style:?}");
    }
}

#[tokio::test]
async fn a_page_that_fails_in_the_middle_applies_nothing_of_its_round() {
    let effects = [
        status(500),
        status(403),
        Effect::MissingValue {},
        Effect::BothLinks {},
        Effect::NoLinks {},
        Effect::ForeignLink { origin: "http://127.0.0.2:9".to_owned() },
        Effect::Truncate { well_framed: true },
        Effect::Reset {},
    ];
    for effect in effects {
        let (mut world, ids, sales) = office().await;
        world.leave(&sales, &ids[0]);
        // The round's first page shows some of the members, the second one fails.
        let second = on_graph(FEED, effect.clone()).skip(2);
        refused(&world, vec![expire(ExpiredStyle::default()), second]).await;
        world.restart().await;
        assert_eq!(world.cycled().await, "1 deactivate", "{effect:?}");
        assert_eq!(world.cycled().await, "nothing to do", "{effect:?}");
    }
}
