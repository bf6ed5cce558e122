//! Speed with many users.

use super::{Server, user};

#[tokio::test]
async fn lookups_do_not_slow_down_with_twenty_thousand_users() {
    let server = Server::start().await;
    for number in 0..20_000 {
        server.tenant.insert(user(&format!("user{number}@x.example"))).unwrap();
    }
    assert_eq!(server.find("USER19999@x.example").await.names(), ["user19999@x.example"]);
    assert_eq!(server.post(&user("user7@x.example")).await.status, 409);
    assert_eq!(server.list(&[("startIndex", "19999")]).await.names(), ["user19998@x.example", "user19999@x.example"]);
}
