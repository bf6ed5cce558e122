//! The secrets of an application.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{self, Fault};

/// A client secret, without its value, which Graph shows to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graph) struct Secret {
    /// Its first characters; none if Graph does not know them.
    pub(in crate::graph) hint: Option<String>,
    /// When it expires.
    pub(in crate::graph) ends: Timestamp,
}

/// The secrets of one application that expire.
pub(in crate::graph) fn secrets(body: &[u8]) -> Result<Vec<Secret>, Fault> {
    let application = listing::object(body)?;
    let listed = application.get("passwordCredentials").and_then(Value::as_array).ok_or("shows no credentials")?;
    let secret = |item: &Value| {
        let ends = Timestamp::deserialize(item.get("endDateTime")?).ok()?;
        Some(Secret { hint: item.get("hint").and_then(Value::as_str).map(str::to_owned), ends })
    };
    Ok(listed.iter().filter_map(secret).collect())
}
