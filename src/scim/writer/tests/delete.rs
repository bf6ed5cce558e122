//! Deleting.

use super::*;

#[tokio::test]
async fn deleting_is_settled_by_looking_where_the_answer_is_an_error() {
    let there = || answer(200, json!({"id": "7", "userName": "a@c.example"}));
    for (delete, get, expected) in [
        (204, there(), None),
        (200, there(), None),
        (404, there(), None),
        (500, scim_error(404, None, ""), None),
        (500, there(), Some(ErrorKind::Unavailable)),
        (502, ResponseTemplate::new(502), Some(ErrorKind::Unavailable)),
        (403, ResponseTemplate::new(404), Some(ErrorKind::Forbidden)),
        (405, ResponseTemplate::new(404), Some(ErrorKind::Rejected)),
    ] {
        let (_server, writer) = server(vec![("DELETE", ResponseTemplate::new(delete)), ("GET", get)]).await;
        assert_eq!(writer.delete(&id()).await.err().map(|error| error.kind), expected, "{delete}");
    }
}

#[tokio::test]
async fn a_404_of_a_wrong_address_deletes_nobody() {
    for config in [ResponseTemplate::new(404), ResponseTemplate::new(200).set_body_string("<html>")] {
        let not_scim = ResponseTemplate::new(404).set_body_string("<html>no such page</html>");
        let (_server, writer) = server(vec![("DELETE", not_scim), ("GET", config)]).await;
        assert!(writer.delete(&id()).await.is_err());
    }
    let (server, writer) = server(vec![("DELETE", scim_error(404, None, "no such user"))]).await;
    let gone = Receipt { status: 404, request_id: None };
    assert_eq!(writer.delete(&id()).await.unwrap().receipt, Some(gone));
    assert_eq!(methods(&server).await, ["DELETE"], "SCIM itself says so");
}

#[tokio::test]
async fn a_web_page_is_no_deletion() {
    let page = ResponseTemplate::new(200).set_body_string("<html>Log in</html>");
    let (_server, writer) = server(vec![("DELETE", page)]).await;
    let error = writer.delete(&id()).await.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Protocol, true), "{error}");
}
