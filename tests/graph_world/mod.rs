//! A running simulator with a plain client, for the tests of its Graph side.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its part of the world")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

use entra_jostle_sync::simulator::graph::GraphSwitches;
use entra_jostle_sync::simulator::{Fault, RunningSimulator, Simulator, SimulatorOptions};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// A running simulator, a client and a bearer token.
pub struct World {
    pub sim: RunningSimulator,
    pub client: Client,
    pub token: String,
}

/// An answer, read to its end.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Got {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn items(&self) -> Vec<Value> {
        self.body["value"].as_array().expect("a value").clone()
    }

    pub fn next(&self) -> Option<String> {
        self.body["@odata.nextLink"].as_str().map(str::to_owned)
    }

    pub fn delta(&self) -> Option<String> {
        self.body["@odata.deltaLink"].as_str().map(str::to_owned)
    }
}

pub async fn got(response: Response) -> Got {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    Got { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
}

pub fn client(ca_pem: Option<&str>) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = ca_pem {
        builder = builder.tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()]);
    }
    builder.build().unwrap()
}

pub fn options(users: usize) -> SimulatorOptions {
    SimulatorOptions { users, ..SimulatorOptions::default() }
}

pub async fn world(users: usize) -> World {
    let sim = Simulator::start(options(users)).await.unwrap();
    let client = client(sim.ca_pem());
    let mut world = World { sim, client, token: String::new() };
    world.renew_token().await;
    world.sim.clear_requests();
    world
}

/// Form-encodes pairs.
pub fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl World {
    pub fn token_url(&self, tenant: &str) -> String {
        format!("{}/{tenant}/oauth2/v2.0/token", self.sim.details().authority)
    }

    pub async fn token_answer(&self, tenant: &str, pairs: &[(&str, &str)]) -> Got {
        let request = self.client.post(self.token_url(tenant));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(pairs));
        got(request.send().await.unwrap()).await
    }

    pub async fn renew_token(&mut self) {
        let details = self.sim.details().clone();
        let pairs = [
            ("client_id", details.client_id.as_str()),
            ("client_secret", &details.client_secret),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = self.token_answer(&details.tenant_id, &pairs).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["access_token"].as_str().unwrap().clone_into(&mut self.token);
    }

    pub fn request(&self, url: &str) -> reqwest::RequestBuilder {
        let url = if url.starts_with('/') { format!("{}{url}", self.sim.details().graph_root) } else { url.to_owned() };
        self.client.get(url).bearer_auth(&self.token)
    }

    pub async fn get(&self, url: &str) -> Got {
        got(self.request(url).send().await.unwrap()).await
    }

    pub async fn get_minimal(&self, url: &str) -> Got {
        got(self.request(url).header("prefer", "return=minimal").send().await.unwrap()).await
    }

    pub async fn admin(&self, method: Method, path: &str, body: &str) -> Got {
        let request = self.client.request(method, format!("{}{path}", self.sim.details().admin));
        got(request.body(body.to_owned()).send().await.unwrap()).await
    }

    /// Reads a round to its end: all items and the deltaLink.
    pub async fn round(&self, url: &str) -> (Vec<Value>, String) {
        let (mut items, mut url) = (Vec::new(), url.to_owned());
        loop {
            let page = self.get(&url).await;
            assert_eq!(page.status, 200, "{}", page.body);
            items.extend(page.items());
            match (page.next(), page.delta()) {
                (Some(next), None) => url = next,
                (None, Some(delta)) => return (items, delta),
                both => panic!("exactly one link, not {both:?}"),
            }
        }
    }

    pub fn page_size(&self, page_size: usize) {
        self.switch(|switches| switches.page_size = page_size);
    }

    /// Changes how the tenant behaves.
    pub fn switch(&self, change: impl FnOnce(&mut GraphSwitches)) {
        let mut switches = self.sim.graph().switches();
        change(&mut switches);
        self.sim.graph().set_switches(switches).unwrap();
    }

    /// A token with these permissions and no others, from now on.
    pub async fn permit(&mut self, roles: &[&str]) {
        self.switch(|switches| switches.roles = roles.iter().map(|role| (*role).to_owned()).collect());
        self.renew_token().await;
    }

    /// As [`Self::get`], for an index that may lag behind.
    pub async fn get_eventual(&self, url: &str) -> Got {
        got(self.request(url).header("ConsistencyLevel", "eventual").send().await.unwrap()).await
    }

    /// Reads a list to its end.
    pub async fn list(&self, url: &str) -> Vec<Value> {
        let (mut items, mut url) = (Vec::new(), Some(url.to_owned()));
        while let Some(page) = url {
            let answer = self.get(&page).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.delta(), None);
            items.extend(answer.items());
            url = answer.next();
        }
        items
    }

    pub fn group(&self, name: &str) -> String {
        self.sim.graph().create_group(&json!({"displayName": name})).unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub fn join(&self, group: &str, member: &str) {
        self.sim.graph().add_member(group, member).unwrap();
    }

    pub fn join_all(&self, group: &str, members: &[String]) {
        for member in members {
            self.join(group, member);
        }
    }

    pub fn object(&self, kind: &str, name: &str) -> String {
        let properties = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "displayName": name});
        self.sim.graph().create_object(&properties).unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub fn person(&self, name: &str) -> String {
        let properties =
            json!({"userPrincipalName": name, "displayName": "A Person", "mail": name, "jobTitle": "Clerk"});
        self.sim.graph().create_user(&properties).unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub fn set(&self, key: &str, properties: &Value) {
        self.sim.graph().update_user(key, properties).unwrap();
    }

    pub fn fault(&self, fault: Fault) {
        self.sim.set_faults(vec![fault]).unwrap();
    }
}

pub fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}
