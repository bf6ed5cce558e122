//! Look-ups of groups and their members, direct and transitive.

use std::collections::BTreeSet;

use serde_json::json;

use super::graph_world::{ids, world};
use super::people;

#[tokio::test]
async fn groups_are_found_by_id_and_by_name_with_doubled_apostrophes() {
    let world = world(0).await;
    let group = world.group("O'Neill's Team");
    let twin = world.group("O'Neill's Team");
    for path in [format!("/v1.0/groups/{group}"), format!("/v1.0/groups('{group}')")] {
        let answer = world.get(&format!("{path}?$select=id,displayName,membershipRule,groupTypes")).await;
        let mut body = answer.body.clone();
        body.as_object_mut().unwrap().remove("@odata.context").unwrap();
        let expected = json!({"id": group, "displayName": "O'Neill's Team", "membershipRule": null, "groupTypes": []});
        assert_eq!((answer.status, body), (200, expected), "{path}");
    }
    let found = world.list("/v1.0/groups?$top=1&$select=id&$filter=displayName eq 'o''neill''s team'").await;
    assert_eq!(ids(&found).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([group.as_str(), &twin]));
    assert_eq!(world.get("/v1.0/groups?$filter=displayName eq 'Nobody'").await.body["value"], json!([]));
    for query in ["$filter=startswith(displayName,'O')", "$filter=securityEnabled eq true", "$search=\"x\"", "$skip=1"]
    {
        let answer = world.get(&format!("/v1.0/groups?{query}")).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"), "{query}");
    }
    let missing = world.get("/v1.0/groups/00000000-0000-4000-8000-000000000000").await;
    assert_eq!((missing.status, missing.code()), (404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn members_are_mixed_without_a_cast_and_narrowed_by_one() {
    let world = world(0).await;
    let (group, inner) = (world.group("Team"), world.group("Inner"));
    let (person, panel) = (world.person("a@nordwind.example"), world.object("device", "Panel"));
    for member in [&person, &inner, &panel] {
        world.join(&group, member);
    }
    let mixed = world.list(&format!("/v1.0/groups/{group}/members?$top=2&$select=id,displayName")).await;
    let of = |id: &str| mixed.iter().find(|item| item["id"] == id).unwrap();
    assert_eq!(of(&person), &json!({"@odata.type": "#microsoft.graph.user", "id": person, "displayName": "A Person"}));
    assert_eq!(of(&inner)["@odata.type"], "#microsoft.graph.group");
    assert_eq!(of(&panel)["@odata.type"], "#microsoft.graph.device");
    let whole = world.list(&format!("/v1.0/groups/{group}/members")).await;
    let whole = whole.iter().find(|item| item["id"] == person).unwrap().as_object().unwrap();
    assert_eq!((whole.len(), &whole["jobTitle"]), (12, &json!("Clerk")), "the default properties and the type");
    for (cast, id) in [("graph.user", &person), ("microsoft.graph.user", &person), ("microsoft.graph.group", &inner)] {
        let cast = world.get(&format!("/v1.0/groups/{group}/members/{cast}")).await.items();
        assert_eq!(ids(&cast), [id.as_str()]);
        assert!(cast[0].get("@odata.type").is_none());
    }
    assert_eq!(world.get(&format!("/v1.0/groups/{group}/members/graph.device")).await.status, 400);
}

#[tokio::test]
async fn a_cast_with_options_is_an_advanced_query_on_every_page() {
    let world = world(0).await;
    let group = world.group("Team");
    world.join_all(&group, &people(&world, 5));
    for list in ["members", "transitiveMembers"] {
        let base = format!("/v1.0/groups/{group}/{list}/microsoft.graph.user");
        for query in ["$top=2", "$select=id", "$count=true", "$top=2&$count=true"] {
            let plain = world.get(&format!("{base}?{query}")).await;
            assert_eq!((plain.status, plain.code()), (400, "Request_UnsupportedQuery"), "{list} {query}");
        }
        let uncounted = world.get_eventual(&format!("{base}?$top=2")).await;
        assert_eq!(uncounted.code(), "Request_UnsupportedQuery");
        let first = world.get_eventual(&format!("{base}?$count=true&$top=2&$select=id")).await;
        assert_eq!((first.status, &first.body["@odata.count"], first.items().len()), (200, &json!(5), 2));
        let next = first.next().unwrap();
        assert_eq!(world.get(&next).await.code(), "Request_UnsupportedQuery", "the header does not travel in the link");
        let second = world.get_eventual(&next).await;
        assert_eq!((second.body.get("@odata.count"), second.items().len()), (None, 2));
        let last = world.get_eventual(&second.next().unwrap()).await;
        assert_eq!((last.items().len(), last.next()), (1, None));
    }
}

#[tokio::test]
async fn transitive_members_are_met_once_through_nesting_and_cycles() {
    let world = world(0).await;
    let (a, b, c) = (world.group("A"), world.group("B"), world.group("C"));
    let people = people(&world, 3);
    for (group, member) in [(&a, &b), (&b, &c), (&c, &a), (&a, &people[0]), (&c, &people[0]), (&c, &people[1])] {
        world.join(group, member);
    }
    let transitive = async |cast: &str| {
        let items = world.list(&format!("/v1.0/groups/{a}/transitiveMembers{cast}")).await;
        ids(&items).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(transitive("/graph.user").await, sorted(people[..2].to_vec()));
    assert_eq!(transitive("/graph.group").await, sorted(vec![a.clone(), b.clone(), c.clone()]));
    assert_eq!(transitive("").await.len(), 5);
    let direct = world.list(&format!("/v1.0/groups/{a}/members")).await;
    assert_eq!(direct.len(), 2);
    world.sim.graph().delete_group(&b).unwrap();
    assert_eq!(transitive("").await, [people[0].as_str()], "a deleted group leads nowhere");
}

#[tokio::test]
async fn members_page_by_hundreds_at_most_999() {
    let world = world(0).await;
    let group = world.group("Team");
    world.join_all(&group, &people(&world, 130));
    let base = format!("/v1.0/groups/{group}/members");
    assert_eq!(world.get(&base).await.items().len(), 100);
    assert_eq!(world.list(&base).await.len(), 130);
    assert_eq!(world.get(&format!("{base}?$top=999")).await.items().len(), 130);
    assert_eq!(world.get(&format!("{base}?$top=1000")).await.status, 400);
    let other = world.group("Other");
    let foreign = world.get(&base).await.next().unwrap().replace(&group, &other);
    assert_eq!(world.get(&foreign).await.code(), "Request_BadRequest");
}
