//! Managers: read by the feed or one by one, and what becomes of those below.

use super::common::{World, path};
use super::*;
use entra_jostle_sync::mapping::{Mapping, Row, Source, WhenEmpty};
use entra_jostle_sync::model::TargetPath;

fn badge() -> TargetPath {
    path("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge")
}

/// The badge is the manager's mail address.
fn map_manager(world: &mut World) {
    let source = Source::Attribute("manager.mail".parse().expect("a source path"));
    let row = Row { empty: WhenEmpty::Clear, ..Row::new(badge(), source) };
    let others = world.policy.mapping.rows().iter().filter(|row| row.target != badge()).cloned();
    world.policy.mapping = Mapping::new(others.chain([row]).collect()).expect("a mapping");
}

async fn badge_of(world: &World, alias: &str) -> Option<String> {
    let account = world.account(&format!("{alias}@corp.example")).await.expect("an account");
    badge().read(&account).map(|value| value.to_string().trim_matches('"').to_owned())
}

/// `boss` manages ann and bob; `other` manages nobody.
async fn office(unnamed_percent: u8) -> (World, [String; 4]) {
    let mut world = World::new().await;
    let mut switches = world.sim.graph().switches();
    switches.managers_unnamed_percent = unnamed_percent;
    world.sim.graph().set_switches(switches).expect("a switch");
    map_manager(&mut world);
    let people = people(&world, ["ann", "bob", "boss", "other"]);
    for report in &people[..2] {
        world.sim.graph().set_manager(report, Some(&people[2])).expect("a manager");
    }
    assert_eq!(world.cycled().await, "4 create");
    assert_eq!(badge_of(&world, "ann").await.as_deref(), Some("boss@corp.example"));
    asked(&world);
    (world, people)
}

#[tokio::test]
async fn an_idle_cycle_asks_nothing_about_managers() {
    for percent in [0, 100] {
        let (world, _) = office(percent).await;
        assert_eq!(world.cycled().await, "nothing to do");
        assert_eq!(asked(&world).len(), 1);
    }
}

#[tokio::test]
async fn managers_whom_the_feed_leaves_out_are_asked_for_and_none_is_taken_away() {
    let mut world = World::new().await;
    let mut switches = world.sim.graph().switches();
    switches.managers_unnamed_percent = 40;
    world.sim.graph().set_switches(switches).expect("a switch");
    map_manager(&mut world);
    let boss = world.person("boss", json!({}));
    for number in 0..20 {
        let id = world.person(&format!("p{number}"), json!({}));
        world.sim.graph().set_manager(&id, Some(&boss)).expect("a manager");
    }
    assert_eq!(world.cycled().await, "21 create");
    for number in 0..20 {
        assert_eq!(badge_of(&world, &format!("p{number}")).await.as_deref(), Some("boss@corp.example"), "{number}");
    }
    let expired = Effect::ExpireToken { style: entra_jostle_sync::simulator::ExpiredStyle::Gone };
    world.sim.set_faults(vec![on_graph("/users/delta", expired).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do", "a baseline that leaves some out again");
    let before = asked(&world);
    world.sim.set_faults(vec![on_graph("/manager", status(500))]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do", "nobody is asked for twice: {before:?}");
}

#[tokio::test]
async fn another_a_renamed_a_deleted_or_no_manager_reaches_those_below() {
    let (world, [ann, bob, boss, other]) = office(0).await;
    world.change(&boss, json!({"mail": "chief@corp.example"}));
    assert_eq!(world.cycled().await, "3 update", "ann, bob and the boss");
    assert_eq!(badge_of(&world, "bob").await.as_deref(), Some("chief@corp.example"));
    world.sim.graph().set_manager(&ann, Some(&other)).expect("another manager");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(badge_of(&world, "ann").await.as_deref(), Some("other@corp.example"));
    world.sim.graph().set_manager(&ann, None).expect("no manager");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(badge_of(&world, "ann").await, None);
    world.sim.graph().delete_user(&boss).expect("deleted");
    assert_eq!(world.cycled().await, "1 deactivate, 1 update");
    assert_eq!(badge_of(&world, "bob").await, None);
    world.sim.graph().restore_user(&boss).expect("restored");
    assert_eq!(world.cycled().await, "1 reactivate", "whoever comes back manages nobody");
    world.sim.graph().set_manager(&bob, Some(&boss)).expect("the manager again");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(badge_of(&world, "bob").await.as_deref(), Some("chief@corp.example"));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_manager_who_is_a_contact_or_out_of_scope_is_no_reason_to_fail() {
    let (mut world, [ann, _, boss, _]) = office(0).await;
    let contact = json!({"@odata.type": "#microsoft.graph.orgContact", "displayName": "agency"});
    let contact = world.sim.graph().create_object(&contact).expect("a contact");
    world.sim.graph().set_manager(&ann, contact["id"].as_str()).expect("a manager");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(badge_of(&world, "ann").await, None);
    world.change(&boss, json!({"department": "Board"}));
    world.policy.scope.filter = Some(filter("Not(StartsWith([department], \"Board\"))"));
    world.cycled().await;
    assert_eq!(
        badge_of(&world, "bob").await.as_deref(),
        Some("boss@corp.example"),
        "read from the snapshot all the same"
    );
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn on_demand_on_a_new_state_knows_the_manager() {
    let (mut world, [ann, ..]) = office(0).await;
    world.forget().await;
    world.change(&ann, json!({"givenName": "Anne"}));
    world.provision("ann@corp.example").await.expect("provisioned").operation.expect("adopted");
    assert_eq!(badge_of(&world, "ann").await.as_deref(), Some("boss@corp.example"));
    world.cycled().await;
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_filter_on_the_manager_follows_them_and_reads_nobody_anew_when_it_changes() {
    let (mut world, [_, _, boss, _]) = office(0).await;
    world.change(&boss, json!({"department": "Sales"}));
    world.cycled().await;
    world.policy.scope.filters = vec![only("manager.department", "EQUALS", "Sales")];
    assert_eq!(world.cycled().await, "2 deactivate", "the boss and the other have no manager");
    assert_eq!(active(&world), ["ann", "bob"]);
    world.change(&boss, json!({"department": "Legal"}));
    assert_eq!(world.cycled().await, "2 deactivate");
    asked(&world);
    world.policy.scope.filters = vec![only("manager.department", "EQUALS", "Legal")];
    assert_eq!(world.cycled().await, "2 reactivate");
    assert_eq!(asked(&world).len(), 1);
}
