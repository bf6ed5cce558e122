//! New accounts.

use super::*;

#[tokio::test]
async fn a_new_account_is_posted_as_scim() {
    let server = MockServer::start().await;
    let resource = json!({"id": "7", "userName": "Anna@c.example", "active": true});
    Mock::given(method("POST"))
        .and(path("/scim2/Users"))
        .and(header("content-type", "application/scim+json"))
        .and(body_json(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "anna@c.example",
            "active": true,
        })))
        .respond_with(answer(201, resource.clone()).insert_header("X-Request-Id", "r-17"))
        .expect(1)
        .mount(&server)
        .await;
    let writer = ScimWriter::new(testing::reader(&server, Dialect::Rfc));
    let Written { shown: account, receipt } = writer.create(&anna()).await.unwrap();
    assert_eq!(receipt, Some(Receipt { status: 201, request_id: Some("r-17".into()) }));
    assert_eq!(account, Account { id: id(), user_name: "Anna@c.example".into(), resource });
    assert_eq!(writer.requests(), 1);
}

#[tokio::test]
async fn an_id_may_come_from_the_location_alone() {
    let location = "https://jostle.example/scim2/Users/anna%40c.example";
    for body in ["", "<html>Created</html>", "{\"userName\": \"anna@c.example\"}", "[]"] {
        let response = ResponseTemplate::new(201).insert_header("location", location).set_body_string(body);
        let (server, writer) = server(vec![("POST", response)]).await;
        assert_eq!(writer.create(&anna()).await.unwrap().shown.id.as_str(), "anna@c.example", "{body}");
        assert_eq!(methods(&server).await, ["POST"]);
    }
}

#[tokio::test]
async fn an_account_without_an_id_is_looked_up_and_counts_only_if_it_is_the_only_one() {
    let undefined =
        || answer(201, json!({"userName": "anna@c.example"})).insert_header("location", "/scim2/Users/undefined");
    let hit = |id: &str| json!({"id": id, "userName": "anna@c.example"});
    let (_server, writer) = server(vec![("POST", undefined()), ("GET", list(&[hit("7")]))]).await;
    assert_eq!(writer.create(&anna()).await.unwrap().shown.id, id());
    for lookup in [list(&[]), list(&[hit("7"), hit("8")]), ResponseTemplate::new(500)] {
        let (server, writer) = server(vec![("POST", undefined()), ("GET", lookup)]).await;
        let error = writer.create(&anna()).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::InDoubt, Some(201)));
        assert_eq!(methods(&server).await, ["POST", "GET"]);
    }
}

#[tokio::test]
async fn a_create_is_sent_once_and_its_failure_says_whether_it_may_have_happened() {
    for (response, kind) in [
        (ResponseTemplate::new(409).set_body_string("taken"), ErrorKind::Conflict),
        (scim_error(409, None, "UNIQUE constraint failed: user.user_name"), ErrorKind::Conflict),
        (scim_error(400, Some("uniqueness"), ""), ErrorKind::Conflict),
        (scim_error(500, None, "userName already exists"), ErrorKind::Conflict),
        (scim_error(400, Some("invalidValue"), "title"), ErrorKind::Rejected),
        (ResponseTemplate::new(401), ErrorKind::CredentialsRefused),
        (ResponseTemplate::new(403), ErrorKind::Forbidden),
        (ResponseTemplate::new(500).set_body_string("<html>oops</html>"), ErrorKind::InDoubt),
        (ResponseTemplate::new(504), ErrorKind::InDoubt),
        (ResponseTemplate::new(503).insert_header("retry-after", "1"), ErrorKind::Unavailable),
        (answer(200, json!({"schemas": [ERROR], "status": 409})), ErrorKind::Conflict),
        (answer(200, json!({"schemas": [ERROR], "status": "500"})), ErrorKind::InDoubt),
        (answer(201, json!({"schemas": [ERROR], "status": 400})), ErrorKind::InDoubt),
        (answer(200, json!({"schemas": [ERROR], "status": 401})), ErrorKind::CredentialsRefused),
        (ResponseTemplate::new(501), ErrorKind::Unavailable),
    ] {
        let (server, writer) = server(vec![("POST", response)]).await;
        let error = writer.create(&anna()).await.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (kind, kind == ErrorKind::InDoubt), "{error}");
        assert_eq!(methods(&server).await, ["POST"]);
    }
}

#[tokio::test]
async fn an_account_of_somebody_else_in_the_answer_is_not_taken_for_the_new_one() {
    let other = || answer(201, json!({"id": "8", "userName": "bob@c.example"}));
    let own = json!({"id": "7", "userName": "anna@c.example"});
    let (_server, writer) = server(vec![("POST", other()), ("GET", list(&[own]))]).await;
    assert_eq!(writer.create(&anna()).await.unwrap().shown.id, id());
    let (_server, writer) = server(vec![("POST", other()), ("GET", list(&[]))]).await;
    assert_eq!(writer.create(&anna()).await.unwrap_err().kind, ErrorKind::InDoubt);
    let (server, writer) = server(vec![("POST", answer(201, json!({"id": "7", "userName": "ANNA@C.example"})))]).await;
    assert_eq!(writer.create(&anna()).await.unwrap().shown.id, id());
    assert_eq!(methods(&server).await, ["POST"]);
}
