//! What is sent, and what the answers of unkind servers come to.
#![allow(clippy::unwrap_used, reason = "tests may")]

mod create;
mod delete;
mod modify;

use serde_json::json;
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::Dialect;
use super::super::testing::{self, answer, change, list, scim_error, sent, values};
use super::*;
use crate::connector::Receipt;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const WORK: &str = "emails[type eq \"work\"].value";

/// A server that answers each method with one response, and a writer to it.
async fn server(responses: Vec<(&str, ResponseTemplate)>) -> (MockServer, ScimWriter) {
    let server = MockServer::start().await;
    for (name, response) in responses {
        Mock::given(method(name)).respond_with(response).mount(&server).await;
    }
    let writer = ScimWriter::new(testing::reader(&server, Dialect::Rfc));
    (server, writer)
}

fn anna() -> NewAccount {
    NewAccount { user_name: "anna@c.example".into(), values: values(&[("active", "true")]) }
}

fn id() -> TargetId {
    TargetId::new("7")
}

async fn methods(server: &MockServer) -> Vec<String> {
    let sent = sent(server).await;
    sent.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_writer_reads_as_its_reader_does() {
    let hit = json!({"id": "7", "userName": "anna@c.example"});
    let (_server, writer) = server(vec![("GET", list(std::slice::from_ref(&hit)))]).await;
    for found in [writer.find_by_user_name("anna@c.example").await, writer.find_by_list("anna@c.example").await] {
        assert_eq!(found.unwrap()[0].id, id());
    }
    assert_eq!(writer.probe().await, Ok(()));
    assert_eq!(writer.account(&id()).await.unwrap_err().kind, ErrorKind::Protocol);
}
