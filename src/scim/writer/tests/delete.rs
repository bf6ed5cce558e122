//! Deleting.

use super::*;

#[tokio::test]
async fn deleting_is_settled_by_looking_where_the_answer_is_an_error() {
    let there = || answer(200, json!({"id": "7", "userName": "a@c.example"}));
    for (delete, get, expected) in [
        (204, there(), None),
        (200, there(), None),
        (404, there(), None),
        (500, ResponseTemplate::new(404), None),
        (500, there(), Some(ErrorKind::Unavailable)),
        (502, ResponseTemplate::new(502), Some(ErrorKind::Unavailable)),
        (403, ResponseTemplate::new(404), Some(ErrorKind::Forbidden)),
        (405, ResponseTemplate::new(404), Some(ErrorKind::Rejected)),
    ] {
        let (_server, writer) = server(vec![("DELETE", ResponseTemplate::new(delete)), ("GET", get)]).await;
        assert_eq!(writer.delete(&id()).await.err().map(|error| error.kind), expected, "{delete}");
    }
}
