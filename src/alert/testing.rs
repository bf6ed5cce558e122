//! Messages for tests.

use jiff::Timestamp;

use super::{Item, Kind, Message};
use crate::health::{Cause, Level};

pub(in crate::alert) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(in crate::alert) fn silent() -> Item {
    Item {
        level: Level::Critical,
        cause: Cause::NoSuccess,
        subject: None,
        since: Some(at("2026-03-01T08:01:00Z")),
        what: "no cycle has ended well since 2026-03-01T08:01:00Z".to_owned(),
        remedy: "entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: \
                 journalctl -u entra-jostle-sync -n 50"
            .to_owned(),
    }
}

pub(in crate::alert) fn held() -> Item {
    Item {
        level: Level::Warning,
        cause: Cause::Held,
        subject: Some("3".to_owned()),
        since: None,
        what: "hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117 are too many".to_owned(),
        remedy: "entra-jostle-sync hold show 3.2; then entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold \
                 reject 3.2"
            .to_owned(),
    }
}

pub(in crate::alert) fn message(kind: Kind, items: Vec<Item>) -> Message {
    let level = items.iter().map(|item| item.level).max().unwrap_or(Level::Notice);
    Message { kind, level, at: at("2026-03-01T09:00:00Z"), host: "sync1".to_owned(), items, suppressed: 0 }
}
