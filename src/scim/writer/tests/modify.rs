//! Changes.

use super::*;

#[tokio::test]
async fn all_changes_are_one_request_and_every_2xx_is_success() {
    let changes = [change("active", Some("true"), Some("false")), change("title", Some("x"), None)];
    let shown = json!({"id": "7", "userName": "anna@c.example", "active": false});
    for (response, is_shown) in [
        (ResponseTemplate::new(204), false),
        (ResponseTemplate::new(202).set_body_string("ok"), false),
        (answer(200, json!({"id": "7", "active": false})), false),
        (answer(200, json!({"id": "8", "userName": "b@c.example"})), false),
        (answer(200, shown.clone()), true),
    ] {
        let (server, writer) = server(vec![("PATCH", response)]).await;
        let account = writer.modify(&id(), &changes).await.unwrap().shown;
        assert_eq!(account.map(|account| account.resource), is_shown.then(|| shown.clone()));
        let sent = sent(&server).await.join("\n");
        insta::allow_duplicates!(
            insta::assert_snapshot!(sent, @r#"PATCH /scim2/Users/7 {"Operations":[{"op":"replace","path":"active","value":false},{"op":"remove","path":"title"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#)
        );
    }
}

#[tokio::test]
async fn nothing_to_change_sends_nothing() {
    let (server, writer) = server(vec![]).await;
    let nothing = Written { shown: None, receipt: None };
    assert_eq!(writer.modify(&id(), &[change("title", None, None)]).await, Ok(nothing));
    assert_eq!(sent(&server).await, [""; 0]);
}

#[tokio::test]
async fn a_missing_target_is_looked_at_and_the_request_built_again() {
    let server = MockServer::start().await;
    let no_target = scim_error(400, Some("noTarget"), "no such element");
    Mock::given(method("PATCH")).respond_with(no_target).up_to_n_times(1).mount(&server).await;
    Mock::given(method("PATCH")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let shown = json!({"id": "7", "userName": "anna@c.example", "emails": []});
    Mock::given(method("GET")).respond_with(answer(200, shown)).mount(&server).await;
    let writer = ScimWriter::new(testing::reader(&server, Dialect::Rfc));
    let written = writer.modify(&id(), &[change(WORK, Some("old@c.example"), Some("new@c.example"))]).await;
    assert_eq!(written, Ok(Written { shown: None, receipt: Some(Receipt { status: 204, request_id: None }) }));
    insta::assert_snapshot!(sent(&server).await.join("\n"), @r#"
    PATCH /scim2/Users/7 {"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"new@c.example"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    GET /scim2/Users/7
    PATCH /scim2/Users/7 {"Operations":[{"op":"add","path":"emails","value":[{"primary":true,"type":"work","value":"new@c.example"}]}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    "#);
}

#[tokio::test]
async fn a_400_without_a_reason_is_looked_at_where_there_are_elements_and_not_repeated_in_vain() {
    let shown = json!({"id": "7", "userName": "a@c.example", "emails": [{"type": "work", "value": "a@c.example"}]});
    let replace = [change(WORK, Some("a@c.example"), Some("b@c.example"))];
    let title = [change("title", None, Some("x"))];
    for (changes, expected) in [(&replace, vec!["PATCH", "GET"]), (&title, vec!["PATCH"])] {
        let (server, writer) =
            server(vec![("PATCH", ResponseTemplate::new(400)), ("GET", answer(200, shown.clone()))]).await;
        assert_eq!(writer.modify(&id(), changes).await.unwrap_err().kind, ErrorKind::Rejected);
        assert_eq!(methods(&server).await, expected);
    }
}

#[tokio::test]
async fn what_is_cleared_already_is_success() {
    let shown = json!({"id": "7", "userName": "a@c.example"});
    let refusal = scim_error(400, Some("noTarget"), "");
    let (server, writer) = server(vec![("PATCH", refusal), ("GET", answer(200, shown.clone()))]).await;
    let account = writer.modify(&id(), &[change(WORK, Some("a@c.example"), None)]).await.unwrap().shown;
    assert_eq!(account.unwrap().resource, shown);
    assert_eq!(methods(&server).await, ["PATCH", "GET"]);
}

#[tokio::test]
async fn a_rename_onto_a_taken_name_is_a_conflict_and_nothing_else_is() {
    let taken = || scim_error(500, None, "UNIQUE constraint failed");
    let (_server, writer) = server(vec![("PATCH", taken())]).await;
    let rename = [change("userName", Some("a@c.example"), Some("b@c.example"))];
    assert_eq!(writer.modify(&id(), &rename).await.unwrap_err().kind, ErrorKind::Conflict);
    let there = answer(200, json!({"id": "7", "userName": "a@c.example"}));
    let (_server, writer) = server(vec![("PATCH", taken()), ("GET", there)]).await;
    let title = [change("title", None, Some("x"))];
    assert_eq!(writer.modify(&id(), &title).await.unwrap_err().kind, ErrorKind::Unavailable);
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_found_even_behind_a_500() {
    let title = [change("title", None, Some("x"))];
    let work = [change(WORK, Some("a"), Some("b"))];
    for (status, changes) in [(404, &title), (500, &title), (400, &work)] {
        let responses = vec![("PATCH", ResponseTemplate::new(status)), ("GET", scim_error(404, None, ""))];
        let (_server, writer) = server(responses).await;
        let error = writer.modify(&id(), changes).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::NotFound, Some(status)));
    }
}

#[tokio::test]
async fn the_entra_dialect_reaches_the_wire() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let writer = ScimWriter::new(testing::reader(&server, Dialect::Entra));
    writer.modify(&id(), &[change("active", Some("true"), Some("false"))]).await.unwrap();
    assert!(sent(&server).await[0].contains(r#""op":"Replace","path":"active","value":"False""#));
}

#[tokio::test]
async fn a_change_that_failed_says_whether_a_part_of_it_may_have_been_kept() {
    let title = [change("title", None, Some("x"))];
    let there = || answer(200, json!({"id": "7", "userName": "a@c.example"}));
    for (response, kind, in_doubt) in [
        (ResponseTemplate::new(400), ErrorKind::Rejected, true),
        (scim_error(409, Some("uniqueness"), ""), ErrorKind::Conflict, true),
        (ResponseTemplate::new(412), ErrorKind::Rejected, true),
        (ResponseTemplate::new(401), ErrorKind::CredentialsRefused, false),
        (ResponseTemplate::new(403), ErrorKind::Forbidden, false),
        (ResponseTemplate::new(404), ErrorKind::NotFound, false),
        (ResponseTemplate::new(429), ErrorKind::Throttled(None), false),
        (ResponseTemplate::new(500), ErrorKind::Unavailable, true),
        (ResponseTemplate::new(501), ErrorKind::Unavailable, false),
        (ResponseTemplate::new(503), ErrorKind::Unavailable, true),
        (ResponseTemplate::new(503).insert_header("retry-after", "1"), ErrorKind::Unavailable, false),
        (ResponseTemplate::new(302), ErrorKind::Protocol, false),
        (answer(200, json!({"schemas": [ERROR], "status": "500"})), ErrorKind::Unavailable, true),
        (answer(200, json!({"schemas": [ERROR], "status": 403})), ErrorKind::Forbidden, false),
    ] {
        let (_server, writer) = server(vec![("PATCH", response), ("GET", there())]).await;
        let error = writer.modify(&id(), &title).await.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (kind, in_doubt), "{error}");
    }
}

#[tokio::test]
async fn what_a_refused_request_may_have_kept_stays_in_doubt_whatever_comes_after_it() {
    let shown = json!({"id": "7", "userName": "anna@c.example", "emails": []});
    for (get, second, kind) in [
        (ResponseTemplate::new(502), 204, ErrorKind::Unavailable),
        (answer(200, shown.clone()), 401, ErrorKind::CredentialsRefused),
        (answer(200, shown.clone()), 429, ErrorKind::Throttled(None)),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("PATCH")).respond_with(ResponseTemplate::new(400)).up_to_n_times(1).mount(&server).await;
        Mock::given(method("PATCH")).respond_with(ResponseTemplate::new(second)).mount(&server).await;
        Mock::given(method("GET")).respond_with(get).mount(&server).await;
        let writer = ScimWriter::new(testing::reader(&server, Dialect::Rfc));
        let error = writer.modify(&id(), &[change(WORK, Some("a"), Some("b"))]).await.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (kind, true), "{error}");
    }
}

#[tokio::test]
async fn a_web_page_is_no_success() {
    for page in ["<html>Log in</html>", "\n  <!DOCTYPE html><title>Maintenance</title>"] {
        let (_server, writer) = server(vec![("PATCH", ResponseTemplate::new(200).set_body_string(page))]).await;
        let error = writer.modify(&id(), &[change("title", None, Some("x"))]).await.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (ErrorKind::Protocol, true), "{error}");
    }
}

#[tokio::test]
async fn an_account_that_answers_500_to_everything_is_said_to_be_gone_perhaps() {
    let (_server, writer) =
        server(vec![("PATCH", ResponseTemplate::new(500)), ("GET", ResponseTemplate::new(500))]).await;
    let error = writer.modify(&id(), &[change("title", None, Some("x"))]).await.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Unavailable, true));
    assert!(error.detail.contains("it may have been deleted there"), "{error}");
}
