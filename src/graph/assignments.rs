//! Who is assigned to an application ("List appRoleAssignments granted for a service principal").

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::GraphSource;
use super::error::{APPLICATIONS, Purpose, failed};
use super::wire;
use crate::connector::{ConnectorError, ErrorKind};
use crate::model::Principal;

const ASSIGNMENTS: Purpose = Purpose { what: "read who is assigned to the application", permission: APPLICATIONS };

/// The object id of the last application's service principal. It never changes while the application is there, so
/// that it is asked for once.
#[derive(Debug, Default)]
pub(super) struct ServicePrincipal(Mutex<Option<Known>>);

#[derive(Clone, Debug)]
struct Known {
    app_id: String,
    id: String,
}

impl ServicePrincipal {
    fn get(&self, app_id: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|known| known.app_id == app_id).map(|known| known.id.clone())
    }

    fn set(&self, known: Option<Known>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl GraphSource {
    /// A principal stands in the list once for each of its roles.
    pub(super) async fn all_assigned(&self, app_id: &str) -> Result<BTreeSet<Principal>, ConnectorError> {
        let id = match self.service_principal.get(app_id) {
            Some(id) => id,
            None => self.find_service_principal(app_id).await?,
        };
        let listed = self.all(self.urls.assigned_to(&id), ASSIGNMENTS, wire::assignments, |_| true).await;
        if listed.is_err() {
            // The application may have been registered anew; the next cycle asks again.
            self.service_principal.set(None);
        }
        Ok(listed?.into_iter().collect())
    }

    async fn find_service_principal(&self, app_id: &str) -> Result<String, ConnectorError> {
        let url = self.urls.service_principal(app_id);
        let id = self.object(&url, ASSIGNMENTS, wire::service_principal).await?.ok_or_else(|| {
            failed(
                ErrorKind::Rejected,
                format!(
                    "there is no enterprise application with the client id {app_id}; check scope.app_id and that the \
                     app registration has the application permission {APPLICATIONS}"
                ),
            )
        })?;
        self.service_principal.set(Some(Known { app_id: app_id.to_owned(), id: id.clone() }));
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found};
    use super::*;
    use crate::connector::SourceReader;
    use crate::model::{EntraId, GroupId};
    use serde_json::{Value, json};

    const APP: &str = "/v1.0/servicePrincipals(appId='app')";
    const LIST: &str = "/v1.0/servicePrincipals/sp/appRoleAssignedTo";

    async fn with_app() -> Fake {
        let fake = Fake::start().await;
        fake.answers(APP, 200, json!({"id": "sp", "appId": "app"})).await;
        fake
    }

    fn to(principal: &str, kind: &str) -> Value {
        json!({"id": "x", "principalId": principal, "principalType": kind})
    }

    #[tokio::test]
    async fn every_page_is_read_and_the_application_is_asked_for_once() {
        let fake = with_app().await;
        let second = fake.link("servicePrincipals/sp/appRoleAssignedTo?$skiptoken=2");
        let page = json!({"value": [to("u1", "User"), to("u1", "User"), to("s", "ServicePrincipal")],
            "@odata.nextLink": second});
        fake.answers_to(LIST, ("$top", "999"), 200, page).await;
        fake.answers_to(LIST, ("$skiptoken", "2"), 200, json!({"value": [to("g", "Group")]})).await;
        let wanted = [Principal::User(EntraId::new("u1")), Principal::Group(GroupId::new("g"))].into();
        for requests in [3, 5] {
            assert_eq!(fake.source.assigned("app").await.unwrap(), wanted);
            assert_eq!(fake.source.requests(), requests);
        }
    }

    #[tokio::test]
    async fn a_short_read_is_an_error_and_never_fewer_people() {
        for link in ["{own}", "https://elsewhere.example/v1.0/x"] {
            let fake = with_app().await;
            let own = fake.link("servicePrincipals/sp/appRoleAssignedTo?$skiptoken=2");
            let page = json!({"value": [to("u1", "User")], "@odata.nextLink": link.replace("{own}", &own)});
            fake.answers(LIST, 200, page).await;
            let error = fake.source.assigned("app").await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        }
        for (status, body, kind) in [
            (200, json!({}), ErrorKind::Protocol),
            (200, json!({"value": [{"principalId": "u"}]}), ErrorKind::Protocol),
            (404, not_found(), ErrorKind::NotFound),
            (503, json!({}), ErrorKind::Unavailable),
        ] {
            let fake = with_app().await;
            fake.answers(LIST, status, body).await;
            assert_eq!(fake.source.assigned("app").await.unwrap_err().kind, kind);
        }
    }

    #[tokio::test]
    async fn an_application_that_is_registered_anew_is_found_by_the_next_cycle() {
        let fake = with_app().await;
        fake.answers(LIST, 404, not_found()).await;
        assert!(fake.source.assigned("app").await.is_err());
        assert!(fake.source.assigned("app").await.is_err());
        let asked = fake.received().await.iter().filter(|request| request.starts_with(APP)).count();
        assert_eq!(asked, 2);
    }

    #[tokio::test]
    async fn an_unknown_application_is_a_matter_of_configuration() {
        let fake = Fake::start().await;
        fake.answers(APP, 404, not_found()).await;
        let error = fake.source.assigned("app").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(error.detail.contains("scope.app_id") && error.detail.contains("Application.Read.All"), "{error}");
    }

    #[tokio::test]
    async fn what_is_forbidden_names_the_permission_for_applications() {
        let fake = Fake::start().await;
        fake.answers(APP, 403, json!({})).await;
        let error = fake.source.assigned("app").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden);
        assert!(error.detail.contains("Application.Read.All"), "{error}");
    }
}
