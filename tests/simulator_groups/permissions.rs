//! Permissions: what every call demands, and what is seen without.

use serde_json::json;

use super::graph_world::world;

#[tokio::test]
async fn every_call_demands_its_permission() {
    let mut world = world(3).await;
    let (group, app) = (world.sim.details().group_id.clone(), world.sim.details().app_id.clone());
    let person = world.person("a@nordwind.example");
    world.sim.graph().set_manager(&person, Some(&person)).unwrap();
    let principal = format!("/v1.0/servicePrincipals(appId='{app}')");
    let urls = [
        ("users", "/v1.0/users/delta".to_owned()),
        ("users", format!("/v1.0/users/{person}/manager")),
        ("changes", "/v1.0/groups/delta".to_owned()),
        ("groups", "/v1.0/groups".to_owned()),
        ("groups", format!("/v1.0/groups/{group}")),
        ("members", format!("/v1.0/groups/{group}/members")),
        ("members", format!("/v1.0/groups/{group}/transitiveMembers/graph.user")),
        ("apps", principal.clone()),
        ("apps", format!("{principal}/appRoleAssignedTo")),
        ("jobs", format!("{principal}/synchronization/jobs")),
        ("jobs", format!("{principal}/synchronization/secrets")),
    ];
    for (role, allowed) in [
        ("User.Read.All", "users"),
        ("User.ReadBasic.All", ""),
        ("Group.ReadBasic.All", "changes"),
        ("GroupMember.ReadBasic.All", "members"),
        ("GroupMember.Read.All", "changes groups members"),
        ("Group.Read.All", "changes groups members"),
        ("Application.Read.All", "apps"),
        ("Synchronization.Read.All", "jobs"),
        ("Directory.Read.All", "users changes groups members apps"),
    ] {
        world.permit(&[role]).await;
        for (kind, url) in &urls {
            let answer = world.get(url).await;
            if allowed.contains(kind) {
                assert_eq!(answer.status, 200, "{role} {url} {}", answer.body);
            } else {
                assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"), "{role} {url}");
                assert_eq!(answer.header("request-id"), answer.body["error"]["innerError"]["request-id"]);
            }
        }
    }
}

#[tokio::test]
async fn whom_the_reader_may_not_read_is_an_id_and_nothing_more() {
    let mut world = world(0).await;
    let group = world.group("Team");
    let person = world.person("a@nordwind.example");
    world.join(&group, &person);
    world.permit(&["GroupMember.Read.All"]).await;
    let members = world.get(&format!("/v1.0/groups/{group}/members?$select=id,displayName")).await;
    let expected = json!({"@odata.type": "#microsoft.graph.user", "id": person, "displayName": null});
    assert_eq!(members.items(), [expected]);
}
