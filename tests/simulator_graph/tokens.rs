//! Tokens, headers and TLS.

use entra_jostle_sync::simulator::{Simulator, SimulatorOptions};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::SELECT;
use super::graph_world::{World, client, form, got, options, world};

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
