//! One message about how the daemon does: a line, and a text for people.

use std::fmt::Write;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::text::{cut, hex, indented, one_line};
use crate::health::{Cause, Level};

/// One message about how the daemon does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Why it is sent.
    pub kind: Kind,
    /// The worst level of what it tells.
    pub level: Level,
    /// When it was made.
    pub at: Timestamp,
    /// The machine on which the daemon runs.
    pub host: String,
    /// What it tells, the worst first.
    pub items: Vec<Item>,
    /// So many messages before it were kept back, because there were too many within an hour.
    pub suppressed: u64,
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is worth a look that was not before.
    Raised,
    /// It still is.
    Repeated,
    /// It is over.
    Cleared,
    /// Somebody has asked whether messages arrive.
    Test,
}

/// One finding, as a message tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// How bad it is, or was.
    pub level: Level,
    /// What it is.
    pub cause: Cause,
    /// Which side or which hold, where there may be several of a cause.
    pub subject: Option<String>,
    /// Since when, as far as that is known.
    pub since: Option<Timestamp>,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do, with the commands.
    pub remedy: String,
}

/// With what every subject begins, so that rules of a mailbox can go by it.
const PREFIX: &str = "[entra-jostle-sync] ";
/// So many characters of a subject; mail programs show fewer.
const SUBJECT: usize = 150;
/// The columns of the text.
const WIDTH: usize = 76;

impl Kind {
    /// The name in JSON; it does not change.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Repeated => "repeated",
            Self::Cleared => "cleared",
            Self::Test => "test",
        }
    }
}

impl Message {
    /// The same for the same message, however often it is sent: a receiver can tell a second copy by it.
    pub fn id(&self) -> String {
        let digest = Sha256::digest(format!("{self:?}"));
        hex(&digest[..16])
    }

    /// The level in capitals, or what is to be known instead of it.
    fn word(&self) -> String {
        match self.kind {
            Kind::Cleared => "OVER".to_owned(),
            Kind::Test => "TEST".to_owned(),
            Kind::Raised => self.level.as_str().to_uppercase(),
            Kind::Repeated => format!("{}, still", self.level.as_str().to_uppercase()),
        }
    }

    /// The word and where, as the title of what is told below.
    pub(super) fn title(&self) -> String {
        format!("{} ({})", self.word(), one_line(&self.host))
    }

    /// The word, the first thing and where, in one line.
    pub(super) fn headline(&self) -> String {
        let items = &self.items;
        let what = match items.first() {
            None => "messages arrive here".to_owned(),
            Some(first) => one_line(&first.what),
        };
        let more = match items.len() {
            0 | 1 => String::new(),
            several => format!("and {} more; ", several - 1),
        };
        let host = format!(" ({more}{})", one_line(&self.host));
        let start = format!("{}: ", self.word());
        let room = SUBJECT.saturating_sub((PREFIX.len() + start.len()).saturating_add(host.chars().count()));
        format!("{start}{}{host}", cut(&what, room.max(PREFIX.len())))
    }

    /// The subject of a mail: one line, with the level, what is wrong, and where.
    pub fn subject(&self) -> String {
        format!("{PREFIX}{}", self.headline())
    }

    /// The whole message as plain text.
    pub fn body(&self) -> String {
        let mut out = indented(self.opening(), 0, WIDTH);
        for item in &self.items {
            let _infallible = write!(out, "\n{}", self.paragraph(item));
        }
        if let Some(kept) = self.kept_back() {
            let _infallible = write!(out, "\n{}", indented(&kept, 0, WIDTH));
        }
        let _infallible = write!(out, "\nentra-jostle-sync on {}, {:.0}\n", one_line(&self.host), self.at);
        out
    }

    /// The first sentence.
    pub(super) fn opening(&self) -> &'static str {
        match (self.kind, self.items.len()) {
            (Kind::Raised, 1) => "This is worth a look:",
            (Kind::Raised, _) => "These are worth a look:",
            (Kind::Repeated, 1) => "This is still so:",
            (Kind::Repeated, _) => "These are still so:",
            (Kind::Cleared, 1) => "This is over, and nothing has to be done about it any more:",
            (Kind::Cleared, _) => "These are over, and nothing has to be done about them any more:",
            (Kind::Test, _) => {
                "Somebody has asked for this message, to see whether messages arrive. Nothing has to be done."
            }
        }
    }

    fn paragraph(&self, item: &Item) -> String {
        let is_over = self.kind == Kind::Cleared;
        let level = if is_over { "was " } else { "" }.to_owned() + item.level.as_str();
        let mut out = indented(&format!("{}: {}", level.to_uppercase(), item.what), 0, WIDTH);
        if let Some(since) = item.since {
            let _infallible = writeln!(out, "  since {since:.0}");
        }
        if !is_over {
            let _infallible = write!(out, "  what to do:\n{}", indented(&item.remedy, 4, WIDTH));
        }
        out
    }

    /// That some messages were not sent, if some were not.
    pub(super) fn kept_back(&self) -> Option<String> {
        let messages = match self.suppressed {
            0 => return None,
            1 => "1 message before this one was kept back".to_owned(),
            several => format!("{several} messages before this one were kept back"),
        };
        Some(format!(
            "{messages}, because there were too many within an hour. All that is worth a look now: entra-jostle-sync status"
        ))
    }
}

#[cfg(test)]
mod tests;
