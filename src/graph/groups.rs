//! Groups: the feed of some of them with their direct members, and single ones by name or id.

use std::collections::BTreeSet;

use super::GraphSource;
use super::error::{GROUPS, Purpose, failed};
use super::feed::Feed;
use super::wire;
use crate::connector::{ConnectorError, ErrorKind, GROUPS_PER_FEED, GroupPage, Position};
use crate::model::{GroupId, GroupLabel, Principal};

/// "Use delta query to track changes in groups".
const FEED: Feed<GroupPage> = Feed {
    purpose: Purpose { what: "read the groups feed", permission: GROUPS },
    lost: "the position in the groups feed is no longer valid; its groups are read anew",
    read: wire::group_page,
    next: |page| &page.next,
};
const MEMBERS: Purpose = Purpose { what: "read the members of a group", permission: GROUPS };
const GROUP: Purpose = Purpose { what: "read a group", permission: GROUPS };

impl GraphSource {
    pub(super) async fn page_of_groups(
        &self,
        groups: &[GroupId],
        from: &Position,
    ) -> Result<GroupPage, ConnectorError> {
        match from {
            Position::At(link) => self.follow(link, &FEED).await,
            // Without a filter it would be the feed of every group there is.
            Position::Baseline if groups.is_empty() || groups.len() > GROUPS_PER_FEED => Err(failed(
                ErrorKind::Rejected,
                format!("a feed of {} groups was asked for; 1 to {GROUPS_PER_FEED} are possible", groups.len()),
            )),
            Position::Baseline => self.first(&self.urls.groups_delta(groups), &FEED, advice).await,
        }
    }

    /// An empty page of the feed, for the probe.
    pub(super) async fn probe_groups(&self) -> Result<(), ConnectorError> {
        self.first(&self.urls.groups_delta_latest(), &FEED, advice).await.map(drop)
    }

    /// What Graph returned beyond the name is dropped.
    pub(super) async fn all_groups_named(&self, name: &str) -> Result<Vec<GroupLabel>, ConnectorError> {
        let is_meant = |label: &GroupLabel| label.is_meant_by(name);
        self.all(self.urls.groups_named(name), GROUP, wire::groups, is_meant).await
    }

    pub(super) async fn members_of(&self, id: &GroupId) -> Result<BTreeSet<Principal>, ConnectorError> {
        Ok(self.all(self.urls.members(id), MEMBERS, wire::members, |_| true).await?.into_iter().collect())
    }

    pub(super) async fn group_by_id(&self, id: &GroupId) -> Result<Option<GroupLabel>, ConnectorError> {
        let label = self.object(&self.urls.group(id), GROUP, wire::group).await?;
        if label.as_ref().is_some_and(|label| label.id != *id) {
            return Err(failed(ErrorKind::Protocol, format!("asked for the group {id}, Graph answered with another")));
        }
        Ok(label)
    }
}

fn advice() -> String {
    "the groups feed refuses the request; check graph_root and that each group named by object id exists".to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found};
    use super::*;
    use crate::connector::{FeedLink, GroupChange, Next, SourceReader};
    use crate::model::EntraId;
    use serde_json::{Value, json};
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, ResponseTemplate};

    const DELTA: &str = "/v1.0/groups/delta";

    fn ids(names: &[&str]) -> Vec<GroupId> {
        names.iter().map(|name| GroupId::new(name)).collect()
    }

    fn at(link: &str) -> Position {
        Position::At(FeedLink::new(link))
    }

    #[tokio::test]
    async fn a_feed_is_asked_for_its_groups_and_followed_by_its_links_as_they_came() {
        let fake = Fake::start().await;
        let next = fake.link("groups/delta()?$skiptoken=a~b+c%2B%2f=");
        let slice = |user: &str| {
            json!([{"id": "g1", "displayName": "Sales", "members@delta": [
                {"@odata.type": "#microsoft.graph.user", "id": user}]}])
        };
        let first = json!({"value": slice("u1"), "@odata.nextLink": next});
        fake.answers_to(DELTA, ("$filter", "id eq 'g1' or id eq 'g2'"), 200, first).await;
        let delta = fake.link("groups/delta?$deltatoken=x");
        fake.answers("/v1.0/groups/delta()", 200, json!({"value": slice("u2"), "@odata.deltaLink": delta})).await;
        let groups = ids(&["g1", "g2"]);
        let present = |user: &str| GroupChange::Present {
            id: GroupId::new("g1"),
            name: Some("Sales".to_owned()),
            joined: vec![Principal::User(EntraId::new(user))],
            left: vec![],
        };
        let page = fake.source.groups_page(&groups, &Position::Baseline).await.unwrap();
        assert_eq!(page, GroupPage { changes: vec![present("u1")], next: Next::Page(FeedLink::new(&next)) });
        let page = fake.source.groups_page(&groups, &at(&next)).await.unwrap();
        assert_eq!(page, GroupPage { changes: vec![present("u2")], next: Next::Round(FeedLink::new(delta)) });
        let received = fake.received().await;
        assert!(received[1].starts_with(&format!("{DELTA}?$select=displayName,members&$filter=")), "{received:?}");
        assert_eq!(received[2], "/v1.0/groups/delta()?$skiptoken=a~b+c%2B%2f= t1");
    }

    #[tokio::test]
    async fn no_feed_has_more_than_fifty_groups_or_none() {
        let fake = Fake::start().await;
        let many: Vec<_> = (0..51).map(|number| GroupId::new(&format!("g{number}"))).collect();
        for groups in [&many[..], &[]] {
            let error = fake.source.groups_page(groups, &Position::Baseline).await.unwrap_err();
            assert_eq!((error.kind, fake.source.requests()), (ErrorKind::Rejected, 0));
        }
        let link = fake.link("groups/delta?$deltatoken=x");
        fake.answers(DELTA, 200, json!({"value": [], "@odata.deltaLink": link})).await;
        assert!(fake.source.groups_page(&many[..50], &Position::Baseline).await.is_ok());
    }

    #[tokio::test]
    async fn a_foreign_link_is_neither_taken_nor_followed() {
        let (fake, foreign) = (Fake::start().await, Fake::start().await);
        let link = foreign.link("groups/delta?$skiptoken=x");
        fake.answers(DELTA, 200, json!({"value": [], "@odata.nextLink": link})).await;
        for from in [Position::Baseline, at(&link)] {
            let error = fake.source.groups_page(&ids(&["g"]), &from).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Protocol);
        }
        assert_eq!(foreign.received().await, [""; 0]);
    }

    async fn refused(status: u16, body: Value, from_link: bool) -> ConnectorError {
        let fake = Fake::start().await;
        fake.answers(DELTA, status, body).await;
        let from = if from_link { at(&fake.link("groups/delta?$deltatoken=x")) } else { Position::Baseline };
        fake.source.groups_page(&ids(&["g"]), &from).await.unwrap_err()
    }

    #[tokio::test]
    async fn refusals_mean_what_they_mean_in_the_users_feed() {
        let lost = json!({"error": {"code": "syncStateNotFound"}});
        for (status, body, from_link, kind) in [
            (400, lost, true, ErrorKind::ResyncRequired),
            (404, json!({}), true, ErrorKind::ResyncRequired),
            (400, json!({}), false, ErrorKind::Rejected),
            (200, json!({"@odata.deltaLink": "l"}), true, ErrorKind::Protocol),
            (500, json!({}), true, ErrorKind::Unavailable),
        ] {
            assert_eq!(refused(status, body.clone(), from_link).await.kind, kind, "{status} {body}");
        }
    }

    #[tokio::test]
    async fn gone_for_maintenance_is_a_resync_and_its_location_is_not_followed() {
        let (fake, elsewhere) = (Fake::start().await, Fake::start().await);
        let location = elsewhere.link("groups/delta?$deltatoken=");
        let gone = ResponseTemplate::new(410).insert_header("location", location.as_str());
        Mock::given(method("GET")).and(path(DELTA)).respond_with(gone).mount(&fake.server).await;
        let from = at(&fake.link("groups/delta?$deltatoken=x"));
        let error = fake.source.groups_page(&ids(&["g"]), &from).await.unwrap_err();
        assert_eq!((error.kind, fake.source.requests()), (ErrorKind::ResyncRequired, 1));
        assert_eq!(elsewhere.received().await, [""; 0]);
    }

    #[tokio::test]
    async fn what_is_forbidden_names_the_permission_for_groups() {
        let error = refused(403, json!({}), false).await;
        assert_eq!(error.kind, ErrorKind::Forbidden);
        assert!(error.to_string().starts_with("Entra: ") && error.detail.contains("GroupMember.Read.All"), "{error}");
    }

    #[tokio::test]
    async fn the_members_of_a_group_are_all_of_them_or_an_error() {
        let fake = Fake::start().await;
        let next = fake.link("groups/g/members?$skiptoken=2");
        let member = |kind: &str, id: &str| json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id});
        let first = json!({"value": [member("user", "u1"), member("device", "d")], "@odata.nextLink": next});
        fake.answers_to("/v1.0/groups/g/members", ("$top", "999"), 200, first).await;
        let second = json!({"value": [member("group", "g2"), member("agentUser", "u2")]});
        fake.answers_to("/v1.0/groups/g/members", ("$skiptoken", "2"), 200, second).await;
        let wanted = [
            Principal::User(EntraId::new("u1")),
            Principal::User(EntraId::new("u2")),
            Principal::Group(GroupId::new("g2")),
        ];
        assert_eq!(fake.source.members(&GroupId::new("g")).await.unwrap(), wanted.into());
        for (status, body, kind) in [
            (200, json!({"value": [{"id": "u"}]}), ErrorKind::Protocol),
            (200, json!({}), ErrorKind::Protocol),
            (404, not_found(), ErrorKind::NotFound),
            (403, json!({}), ErrorKind::Forbidden),
        ] {
            let fake = Fake::start().await;
            fake.answers("/v1.0/groups/g/members", status, body).await;
            assert_eq!(fake.source.members(&GroupId::new("g")).await.unwrap_err().kind, kind);
        }
    }

    #[tokio::test]
    async fn groups_are_found_by_name_over_all_pages_and_only_by_that_name() {
        let fake = Fake::start().await;
        let label = |id: &str, name: &str| json!({"id": id, "displayName": name});
        let second = fake.link("groups?$skiptoken=2");
        let list = json!({"value": [label("A", "o'sales"), label("b", "Other")], "@odata.nextLink": second});
        fake.answers_to("/v1.0/groups", ("$filter", "displayName eq 'O''Sales'"), 200, list).await;
        let rest = json!({"value": [label("c", "O'SALES")]});
        fake.answers_to("/v1.0/groups", ("$skiptoken", "2"), 200, rest).await;
        let found = fake.source.groups_named("O'Sales").await.unwrap();
        assert_eq!(found.iter().map(|label| label.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[tokio::test]
    async fn a_group_is_none_only_if_graph_says_so_itself() {
        let fake = Fake::start().await;
        fake.answers("/v1.0/groups/g1", 200, json!({"id": "G1", "displayName": "Sales"})).await;
        fake.answers("/v1.0/groups/g2", 404, not_found()).await;
        fake.answers("/v1.0/groups/g3", 200, json!({"id": "g1"})).await;
        let group = async |id: &str| fake.source.group(&GroupId::new(id)).await;
        assert_eq!(group("g1").await.unwrap().unwrap().name, "Sales");
        assert_eq!(group("g2").await.unwrap(), None);
        assert_eq!(group("g3").await.unwrap_err().kind, ErrorKind::Protocol);
        assert_eq!(group("g4").await.unwrap_err().kind, ErrorKind::NotFound, "a 404 of somebody else");
    }
}
