//! Pages of the users feed ("Use delta query to track changes in users").

use super::GraphSource;
use super::feed::Feed;
use super::untracked::UNTRACKED_PROPERTIES;
use super::wire;
use crate::connector::{ConnectorError, Page, Position};

impl GraphSource {
    /// The feed of everybody.
    fn feed(&self) -> Feed<Page> {
        Feed {
            purpose: self.about_users("read the users feed"),
            lost: "the position in the users feed is no longer valid; all users are read anew",
            read: wire::page,
            next: |page| &page.next,
        }
    }

    pub(super) async fn page(&self, from: &Position) -> Result<Page, ConnectorError> {
        match from {
            Position::Baseline => self.first(&self.urls.users_delta(), &self.feed(), || self.what_to_change()).await,
            Position::At(link) => self.follow(link, &self.feed()).await,
        }
    }

    /// An empty page with the whole selection, for the probe.
    pub(super) async fn probe_users(&self) -> Result<(), ConnectorError> {
        self.first(&self.urls.users_delta_latest(), &self.feed(), || self.what_to_change()).await.map(drop)
    }

    fn what_to_change(&self) -> String {
        let unreadable: Vec<&str> =
            self.urls.selection().split(',').filter(|name| UNTRACKED_PROPERTIES.contains(name)).collect();
        if unreadable.is_empty() {
            let selection = self.urls.selection();
            format!("the users feed refuses the request; check graph_root and that each property exists: {selection}")
        } else {
            format!("the users feed cannot read {}; take it out of the mapping", unreadable.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found, source};
    use super::*;
    use crate::connector::{ErrorKind, FeedLink, Next, SourceReader};
    use serde_json::{Value, json};
    use url::Url;
    use wiremock::matchers::{method, path, query_param};
    use wiremock::{Mock, ResponseTemplate};

    const USERS_DELTA: &str = "/v1.0/users/delta";

    fn at(link: &str) -> Position {
        Position::At(FeedLink::new(link))
    }

    async fn kind_of(status: u16, body: Value, stored: bool) -> (ErrorKind, u64) {
        let fake = Fake::start().await;
        fake.answers(USERS_DELTA, status, body).await;
        let from = if stored { at(&fake.link("users/delta?$deltatoken=x")) } else { Position::Baseline };
        (fake.source.read_page(&from).await.unwrap_err().kind, fake.source.requests())
    }

    #[tokio::test]
    async fn a_round_is_followed_by_its_links_as_they_came() {
        let fake = Fake::start().await;
        let (first, second) = ("a~b+c%2B%2f=&d=e", "x-_.~");
        let next = fake.link(&format!("users/delta()?$skiptoken={first}"));
        let delta = fake.link(&format!("users/delta?$deltatoken={second}"));
        let page = json!({"value": [{"id": "a"}], "@odata.nextLink": next});
        fake.answers_to(USERS_DELTA, ("$select", "id,mail,userPrincipalName"), 200, page).await;
        fake.answers("/v1.0/users/delta()", 200, json!({"value": [], "@odata.deltaLink": delta})).await;
        let page = fake.source.read_page(&Position::Baseline).await.unwrap();
        assert_eq!((page.changes.len(), &page.next), (1, &Next::Page(FeedLink::new(&next))));
        let page = fake.source.read_page(&at(&next)).await.unwrap();
        assert_eq!(page, Page { changes: vec![], next: Next::Round(FeedLink::new(delta)) });
        assert_eq!(fake.received().await.last().unwrap(), &format!("/v1.0/users/delta()?$skiptoken={first} t1"));
    }

    #[tokio::test]
    async fn a_foreign_link_is_neither_taken_nor_followed() {
        let (fake, foreign) = (Fake::start().await, Fake::start().await);
        let link = foreign.link("users/delta?$skiptoken=x");
        fake.answers(USERS_DELTA, 200, json!({"value": [], "@odata.nextLink": link})).await;
        for from in [Position::Baseline, at(&link)] {
            let error = fake.source.read_page(&from).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Protocol);
            assert!(error.detail.contains("another host") && !error.detail.contains("skiptoken"), "{error}");
        }
        assert_eq!(foreign.received().await, [""; 0]);
    }

    #[tokio::test]
    async fn every_spelling_of_a_lost_position_asks_for_a_resync() {
        let code = |code: &str| json!({"error": {"code": code, "message": ""}});
        let nested = json!({"error": {"code": "BadRequest", "innererror": {"code": "SyncStateNotFound"}}});
        let inner = |inner: &str| json!({"error": {"code": "resyncRequired", "innerError": {"code": inner}}});
        for (status, body) in [
            (410, json!({})),
            (410, code("SyncStateNotFound")),
            (400, code("syncStateNotFound")),
            (404, code("SYNCSTATENOTFOUND")),
            (400, nested),
            (410, inner("resyncApplyDifferences")),
            (409, inner("resyncUploadDifferences")),
        ] {
            for stored in [true, false] {
                assert_eq!(kind_of(status, body.clone(), stored).await, (ErrorKind::ResyncRequired, 1), "{body}");
            }
        }
    }

    #[tokio::test]
    async fn any_other_400_or_404_of_a_link_gives_the_position_up_after_a_second_try() {
        let code = |code: &str| json!({"error": {"code": code, "message": ""}});
        for (status, body) in [
            (404, code("UnknownError")),
            (400, code("Directory_ExpiredPageToken")),
            (400, code("DirectoryPageTokenNotFoundException")),
            (400, json!({})),
        ] {
            assert_eq!(kind_of(status, body.clone(), true).await, (ErrorKind::ResyncRequired, 2), "{body}");
        }
    }

    #[tokio::test]
    async fn a_410_with_a_location_is_answered_with_our_own_first_request() {
        let (fake, elsewhere) = (Fake::start().await, Fake::start().await);
        let gone = |to: &Fake| {
            let location = to.link("users/delta?$deltatoken=&$select=id");
            ResponseTemplate::new(410).insert_header("location", location.as_str())
        };
        for to in [&fake, &elsewhere] {
            Mock::given(query_param("$deltatoken", "x")).respond_with(gone(to)).mount(&fake.server).await;
            let error = fake.source.read_page(&at(&fake.link("users/delta?$deltatoken=x"))).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::ResyncRequired);
        }
        let link = fake.link("users/delta?$deltatoken=y");
        fake.answers_to(USERS_DELTA, ("$select", "id,mail,userPrincipalName"), 200, page_to(&link)).await;
        assert!(fake.source.read_page(&Position::Baseline).await.is_ok());
        assert_eq!((fake.received().await.len(), elsewhere.received().await), (4, vec![]));
    }

    fn page_to(link: &str) -> Value {
        json!({"value": [{"id": "a"}], "@odata.deltaLink": link})
    }

    #[tokio::test]
    async fn a_page_that_leads_to_itself_is_an_error_and_a_round_that_does_is_not() {
        let fake = Fake::start().await;
        let link = fake.link("users/delta?$skiptoken=x");
        let own = json!({"value": [{"id": "a"}], "@odata.nextLink": link});
        fake.answers_to(USERS_DELTA, ("$skiptoken", "x"), 200, own).await;
        assert_eq!(fake.source.read_page(&at(&link)).await.unwrap_err().kind, ErrorKind::Protocol);
        let link = fake.link("users/delta?$deltatoken=y");
        fake.answers_to(USERS_DELTA, ("$deltatoken", "y"), 200, page_to(&link)).await;
        assert!(fake.source.read_page(&at(&link)).await.is_ok());
    }

    #[tokio::test]
    async fn a_page_without_what_every_page_has_is_an_error_at_every_position() {
        let fake = Fake::start().await;
        let link = fake.link("users/delta?$deltatoken=x");
        for body in [
            json!({"@odata.deltaLink": link}),
            json!({"value": null, "@odata.deltaLink": link}),
            json!({"value": [], "@odata.deltaLink": link, "@odata.nextLink": link}),
            json!({"value": []}),
            json!({"value": [{"id": "a"}], "@odata.nextLink": ""}),
            json!({"value": [], "@odata.deltaLink": link, "error": {"code": "x"}}),
        ] {
            for stored in [true, false] {
                assert_eq!(kind_of(200, body.clone(), stored).await.0, ErrorKind::Protocol, "{body}");
            }
        }
    }

    #[tokio::test]
    async fn a_400_of_a_link_that_passes_is_no_resync() {
        let fake = Fake::start().await;
        let once = Mock::given(method("GET")).and(path(USERS_DELTA)).respond_with(ResponseTemplate::new(404));
        once.up_to_n_times(1).mount(&fake.server).await;
        let link = fake.link("users/delta?$deltatoken=x");
        fake.answers(USERS_DELTA, 200, json!({"value": [], "@odata.deltaLink": link})).await;
        assert!(fake.source.read_page(&at(&link)).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_refused_at_the_beginning_is_a_matter_of_configuration() {
        for (status, body) in
            [(400, json!({})), (404, not_found()), (501, json!({"error": {"code": "NotImplemented"}}))]
        {
            assert_eq!(kind_of(status, body, false).await, (ErrorKind::Rejected, 1));
        }
    }

    #[tokio::test]
    async fn other_errors_keep_their_meaning_at_a_link() {
        for (status, kind) in [(403, ErrorKind::Forbidden), (500, ErrorKind::Unavailable)] {
            assert_eq!(kind_of(status, json!({}), true).await.0, kind);
        }
    }

    #[test]
    fn a_property_that_the_feed_cannot_read_is_named() {
        let source = source("https://graph.example");
        assert!(source.what_to_change().contains("id,mail,userPrincipalName"));
        let properties = ["mail", "skills", "hireDate"].map(str::to_owned);
        let urls = super::super::urls::Urls::new(&Url::parse("https://graph.example").unwrap(), &properties).unwrap();
        let detail = GraphSource { urls, ..source }.what_to_change();
        assert!(detail.contains("cannot read hireDate, skills;"), "{detail}");
    }

    #[tokio::test]
    async fn a_page_cut_short_is_nobody_s_removal_but_an_error() {
        let fake = Fake::start().await;
        let cut = ResponseTemplate::new(200).set_body_string(r#"{"value":[{"id":"a"},"#);
        Mock::given(method("GET")).and(path(USERS_DELTA)).respond_with(cut).mount(&fake.server).await;
        let error = fake.source.read_page(&Position::Baseline).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol);
    }
}
