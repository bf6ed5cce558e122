//! The Jostle simulator over HTTP, by a client that knows nothing of it.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

use std::sync::Arc;

use entra_jostle_sync::simulator::jostle::{JostleTenant, router};
use reqwest::{Method, header};
use serde_json::{Value, json};

const KEY: &str = "the-key";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

/// A tenant on a port of its own.
struct Server {
    base: String,
    tenant: Arc<JostleTenant>,
    client: reqwest::Client,
}

/// What came back. `body` is null if there was none.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: header::HeaderMap,
    text: String,
    body: Value,
}

impl Answer {
    fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }

    /// Status and `scimType`.
    fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["scimType"].as_str().unwrap_or_default())
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn names(&self) -> Vec<&str> {
        self.body["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap()).collect()
    }
}

impl Server {
    async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    async fn start_with(switches: Value) -> Self {
        // Only the first one is installed; all are the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/scim2", listener.local_addr().unwrap());
        let tenant = Arc::new(JostleTenant::new(KEY));
        tenant.set_base_url(&base);
        tenant.set_switches(switches).unwrap();
        let app = axum::Router::new().nest("/scim2", router(Arc::clone(&tenant)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, tenant, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/scim+json").body(body.to_string());
        }
        answer(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, body: &Value) -> Answer {
        self.send(Method::POST, "/Users", Some(body)).await
    }

    async fn put(&self, id: &str, body: &Value) -> Answer {
        self.send(Method::PUT, &format!("/Users/{id}"), Some(body)).await
    }

    async fn delete(&self, id: &str) -> Answer {
        self.send(Method::DELETE, &format!("/Users/{id}"), None).await
    }

    /// Carries out the operations in one PATCH.
    async fn patch(&self, id: &str, operations: Value) -> Answer {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, &format!("/Users/{id}"), Some(&body)).await
    }

    async fn list(&self, query: &[(&str, &str)]) -> Answer {
        let mut url = url::Url::parse(&format!("{}/Users", self.base)).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        answer(self.client.get(url).bearer_auth(KEY)).await
    }

    /// Filters by `userName`, escaped as a JSON string.
    async fn find(&self, name: &str) -> Answer {
        self.list(&[("filter", &format!("userName eq {}", json!(name)))]).await
    }

    /// Creates a user and returns its id.
    async fn add(&self, name: &str) -> String {
        let created = self.post(&user(name)).await;
        assert_eq!(created.status, 201, "{created:?}");
        created.id()
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, body }
}

fn user(name: &str) -> Value {
    json!({"schemas": [CORE], "userName": name, "name": {"givenName": "Anna", "familyName": "Muster"}})
}

/// A user with two addresses and something in the extension.
fn full_user(name: &str) -> Value {
    json!({
        "schemas": [CORE, EXTENSION],
        "userName": name,
        "name": {"givenName": "Anna", "familyName": "Muster"},
        "title": "Engineer",
        "active": true,
        "emails": [
            {"type": "work", "value": "work@x.example", "primary": true},
            {"type": "personal", "value": "home@x.example"},
        ],
        "phoneNumbers": [{"type": "workmobilephone", "value": "+41 44 000 00 00"}],
        EXTENSION: {"PersonalPronouns": "she/her"},
    })
}

mod access {
    use super::*;

    #[tokio::test]
    async fn nothing_is_answered_without_the_key() {
        let server = Server::start().await;
        for path in ["/Users", "/Users/1", "/ServiceProviderConfig", "/Schemas", "/nowhere"] {
            let none = answer(server.client.get(format!("{}{path}", server.base))).await;
            assert_eq!(none.status, 401, "{path}");
            assert_eq!(none.body["status"], "401");
            assert!(none.header(header::WWW_AUTHENTICATE).unwrap().starts_with("Bearer"));
            let wrong = answer(server.client.get(format!("{}{path}", server.base)).bearer_auth("other")).await;
            assert_eq!(wrong.status, 401, "{path}");
        }
        assert_eq!(server.get("/Users").await.status, 200);
    }

    #[tokio::test]
    async fn discovery_needs_no_key_where_the_switch_says_so() {
        let server = Server::start_with(json!({"config_needs_no_token": true})).await;
        let bare = async |path: &str| answer(server.client.get(format!("{}{path}", server.base))).await.status;
        assert_eq!(bare("/ServiceProviderConfig").await, 200);
        assert_eq!(bare("/ResourceTypes/User").await, 200);
        assert_eq!(bare("/Schemas").await, 200);
        assert_eq!(bare("/Users").await, 401);
        assert_eq!(bare("/SchemasX").await, 401);
    }

    #[tokio::test]
    async fn both_content_types_are_taken_and_no_other() {
        let server = Server::start().await;
        for (at, (content_type, status)) in [
            (Some("application/scim+json"), 201),
            (Some("Application/JSON; charset=utf-8"), 201),
            (Some("text/plain"), 415),
            (None, 415),
        ]
        .into_iter()
        .enumerate()
        {
            let mut request = server.request(Method::POST, "/Users").body(user(&format!("u{at}")).to_string());
            if let Some(content_type) = content_type {
                request = request.header(header::CONTENT_TYPE, content_type);
            }
            let got = answer(request).await;
            assert_eq!(got.status, status, "{content_type:?}");
            assert_eq!(got.header(header::CONTENT_TYPE), Some("application/scim+json"));
        }
    }

    #[tokio::test]
    async fn what_is_not_there_and_what_is_not_allowed_are_scim_errors() {
        let server = Server::start().await;
        for (method, path, status) in [
            (Method::GET, "/Groups", 404),
            (Method::GET, "/Users/none", 404),
            (Method::DELETE, "/Users/none", 404),
            (Method::GET, "/Users/%FF", 404),
            (Method::DELETE, "/Users", 405),
            (Method::POST, "/ServiceProviderConfig", 405),
            (Method::GET, "/ResourceTypes/Group", 404),
            (Method::GET, "/Schemas/urn:none", 404),
        ] {
            let got = server.send(method.clone(), path, None).await;
            assert_eq!(got.status, status, "{method} {path}");
            assert_eq!(got.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
            assert_eq!(got.body["status"], status.to_string());
        }
        let huge = user(&"x".repeat(3_000_000));
        assert_eq!(server.post(&huge).await.status, 413);
        let broken = server.request(Method::POST, "/Users").header(header::CONTENT_TYPE, "application/json").body("{");
        assert_eq!(answer(broken).await.refusal(), (400, "invalidSyntax"));
    }
}

mod discovery {
    use super::*;

    #[tokio::test]
    async fn the_documents_say_what_the_server_does() {
        let server = Server::start().await;
        let config = server.get("/ServiceProviderConfig").await.body;
        assert_eq!(config["patch"]["supported"], true);
        assert_eq!(config["filter"], json!({"supported": true, "maxResults": 50}));
        assert_eq!(config["meta"]["location"], format!("{}/ServiceProviderConfig", server.base));
        let types = server.get("/ResourceTypes").await.body;
        assert_eq!(types["totalResults"], 1);
        assert_eq!(types["Resources"][0], server.get("/ResourceTypes/User").await.body);
        let schemas = server.get("/Schemas").await.body;
        let ids: Vec<&Value> = schemas["Resources"].as_array().unwrap().iter().map(|schema| &schema["id"]).collect();
        assert_eq!(ids, [CORE, EXTENSION]);
        let extension = server.get(&format!("/Schemas/{EXTENSION}")).await.body;
        assert_eq!(extension["attributes"].as_array().unwrap().len(), 19);
    }

    #[tokio::test]
    async fn a_missing_attribute_is_neither_published_nor_taken() {
        let server = Server::start_with(json!({"schema_missing_attribute": "title"})).await;
        let schema = server.get(&format!("/Schemas/{CORE}")).await.body;
        let has = |name: &str| schema["attributes"].as_array().unwrap().iter().any(|all| all["name"] == name);
        assert!(has("nickName") && !has("title"));
        assert_eq!(server.post(&full_user("a")).await.refusal(), (400, "invalidSyntax"));
        let id = server.add("b").await;
        let replace = json!([{"op": "replace", "path": "title", "value": "x"}]);
        assert_eq!(server.patch(&id, replace).await.refusal(), (400, "invalidPath"));
    }

    #[tokio::test]
    async fn without_patch_it_is_neither_offered_nor_done() {
        let server = Server::start_with(json!({"spc_patch_supported": false})).await;
        assert_eq!(server.get("/ServiceProviderConfig").await.body["patch"]["supported"], false);
        let id = server.add("a").await;
        assert_eq!(server.patch(&id, json!([{"op": "remove", "path": "title"}])).await.status, 501);
    }
}

mod create {
    use super::*;

    #[tokio::test]
    async fn a_created_user_has_what_the_server_adds() {
        let server = Server::start().await;
        let created = server.post(&full_user("anna@x.example")).await;
        assert_eq!(created.status, 201);
        let location = format!("{}/Users/{}", server.base, created.id());
        assert_eq!(created.header(header::LOCATION), Some(location.as_str()));
        assert_eq!(created.body["meta"]["location"], location);
        assert_eq!(created.body["schemas"], json!([CORE, EXTENSION]));
        assert_eq!(server.get(&format!("/Users/{}", created.id())).await.body, created.body);
        assert_eq!(server.tenant.users_json(), [created.body]);
        let minimal = server.post(&user("bert@x.example")).await.body;
        assert_eq!(minimal["active"], true);
        assert_eq!(minimal["schemas"], json!([CORE]));
    }

    #[tokio::test]
    async fn what_is_read_only_is_ignored_and_names_are_taken_in_any_case() {
        let server = Server::start().await;
        let sent = json!({
            "SCHEMAS": [CORE.to_uppercase()], "id": "mine", "meta": {"created": "x"}, "USERNAME": "a",
            "Name": {"GivenName": "A", "FAMILYNAME": "B"}, "title": null, "emails": [], "externalID": "7",
        });
        let created = server.post(&sent).await;
        assert_eq!(created.status, 201, "{created:?}");
        assert_ne!(created.body["id"], "mine");
        assert_eq!(created.body["name"], json!({"givenName": "A", "familyName": "B"}));
        assert_eq!(created.body["externalId"], "7");
        assert!(created.body.get("title").is_none() && created.body.get("emails").is_none());
    }

    #[tokio::test]
    async fn what_the_schema_does_not_allow_is_refused() {
        let server = Server::start_with(json!({"limits_lengths": true})).await;
        let with = |path: &str, value: Value| {
            let mut body = full_user("a@x.example");
            *body.pointer_mut(path).unwrap() = value;
            body
        };
        let plus = |name: &str, value: Value| {
            let mut body = full_user("a@x.example");
            body[name] = value;
            body
        };
        for (body, scim_type) in [
            (json!([]), "invalidSyntax"),
            (plus("schemas", json!([])), "invalidSyntax"),
            (plus("schemas", json!([CORE, "urn:other"])), "invalidSyntax"),
            (plus("department", json!("x")), "invalidSyntax"),
            (plus("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", json!({})), "invalidSyntax"),
            (plus(EXTENSION, json!({"department": "x"})), "invalidSyntax"),
            (plus(EXTENSION, json!("x")), "invalidValue"),
            (plus("emails", json!([{"kind": "work"}])), "invalidSyntax"),
            (plus("emails", json!({"type": "work", "value": "a"})), "invalidValue"),
            (plus("emails", json!([{"type": "home", "value": "a"}])), "invalidValue"),
            (plus("emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}])), "invalidValue"),
            (plus("active", json!("True")), "invalidValue"),
            (plus("title", json!(7)), "invalidValue"),
            (plus("title", json!("")), "invalidValue"),
            (plus("userName", json!(null)), "invalidValue"),
            (plus("userName", json!("x".repeat(129))), "invalidValue"),
            (with("/name/givenName", json!(null)), "invalidValue"),
            (with("/name/givenName", json!("é".repeat(31))), "invalidValue"),
            (with("/name/familyName", json!("x".repeat(41))), "invalidValue"),
            (with("/emails/0/value", json!("x".repeat(129))), "invalidValue"),
        ] {
            assert_eq!(server.post(&body).await.refusal(), (400, scim_type), "{body}");
        }
        assert!(server.tenant.users_json().is_empty() && server.tenant.mails().is_empty());
        let longest = with("/name/givenName", json!("é".repeat(30)));
        assert_eq!(server.post(&longest).await.status, 201);
    }

    #[tokio::test]
    async fn a_user_name_is_taken_in_any_case() {
        let server = Server::start().await;
        let id = server.add("Jörg@x.example").await;
        assert_eq!(server.post(&user("JÖRG@x.example")).await.refusal(), (409, "uniqueness"));
        let other = server.add("other@x.example").await;
        let rename = json!([{"op": "replace", "path": "userName", "value": "jörg@X.example"}]);
        assert_eq!(server.patch(&other, rename.clone()).await.refusal(), (409, "uniqueness"));
        assert_eq!(server.put(&other, &user("jörg@x.example")).await.refusal(), (409, "uniqueness"));
        assert_eq!(server.patch(&id, rename).await.body["userName"], "jörg@X.example");
    }

    #[tokio::test]
    async fn a_duplicate_looks_as_the_switches_say() {
        for status in [409, 400, 500] {
            let switches = json!({"duplicate_status": status, "duplicate_scim_type": false});
            let server = Server::start_with(switches).await;
            server.add("a").await;
            assert_eq!(server.post(&user("A")).await.refusal(), (status, ""));
        }
        let server = Server::start_with(json!({"user_name_case_sensitive_unique": true})).await;
        server.add("a").await;
        server.add("A").await;
        assert_eq!(server.post(&user("a")).await.status, 409);
        assert_eq!(server.find("a").await.names(), ["a", "A"]);
    }

    #[tokio::test]
    async fn an_answer_lacks_what_the_switches_take() {
        let server = Server::start_with(json!({"create_without_id": true, "create_without_location": true})).await;
        let created = server.post(&user("a")).await;
        assert_eq!(created.status, 201);
        assert!(created.body.get("id").is_none() && created.header(header::LOCATION).is_none());
        assert!(server.find("a").await.body["Resources"][0]["id"].is_string());
        server.tenant.set_switches(json!({"create_without_location": false})).unwrap();
        assert!(server.post(&user("b")).await.header(header::LOCATION).is_some());
    }

    #[tokio::test]
    async fn ids_that_are_names_are_encoded_and_follow_a_rename() {
        let server = Server::start_with(json!({"ids": "user_name"})).await;
        let created = server.post(&user("a+b/c#d@x.example")).await;
        assert_eq!(created.body["id"], "a+b/c#d@x.example");
        let location = created.header(header::LOCATION).unwrap();
        assert!(location.ends_with("/Users/a%2Bb%2Fc%23d%40x.example"), "{location}");
        let path = location.strip_prefix(&server.base).unwrap();
        assert_eq!(server.get(path).await.status, 200);
        let id = path.strip_prefix("/Users/").unwrap();
        let rename = json!([{"op": "replace", "path": "userName", "value": "new@x.example"}]);
        assert_eq!(server.patch(id, rename).await.body["id"], "new@x.example");
        assert_eq!(server.get(path).await.status, 404);
    }

    #[tokio::test]
    async fn addresses_are_those_that_the_client_used() {
        let server = Server::start().await;
        server.tenant.set_base_url("https://ignored.example/other");
        let id = server.add("a").await;
        let got =
            answer(server.request(Method::GET, &format!("/Users/{id}")).header(header::HOST, "jostle.test:7")).await;
        assert_eq!(got.body["meta"]["location"], format!("https://jostle.test:7/scim2/Users/{id}"));
    }
}

mod leniency {
    use super::*;

    #[tokio::test]
    async fn unknown_attributes_are_dropped_where_they_are_ignored() {
        let server = Server::start_with(json!({"unknown_attributes": "ignore"})).await;
        let mut body = user("a");
        body["department"] = json!("x");
        body["schemas"] = json!([CORE, "urn:other"]);
        let created = server.post(&body).await;
        assert_eq!(created.status, 201);
        assert!(created.body.get("department").is_none());
        let patched = server.patch(&created.id(), json!([{"op": "add", "path": "department", "value": "x"}])).await;
        assert_eq!((patched.status, &patched.body), (200, &created.body));
    }

    #[tokio::test]
    async fn texts_for_booleans_are_taken_where_they_are_coerced() {
        let server = Server::start_with(json!({"boolean_active_only": false})).await;
        let mut body = user("a");
        body["active"] = json!("True");
        let created = server.post(&body).await;
        assert_eq!(created.body["active"], true);
        let patched = server.patch(&created.id(), json!([{"op": "Replace", "path": "active", "value": "False"}])).await;
        assert_eq!(patched.body["active"], false);
        let wrong = json!([{"op": "replace", "path": "active", "value": "no"}]);
        assert_eq!(server.patch(&created.id(), wrong).await.refusal(), (400, "invalidValue"));
    }

    #[tokio::test]
    async fn silent_changes_are_those_of_the_switches() {
        let mut body = full_user(" Anna@X.example ");
        body["emails"] = json!([{"type": "work", "value": " Anna@X.Example "}]);
        body["name"]["givenName"] = json!("x".repeat(35));
        let server = Server::start_with(
            json!({"normalise": "trim_lowercase_email", "limits_lengths": true, "truncates_long_names": true}),
        )
        .await;
        let created = server.post(&body).await.body;
        assert_eq!(created["userName"], "Anna@X.example");
        assert_eq!(created["emails"][0]["value"], "anna@x.example");
        assert_eq!(created["name"]["givenName"], "x".repeat(30));
    }

    #[tokio::test]
    async fn values_are_taken_as_the_switches_say() {
        let server = Server::start_with(json!({
            "canonical_types_only": false, "accepted_values": {"userType": ["Regular", "Restricted"]},
            "not_stored": ["title", format!("{EXTENSION}:PersonalPronouns")], "iso_dates_only": true,
        }))
        .await;
        let mut body = full_user("a");
        body["emails"] = json!([{"type": "home", "value": "a"}]);
        body["userType"] = json!("regular");
        body[EXTENSION]["JoinDate"] = json!("2026-02-28");
        let created = server.post(&body).await;
        assert_eq!(created.status, 201, "{created:?}");
        assert_eq!(created.body["emails"][0]["type"], "home");
        assert_eq!(created.body[EXTENSION], json!({"JoinDate": "2026-02-28"}));
        assert!(created.body.get("title").is_none());
        let set = |path: &str, value: &str| json!([{"op": "replace", "path": path, "value": value}]);
        assert_eq!(server.patch(&created.id(), set("title", "x")).await.body, created.body);
        assert_eq!(server.patch(&created.id(), set("userType", "Member")).await.refusal(), (400, "invalidValue"));
        let join_date = format!("{EXTENSION}:JoinDate");
        for date in ["2026-02-30", "28.02.2026", "2026-02-28T00:00:00Z"] {
            let refused = server.patch(&created.id(), set(&join_date, date)).await;
            assert_eq!(refused.refusal(), (400, "invalidValue"), "{date}");
        }
    }

    #[tokio::test]
    async fn any_length_is_taken_where_there_are_no_limits() {
        let server = Server::start_with(json!({"limits_lengths": false, "truncates_long_names": true})).await;
        let name = "x".repeat(200);
        assert_eq!(server.post(&user(&name)).await.body["userName"], name);
    }

    #[tokio::test]
    async fn an_empty_text_is_stored_where_it_clears() {
        let server = Server::start_with(json!({"clearing": "empty_string"})).await;
        let id = server.add("a").await;
        let empty = |path: &str| json!([{"op": "replace", "path": path, "value": ""}]);
        assert_eq!(server.patch(&id, empty("title")).await.body["title"], "");
        assert_eq!(server.patch(&id, empty("userName")).await.refusal(), (400, "invalidValue"));
        assert_eq!(server.patch(&id, json!([{"op": "remove", "path": "title"}])).await.body.get("title"), None);
    }

    #[tokio::test]
    async fn the_invited_read_as_inactive_where_the_switch_says_so() {
        let server = Server::start_with(json!({"invited_reads_inactive": true, "hidden_inactive": true})).await;
        let created = server.post(&user("a")).await.body;
        assert_eq!(created["active"], false);
        assert!(server.find("a").await.names().is_empty());
        assert_eq!(server.tenant.insert(user("b")).unwrap()["active"], true);
        assert_eq!(server.find("b").await.names(), ["b"]);
    }
}

mod search {
    use super::*;

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
            assert_eq!(
                server.find(&name.to_uppercase()).await.names().len(),
                usize::from(!name.contains('ß')),
                "{name}"
            );
        }
        let escaped = server.list(&[("filter", r#"USERNAME Eq "j\u00f6rg.gr\u00f6\u00dfe@x.example""#)]).await;
        assert_eq!(escaped.names(), ["jörg.größe@x.example"]);
        let nobody = server.find("nobody").await;
        assert_eq!(
            (nobody.status, &nobody.body["totalResults"], &nobody.body["Resources"]),
            (200, &json!(0), &json!([]))
        );
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
}

mod replace_and_delete {
    use super::*;

    #[tokio::test]
    async fn a_put_drops_what_it_leaves_out() {
        let server = Server::start().await;
        let id = server.post(&full_user("a")).await.id();
        let mut body = user("a");
        body["id"] = json!("other");
        let put = server.put(&id, &body).await;
        assert_eq!((put.status, put.id()), (200, id.clone()));
        assert!(put.body.get("emails").is_none() && put.body.get(EXTENSION).is_none());
        assert_eq!(server.get(&format!("/Users/{id}")).await.body, put.body);
        assert_eq!(server.put("none", &body).await.status, 404);
        assert_eq!(server.put(&id, &json!({"schemas": [CORE]})).await.refusal(), (400, "invalidValue"));
    }

    #[tokio::test]
    async fn a_put_makes_active_unless_it_says_otherwise() {
        let server = Server::start().await;
        let id = server.add("a").await;
        let inactive = json!([{"op": "replace", "path": "active", "value": false}]);
        assert_eq!(server.patch(&id, inactive.clone()).await.body["active"], false);
        assert_eq!(server.put(&id, &user("a")).await.body["active"], true);
        server.tenant.set_switches(json!({"put_keeps_omitted": true})).unwrap();
        server.patch(&id, inactive).await;
        assert_eq!(server.put(&id, &user("a")).await.body["active"], false);
    }

    #[tokio::test]
    async fn a_put_keeps_what_it_leaves_out_where_the_switch_says_so() {
        let server = Server::start_with(json!({"put_keeps_omitted": true})).await;
        let id = server.post(&full_user("a")).await.id();
        let mut body = user("a");
        body[EXTENSION] = json!({"LoginType": "SSO"});
        let put = server.put(&id, &body).await.body;
        assert_eq!(put["title"], "Engineer");
        assert_eq!(put[EXTENSION], json!({"LoginType": "SSO", "PersonalPronouns": "she/her"}));
    }

    #[tokio::test]
    async fn a_deleted_user_is_gone_and_the_name_free() {
        let server = Server::start().await;
        let id = server.add("a").await;
        let deleted = server.delete(&id).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
        assert_eq!(server.delete(&id).await.status, 404);
        assert!(server.find("a").await.names().is_empty());
        assert_ne!(server.add("a").await, id);
    }

    #[tokio::test]
    async fn deletion_is_harder_where_the_switches_say_so() {
        let server = Server::start_with(json!({"delete_needs_inactive": true, "soft_delete": true})).await;
        let id = server.add("a").await;
        assert_eq!(server.delete(&id).await.status, 403);
        server.patch(&id, json!([{"op": "replace", "path": "active", "value": false}])).await;
        assert_eq!(server.delete(&id).await.status, 204);
        assert_eq!(server.get(&format!("/Users/{id}")).await.status, 404);
        assert!(server.find("a").await.names().is_empty());
        assert_eq!(server.post(&user("A")).await.refusal(), (409, "uniqueness"));
    }

    #[tokio::test]
    async fn mails_follow_from_what_people_would_notice() {
        let server = Server::start().await;
        let id = server.post(&full_user("a@x.example")).await.id();
        let mut inactive = user("b@x.example");
        inactive["active"] = json!(false);
        server.post(&inactive).await;
        let change = |path: &str, value: &str| json!([{"op": "replace", "path": path, "value": value}]);
        server.patch(&id, change("title", "x")).await;
        server.patch(&id, change("emails[type eq \"personal\"].value", "p@x.example")).await;
        server.patch(&id, change("userName", "c@x.example")).await;
        server.patch(&id, change("emails[type eq \"work\"].value", "w@x.example")).await;
        server.patch(&id, change(&format!("{EXTENSION}:LoginType"), "SSO")).await;
        let mails = server.tenant.mails();
        let sent: Vec<(&str, &str)> =
            mails.iter().map(|mail| (mail["kind"].as_str().unwrap(), mail["to"].as_str().unwrap())).collect();
        assert_eq!(
            sent,
            [
                ("invitation", "work@x.example"),
                ("user_name_changed", "work@x.example"),
                ("work_email_changed", "w@x.example"),
                ("login_type_changed", "w@x.example"),
            ]
        );
        server.tenant.set_switches(json!({"invite_on_create": false, "rename_refused": true})).unwrap();
        server.add("d@x.example").await;
        assert_eq!(server.patch(&id, change("userName", "e@x.example")).await.refusal(), (400, "mutability"));
        assert_eq!(server.patch(&id, change("userName", "c@x.example")).await.status, 200);
        assert_eq!(server.tenant.mails().len(), 4);
    }

    #[tokio::test]
    async fn errors_look_as_the_switches_say() {
        let server = Server::start_with(json!({"status_as_number": true})).await;
        assert_eq!(server.get("/Users/none").await.body["status"], 404);
        server.tenant.set_switches(json!({"error_body": "html"})).unwrap();
        let html = server.get("/Users/none").await;
        assert_eq!(html.status, 404);
        assert!(
            html.text.starts_with("<!DOCTYPE html>") && html.header(header::CONTENT_TYPE).unwrap().contains("html")
        );
        server.tenant.set_switches(json!({"error_body": "empty"})).unwrap();
        let empty = answer(server.client.get(format!("{}/Users", server.base))).await;
        assert_eq!((empty.status, empty.text.as_str()), (401, ""));
        assert!(empty.header(header::WWW_AUTHENTICATE).is_some());
    }
}

mod patch {
    use super::*;

    /// The user after the operations, without what the server owns; every case starts from [`full_user`].
    async fn after(server: &Server, operations: Value) -> Result<Value, (u16, String)> {
        let id = server.post(&full_user("anna@x.example")).await.id();
        let patched = server.patch(&id, operations).await;
        let stored = server.get(&format!("/Users/{id}")).await.body;
        server.delete(&id).await;
        match patched.status {
            200 => {
                assert_eq!(patched.body, stored);
                let mut user = stored;
                for owned in ["id", "meta", "schemas"] {
                    user.as_object_mut().unwrap().remove(owned);
                }
                Ok(user)
            }
            _ => Err((patched.status, patched.body["scimType"].as_str().unwrap_or_default().to_owned())),
        }
    }

    /// [`full_user`] with some members changed; null removes one.
    fn expected(changes: Value) -> Value {
        let mut user = full_user("anna@x.example");
        user.as_object_mut().unwrap().remove("schemas");
        let Value::Object(changes) = changes else { return user };
        for (name, value) in changes {
            user[&name] = value;
            if user[&name].is_null() {
                user.as_object_mut().unwrap().remove(&name);
            }
        }
        user
    }

    const WORK: &str = "emails[type eq \"work\"]";

    fn work(address: &str) -> Value {
        json!({"type": "work", "value": address, "primary": true})
    }

    fn personal(address: &str) -> Value {
        json!({"type": "personal", "value": address})
    }

    #[tokio::test]
    async fn single_values_are_set_and_removed_in_every_form() {
        let server = Server::start().await;
        let urn = |name: &str| format!("{CORE}:{name}");
        for (operation, changes) in [
            (json!({"op": "replace", "path": "title", "value": "Boss"}), json!({"title": "Boss"})),
            (json!({"op": "add", "path": "title", "value": "Boss"}), json!({"title": "Boss"})),
            (json!({"op": "Replace", "path": "TITLE", "value": "Boss"}), json!({"title": "Boss"})),
            (json!({"op": "replace", "path": urn("title"), "value": "Boss"}), json!({"title": "Boss"})),
            (json!({"op": "replace", "path": "nickName", "value": "Ann"}), json!({"nickName": "Ann"})),
            (json!({"op": "replace", "path": "active", "value": false}), json!({"active": false})),
            (json!({"op": "remove", "path": "title"}), json!({"title": null})),
            (json!({"op": "remove", "path": "title", "value": "x"}), json!({"title": null})),
            (json!({"op": "replace", "path": "title", "value": null}), json!({"title": null})),
            (json!({"op": "remove", "path": "nickName"}), json!({})),
            (
                json!({"op": "replace", "path": "name.familyName", "value": "Neu"}),
                json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
            ),
            (
                json!({"op": "replace", "path": urn("name.familyName"), "value": "Neu"}),
                json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
            ),
            (
                json!({"op": "replace", "path": "name", "value": {"familyName": "Neu"}}),
                json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
            ),
        ] {
            assert_eq!(after(&server, json!([operation])).await, Ok(expected(changes)), "{operation}");
        }
    }

    #[tokio::test]
    async fn the_extension_is_changed_in_every_form() {
        let server = Server::start().await;
        let attribute = |name: &str| format!("{EXTENSION}:{name}");
        let both = json!({EXTENSION: {"PersonalPronouns": "she/her", "JoinDate": "2026-01-01"}});
        for (operation, changes) in [
            (json!({"op": "add", "path": attribute("joinDate"), "value": "2026-01-01"}), both.clone()),
            (json!({"op": "replace", "path": EXTENSION, "value": {"JoinDate": "2026-01-01"}}), both.clone()),
            (json!({"op": "add", "value": {EXTENSION: {"JoinDate": "2026-01-01"}}}), both.clone()),
            (
                json!({"op": "add", "path": EXTENSION, "value": {"schemas": [EXTENSION], "joinDate": "2026-01-01"}}),
                both.clone(),
            ),
            (json!({"op": "replace", "value": {attribute("JoinDate"): "2026-01-01"}}), both),
            (json!({"op": "remove", "path": attribute("PersonalPronouns")}), json!({EXTENSION: null})),
            (json!({"op": "remove", "path": attribute("LoginType")}), json!({})),
            (json!({"op": "remove", "path": EXTENSION}), json!({EXTENSION: null})),
        ] {
            assert_eq!(after(&server, json!([operation])).await, Ok(expected(changes)), "{operation}");
        }
    }

    #[tokio::test]
    async fn lists_are_changed_in_every_form() {
        let server = Server::start().await;
        let alternate = json!({"type": "alternate1", "value": "alt@x.example"});
        let (old_work, old_personal) = (work("work@x.example"), personal("home@x.example"));
        let value = format!("{WORK}.value");
        for (operation, emails) in [
            (json!({"op": "replace", "path": value, "value": "n@x"}), json!([work("n@x"), old_personal])),
            (json!({"op": "add", "path": value, "value": "n@x"}), json!([work("n@x"), old_personal])),
            (
                json!({"op": "replace", "path": WORK, "value": {"type": "work", "value": "n@x"}}),
                json!([{"type": "work", "value": "n@x"}, old_personal]),
            ),
            (json!({"op": "add", "path": WORK, "value": {"value": "n@x"}}), json!([work("n@x"), old_personal])),
            (json!({"op": "remove", "path": WORK}), json!([old_personal])),
            (json!({"op": "remove", "path": value}), json!([{"type": "work", "primary": true}, old_personal])),
            (json!({"op": "remove", "path": "emails[type eq \"alternate1\"]"}), json!([old_work, old_personal])),
            (json!({"op": "remove", "path": "emails[type ne \"work\" and value ew \".example\"]"}), json!([old_work])),
            (
                json!({"op": "replace", "path": "emails[primary eq true].value", "value": "n@x"}),
                json!([work("n@x"), old_personal]),
            ),
            (json!({"op": "add", "path": "emails", "value": alternate}), json!([old_work, old_personal, alternate])),
            (json!({"op": "add", "path": "emails", "value": [alternate]}), json!([old_work, old_personal, alternate])),
            (json!({"op": "add", "path": "emails", "value": [old_work]}), json!([old_work, old_personal])),
            (
                json!({"op": "add", "path": "emails", "value": [{"value": "n@x", "primary": true}]}),
                json!([
                    {"type": "work", "value": "work@x.example", "primary": false},
                    old_personal,
                    {"value": "n@x", "primary": true}
                ]),
            ),
            (
                json!({"op": "replace", "path": "emails[type eq \"personal\"].primary", "value": true}),
                json!([
                    {"type": "work", "value": "work@x.example", "primary": false},
                    {"type": "personal", "value": "home@x.example", "primary": true}
                ]),
            ),
            (json!({"op": "replace", "path": "emails", "value": [alternate]}), json!([alternate])),
            (json!({"op": "replace", "path": "emails", "value": []}), json!(null)),
            (json!({"op": "remove", "path": "emails"}), json!(null)),
            (json!({"op": "remove", "path": "emails[type pr]"}), json!(null)),
        ] {
            assert_eq!(
                after(&server, json!([operation])).await,
                Ok(expected(json!({"emails": emails}))),
                "{operation}"
            );
        }
    }

    #[tokio::test]
    async fn without_a_path_every_member_is_an_operation() {
        let server = Server::start().await;
        let value = json!({
            "schemas": [CORE], "title": "Boss", "active": false, "name.familyName": "Neu",
            "emails[type eq \"personal\"].value": "p@x", format!("{EXTENSION}:LoginType"): "SSO",
        });
        let changes = json!({
            "title": "Boss", "active": false, "name": {"givenName": "Anna", "familyName": "Neu"},
            "emails": [work("work@x.example"), personal("p@x")],
            EXTENSION: {"PersonalPronouns": "she/her", "LoginType": "SSO"},
        });
        let operations = json!([{"op": "replace", "value": value}]);
        assert_eq!(after(&server, operations.clone()).await, Ok(expected(changes)));
        server.tenant.set_switches(json!({"reject_pathless_ops": true})).unwrap();
        assert_eq!(after(&server, operations).await, Err((400, "invalidPath".to_owned())));
    }

    #[tokio::test]
    async fn several_operations_are_done_in_their_order() {
        let server = Server::start().await;
        let operations = json!([
            {"op": "remove", "path": "emails[type eq \"personal\"]"},
            {"op": "add", "path": "emails", "value": [personal("p@x")]},
            {"op": "replace", "path": "emails[value eq \"p@x\"].value", "value": "q@x"},
        ]);
        let emails = json!({"emails": [work("work@x.example"), personal("q@x")]});
        assert_eq!(after(&server, operations).await, Ok(expected(emails)));
    }

    #[tokio::test]
    async fn what_cannot_be_done_is_refused() {
        let server = Server::start_with(json!({"limits_lengths": true})).await;
        for (operation, scim_type) in [
            (json!({"op": "replace", "path": "emails[type eq \"alternate1\"].value", "value": "a"}), "noTarget"),
            (json!({"op": "add", "path": "emails[type eq \"alternate1\"].value", "value": "a"}), "noTarget"),
            (json!({"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "a"}), "noTarget"),
            (json!({"op": "remove"}), "noTarget"),
            (json!({"op": "replace", "path": "department", "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": format!("{EXTENSION}:department"), "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": format!("{EXTENSION}.LoginType"), "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": "emails[type eq \"work\"", "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": "", "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": 7, "value": "a"}), "invalidPath"),
            (json!({"op": "replace", "path": "emails[type eq work].value", "value": "a"}), "invalidFilter"),
            (json!({"op": "replace", "path": "id", "value": "a"}), "mutability"),
            (json!({"op": "replace", "path": "meta.created", "value": "a"}), "mutability"),
            (json!({"op": "replace", "value": {"id": "a"}}), "mutability"),
            (json!({"op": "remove", "path": "userName"}), "mutability"),
            (json!({"op": "remove", "path": "active"}), "mutability"),
            (json!({"op": "remove", "path": "name"}), "mutability"),
            (json!({"op": "remove", "path": "name.givenName"}), "mutability"),
            (json!({"op": "replace", "path": "active", "value": "False"}), "invalidValue"),
            (json!({"op": "replace", "path": "title", "value": ""}), "invalidValue"),
            (json!({"op": "replace", "path": "title"}), "invalidValue"),
            (json!({"op": "replace", "value": "a"}), "invalidValue"),
            (json!({"op": "replace", "path": "name.givenName", "value": "x".repeat(31)}), "invalidValue"),
            (
                json!({"op": "replace", "path": "emails", "value": [work("a"), {"value": "b", "primary": true}]}),
                "invalidValue",
            ),
            (json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {}}), "invalidValue"),
            (json!({"op": "replace", "path": EXTENSION, "value": {"department": "a"}}), "invalidSyntax"),
            (json!({"op": "change", "path": "title", "value": "a"}), "invalidSyntax"),
            (json!({"path": "title", "value": "a"}), "invalidSyntax"),
            (json!("x"), "invalidSyntax"),
        ] {
            assert_eq!(after(&server, json!([operation])).await, Err((400, scim_type.to_owned())), "{operation}");
        }
        let none = json!([]);
        assert_eq!(after(&server, none).await, Err((400, "invalidSyntax".to_owned())));
        let id = server.add("a").await;
        let body = json!({"Operations": [{"op": "remove", "path": "title"}]});
        let bare = server.send(Method::PATCH, &format!("/Users/{id}"), Some(&body)).await;
        assert_eq!(bare.refusal(), (400, "invalidSyntax"));
        assert_eq!(server.patch("none", json!([{"op": "remove", "path": "title"}])).await.status, 404);
    }

    #[tokio::test]
    async fn where_nothing_is_selected_the_value_is_added_if_the_switch_says_so() {
        let server = Server::start_with(json!({"patch_no_target": false})).await;
        let path = "emails[type eq \"alternate1\"].value";
        for op in ["add", "replace"] {
            let emails =
                json!([work("work@x.example"), personal("home@x.example"), {"type": "alternate1", "value": "a"}]);
            let patched = after(&server, json!([{"op": op, "path": path, "value": "a"}])).await;
            assert_eq!(patched, Ok(expected(json!({"emails": emails}))), "{op}");
        }
        let unclear = json!([{"op": "add", "path": "emails[type sw \"alt\"].value", "value": "a"}]);
        assert_eq!(after(&server, unclear).await, Err((400, "noTarget".to_owned())));
    }

    #[tokio::test]
    async fn a_failed_patch_changes_nothing_unless_the_switch_says_so() {
        let server = Server::start().await;
        let id = server.post(&full_user("a")).await.id();
        let operations = json!([
            {"op": "replace", "path": "title", "value": "Boss"},
            {"op": "replace", "path": "emails[type eq \"alternate1\"].value", "value": "a"},
            {"op": "replace", "path": "nickName", "value": "Ann"},
        ]);
        assert_eq!(server.patch(&id, operations.clone()).await.refusal(), (400, "noTarget"));
        assert_eq!(server.get(&format!("/Users/{id}")).await.body["title"], "Engineer");
        server.tenant.set_switches(json!({"patch_non_atomic": true})).unwrap();
        assert_eq!(server.patch(&id, operations).await.refusal(), (400, "noTarget"));
        let left = server.get(&format!("/Users/{id}")).await.body;
        assert_eq!(left["title"], "Boss");
        assert!(left.get("nickName").is_none());
    }

    #[tokio::test]
    async fn the_answer_and_the_dialect_are_those_of_the_switches() {
        let server = Server::start_with(json!({"patch_answer": "no_content", "reject_capital_ops": true})).await;
        let id = server.add("a").await;
        let set = |op: &str| json!([{"op": op, "path": "title", "value": "x"}]);
        let patched = server.patch(&id, set("replace")).await;
        assert_eq!((patched.status, patched.text.as_str()), (204, ""));
        assert_eq!(server.patch(&id, set("Replace")).await.refusal(), (400, "invalidSyntax"));
        let asked = server.patch(&format!("{id}?attributes=title"), set("replace")).await;
        assert_eq!((asked.status, &asked.body["title"]), (200, &json!("x")));
    }
}

mod load {
    use super::*;

    #[tokio::test]
    async fn lookups_do_not_slow_down_with_twenty_thousand_users() {
        let server = Server::start().await;
        for number in 0..20_000 {
            server.tenant.insert(user(&format!("user{number}@x.example"))).unwrap();
        }
        assert_eq!(server.find("USER19999@x.example").await.names(), ["user19999@x.example"]);
        assert_eq!(server.post(&user("user7@x.example")).await.status, 409);
        assert_eq!(
            server.list(&[("startIndex", "19999")]).await.names(),
            ["user19998@x.example", "user19999@x.example"]
        );
    }
}
