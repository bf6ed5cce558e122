//! A probe that reads and changes nothing: does everything that a cycle asks of Entra work?

use super::GraphSource;
use super::error::{APPLICATIONS, GROUPS, LEAVE_DATES, Purpose, USERS};
use super::wire;
use crate::connector::ConnectorError;

const LEAVING: Purpose = Purpose { what: "read when people leave", permission: LEAVE_DATES };

/// One step of the probe.
#[derive(Debug)]
pub struct CheckStep {
    /// What was tried.
    pub name: &'static str,
    /// The application permission that it needs; none if it needs none.
    pub permission: Option<&'static str>,
    /// How it went.
    pub result: Result<(), ConnectorError>,
}

impl GraphSource {
    /// Asks for a token, for an empty page of the users feed with the whole selection, and for one page of the
    /// deleted users; for one person's day of leaving if that is selected; for an empty page of the groups feed if groups
    /// matter, and for all assignments of the application with this client id. Ends at the token if there is none, since nothing else can work then.
    pub async fn check(&self, groups: bool, app_id: Option<&str>) -> Vec<CheckStep> {
        let token = self.client.tokens.get().await.map(drop);
        let mut steps = vec![CheckStep { name: "token", permission: None, result: token }];
        if steps.iter().any(|step| step.result.is_err()) {
            return steps;
        }
        let mut add = |name, permission, result| {
            steps.push(CheckStep { name, permission: Some(permission), result });
        };
        add("users feed", USERS, self.probe_users().await);
        add("deleted users", USERS, self.read_bin().await);
        if self.urls.names_leave_date() {
            let read = self.part(&self.urls.leave_date(), LEAVING, wire::items).await;
            add("leave dates", LEAVE_DATES, read.map(drop));
        }
        if groups {
            add("groups feed", GROUPS, self.probe_groups().await);
        }
        if let Some(app_id) = app_id {
            add("assignments", APPLICATIONS, self.all_assigned(app_id).await.map(drop));
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::Fake;
    use crate::connector::ErrorKind;
    use serde_json::json;

    type Seen = Vec<(&'static str, Option<ErrorKind>)>;

    async fn check(fake: &Fake) -> Seen {
        check_all(fake, false, None).await
    }

    async fn check_all(fake: &Fake, groups: bool, app_id: Option<&str>) -> Seen {
        let steps = fake.source.check(groups, app_id).await;
        steps.into_iter().map(|step| (step.name, step.result.err().map(|error| error.kind))).collect()
    }

    #[tokio::test]
    async fn every_step_is_tried_although_one_fails() {
        let fake = Fake::start().await;
        fake.answers("/v1.0/users/delta", 403, json!({})).await;
        fake.answers("/v1.0/directory/deletedItems/microsoft.graph.user", 200, json!({"value": []})).await;
        let wanted = [("token", None), ("users feed", Some(ErrorKind::Forbidden)), ("deleted users", None)];
        assert_eq!(check(&fake).await, wanted);
    }

    #[tokio::test]
    async fn the_feed_is_probed_with_the_whole_selection_and_without_reading_anybody() {
        let fake = Fake::start().await;
        let link = fake.link("users/delta?$deltatoken=x");
        let page = json!({"value": [], "@odata.deltaLink": link});
        fake.answers_to("/v1.0/users/delta", ("$deltatoken", "latest"), 200, page).await;
        assert_eq!(check(&fake).await[1], ("users feed", None));
        let probe = "/v1.0/users/delta?$select=id,mail,userPrincipalName&$deltatoken=latest t1";
        assert!(fake.received().await.iter().any(|request| request == probe));
    }

    #[tokio::test]
    async fn groups_and_assignments_are_probed_where_they_matter() {
        let fake = Fake::start().await;
        let link = fake.link("groups/delta?$deltatoken=x");
        let page = json!({"value": [], "@odata.deltaLink": link});
        fake.answers_to("/v1.0/groups/delta", ("$deltatoken", "latest"), 200, page).await;
        fake.answers("/v1.0/servicePrincipals(appId='app')", 403, json!({})).await;
        let seen = check_all(&fake, true, Some("app")).await;
        assert_eq!(seen[3..], [("groups feed", None), ("assignments", Some(ErrorKind::Forbidden))]);
    }

    #[tokio::test]
    async fn without_a_token_nothing_else_is_tried() {
        let fake = Fake::start().await;
        fake.issues_no_token(401, json!({"error": "invalid_client", "error_codes": [7_000_222]})).await;
        assert_eq!(check(&fake).await, [("token", Some(ErrorKind::CredentialsRefused))]);
        assert_eq!(fake.received().await, ["TOKEN"]);
    }
}
