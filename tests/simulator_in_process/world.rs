//! A simulator in-process with a client of both sides.

use std::sync::Arc;

use entra_jostle_sync::simulator::{Fault, InProcess, Simulator, SimulatorOptions};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

/// A simulator with a client of both sides; its clock follows the runtime's.
pub(crate) struct World {
    pub(crate) sim: InProcess,
    token: String,
}

impl World {
    pub(crate) async fn new(users: usize) -> Self {
        let (start, begin) = (Instant::now(), "2026-01-05T08:00:00Z".parse::<Timestamp>().unwrap());
        let clock = move || begin + SignedDuration::try_from(start.elapsed()).unwrap();
        let options = SimulatorOptions { users, ..SimulatorOptions::default() };
        let sim = Simulator::in_process(options, Arc::new(clock)).unwrap();
        let mut world = Self { sim, token: String::new() };
        world.sign_in().await;
        world
    }

    pub(crate) async fn sign_in(&mut self) {
        let details = self.sim.details();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", &format!("{}/.default", details.graph_root))
            .append_pair("client_id", &details.client_id)
            .append_pair("client_secret", &details.client_secret)
            .finish();
        let request = Request::post(format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let answer = self.sim.answer(request.unwrap()).await.unwrap();
        if let Some(token) = body(&answer)["access_token"].as_str() {
            token.clone_into(&mut self.token);
        }
    }

    /// Asks Graph for an address, absolute or below `/v1.0/`.
    pub(crate) async fn graph(&self, address: &str) -> Option<Response<Vec<u8>>> {
        self.graph_preferring(address, "odata.maxpagesize=100").await
    }

    /// The same with `return=minimal`.
    pub(crate) async fn graph_minimal(&self, address: &str) -> Option<Response<Vec<u8>>> {
        self.graph_preferring(address, "return=minimal").await
    }

    async fn graph_preferring(&self, address: &str, preference: &str) -> Option<Response<Vec<u8>>> {
        let address = match address.contains("://") {
            true => address.to_owned(),
            false => format!("{}/v1.0/{address}", self.sim.details().graph_root),
        };
        let request = Request::get(address)
            .header("authorization", format!("Bearer {}", self.token))
            .header("prefer", preference);
        self.sim.answer(request.body(Vec::new()).unwrap()).await
    }

    /// Asks Jostle below its base URL.
    pub(crate) async fn jostle(&self, method: &str, path: &str, content: Option<Value>) -> Option<Response<Vec<u8>>> {
        let details = self.sim.details();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", details.jostle_base_url))
            .header("authorization", format!("Bearer {}", details.jostle_api_key))
            .header("content-type", "application/scim+json");
        let content = content.map_or_else(Vec::new, |content| content.to_string().into_bytes());
        self.sim.answer(request.body(content).unwrap()).await
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.sim.set_faults(vec![fault]).unwrap();
    }
}

pub(crate) fn body(answer: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

pub(crate) fn person(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "name": {"givenName": "Anna", "familyName": "Berg"},
        "active": true,
    })
}

pub(crate) fn patch(path: &str, value: &Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": path, "value": value}],
    })
}
