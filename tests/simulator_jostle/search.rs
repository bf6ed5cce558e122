//! Filters and pages, also those that go wrong.

use reqwest::Method;
use serde_json::{Value, json};

use super::{EXTENSION, Server, full_user, user};

#[tokio::test]
async fn a_user_is_found_by_a_name_with_anything_in_it() {
    let server = Server::start().await;
    for name in [
        "o'brien@x.example",
        "say \"hi\"@x.example",
        "back\\slash@x.example",
        "plus+tag@x.example",
        "anna_x.example#EXT#@contoso.onmicrosoft.example",
        "jörg.größe@x.example",
        "a b & c=d%41@x.example",
        "ends with ] and ) @x.example",
    ] {
        server.add(name).await;
        assert_eq!(server.find(name).await.names(), [name]);
        assert_eq!(server.find(&name.to_uppercase()).await.names().len(), usize::from(!name.contains('ß')), "{name}");
    }
    let escaped = server.list(&[("filter", r#"USERNAME Eq "j\u00f6rg.gr\u00f6\u00dfe@x.example""#)]).await;
    assert_eq!(escaped.names(), ["jörg.größe@x.example"]);
    let nobody = server.find("nobody").await;
    assert_eq!((nobody.status, &nobody.body["totalResults"], &nobody.body["Resources"]), (200, &json!(0), &json!([])));
}

#[tokio::test]
async fn any_other_filter_is_refused() {
    let server = Server::start().await;
    server.add("a").await;
    for filter in [
        "",
        "userName",
        "userName eq a",
        "userName ne \"a\"",
        "externalId eq \"a\"",
        "userName eq \"a\" and active eq true",
        "emails[type eq \"work\"].value eq \"a\"",
        "userName eq \"a",
    ] {
        assert_eq!(server.list(&[("filter", filter)]).await.refusal(), (400, "invalidFilter"), "{filter}");
    }
    assert_eq!(server.list(&[("startIndex", "one")]).await.refusal(), (400, "invalidValue"));
    assert_eq!(server.list(&[("attributes", "a"), ("excludedAttributes", "b")]).await.status, 400);
}

#[tokio::test]
async fn filters_go_wrong_as_the_switches_say() {
    let server = Server::start().await;
    for name in ["a", "b"] {
        server.add(name).await;
    }
    let with = async |switches: Value, name: &str| {
        server.tenant.set_switches(switches).unwrap();
        let found = server.find(name).await;
        (found.status, found.names().into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let (hit_a, nobody) = ((200, vec!["a".to_owned()]), (200, vec![]));
    assert_eq!(with(json!({}), "A").await, hit_a);
    assert_eq!(with(json!({"user_name_case_sensitive_filter": true}), "A").await, nobody);
    assert_eq!(with(json!({}), "a").await, hit_a);
    assert_eq!(with(json!({"filter_hit": "wrong_person"}), "b").await, hit_a);
    assert_eq!(with(json!({}), "a").await.1, ["b"]);
    assert_eq!(with(json!({"filter_hit": "empty"}), "a").await, nobody);
    assert_eq!(with(json!({"filter_hit": "everybody"}), "zzz").await.1, ["a", "b"]);
    server.tenant.set_switches(json!({"filter_hit": "honest", "no_hit_is_404": true})).unwrap();
    assert_eq!(server.find("zzz").await.status, 404);
    assert_eq!(server.find("a").await.status, 200);
    assert_eq!(server.list(&[]).await.status, 200);
}

#[tokio::test]
async fn the_inactive_are_hidden_from_filters_where_the_switch_says_so() {
    let server = Server::start_with(json!({"hidden_inactive": true})).await;
    let id = server.add("a").await;
    server.patch(&id, json!([{"op": "replace", "path": "active", "value": false}])).await;
    assert!(server.find("a").await.names().is_empty());
    assert_eq!(server.get(&format!("/Users/{id}")).await.status, 200);
    assert_eq!(server.post(&user("a")).await.status, 409);
    server.tenant.set_switches(json!({"hidden_inactive": false})).unwrap();
    assert_eq!(server.find("a").await.names(), ["a"]);
}

/// Walks all pages as RFC 7644 §3.4.2.4 has it, at most five of them.
async fn walk(server: &Server, count: &str) -> Vec<Vec<String>> {
    let (mut pages, mut start) = (Vec::new(), 1);
    while pages.len() < 5 {
        let page = server.list(&[("startIndex", &start.to_string()), ("count", count)]).await;
        assert_eq!(page.body["startIndex"], start);
        assert_eq!(page.body["itemsPerPage"], page.names().len());
        if page.names().is_empty() {
            break;
        }
        start += page.names().len();
        pages.push(page.names().into_iter().map(str::to_owned).collect());
    }
    pages
}

#[tokio::test]
async fn pages_are_cut_as_the_switches_say() {
    let server = Server::start_with(json!({"page_cap": 2})).await;
    for name in ["a", "b", "c", "d", "e"] {
        server.add(name).await;
    }
    assert_eq!(walk(&server, "9").await, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    assert_eq!(walk(&server, "1").await.len(), 5);
    let none = server.list(&[("count", "0")]).await;
    assert_eq!((none.names().len(), &none.body["totalResults"]), (0, &json!(5)));
    assert!(server.list(&[("count", "-1")]).await.names().is_empty());
    assert_eq!(server.list(&[("startIndex", "-3")]).await.names(), ["a", "b"]);
    assert!(server.list(&[("startIndex", "9223372036854775807")]).await.names().is_empty());
    for (paging, second_page, total) in
        [("ignores_start_index", ["a", "b"], 5), ("overlaps", ["b", "c"], 5), ("wrong_total", ["c", "d"], 2)]
    {
        server.tenant.set_switches(json!({"paging": paging})).unwrap();
        assert_eq!(server.list(&[]).await.names(), ["a", "b"], "{paging}");
        let page = server.list(&[("startIndex", "3")]).await;
        assert_eq!(page.names(), second_page, "{paging}");
        assert_eq!(page.body["totalResults"], total, "{paging}");
    }
}

#[tokio::test]
async fn the_default_page_has_fifty() {
    let server = Server::start().await;
    for number in 0..51 {
        server.tenant.insert(user(&format!("u{number}"))).unwrap();
    }
    assert_eq!(server.list(&[]).await.names().len(), 50);
    assert_eq!(server.list(&[("count", "100"), ("startIndex", "51")]).await.names(), ["u50"]);
}

#[tokio::test]
async fn a_search_by_post_is_the_same() {
    let server = Server::start().await;
    for name in ["a", "b"] {
        server.add(name).await;
    }
    for path in ["/Users/.search", "/.search"] {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
        let body = json!({"schemas": schemas, "filter": "userName eq \"B\"", "attributes": ["userName"]});
        let found = server.send(Method::POST, path, Some(&body)).await;
        let user = found.body["Resources"][0].as_object().unwrap();
        assert_eq!(user.keys().collect::<Vec<_>>(), ["id", "schemas", "userName"], "{path}");
        assert_eq!(user["userName"], "b");
        let page = server.send(Method::POST, path, Some(&json!({"startIndex": 2, "count": 1}))).await;
        assert_eq!(page.names(), ["b"]);
    }
    let wrong = server.send(Method::POST, "/Users/.search", Some(&json!({"count": "x"}))).await;
    assert_eq!(wrong.refusal(), (400, "invalidValue"));
}

#[tokio::test]
async fn every_answer_shows_what_was_asked_for() {
    let server = Server::start().await;
    let created = server.send(Method::POST, "/Users?attributes=title", Some(&full_user("a"))).await;
    assert_eq!(created.body["title"], "Engineer");
    assert!(created.body.get("userName").is_none() && created.body.get("meta").is_none());
    let path = format!("/Users/{}?excludedAttributes=emails.type,name,{EXTENSION}:PersonalPronouns", created.id());
    let got = server.get(&path).await.body;
    assert_eq!(got["emails"][1], json!({"value": "home@x.example"}));
    assert!(got.get("name").is_none() && got[EXTENSION] == json!({}));
    assert!(server.list(&[("attributes", "emails")]).await.body["Resources"][0].get("title").is_none());
}
