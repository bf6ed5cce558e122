//! The cycle tests that hold for every SCIM server: start in sync, change one thing, look at the other side.

use entra_jostle_sync::mapping::{Mapping, Row, Source};
use serde_json::{Value, json};

use super::{World, handmade};

const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

fn value_of_type(account: &Value, attribute: &str, kind: &str) -> Vec<String> {
    let elements = account[attribute].as_array().cloned().unwrap_or_default();
    let of_kind = elements.iter().filter(|element| element["type"] == kind);
    of_kind.filter_map(|element| element["value"].as_str().map(str::to_owned)).collect()
}

async fn in_sync(world: &World, alias: &str, more: Value) -> String {
    let id = world.person(alias, more);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
    id
}

pub async fn all_four_pushes(world: World) {
    let ann = in_sync(&world, "ann", json!({"givenName": "Ann", "jobTitle": "Clerk"})).await;
    let account = world.account("ann@corp.example").await.expect("created");
    assert_eq!(account["name"]["givenName"], "Ann");
    assert_eq!(account["title"], "Clerk");
    assert_eq!(account["active"], true);
    assert_eq!(value_of_type(&account, "emails", "work"), ["ann@corp.example"]);

    world.change(&ann, json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne");

    world.change(&ann, json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["active"], false);

    world.change(&ann, json!({"accountEnabled": true, "jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "1 reactivate");
    let back = world.account("ann@corp.example").await.expect("there");
    assert_eq!((&back["active"], &back["title"]), (&json!(true), &json!("Boss")));
    assert_eq!(back["id"], account["id"]);
    assert_eq!(world.cycled().await, "nothing to do");
}

pub async fn deletion_and_restore(world: World) {
    let ann = in_sync(&world, "ann", json!({})).await;
    world.sim.graph().delete_user(&ann).expect("deleted");
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.account("ann@corp.example").await.expect("kept")["active"], false);
    world.sim.graph().restore_user(&ann).expect("restored");
    assert_eq!(world.cycled().await, "1 reactivate");
    world.sim.graph().purge_user(&ann).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.account("ann@corp.example").await.expect("kept for ever")["active"], false);
    assert_eq!(world.cycled().await, "nothing to do");
}

pub async fn rename_keeps_the_account(world: World) {
    let ann = in_sync(&world, "ann", json!({})).await;
    let before = world.account("ann@corp.example").await.expect("created");
    world.change(&ann, json!({"userPrincipalName": "ann.lee@corp.example", "mail": "ann.lee@corp.example"}));
    assert_eq!(world.cycled().await, "1 update");
    let after = world.account("ann.lee@corp.example").await.expect("renamed");
    assert_eq!(after["id"], before["id"]);
    assert_eq!(value_of_type(&after, "emails", "work"), ["ann.lee@corp.example"]);
    assert_eq!(world.accounts().await.len(), 1);
}

pub async fn accounts_that_were_there_are_adopted(mut world: World) {
    let same = world.put_account(&handmade("ann@corp.example", "Given", true)).await;
    let other = world.put_account(&handmade("BOB@corp.example", "Givin", true)).await;
    let inactive = world.put_account(&handmade("cid@corp.example", "Given", false)).await;
    let unmanaged = world.put_account(&handmade("manual@corp.example", "Manual", true)).await;
    for alias in ["ann", "bob", "cid"] {
        world.person(alias, json!({}));
    }
    assert_eq!(world.cycled().await, "3 adopt");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["id"], same["id"]);
    let bob = world.account("bob@corp.example").await.expect("there");
    assert_eq!((&bob["id"], &bob["name"]["givenName"]), (&other["id"], &json!("Given")));
    let cid = world.account("cid@corp.example").await.expect("there");
    assert_eq!((&cid["id"], &cid["active"]), (&inactive["id"], &json!(true)));
    assert_eq!(world.account("manual@corp.example").await.expect("there")["meta"], unmanaged["meta"]);

    world.forget().await;
    let plan = world.plan().await;
    assert_eq!(plan.counts().to_string(), "3 adopt");
    assert!(plan.operations.iter().all(|operation| operation.changes.is_empty()), "nothing to write:\n{plan}");
    assert_eq!(world.cycled().await, "3 adopt");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.accounts().await.len(), 4);
}

/// Entra allows fewer characters in a user principal name than other sources of a userName have.
const NAMES: [&str; 15] = [
    "o'brien",
    "quo\"te",
    "back\\slash",
    "plus+tag",
    "anna_x.example#EXT#",
    "jörg.größe",
    "amp&ersand",
    "per%41cent",
    "semi;colon",
    "(paren)",
    "slash/ed",
    "a b",
    "equal=s",
    "日本",
    "tilde~",
];

fn named_by_display_name(world: &mut World) {
    let rows = world.policy.mapping.rows().iter().cloned().map(|row| match row.target.to_string().as_str() {
        "userName" => Row { source: Source::Attribute("displayName".parse().expect("a source path")), ..row },
        _ => row,
    });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    for (number, name) in NAMES.into_iter().enumerate() {
        let values = json!({
            "displayName": format!("{name}@corp.example"), "givenName": format!("{name} é\"'"),
            "jobTitle": "R&D \"lead\" \\ <b>",
        });
        world.person(&format!("p{number}"), values);
    }
}

pub async fn special_characters(mut world: World) {
    named_by_display_name(&mut world);
    assert_eq!(world.cycled().await, format!("{} create", NAMES.len()));
    assert_eq!(world.cycled().await, "nothing to do");
    for name in NAMES {
        let account = world.account(&format!("{name}@corp.example")).await.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(account["name"]["givenName"], format!("{name} é\"'"));
        assert_eq!(account["title"], "R&D \"lead\" \\ <b>");
    }
}

pub async fn special_characters_are_matched(mut world: World) {
    named_by_display_name(&mut world);
    assert_eq!(world.cycled().await, format!("{} create", NAMES.len()));
    world.forget().await;
    assert_eq!(world.cycled().await, format!("{} adopt", NAMES.len()));
    assert_eq!(world.accounts().await.len(), NAMES.len());
}

pub async fn every_form_of_attribute_is_set_changed_and_cleared(world: World) {
    let ann = in_sync(&world, "ann", json!({})).await;
    let values = |phone: Value, badge: Value, title: Value| json!({"mobilePhone": phone, "department": badge, "jobTitle": title});
    for (phone, badge, title) in [("+1 555", "Red", "Clerk"), ("+1 556", "Blue", "Boss")] {
        world.change(&ann, values(json!(phone), json!(badge), json!(title)));
        assert_eq!(world.cycled().await, "1 update");
        let account = world.account("ann@corp.example").await.expect("there");
        assert_eq!(value_of_type(&account, "phoneNumbers", "workmobilephone"), [phone]);
        assert_eq!(account[EXTENSION]["CustomBadge"], badge);
        assert_eq!(account["title"], title);
        assert_eq!(world.cycled().await, "nothing to do");
    }
    world.change(&ann, values(Value::Null, Value::Null, Value::Null));
    assert_eq!(world.cycled().await, "1 update");
    let account = world.account("ann@corp.example").await.expect("there");
    assert_eq!(value_of_type(&account, "phoneNumbers", "workmobilephone"), Vec::<String>::new());
    assert!(account[EXTENSION]["CustomBadge"].is_null() && account["title"].is_null(), "{account}");
    assert_eq!(value_of_type(&account, "emails", "work"), ["ann@corp.example"], "the rest stays");
    assert_eq!(world.cycled().await, "nothing to do");
}

pub async fn the_entra_dialect_does_the_same(mut world: World) {
    world.dialect = entra_jostle_sync::scim::Dialect::Entra;
    all_four_pushes(world).await;
}

pub async fn an_account_deleted_by_an_administrator_is_not_created_again(
    world: World,
    delete: impl AsyncFn(&World, &str),
) {
    let ann = in_sync(&world, "ann", json!({})).await;
    let account = world.account("ann@corp.example").await.expect("created");
    delete(&world, account["id"].as_str().expect("an id")).await;
    world.change(&ann, json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.change(&ann, json!({"givenName": "Anna"}));
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.accounts().await.len(), 0);
}
