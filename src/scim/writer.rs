//! Writes accounts. What a failed write leaves unclear is settled by reading, or said to be unclear.

use ::http::Method;
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::endpoints::id_in_location;
use super::reader::ScimReader;
use super::{body, patch, resource};
use crate::connector::{ConnectorError, ErrorKind, TargetReader, TargetWriter};
use crate::model::{Account, Change, NewAccount, TargetId, TargetPath};

const CREATING: &str = "creating an account";
const TAKEN: &str = "the userName is taken by another account; find that account in Jostle";
const GONE: &str = "Jostle has no account with this id any more; it was deleted there";
const IN_DOUBT: &str = "the account may have been created or not; it is looked up before anything else is sent";

/// Reads from and writes to Jostle's SCIM API.
#[derive(Clone, Debug)]
pub struct ScimWriter {
    reader: ScimReader,
}

impl ScimWriter {
    /// Lets a reader write.
    pub fn new(reader: ScimReader) -> Self {
        Self { reader }
    }

    /// As [`ScimReader::urgent`].
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { reader: self.reader.urgent() }
    }

    /// A server that is not atomic may have kept a part of what it refused, unless it looked at nothing.
    async fn patch(&self, id: &TargetId, doing: &str, request: &Value) -> Result<Answer, ConnectorError> {
        let mut answer = self.reader.channel.send(Method::PATCH, self.reader.url_of(id, doing)?, Some(request)).await?;
        answer.in_doubt |= (400..500).contains(&answer.status) && !answer.is_refused_unread();
        Ok(answer)
    }

    /// The id of a new account that the answer did not give: that of the only account with its name.
    async fn find_created(&self, new: &NewAccount, answer: &Answer) -> Result<Account, ConnectorError> {
        let mut found = self.reader.find_by_user_name(&new.user_name).await.unwrap_or_default();
        match (found.pop(), found.pop()) {
            (Some(account), None) => Ok(account),
            _ => Err(answer.error_as(ErrorKind::InDoubt, CREATING, IN_DOUBT)),
        }
    }

    /// What a PATCH that was refused means. Some servers answer 500 for an account that they do not have.
    async fn refused(&self, id: &TargetId, doing: &str, answer: &Answer) -> ConnectorError {
        let is_gone = answer.status == 404 || answer.status == 500 && matches!(self.reader.account(id).await, Ok(None));
        if is_gone { answer.error_as(ErrorKind::NotFound, doing, GONE) } else { answer.error(doing) }
    }
}

impl TargetWriter for ScimWriter {
    async fn create(&self, new: &NewAccount) -> Result<Account, ConnectorError> {
        let (channel, url) = (&self.reader.channel, self.reader.endpoints.users());
        let mut answer = channel.send(Method::POST, url, Some(&body::resource(new))).await?;
        if !answer.is_success() {
            return Err(not_created(&answer));
        }
        match created(&mut answer) {
            Some(account) => Ok(account),
            None => self.find_created(new, &answer).await,
        }
    }

    async fn modify(&self, id: &TargetId, changes: &[Change]) -> Result<Option<Account>, ConnectorError> {
        let doing = format!("changing account {:?}", id.as_str());
        let dialect = self.reader.dialect;
        let Some(request) = patch::request(changes, None, dialect) else { return Ok(None) };
        let mut answer = self.patch(id, &doing, &request).await?;
        let renames = changes.iter().any(|change| change.attribute == TargetPath::user_name());
        if !(renames && answer.says_taken()) && may_lack_a_target(&answer, changes) {
            let doubtful = |error| ConnectorError { in_doubt: true, ..error };
            let Some(shown) = self.reader.account(id).await.map_err(doubtful)? else {
                return Err(answer.error_as(ErrorKind::NotFound, &doing, GONE));
            };
            match patch::request(changes, Some(&shown.resource), dialect) {
                None => return Ok(Some(shown)),
                Some(other) if other != request => {
                    answer = self.patch(id, &doing, &other).await.map_err(doubtful)?;
                    answer.in_doubt = true;
                }
                Some(_) => {}
            }
        }
        if renames && answer.says_taken() {
            return Err(answer.error_as(ErrorKind::Conflict, &doing, TAKEN));
        }
        if !answer.is_success() {
            return Err(self.refused(id, &doing, &answer).await);
        }
        let shown = answer.json.take().and_then(|json| resource::account_with_id(id, json));
        Ok(shown.filter(|account| !account.user_name.is_empty()))
    }

    async fn delete(&self, id: &TargetId) -> Result<(), ConnectorError> {
        let doing = format!("deleting account {:?}", id.as_str());
        let answer = self.reader.channel.send(Method::DELETE, self.reader.url_of(id, &doing)?, None).await?;
        let is_gone = answer.is_success()
            || answer.status == 404
            || answer.status >= 500 && matches!(self.reader.account(id).await, Ok(None));
        if is_gone { Ok(()) } else { Err(answer.error(&doing)) }
    }
}

/// The account that a POST made, as far as its answer tells.
fn created(answer: &mut Answer) -> Option<Account> {
    let resource = answer.json.take().filter(Value::is_object).unwrap_or_default();
    let id = resource::id(&resource).or_else(|| id_in_location(answer.location.as_deref()?))?;
    Some(Account { id, user_name: resource::user_name(&resource), resource })
}

/// What a POST that failed means.
fn not_created(answer: &Answer) -> ConnectorError {
    if answer.says_taken() {
        // Whatever the status, it says that the account was there before.
        return ConnectorError { in_doubt: false, ..answer.error_as(ErrorKind::Conflict, CREATING, TAKEN) };
    }
    if answer.in_doubt { answer.error_as(ErrorKind::InDoubt, CREATING, IN_DOUBT) } else { answer.error(CREATING) }
}

/// A path may have named an element that is not there: `noTarget`, or any 400 where there are such paths.
fn may_lack_a_target(answer: &Answer, changes: &[Change]) -> bool {
    let no_target = || answer.scim_type().is_some_and(|code| code.eq_ignore_ascii_case("noTarget"));
    answer.status == 400 && (no_target() || patch::has_elements(changes))
}

impl TargetReader for ScimWriter {
    async fn find_by_user_name(&self, user_name: &str) -> Result<Vec<Account>, ConnectorError> {
        self.reader.find_by_user_name(user_name).await
    }

    async fn find_by_list(&self, user_name: &str) -> Result<Vec<Account>, ConnectorError> {
        self.reader.find_by_list(user_name).await
    }

    async fn account(&self, id: &TargetId) -> Result<Option<Account>, ConnectorError> {
        self.reader.account(id).await
    }

    async fn probe(&self) -> Result<(), ConnectorError> {
        self.reader.probe().await
    }

    fn requests(&self) -> u64 {
        self.reader.requests()
    }

    fn throttled_until(&self) -> Option<Timestamp> {
        self.reader.throttled_until()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;
    use wiremock::matchers::{any, body_json, header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::super::Dialect;
    use super::super::testing::{self, answer, change, list, scim_error, sent, values};
    use super::*;

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
            .respond_with(answer(201, resource.clone()))
            .expect(1)
            .mount(&server)
            .await;
        let writer = ScimWriter::new(testing::reader(&server, Dialect::Rfc));
        let account = writer.create(&anna()).await.unwrap();
        assert_eq!(account, Account { id: id(), user_name: "Anna@c.example".into(), resource });
        assert_eq!(writer.requests(), 1);
    }

    #[tokio::test]
    async fn an_id_may_come_from_the_location_alone() {
        let location = "https://jostle.example/scim2/Users/anna%40c.example";
        for body in ["", "<html>Created</html>", "{\"userName\": \"anna@c.example\"}", "[]"] {
            let response = ResponseTemplate::new(201).insert_header("location", location).set_body_string(body);
            let (server, writer) = server(vec![("POST", response)]).await;
            assert_eq!(writer.create(&anna()).await.unwrap().id.as_str(), "anna@c.example", "{body}");
            assert_eq!(methods(&server).await, ["POST"]);
        }
    }

    #[tokio::test]
    async fn an_account_without_an_id_is_looked_up_and_counts_only_if_it_is_the_only_one() {
        let undefined =
            || answer(201, json!({"userName": "anna@c.example"})).insert_header("location", "/scim2/Users/undefined");
        let hit = |id: &str| json!({"id": id, "userName": "anna@c.example"});
        let (_server, writer) = server(vec![("POST", undefined()), ("GET", list(&[hit("7")]))]).await;
        assert_eq!(writer.create(&anna()).await.unwrap().id, id());
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
            (ResponseTemplate::new(501), ErrorKind::Unavailable),
        ] {
            let (server, writer) = server(vec![("POST", response)]).await;
            assert_eq!(writer.create(&anna()).await.unwrap_err().kind, kind);
            assert_eq!(methods(&server).await, ["POST"]);
        }
    }

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
            let account = writer.modify(&id(), &changes).await.unwrap();
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
        assert_eq!(writer.modify(&id(), &[change("title", None, None)]).await, Ok(None));
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
        assert_eq!(writer.modify(&id(), &[change(WORK, Some("old@c.example"), Some("new@c.example"))]).await, Ok(None));
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
        let account = writer.modify(&id(), &[change(WORK, Some("a@c.example"), None)]).await.unwrap();
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
            let responses = vec![("PATCH", ResponseTemplate::new(status)), ("GET", ResponseTemplate::new(404))];
            let (_server, writer) = server(responses).await;
            let error = writer.modify(&id(), changes).await.unwrap_err();
            assert_eq!((error.kind, error.status), (ErrorKind::NotFound, Some(status)));
        }
    }

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

    #[tokio::test]
    async fn the_entra_dialect_reaches_the_wire() {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&server).await;
        let writer = ScimWriter::new(testing::reader(&server, Dialect::Entra));
        writer.modify(&id(), &[change("active", Some("true"), Some("false"))]).await.unwrap();
        assert!(sent(&server).await[0].contains(r#""op":"Replace","path":"active","value":"False""#));
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
}
