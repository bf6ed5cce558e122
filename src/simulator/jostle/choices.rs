//! The settings of those switches that have more than two.

use serde::{Deserialize, Serialize};

/// The status of a duplicate; a number in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum DuplicateStatus {
    /// 409 Conflict.
    Conflict,
    /// 400 Bad Request.
    BadRequest,
    /// 500 Internal Server Error.
    ServerError,
}

impl TryFrom<u16> for DuplicateStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            409 => Ok(Self::Conflict),
            400 => Ok(Self::BadRequest),
            500 => Ok(Self::ServerError),
            other => Err(format!("{other} is none of 409, 400, 500")),
        }
    }
}

impl From<DuplicateStatus> for u16 {
    fn from(status: DuplicateStatus) -> Self {
        match status {
            DuplicateStatus::Conflict => 409,
            DuplicateStatus::BadRequest => 400,
            DuplicateStatus::ServerError => 500,
        }
    }
}

/// What a PATCH answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchAnswer {
    /// 200 and the user.
    OkWithBody,
    /// 204 and nothing.
    NoContent,
}

/// What a filter finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterHit {
    /// Who was asked for.
    Honest,
    /// Somebody else, if there is anybody else.
    WrongPerson,
    /// Nobody, ever.
    Empty,
    /// Everybody: the filter is ignored.
    Everybody,
}

/// What is changed silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalise {
    /// Nothing.
    None,
    /// Every text is trimmed, and e-mail addresses are written in lower case.
    TrimLowercaseEmail,
    /// Telephone numbers are written with other signs between the digits.
    FormatPhones,
    /// Every text is written in lower case.
    Lowercase,
}

/// The body of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBody {
    /// `urn:ietf:params:scim:api:messages:2.0:Error`.
    Scim,
    /// A page of a web server.
    Html,
    /// No body.
    Empty,
}

/// How pages are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// As asked.
    Honest,
    /// Every page is the first one.
    IgnoresStartIndex,
    /// A page begins with the last user of the one before.
    Overlaps,
    /// `totalResults` is the number of users on the page.
    WrongTotal,
    /// The oldest user is on no page, and does not count.
    LeavesOut,
}

/// What becomes of an attribute that the schema does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAttributes {
    /// 400.
    Reject,
    /// Nothing: it is dropped.
    Ignore,
}

/// How a value is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearing {
    /// By `remove` or null; an empty text is 400.
    Remove,
    /// An empty text is taken too, and stored as such.
    EmptyString,
}

/// What an `id` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ids {
    /// 32 hexadecimal digits, for good.
    Opaque,
    /// The `userName`: a rename changes it.
    UserName,
}
