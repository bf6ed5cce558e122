//! The Graph side of the simulator, driven over HTTP with a plain client: the feed, look-ups, tokens, faults and the
//! administration. What is checked is what the service's documents say, not what our own client needs.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod graph_world;

use std::collections::BTreeSet;

use entra_jostle_sync::simulator::{
    BodyKind, Effect, ExpiredStyle, Fault, Side, Simulator, SimulatorError, SimulatorOptions,
};
use graph_world::{World, client, form, got, ids, options, world};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const SELECT: &str = "/v1.0/users/delta?$select=id,displayName,jobTitle,surname,businessPhones";

// ---- the feed -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_baseline_brings_everybody_once_in_pages_and_ends_in_a_delta_link() {
    let world = world(23).await;
    let everybody = world.sim.graph().users().len();
    world.page_size(5);
    let (items, delta) = world.round("/v1.0/users/delta?$select=displayName").await;
    assert!(everybody > 23, "others than employees");
    assert_eq!(items.len(), everybody);
    assert_eq!(ids(&items).into_iter().collect::<BTreeSet<_>>().len(), everybody);
    assert_eq!(world.sim.requests().len(), everybody.div_ceil(5));
    assert!(delta.starts_with(&format!("{}/v1.0/users/delta?$deltatoken=", world.sim.details().graph_root)), "{delta}");
    let (items, next_delta) = world.round(&delta).await;
    assert_eq!((items.len(), delta == next_delta), (0, false));
}

#[tokio::test]
async fn links_use_the_host_that_the_client_used() {
    let world = world(3).await;
    let url = format!("{}{SELECT}", world.sim.details().graph_root).replace("127.0.0.1", "localhost");
    assert!(world.get(&url).await.delta().unwrap().starts_with("http://localhost:"));
}

#[tokio::test]
async fn twenty_thousand_people_are_read_in_pages_of_at_most_200() {
    let world = world(20_000).await;
    world.page_size(200);
    let (items, _) = world.round("/v1.0/users/delta?$select=displayName,mail").await;
    assert_eq!(ids(&items).into_iter().collect::<BTreeSet<_>>().len(), 22_727);
    assert_eq!(world.sim.requests().len(), 114);
}

#[tokio::test]
async fn only_selected_properties_are_tracked_and_shown() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (items, delta) = world.round("/v1.0/users/delta?$select=jobTitle").await;
    assert_eq!(items, [json!({"id": id, "jobTitle": "Clerk"})]);
    world.set(&id, &json!({"department": "IT"}));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, Vec::<Value>::new());
    world.set(&id, &json!({"jobTitle": "Chief"}));
    assert_eq!(world.round(&delta).await.0, [json!({"id": id, "jobTitle": "Chief"})]);
}

#[tokio::test]
async fn never_set_is_absent_cleared_is_null_and_emptied_is_an_empty_list() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (items, delta) = world.round(SELECT).await;
    assert_eq!(items, [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    world.set(&id, &json!({"businessPhones": ["1"]}));
    world.set(&id, &json!({"jobTitle": null, "businessPhones": []}));
    let expected = json!({"id": id, "displayName": "A Person", "jobTitle": null, "businessPhones": []});
    assert_eq!(world.round(&delta).await.0, std::slice::from_ref(&expected));
    assert_eq!(world.round(SELECT).await.0, [expected]);
}

#[tokio::test]
async fn minimal_leaves_out_what_did_not_change_but_not_in_a_baseline() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let baseline = world.get_minimal(SELECT).await;
    assert_eq!(baseline.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    assert_eq!(baseline.header("preference-applied"), "");
    world.set(&id, &json!({"jobTitle": null}));
    let round = world.get_minimal(&baseline.delta().unwrap()).await;
    assert_eq!(round.items(), [json!({"id": id, "jobTitle": null})]);
    assert_eq!(round.header("preference-applied"), "return=minimal");
    let full = world.get(&baseline.delta().unwrap()).await;
    assert_eq!(full.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": null})]);
}

#[tokio::test]
async fn deletion_purge_and_restoring_surface_as_documented() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (_, delta) = world.round(SELECT).await;
    world.sim.graph().delete_user(&id).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, [json!({"id": id, "@removed": {"reason": "changed"}})]);
    world.sim.graph().restore_user("a@nordwind.example").unwrap();
    let restored = world.get_minimal(&delta).await;
    assert_eq!(restored.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    world.sim.graph().delete_user(&id).unwrap();
    world.sim.graph().purge_user(&id).unwrap();
    let (items, _) = world.round(&restored.delta().unwrap()).await;
    assert_eq!(items, [json!({"id": id, "@removed": {"reason": "deleted"}})]);
    // A deltaLink may be used again and says what is true now.
    assert_eq!(world.round(&delta).await.0, items);
}

#[tokio::test]
async fn tombstones_stand_in_a_baseline_unless_they_are_switched_off() {
    let world = world(0).await;
    let kept = world.person("kept@nordwind.example");
    let gone = world.person("gone@nordwind.example");
    world.sim.graph().delete_user(&gone).unwrap();
    assert_eq!(ids(&world.round(SELECT).await.0), [kept.as_str(), &gone]);
    let off = world.admin(Method::PUT, "/switches", r#"{"graph":{"tombstones_in_baseline":false}}"#).await;
    assert_eq!(off.status, 200);
    assert_eq!(ids(&world.round(SELECT).await.0), [kept.as_str()]);
}

#[tokio::test]
async fn who_changes_while_a_round_is_read_is_delivered_in_it() {
    let world = world(0).await;
    let people: Vec<_> = (0..4).map(|index| world.person(&format!("p{index}@nordwind.example"))).collect();
    world.admin(Method::PUT, "/switches", r#"{"graph":{"tombstones_in_baseline":false,"page_size":2}}"#).await;
    let first = world.get(SELECT).await;
    world.set(&people[0], &json!({"jobTitle": "Chief"}));
    world.sim.graph().delete_user(&people[1]).unwrap();
    let late = world.person("late@nordwind.example");
    let (items, delta) = world.round(&first.next().unwrap()).await;
    assert_eq!(ids(&items), [people[2].as_str(), &people[3], &people[0], &people[1], &late]);
    assert_eq!(items[2]["jobTitle"], "Chief");
    assert_eq!(items[3]["@removed"]["reason"], "changed");
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn latest_starts_now_and_keeps_the_selection() {
    let world = world(3).await;
    let (items, delta) = world.round("/v1.0/users/delta?$deltatoken=latest&$select=jobTitle").await;
    assert_eq!(items.len(), 0);
    let id = world.person("a@nordwind.example");
    assert_eq!(world.round(&delta).await.0, [json!({"id": id, "jobTitle": "Clerk"})]);
}

#[tokio::test]
async fn a_filter_on_ids_narrows_the_feed_for_good() {
    let world = world(5).await;
    let id = world.person("a@nordwind.example");
    let other = world.person("b@nordwind.example");
    let (items, delta) =
        world.round(&format!("/v1.0/users/delta?$select=jobTitle&$filter=id eq '{id}' or id eq 'nobody'")).await;
    assert_eq!(ids(&items), [id.as_str()]);
    world.set(&other, &json!({"jobTitle": "Chief"}));
    world.set(&id, &json!({"jobTitle": "Chief"}));
    assert_eq!(ids(&world.round(&delta).await.0), [id.as_str()]);
}

#[tokio::test]
async fn options_that_the_feed_does_not_support_are_refused() {
    let world = world(1).await;
    let ids = |count| vec!["id eq 'a'"; count].join(" or ");
    assert_eq!(world.get(&format!("/v1.0/users/delta?$filter={}", ids(50))).await.status, 200);
    let too_many = format!("$filter={}", ids(51));
    for (query, status, code) in [
        (too_many.as_str(), 400, "Request_UnsupportedQuery"),
        ("$filter=userType eq 'Guest'", 400, "Request_UnsupportedQuery"),
        ("$filter=accountEnabled eq true", 400, "Request_UnsupportedQuery"),
        ("$top=5", 400, "Request_UnsupportedQuery"),
        ("$orderby=displayName", 400, "Request_UnsupportedQuery"),
        ("$expand=manager", 400, "Request_UnsupportedQuery"),
        ("$select=id,shoeSize", 400, "BadRequest"),
        ("$select=id,skills", 501, "NotImplemented"),
        ("$select=id,signInActivity", 501, "NotImplemented"),
        ("$select=id,employeeLeaveDateTime", 403, "Authorization_RequestDenied"),
    ] {
        let answer = world.get(&format!("/v1.0/users/delta?{query}")).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn links_are_accepted_only_as_they_were_given() {
    let world = world(10).await;
    world.page_size(5);
    let next = world.get(SELECT).await.next().unwrap();
    let token = next.split_once("$skiptoken=").unwrap().1;
    let as_delta = next.replace("$skiptoken", "$deltatoken");
    let decoded = next.replace("%2B", "+");
    assert!(token.len() > 300 && decoded != next);
    for url in [
        format!("{next}&$select=id"),
        format!("{next}&x=1"),
        format!("{next}A"),
        as_delta,
        decoded,
        next.replace(&token[..8], "AAAAAAAA"),
    ] {
        let answer = world.get(&url).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"), "{url}");
    }
    assert_eq!(world.get(&next).await.status, 200);
    assert_eq!(world.get(&next).await.status, 200, "a page may be read again");
}

#[tokio::test]
async fn tokens_grow_old() {
    let world = world(10).await;
    world.page_size(5);
    let (_, delta) = world.round(SELECT).await;
    let next = world.get(SELECT).await.next().unwrap();
    world.admin(Method::PUT, "/switches", r#"{"graph":{"page_token_seconds":0,"delta_token_seconds":0}}"#).await;
    let (page, round) = (world.get(&next).await, world.get(&delta).await);
    assert_eq!((page.status, page.code()), (400, "Directory_ExpiredPageToken"));
    assert_eq!((round.status, round.code()), (400, "syncStateNotFound"));
}

// ---- look-ups -------------------------------------------------------------------------------------------------------

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

// ---- tokens and headers ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn graph_asks_for_a_token_that_is_known_alive_and_allowed() {
    let mut world = world(1).await;
    let bare = got(world.client.get(format!("{}{SELECT}", world.sim.details().graph_root)).send().await.unwrap()).await;
    assert_eq!((bare.status, bare.code()), (401, "InvalidAuthenticationToken"));
    assert!(bare.header("www-authenticate").starts_with("Bearer "));
    let known = std::mem::replace(&mut world.token, "made.up.token".to_owned());
    assert_eq!(world.get(SELECT).await.status, 401);
    world.token = known;

    world.admin(Method::PUT, "/switches", r#"{"graph":{"roles":["User.ReadBasic.All"]}}"#).await;
    assert_eq!(world.get(SELECT).await.status, 200, "the roles are in the token, which is older");
    world.renew_token().await;
    let denied = world.get(SELECT).await;
    assert_eq!((denied.status, denied.code()), (403, "Authorization_RequestDenied"));

    world.admin(Method::PUT, "/switches", r#"{"graph":{"token_seconds":0}}"#).await;
    let expired = world.get(SELECT).await;
    assert_eq!(expired.status, 401);
    assert!(expired.body["error"]["message"].as_str().unwrap().contains("expired"));
}

#[tokio::test]
async fn answers_have_the_services_headers() {
    let world = world(1).await;
    let answer = got(world.request(SELECT).header("client-request-id", "mine").send().await.unwrap()).await;
    assert_eq!(answer.header("client-request-id"), "mine");
    assert_eq!(answer.header("request-id").len(), 36);
    assert!(answer.header("content-type").starts_with("application/json;odata.metadata=minimal;"));
    let error = world.get("/v1.0/users/nobody").await;
    assert_eq!(error.body["error"]["innerError"]["request-id"], error.header("request-id"));
    let write = world.client.delete(format!("{}/v1.0/users/x", world.sim.details().graph_root));
    assert_eq!(write.bearer_auth(&world.token).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_token_endpoint_refuses_in_entras_words() {
    let world = world(0).await;
    let details = world.sim.details().clone();
    let good = [
        ("client_id", details.client_id.as_str()),
        ("client_secret", &details.client_secret),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_info", "1"),
    ];
    let cases = [
        ("client_secret", Some("wrong"), 401, "invalid_client", 7_000_215),
        ("client_secret", None, 401, "invalid_client", 7_000_218),
        ("client_id", Some("somebody"), 400, "unauthorized_client", 700_016),
        ("client_id", None, 400, "invalid_request", 900_144),
        ("grant_type", Some("password"), 400, "unsupported_grant_type", 70003),
        ("grant_type", None, 400, "invalid_request", 900_144),
        ("scope", Some("https://graph.microsoft.com/User.Read.All"), 400, "invalid_scope", 1_002_012),
        ("scope", Some("a b"), 400, "invalid_scope", 70011),
        ("scope", Some("https://graph.microsoft.us/.default"), 400, "invalid_resource", 500_011),
    ];
    for (name, value, status, error, code) in cases {
        let mut pairs: Vec<_> = good.iter().copied().filter(|(found, _)| *found != name).collect();
        pairs.extend(value.map(|value| (name, value)));
        let answer = world.token_answer(&details.tenant_id, &pairs).await;
        assert_eq!((answer.status, &answer.body["error"]), (status, &json!(error)), "{name} {value:?}");
        assert_eq!(answer.body["error_codes"], json!([code]));
        let description = answer.body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(!description.contains(&details.client_secret));
    }
    let tenant = world.token_answer("00000000-0000-0000-0000-000000000000", &good).await;
    assert_eq!((tenant.status, &tenant.body["error_codes"]), (400, &json!([90002])));
    let own = [good.as_slice(), &[]].concat();
    let own: Vec<_> = own.into_iter().filter(|(name, _)| *name != "scope").collect();
    let scope = format!("{}/.default", details.graph_root);
    let own = [own.as_slice(), &[("scope", scope.as_str())]].concat();
    assert_eq!(world.token_answer("nordwind.example", &own).await.status, 200);
}

#[tokio::test]
async fn the_secret_may_come_as_http_basic() {
    let world = world(0).await;
    let details = world.sim.details().clone();
    let ask = async |secret: &str| {
        let request =
            world.client.post(world.token_url(&details.tenant_id)).basic_auth(&details.client_id, Some(secret));
        let request = request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let body = form(&[("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default")]);
        got(request.body(body).send().await.unwrap()).await
    };
    assert_eq!(ask(&details.client_secret.replace('~', "%7E")).await.status, 200);
    assert_eq!(ask("wrong").await.body["error_codes"], json!([7_000_215]));
}

#[tokio::test]
async fn metadata_names_the_token_endpoint() {
    let world = world(0).await;
    let details = world.sim.details().clone();
    for path in [
        format!("/{}/v2.0/.well-known/openid-configuration", details.tenant_id),
        format!("/{}/.well-known/openid-configuration", details.tenant_id),
        "/.well-known/openid-configuration".to_owned(),
    ] {
        let body = world.get(&path).await.body;
        assert_eq!(body["token_endpoint"], world.token_url(&details.tenant_id), "{path}");
    }
    let unknown = world.get("/nobody.example/v2.0/.well-known/openid-configuration").await;
    assert_eq!((unknown.status, &unknown.body["error"]), (400, &json!("invalid_tenant")));
}

#[tokio::test]
async fn with_tls_everything_is_https_under_its_own_authority() {
    let sim = Simulator::start(SimulatorOptions { tls: true, ..options(3) }).await.unwrap();
    let client = client(sim.ca_pem());
    let mut world = World { sim, client, token: String::new() };
    world.renew_token().await;
    assert!(world.get(SELECT).await.delta().unwrap().starts_with("https://127.0.0.1:"));
    let stranger = self::client(None).get(&world.sim.details().graph_root).send().await;
    assert!(stranger.is_err(), "the certificate must not be trusted by anybody else");
}

// ---- faults ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn status_faults_have_the_shape_of_their_side() {
    let world = world(1).await;
    let status = |status, retry_after: Option<&str>, body| Effect::Status {
        status,
        retry_after: retry_after.map(str::to_owned),
        code: None,
        body,
    };
    world.fault(Fault::new(Side::Graph, status(429, Some("2.128"), BodyKind::Json)).times(1));
    let throttled = world.get(SELECT).await;
    assert_eq!((throttled.status, throttled.code()), (429, "TooManyRequests"));
    assert_eq!(throttled.header("retry-after"), "2.128");
    assert_eq!(world.get(SELECT).await.status, 200);

    world.fault(Fault::new(Side::Token, status(503, None, BodyKind::Json)));
    let token = world.token_answer(&world.sim.details().tenant_id.clone(), &[]).await;
    assert_eq!((token.status, &token.body["error"]), (503, &json!("temporarily_unavailable")));

    world.fault(Fault::new(Side::Jostle, status(500, None, BodyKind::Json)).method("GET"));
    let scim = world.get("/scim2/Users").await;
    assert_eq!(scim.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(scim.body["status"], "500");

    world.fault(Fault::new(Side::Graph, status(502, None, BodyKind::Html)));
    let html = world.get(SELECT).await;
    assert_eq!((html.status, html.header("content-type"), &html.body), (502, "text/html", &Value::Null));
    let faults: Vec<_> = world.sim.requests().iter().map(|request| request.fault).collect();
    assert_eq!(faults, [Some("status"), None, Some("status"), Some("status"), Some("status")]);
}

#[tokio::test]
async fn connections_are_lost_before_after_and_in_the_middle() {
    let world = world(30).await;
    for effect in [Effect::Reset {}, Effect::ResetAfter {}] {
        world.fault(Fault::new(Side::Graph, effect.clone()).times(1));
        assert!(world.request(SELECT).send().await.is_err(), "{effect:?}");
        assert_eq!(world.sim.requests().last().unwrap().status, None);
    }
    world.fault(Fault::new(Side::Graph, Effect::Truncate { well_framed: false }).times(1));
    let response = world.request(SELECT).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    world.fault(Fault::new(Side::Graph, Effect::Truncate { well_framed: true }).times(1));
    let bytes = world.request(SELECT).send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"{\"@odata") && serde_json::from_slice::<Value>(&bytes).is_err());
    assert_eq!(world.get(SELECT).await.items().len(), world.sim.graph().users().len());
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_simulator_stops() {
    let world = world(1).await;
    world.fault(Fault::new(Side::Graph, Effect::Hang {}));
    let request = tokio::spawn(world.request(SELECT).send());
    while world.sim.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    world.sim.stop().await;
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn redirects_and_late_answers() {
    let world = world(1).await;
    let location = "https://elsewhere.example/v1.0/users".to_owned();
    world.fault(Fault::new(Side::Graph, Effect::Redirect { location: location.clone() }).times(1));
    let answer = world.get(SELECT).await;
    assert_eq!((answer.status, answer.header("location")), (302, location.as_str()));
    world.fault(Fault::new(Side::Graph, Effect::Slow { ms: 30 }));
    let start = std::time::Instant::now();
    assert_eq!(world.get(SELECT).await.status, 200);
    assert!(start.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn pages_without_value_or_with_wrong_links() {
    let world = world(10).await;
    world.page_size(5);
    let get = async |effect| {
        world.fault(Fault::new(Side::Graph, effect));
        world.get(SELECT).await
    };
    assert_eq!(get(Effect::MissingValue {}).await.body.get("value"), None);
    let both = get(Effect::BothLinks {}).await;
    assert!(both.next().is_some() && both.delta().is_some());
    let none = get(Effect::NoLinks {}).await;
    assert_eq!((none.next(), none.delta(), none.items().len()), (None, None, 5));
    let foreign = get(Effect::ForeignLink { origin: "https://thief.example".to_owned() }).await;
    assert!(foreign.next().unwrap().starts_with("https://thief.example/v1.0/users/delta?$skiptoken="));
}

#[tokio::test]
async fn empty_pages_and_duplicates_lose_nobody() {
    let world = world(11).await;
    world.page_size(4);
    world.fault(Fault::new(Side::Graph, Effect::EmptyPage {}).skip(1).times(2));
    let (items, _) = world.round(SELECT).await;
    assert_eq!((items.len(), world.sim.requests().len()), (12, 5));
    world.fault(Fault::new(Side::Graph, Effect::Duplicate {}));
    let (items, delta) = world.round(SELECT).await;
    let unique: BTreeSet<_> = ids(&items).into_iter().collect();
    assert_eq!((unique.len(), items.len()), (12, 24));
    world.sim.set_faults(Vec::new()).unwrap();
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn a_replay_brings_the_last_rounds_changes_again() {
    let world = world(5).await;
    let gone = world.person("gone@nordwind.example");
    let (_, delta) = world.round(SELECT).await;
    let id = world.person("a@nordwind.example");
    world.sim.graph().delete_user(&gone).unwrap();
    let (first, delta) = world.round(&delta).await;
    assert_eq!(ids(&first), [id.as_str(), &gone]);
    world.fault(Fault::new(Side::Graph, Effect::Replay {}).times(1));
    let (again, delta) = world.round(&delta).await;
    assert_eq!(again, first);
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let world = world(5).await;
    for (style, status, code) in
        [(ExpiredStyle::Gone, 410, "SyncStateNotFound"), (ExpiredStyle::SyncStateNotFound, 400, "syncStateNotFound")]
    {
        let (_, delta) = world.round(SELECT).await;
        world.fault(Fault::new(Side::Graph, Effect::ExpireToken { style }).times(1));
        for _ in 0..2 {
            let answer = world.get(&delta).await;
            assert_eq!((answer.status, answer.code()), (status, code));
            if style == ExpiredStyle::Gone {
                assert_eq!(world.round(answer.header("location")).await.0.len(), 5);
            }
        }
    }
}

// ---- the administration ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_administrator_can_do_what_entra_can() {
    let world = world(0).await;
    let (_, delta) = world.round("/v1.0/users/delta?$select=displayName").await;
    let body = r#"{"userPrincipalName":"o'neil@nordwind.example","displayName":"O Neil","surname":"O'Neil"}"#;
    let created = world.admin(Method::POST, "/users", body).await;
    assert_eq!((created.status, &created.body["accountEnabled"]), (201, &json!(true)));
    let key = "/users/o'neil@nordwind.example";
    let patched = world.admin(Method::PATCH, key, r#"{"displayName":"Neil","surname":null}"#).await;
    assert_eq!((patched.status, &patched.body["surname"]), (200, &Value::Null));
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 204);
    assert_eq!(world.admin(Method::GET, "/users", "").await.body[0]["lifecycle"], "deleted");
    assert_eq!(world.admin(Method::POST, &format!("{key}/restore"), "").await.body["lifecycle"], "live");
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 204);
    assert_eq!(world.admin(Method::DELETE, &format!("{key}?purge=true"), "").await.status, 204);
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 404);
    let (items, _) = world.round(&delta).await;
    assert_eq!(items[0]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn bad_input_is_refused_with_a_readable_error() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let user = format!("/users/{id}");
    let fault = r#"[{"side":"graph","effect":{"kind":"implode"}}]"#;
    for (method, path, body, part) in [
        (Method::POST, "/users", "{", "cannot be read"),
        (Method::POST, "/users", "[]", "JSON object"),
        (Method::POST, "/users", r#"{"displayName":"X"}"#, "userPrincipalName"),
        (Method::POST, "/users", r#"{"displayName":"X","userPrincipalName":"A@nordwind.example"}"#, "another"),
        (Method::PATCH, &user, r#"{"shoeSize":1}"#, "shoeSize"),
        (Method::PATCH, &user, r#"{"surname":1}"#, "another type"),
        (Method::POST, &format!("{user}/restore"), "", "recycle bin"),
        (Method::DELETE, &format!("{user}?purge=maybe"), "", "purge=true"),
        (Method::PUT, "/faults", fault, "implode"),
        (Method::PUT, "/faults", r#"[{"side":"jostle","effect":{"kind":"replay"}}]"#, "graph only"),
        (Method::PUT, "/switches", r#"{"graph":{"page_size":201}}"#, "1 to 200"),
        (Method::PUT, "/switches", r#"{"graph":{"pages":1}}"#, "pages"),
        (Method::PUT, "/switches", r#"{"mail":{}}"#, "mail"),
        (Method::POST, "/jostle/users", "7", ""),
    ] {
        let answer = world.admin(method.clone(), path, body).await;
        let error = answer.body["error"].as_str().unwrap_or_default();
        assert!(answer.status == 400 && !error.is_empty() && error.contains(part), "{method} {path} {body}: {error}");
    }
    assert_eq!(world.admin(Method::GET, "/nothing", "").await.status, 404);
    assert_eq!(world.admin(Method::PUT, "/users", "").await.status, 405);
}

#[tokio::test]
async fn every_request_is_recorded_without_credentials() {
    let mut world = world(1).await;
    world.renew_token().await;
    world.get("/v1.0/users/nobody?$select=id").await;
    world.get("/scim2/Users?count=1").await;
    let record = world.admin(Method::GET, "/requests", "").await.body;
    let seen: Vec<_> =
        record.as_array().unwrap().iter().map(|one| (&one["side"], &one["method"], &one["status"])).collect();
    assert_eq!(seen[0], (&json!("token"), &json!("POST"), &json!(200)));
    assert_eq!(seen[1], (&json!("graph"), &json!("GET"), &json!(404)));
    assert_eq!((seen[2].0, seen.len()), (&json!("jostle"), 3));
    assert_eq!(record[1]["path"], "/v1.0/users/nobody?$select=id");
    let text = record.to_string();
    assert!(!text.contains(&world.token) && !text.contains(&world.sim.details().client_secret));
    let last = record[2]["number"].as_u64().unwrap();
    assert_eq!(world.admin(Method::DELETE, "/requests", "").await.status, 204);
    world.get(SELECT).await;
    let numbers: Vec<_> = world.sim.requests().iter().map(|request| request.number).collect();
    assert_eq!(numbers, [last + 1]);
}

#[tokio::test]
async fn faults_and_switches_can_be_read_back() {
    let world = world(1).await;
    let list = r#"[{"side":"graph","path":"delta","skip":1,"times":2,"effect":{"kind":"status","status":429,"retry_after":"1"}}]"#;
    assert_eq!(world.admin(Method::PUT, "/faults", list).await.status, 204);
    let read = world.admin(Method::GET, "/faults", "").await.body;
    assert_eq!(world.admin(Method::PUT, "/faults", &read.to_string()).await.status, 204);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.get(SELECT).await.status);
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    let switches = world.admin(Method::GET, "/switches", "").await.body;
    let roles = ["User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Synchronization.Read.All"];
    assert_eq!(switches["graph"]["roles"], json!(roles));
    assert_eq!(world.admin(Method::PUT, "/switches", &switches.to_string()).await.body, switches);
}

// ---- starting -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn it_listens_on_loopback_only_and_the_seed_decides_who_is_who() {
    let everywhere = SimulatorOptions { listen: ([0, 0, 0, 0], 0).into(), ..options(0) };
    assert!(matches!(Simulator::start(everywhere).await, Err(SimulatorError::NotLoopback(_))));
    let start = async |seed| Simulator::start(SimulatorOptions { seed, ..options(20) }).await.unwrap();
    let (one, same, other) = (start(4).await, start(4).await, start(5).await);
    assert_eq!(one.graph().users(), same.graph().users());
    assert_eq!(one.details().client_secret, same.details().client_secret);
    assert_ne!(one.details().tenant_id, other.details().tenant_id);
    let details: Value = serde_json::to_value(one.details()).unwrap();
    assert_eq!((details["ca_file"].clone(), details["group_id"].as_str().unwrap().len()), (Value::Null, 36));
}

#[tokio::test]
async fn after_a_stop_the_port_is_closed() {
    let world = world(1).await;
    let address = world.sim.details().graph_root.replace("http://", "");
    world.sim.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

// ---- the Jostle side, nested ---------------------------------------------------------------------------------------

#[tokio::test]
async fn reset_drops_the_request_and_reset_after_only_the_answer() {
    let world = world(0).await;
    let key = world.sim.details().jostle_api_key.clone();
    let url = format!("{}/Users", world.sim.details().jostle_base_url);
    let post = async |name: &str| {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"type": "work", "value": name, "primary": true}],
            "active": true,
        });
        let request = world.client.post(&url).bearer_auth(&key).header("content-type", "application/scim+json");
        request.body(body.to_string()).send().await
    };
    let before = world.sim.jostle().users_json().len();
    world.fault(Fault::new(Side::Jostle, Effect::Reset {}).method("POST").times(1));
    assert!(post("a@nordwind.example").await.is_err());
    assert_eq!(world.sim.jostle().users_json().len(), before);
    world.fault(Fault::new(Side::Jostle, Effect::ResetAfter {}).method("POST").times(1));
    assert!(post("a@nordwind.example").await.is_err());
    assert_eq!(world.sim.jostle().users_json().len(), before + 1);
    assert_eq!(post("b@nordwind.example").await.unwrap().status(), 201);
}
