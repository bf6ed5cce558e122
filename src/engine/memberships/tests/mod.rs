//! Reading groups and assignments of a tenant that changes, fails and hides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod failing;
mod following;
mod named;
mod truth;

use super::super::fake::{World, group, reach, user};
use super::*;

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
