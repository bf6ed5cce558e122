//! What a fault can do.

use serde::{Deserialize, Serialize};

use super::record::Side;

/// What a fault does. In JSON `kind` names it: `{"kind": "status", "status": 429, "retry_after": "7"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Answers with an error and does not handle the request.
    Status {
        /// The HTTP status, 200 to 999.
        status: u16,
        /// The `Retry-After` header, as it is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<String>,
        /// Graph's `error.code`, OAuth's `error` or SCIM's `scimType`; the usual one for the status, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What the body is.
        #[serde(default)]
        body: BodyKind,
    },
    /// Drops the connection; the request is not handled.
    Reset {},
    /// Handles the request, then drops the connection: the answer is lost.
    ResetAfter {},
    /// Cuts the body in the middle.
    Truncate {
        /// The answer ends properly and only its content is cut; otherwise the connection breaks.
        #[serde(default)]
        well_framed: bool,
    },
    /// Never answers.
    Hang {},
    /// Handles the request, then never answers.
    HangAfter {},
    /// Handles the request late, and so answers late.
    Slow {
        /// By so many milliseconds.
        ms: u64,
    },
    /// Handles the request at once and answers late.
    SlowAfter {
        /// By so many milliseconds.
        ms: u64,
    },
    /// 302 to another address; the request is not handled.
    Redirect {
        /// The `Location` header.
        location: String,
    },
    /// Delta: a page without `value`.
    MissingValue {},
    /// Delta: an empty page with a nextLink comes first.
    EmptyPage {},
    /// Delta: a page repeats items of the page before, or its own.
    Duplicate {},
    /// Delta: the items of a page are in another order.
    Shuffle {},
    /// Delta: a round brings the changes of the round before it again.
    Replay {},
    /// Delta: the link leads to another host.
    ForeignLink {
        /// Scheme and host of the link.
        #[serde(default = "foreign_origin")]
        origin: String,
    },
    /// Delta: the token in the link has expired, for good.
    ExpireToken {
        /// How Graph says so.
        #[serde(default)]
        style: ExpiredStyle,
    },
    /// Delta: nextLink and deltaLink together.
    BothLinks {},
    /// Delta: neither link.
    NoLinks {},
    /// Delta: from here on every page of the round is empty and has a new nextLink, also when the fault is spent.
    EndlessPages {},
    /// Delta: a round after a baseline leaves out the newer half of the changes; the round after it brings them.
    Late {},
    /// Delta: a baseline shows nobody and ends; the round after it brings everybody.
    EmptyTenant {},
    /// Jostle: a filter answers with another account, if there is one.
    WrongHit {},
    /// Jostle: a filter finds nobody.
    NoHit {},
}

fn foreign_origin() -> String {
    "https://graph.example.invalid".to_owned()
}

impl Effect {
    /// The name that JSON and the record use.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Reset {} => "reset",
            Self::ResetAfter {} => "reset_after",
            Self::Truncate { .. } => "truncate",
            Self::Hang {} => "hang",
            Self::HangAfter {} => "hang_after",
            Self::Slow { .. } => "slow",
            Self::SlowAfter { .. } => "slow_after",
            Self::Redirect { .. } => "redirect",
            Self::MissingValue {} => "missing_value",
            Self::EmptyPage {} => "empty_page",
            Self::Duplicate {} => "duplicate",
            Self::Shuffle {} => "shuffle",
            Self::Replay {} => "replay",
            Self::ForeignLink { .. } => "foreign_link",
            Self::ExpireToken { .. } => "expire_token",
            Self::BothLinks {} => "both_links",
            Self::NoLinks {} => "no_links",
            Self::EndlessPages {} => "endless_pages",
            Self::Late {} => "late",
            Self::EmptyTenant {} => "empty_tenant",
            Self::WrongHit {} => "wrong_hit",
            Self::NoHit {} => "no_hit",
        }
    }

    /// The only server that can carry it out; none if each can.
    pub(super) fn only_side(&self) -> Option<Side> {
        match self {
            Self::Status { .. }
            | Self::Reset {}
            | Self::ResetAfter {}
            | Self::Truncate { .. }
            | Self::Hang {}
            | Self::HangAfter {}
            | Self::Slow { .. }
            | Self::SlowAfter { .. }
            | Self::Redirect { .. } => None,
            Self::WrongHit {} | Self::NoHit {} => Some(Side::Jostle),
            _ => Some(Side::Graph),
        }
    }

    /// Whether a request is one that this effect can happen to: a first request has no token that could expire.
    pub(super) fn applies_to(&self, path: &str) -> bool {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (path, query) = (path.to_ascii_lowercase(), query.to_ascii_lowercase());
        match self.only_side() {
            None | Some(Side::Token) => true,
            Some(Side::Graph) => self.applies_to_delta(&path, &query),
            Some(Side::Jostle) => path.ends_with("/.search") || query.contains("filter="),
        }
    }

    fn applies_to_delta(&self, path: &str, query: &str) -> bool {
        let resumes = query.contains("deltatoken=") && !query.contains("deltatoken=latest");
        let continues = query.contains("skiptoken=");
        ["/v1.0/users/", "/v1.0/groups/"].iter().any(|feed| path.starts_with(feed))
            && path.contains("delta")
            && match self {
                Self::Replay {} | Self::Late {} => resumes,
                Self::ExpireToken { .. } => resumes || continues,
                Self::EmptyTenant {} => !query.contains("deltatoken=") && !continues,
                _ => true,
            }
    }
}

/// The body of an answer that a fault gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyKind {
    /// An error of the server's own shape: Graph's, OAuth's or SCIM's.
    #[default]
    Json,
    /// A web page, as gateways send it.
    Html,
    /// Nothing.
    Empty,
}

/// How Graph says that a token has expired; the documents and observers disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiredStyle {
    /// 410 with a `Location` that starts over ("Use delta query to track changes").
    #[default]
    Gone,
    /// 410 `SyncStateNotFound` without a `Location`.
    GoneSyncStateNotFound,
    /// 400 `syncStateNotFound`.
    SyncStateNotFound,
    /// 400 `resyncRequired`, within it `resyncApplyDifferences`.
    ResyncApplyDifferences,
    /// 400 `resyncRequired`, within it `resyncUploadDifferences`.
    ResyncUploadDifferences,
    /// 400 with a code that says nothing, and `syncStateNotFound` two levels within it.
    Nested,
    /// 400 `Directory_ExpiredPageToken`, as page tokens expire.
    ExpiredPageToken,
    /// 400 `DirectoryPageTokenNotFoundException`, as page tokens get lost ("Paging Microsoft Graph data").
    PageTokenNotFound,
    /// 404 `UnknownError` without a message.
    UnknownError,
}

impl ExpiredStyle {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::Gone,
        Self::GoneSyncStateNotFound,
        Self::SyncStateNotFound,
        Self::ResyncApplyDifferences,
        Self::ResyncUploadDifferences,
        Self::Nested,
        Self::ExpiredPageToken,
        Self::PageTokenNotFound,
        Self::UnknownError,
    ];
}
