//! The object of our own. Its keys stay as they are; new ones may come.

use serde_json::{Value, json};

use crate::alert::Message;

/// The JSON of a message, for programs.
pub(in crate::alert) fn plain(message: &Message) -> Value {
    let items = message.items.iter().map(|item| {
        json!({
            "level": item.level.as_str(),
            "cause": item.cause.as_str(),
            "subject": item.subject,
            "since": item.since,
            "what": item.what,
            "remedy": item.remedy,
        })
    });
    json!({
        "id": message.id(),
        "kind": message.kind.as_str(),
        "level": message.level.as_str(),
        "at": message.at,
        "host": message.host,
        "suppressed": message.suppressed,
        "items": items.collect::<Vec<_>>(),
    })
}
