//! The letter: headers and text.

use std::time::{Duration, SystemTime};

use lettre::message::SinglePart;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::transport::smtp::extension::ClientId;

use super::MailSettings;
use crate::alert::Message;

/// Headers that keep programs from answering: the standard one, and what Exchange goes by.
const NO_ANSWER: [(&str, &str); 2] = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")];

/// The letter as it is sent, in ASCII.
pub(super) fn write(settings: &MailSettings, message: &Message) -> Result<Vec<u8>, lettre::error::Error> {
    let from = settings.from.clone();
    // A clock that stands before 1970 must keep no letter back.
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(message.at.as_second().try_into().unwrap_or(0));
    let id = format!("<{}@{}>", message.id(), from.email.domain());
    let mut letter = lettre::Message::builder().from(from).subject(message.subject()).date(date).message_id(Some(id));
    for to in &settings.to {
        letter = letter.to(to.clone());
    }
    for (name, value) in NO_ANSWER {
        letter = letter.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    Ok(letter.singlepart(SinglePart::plain(message.body()))?.formatted())
}

/// As what this machine introduces itself.
pub(super) fn hello(host: &str) -> ClientId {
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if is_name { ClientId::Domain(host.to_owned()) } else { ClientId::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::testing::{held, message};
    use crate::alert::{Encryption, Item, Kind};
    use crate::health::Level;

    fn settings(from: &str, to: &[&str]) -> MailSettings {
        MailSettings {
            name: "email".to_owned(),
            level: Level::Warning,
            host: "mail.corp.example".to_owned(),
            port: 587,
            encryption: Encryption::StartTls,
            login: None,
            from: from.parse().expect("an address"),
            to: to.iter().map(|to| to.parse().expect("an address")).collect(),
        }
    }

    fn telling(what: &str) -> Message {
        message(Kind::Raised, vec![Item { what: what.to_owned(), ..held() }])
    }

    #[test]
    fn a_letter_has_the_headers_that_it_must_have() {
        let settings = settings("Sync <sync@corp.example>", &["ann@corp.example", "Jörg <joerg@corp.example>"]);
        let letter = write(&settings, &telling("it fails")).expect("a letter");
        insta::assert_snapshot!(String::from_utf8(letter).expect("ASCII").replace('\r', ""), @"
        From: Sync <sync@corp.example>
        Subject: [entra-jostle-sync] WARNING: it fails (sync1)
        Date: Sun, 01 Mar 2026 09:00:00 +0000
        Message-ID: <e15cd6cf2aaab81368c5720e14e1ff49@corp.example>
        To: ann@corp.example, =?utf-8?b?SsO2cmc=?= <joerg@corp.example>
        Auto-Submitted: auto-generated
        X-Auto-Response-Suppress: All
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        This is worth a look:

        WARNING: it fails
          what to do:
            entra-jostle-sync hold show 3.2; then
            entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold reject 3.2

        entra-jostle-sync on sync1, 2026-03-01T09:00:00Z
        ");
    }

    #[test]
    fn a_letter_is_ascii_and_no_text_can_add_a_header() {
        let hostile = telling("Müller\r\nBcc: all@corp.example\r\n\r\n.\r\nQUIT");
        let letter = write(&settings("sync@corp.example", &["ann@corp.example"]), &hostile).expect("a letter");
        assert!(letter.is_ascii());
        let text = String::from_utf8(letter).expect("ASCII");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert!(!head.contains("\r\nBcc"), "{head}");
        assert!(head.contains("Subject: [entra-jostle-sync] WARNING: =?utf-8?b?"), "{head}");
        assert!(body.contains("M=C3=BCller Bcc: all@corp.example . QUIT"), "{body}");
    }

    #[test]
    fn a_clock_before_1970_keeps_no_letter_back() {
        let early = Message { at: jiff::Timestamp::MIN, ..telling("it fails") };
        let letter = write(&settings("sync@corp.example", &["ann@corp.example"]), &early).expect("a letter");
        assert!(String::from_utf8(letter).expect("ASCII").contains("\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
    }

    #[test]
    fn a_machine_introduces_itself_by_its_name_if_that_is_one() {
        assert_eq!(hello("sync1.corp.example").to_string(), "sync1.corp.example");
        for host in ["", "a b", "sync\r\nMAIL FROM:<x@y>", "sünc"] {
            assert_eq!(hello(host).to_string(), "[127.0.0.1]", "{host:?}");
        }
    }
}
