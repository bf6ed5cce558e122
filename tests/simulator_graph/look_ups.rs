//! Look-ups: one user, users by mail and name, lists, the recycle bin.

use serde_json::json;

use super::graph_world::world;

#[tokio::test]
async fn one_user_shows_explicit_nulls_and_is_found_by_every_spelling_of_the_key() {
    let world = world(0).await;
    let name = "o'neil_x.example#EXT#@nordwind.example";
    let id = world.person(name);
    let expected = json!({"id": id, "userPrincipalName": name, "surname": null, "businessPhones": []});
    for path in [
        format!("/v1.0/users/{id}"),
        format!("/v1.0/users/{}", id.to_uppercase()),
        "/v1.0/users/o'neil_x.example%23EXT%23@nordwind.example".to_owned(),
        "/v1.0/users/O%27Neil_x.example%23EXT%23%40nordwind.example".to_owned(),
        "/v1.0/users('o''neil_x.example%23EXT%23%40nordwind.example')".to_owned(),
    ] {
        let answer = world.get(&format!("{path}?$select=id,userPrincipalName,surname,businessPhones")).await;
        let mut body = answer.body.clone();
        body.as_object_mut().unwrap().remove("@odata.context").expect("a context");
        assert_eq!((answer.status, body), (200, expected.clone()), "{path}");
    }
    let default = world.get(&format!("/v1.0/users/{id}")).await.body;
    assert_eq!(default.as_object().unwrap().len(), 12, "eleven properties and the context: {default}");
    assert_eq!(world.get("/v1.0/users/$x@nordwind.example").await.status, 400);
}

#[tokio::test]
async fn who_is_not_there_or_deleted_is_a_404_in_the_documented_words() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    world.sim.graph().delete_user(&id).unwrap();
    for key in [id.as_str(), "a@nordwind.example", "nobody@nordwind.example"] {
        let answer = world.get(&format!("/v1.0/users/{key}")).await;
        let message = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        assert_eq!((answer.status, answer.code()), (404, "Request_ResourceNotFound"));
        assert_eq!(answer.body["error"]["message"], message);
    }
}

#[tokio::test]
async fn users_are_filtered_by_mail_and_name_only() {
    let world = world(30).await;
    let id = world.person("o'brien@nordwind.example");
    for filter in ["mail eq 'O''Brien@nordwind.example'", "userPrincipalName eq 'o''brien@nordwind.example'"] {
        let answer = world.get(&format!("/v1.0/users?$select=id&$filter={filter}")).await;
        assert_eq!(answer.items(), [json!({"id": id})], "{filter}");
    }
    assert_eq!(world.get("/v1.0/users?$filter=mail eq 'nobody@x.example'").await.items().len(), 0);
    for filter in ["jobTitle eq 'Clerk'", "startsWith(mail,'o')", "mail ne 'a'", "mail eq 'a' or mail eq 'b'"] {
        let answer = world.get(&format!("/v1.0/users?$filter={filter}")).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"), "{filter}");
    }
}

#[tokio::test]
async fn plain_lists_page_but_never_give_a_delta_link() {
    let world = world(25).await;
    let (mut url, mut seen) = (Some("/v1.0/users?$top=10&$select=id".to_owned()), Vec::new());
    while let Some(page) = url {
        let answer = world.get(&page).await;
        assert_eq!(answer.delta(), None);
        seen.extend(answer.items());
        url = answer.next();
    }
    assert_eq!((seen.len(), world.sim.requests().len()), (29, 3));
    for query in ["$top=0", "$top=1000", "$top=x", "$skip=5", "$skiptoken=abc", "$select=skills"] {
        assert!(world.get(&format!("/v1.0/users?{query}")).await.status >= 400, "{query}");
    }
}

#[tokio::test]
async fn the_recycle_bin_lists_users_with_mangled_names() {
    let world = world(5).await;
    let bin = "/v1.0/directory/deletedItems/microsoft.graph.user";
    let id = world.person("a@nordwind.example");
    let other = world.person("b@nordwind.example");
    assert_eq!(world.get(bin).await.items().len(), 0);
    world.sim.graph().delete_user(&id).unwrap();
    world.sim.graph().delete_user(&other).unwrap();
    let mangled = format!("{}a@nordwind.example", id.replace('-', ""));
    let by_mail =
        world.get(&format!("{bin}?$select=id,userPrincipalName,mail&$filter=mail eq 'a@nordwind.example'")).await;
    assert_eq!(by_mail.items(), [json!({"id": id, "userPrincipalName": mangled, "mail": "a@nordwind.example"})]);
    let count = async |filter: &str| world.get(&format!("{bin}?$filter={filter}")).await.items().len();
    assert_eq!(count("userPrincipalName eq 'a@nordwind.example'").await, 0);
    assert_eq!(count(&format!("userPrincipalName eq '{mangled}'")).await, 1);
    let first = world.get(&format!("{bin}?$top=1&$select=id,deletedDateTime")).await;
    assert!(first.items()[0]["deletedDateTime"].is_string());
    assert_eq!(world.get(&first.next().unwrap()).await.items().len(), 1);
    let one = world.get(&format!("/v1.0/directory/deletedItems/{id}")).await;
    assert_eq!((one.status, &one.body["userPrincipalName"]), (200, &json!(mangled)));
    let live = world.sim.graph().users().into_iter().find(|user| user["lifecycle"] == "live").unwrap();
    let live = format!("/v1.0/directory/deletedItems/{}", live["id"].as_str().unwrap());
    assert_eq!(world.get(&live).await.code(), "Request_ResourceNotFound");
}
