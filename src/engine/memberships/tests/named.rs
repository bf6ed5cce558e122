//! The groups of the configuration: by name or by id, gone, and named like others.

use super::*;
use crate::engine::fake::{Tenant, guid};

#[tokio::test]
async fn a_configured_group_that_is_not_there_takes_nobody_out() {
    let changes: [fn(&Tenant); 2] = [|tenant| tenant.delete("sales"), |tenant| tenant.rename("sales", "Former sales")];
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
