//! What is read of Entra.

use entra_jostle_sync::scope::Who;
use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, in_sync};

fn on_graph(path: &str, effect: Effect) -> Fault {
    Fault::new(Side::Graph, effect).path(path).times(1)
}

fn expired() -> Effect {
    Effect::ExpireToken { style: ExpiredStyle::default() }
}

/// The clock is set back while the product is stopped.
pub(super) async fn people_and_the_clock() {
    let (mut world, _) = in_sync(&["ann"]).await;
    world.sim.set_faults(vec![on_graph("/users/delta", expired())]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(-2));
    world.restart().await;
    assert_eq!(world.cycled().await, "nothing to do");
}

/// People with these names, who are all in one group, and nobody else counts.
async fn office(aliases: &[&str]) -> (World, Vec<String>, String) {
    let mut world = World::new().await;
    world.policy.scope.who = Who::Groups(["Sales".to_owned()].into());
    let ids: Vec<_> = aliases.iter().map(|alias| world.person(alias, json!({}))).collect();
    let sales = world.group("Sales", &ids.iter().collect::<Vec<_>>());
    assert_eq!(world.cycled().await, format!("{} create", ids.len()));
    (world, ids, sales)
}

pub(super) async fn groups() {
    let (world, ids, sales) = office(&["ann", "bob"]).await;
    world.sim.set_faults(vec![on_graph("/groups/delta", expired())]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do");
    // From the beginning again, and its first answer shows no group.
    let nothing = on_graph("/groups/delta", Effect::EmptyTenant {});
    world.sim.set_faults(vec![on_graph("/groups/delta", expired()), nothing]).expect("faults");
    world.leave(&sales, &ids[1]);
    assert_eq!(world.cycled().await, "1 deactivate");
}

pub(super) async fn a_group_that_loses_its_people() {
    let (world, ids, sales) = office(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]).await;
    ids[1..].iter().for_each(|member| world.leave(&sales, member));
    assert!(world.cycle().await.paused.is_some());
}
