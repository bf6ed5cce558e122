//! Writes accounts. What a failed write leaves unclear is settled by reading, or said to be unclear.

use ::http::Method;
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer::Answer;
use super::channel::Channel;
use super::endpoints::id_in_location;
use super::reader::ScimReader;
use super::{body, patch, resource};
use crate::connector::{ConnectorError, Description, ErrorKind, TargetReader, TargetWriter, Written};
use crate::model::{Account, Change, NewAccount, TargetId, TargetPath, fold};

const CREATING: &str = "creating an account";
const TAKEN: &str = "the userName is taken by another account; find that account in Jostle";
const GONE: &str = "Jostle has no account with this id any more; it was deleted there";
const GONE_PERHAPS: &str = "Jostle answers every request about this account with an error; it is tried again later, but \
                            if only this account is concerned, it may have been deleted there";
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
        match answer.status {
            404 => answer.error_as(ErrorKind::NotFound, doing, GONE),
            500 => match self.reader.account(id).await {
                Ok(None) => answer.error_as(ErrorKind::NotFound, doing, GONE),
                Err(error) if error.status == Some(500) => answer.error_as(ErrorKind::Unavailable, doing, GONE_PERHAPS),
                _ => answer.error(doing),
            },
            _ => answer.error(doing),
        }
    }
}

impl TargetWriter for ScimWriter {
    fn until(&self, stop: CancellationToken) -> Self {
        Self { reader: self.reader.until(stop) }
    }

    async fn create(&self, new: &NewAccount) -> Result<Written<Account>, ConnectorError> {
        let (channel, url) = (&self.reader.channel, self.reader.endpoints.users());
        let mut answer = channel.send(Method::POST, url, Some(&body::resource(new))).await?;
        if !answer.is_success() {
            return Err(not_created(&answer));
        }
        let shown = match created(&mut answer).filter(|account| is_of(account, new)) {
            Some(account) => account,
            None => self.find_created(new, &answer).await?,
        };
        Ok(Written { shown, receipt: Some(answer.receipt()) })
    }

    async fn modify(&self, id: &TargetId, changes: &[Change]) -> Result<Written<Option<Account>>, ConnectorError> {
        let doing = format!("changing account {:?}", id.as_str());
        let dialect = self.reader.dialect;
        let Some(request) = patch::request(changes, None, dialect) else {
            return Ok(Written { shown: None, receipt: None });
        };
        let (channel, url) = (self.reader.channel.for_one_write(), self.reader.url_of(id, &doing)?);
        let mut answer = patch(&channel, url.clone(), &request).await?;
        let renames = changes.iter().any(|change| change.attribute == TargetPath::user_name());
        if !(renames && answer.says_taken()) && may_lack_a_target(&answer, changes) {
            let doubtful = |error| ConnectorError { in_doubt: true, ..error };
            let Some(shown) = self.reader.account(id).await.map_err(doubtful)? else {
                return Err(answer.error_as(ErrorKind::NotFound, &doing, GONE));
            };
            match patch::request(changes, Some(&shown.resource), dialect) {
                None => return Ok(Written { shown: Some(shown), receipt: None }),
                Some(other) if other != request => {
                    answer = patch(&channel, url, &other).await.map_err(doubtful)?;
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
        if let Some(error) = answer.unproven(&doing) {
            return Err(error);
        }
        let shown = answer.json.take().and_then(|json| resource::account_with_id(id, json));
        let shown = shown.filter(|account| !account.user_name.is_empty());
        Ok(Written { shown, receipt: Some(answer.receipt()) })
    }

    async fn delete(&self, id: &TargetId) -> Result<Written<()>, ConnectorError> {
        let doing = format!("deleting account {:?}", id.as_str());
        let answer = self.reader.channel.send(Method::DELETE, self.reader.url_of(id, &doing)?, None).await?;
        if let Some(error) = answer.unproven(&doing) {
            return Err(error);
        }
        let is_gone = answer.is_success()
            || self.reader.says_absent(&answer).await?
            || answer.status >= 500 && matches!(self.reader.account(id).await, Ok(None));
        match is_gone {
            true => Ok(Written { shown: (), receipt: Some(answer.receipt()) }),
            false => Err(answer.error(&doing)),
        }
    }
}

/// The account that a POST made, as far as its answer tells.
fn created(answer: &mut Answer) -> Option<Account> {
    let resource = answer.json.take().filter(Value::is_object).unwrap_or_default();
    let id = resource::id(&resource).or_else(|| id_in_location(answer.location.as_deref()?))?;
    Some(Account { id, user_name: resource::user_name(&resource), resource })
}

/// An account that shows another name is somebody else's, whatever made the server show it.
fn is_of(account: &Account, new: &NewAccount) -> bool {
    account.user_name.is_empty() || fold(&account.user_name) == fold(&new.user_name)
}

/// A server that is not atomic may have kept a part of what it refused, unless it looked at nothing.
async fn patch(channel: &Channel, url: Url, request: &Value) -> Result<Answer, ConnectorError> {
    let mut answer = channel.send(Method::PATCH, url, Some(request)).await?;
    answer.in_doubt |= (400..500).contains(&answer.status) && !answer.is_refused_unread();
    Ok(answer)
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

    async fn for_each_account(&self, each: impl FnMut(Account) + Send) -> Result<(), ConnectorError> {
        self.reader.for_each_account(each).await
    }

    async fn account(&self, id: &TargetId) -> Result<Option<Account>, ConnectorError> {
        self.reader.account(id).await
    }

    async fn probe(&self) -> Result<(), ConnectorError> {
        self.reader.probe().await
    }

    async fn description(&self) -> Result<Option<Description>, ConnectorError> {
        self.reader.description().await
    }

    fn requests(&self) -> u64 {
        self.reader.requests()
    }

    fn throttled_until(&self) -> Option<Timestamp> {
        self.reader.throttled_until()
    }
}

#[cfg(test)]
mod tests;
