//! Mail, given to an SMTP server that is not ours and read with a parser that is not ours.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use entra_jostle_sync::alert::{
    Channel, DeliveryError, Encryption, Item, Kind, Login, Mail, MailSettings, Message, Reason,
};
use entra_jostle_sync::health::{Cause, Level};
use serde_json::Value;
use tempfile::TempDir;

use super::{peer, venv};

const USER: &str = "sync@corp.example";
const PASSWORD: &str = "canary~sings8Q";

/// A server of its own for each test.
struct Server {
    _child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
    ca_pem: String,
    _folder: TempDir,
}

impl Server {
    fn start(encryption: &str, login: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let certificate_file = write("certificate.pem", certificate.cert.pem());
        let key_file = write("key.pem", certificate.signing_key.serialize_pem());
        let mut child = Command::new(venv("python"))
            .arg(peer("smtp_server.py"))
            .args([Path::new(encryption), &certificate_file, &key_file])
            .args(login)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the SMTP server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix("Serving SMTP on ").expect("the port").parse().expect("a port");
        Self { _child: child, lines, port, ca_pem: certificate.cert.pem(), _folder: folder }
    }

    /// The next letter that it was given.
    fn letter(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    async fn deliver(&self, settings: MailSettings) -> Result<(), DeliveryError> {
        deliver(MailSettings { port: self.port, ..settings }, Some(self.ca_pem.as_bytes())).await
    }
}

fn settings(encryption: Encryption, to: &[&str], password: Option<&str>) -> MailSettings {
    MailSettings {
        name: "email".to_owned(),
        level: Level::Warning,
        host: "localhost".to_owned(),
        port: 0,
        encryption,
        login: password.map(|password| Login { user: USER.to_owned(), password: password.into() }),
        from: "Jostle-Abgleich für alle <sync@corp.example>".parse().expect("an address"),
        to: to.iter().map(|to| to.parse().expect("an address")).collect(),
    }
}

async fn deliver(settings: MailSettings, ca_pem: Option<&[u8]>) -> Result<(), DeliveryError> {
    let channel = Channel::Mail(Mail::new(settings, ca_pem).expect("a channel"));
    assert_eq!((channel.name(), channel.level()), ("email", Level::Warning));
    let item = Item {
        level: Level::Critical,
        cause: Cause::CredentialsRefused,
        subject: Some("Jostle".to_owned()),
        since: None,
        what: "Jostle: die Schlüssel gelten nicht mehr\r\n.\r\n".to_owned(),
        remedy: "entra-jostle-sync check".to_owned(),
    };
    let at = "2026-03-01T09:00:00Z".parse().expect("a time");
    let (kind, host) = (Kind::Raised, "sync1.corp.example".to_owned());
    let message = Message { kind, level: Level::Critical, at, host, items: vec![item], suppressed: 0 };
    let result = channel.deliver(&message).await;
    let shown = format!("{channel:?} {result:?}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    result
}

#[tokio::test]
async fn starttls_with_a_password_and_what_arrives() {
    let mut server = Server::start("starttls", &[USER, PASSWORD]);
    let to = ["ann@corp.example", "Jörg <joerg@corp.example>"];
    server.deliver(settings(Encryption::StartTls, &to, Some(PASSWORD))).await.expect("delivered");
    let mut letter = server.letter();
    let id = letter["headers"]["message-id"].take();
    let id = id.as_str().expect("an id");
    assert!(id.starts_with('<') && id.ends_with("@corp.example>") && id.len() == 47, "{id}");
    insta::assert_json_snapshot!(letter, @r#"
    {
      "defects": [],
      "from": "sync@corp.example",
      "headers": {
        "auto-submitted": "auto-generated",
        "content-transfer-encoding": "quoted-printable",
        "content-type": "text/plain; charset=\"utf-8\"",
        "date": "Sun, 01 Mar 2026 09:00:00 +0000",
        "from": "Jostle-Abgleich für alle <sync@corp.example>",
        "message-id": null,
        "mime-version": "1.0",
        "subject": "[entra-jostle-sync] CRITICAL: Jostle: die Schlüssel gelten nicht mehr . (sync1.corp.example)",
        "to": "ann@corp.example, Jörg <joerg@corp.example>",
        "x-auto-response-suppress": "All"
      },
      "hello": "sync1.corp.example",
      "is_encrypted": true,
      "text": "This is worth a look:\r\n\r\nCRITICAL: Jostle: die Schlüssel gelten nicht mehr .\r\n  what to do:\r\n    entra-jostle-sync check\r\n\r\nentra-jostle-sync on sync1.corp.example, 2026-03-01T09:00:00Z\r\n\r\n\r\n",
      "to": [
        "ann@corp.example",
        "joerg@corp.example"
      ],
      "user": "sync@corp.example"
    }
    "#);
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let mut server = Server::start("tls", &[USER, PASSWORD]);
    server.deliver(settings(Encryption::Tls, &["ann@corp.example"], Some(PASSWORD))).await.expect("delivered");
    let letter = server.letter();
    assert_eq!((&letter["is_encrypted"], &letter["user"]), (&true.into(), &USER.into()));
}

#[tokio::test]
async fn nothing_is_encrypted_on_loopback_if_that_is_wanted() {
    let mut server = Server::start("none", &[]);
    server.deliver(settings(Encryption::None, &["ann@corp.example"], None)).await.expect("delivered");
    let letter = server.letter();
    assert_eq!((&letter["is_encrypted"], &letter["user"]), (&false.into(), &Value::Null));
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_shown() {
    let server = Server::start("starttls", &[USER, "another"]);
    let error = server
        .deliver(settings(Encryption::StartTls, &["ann@corp.example"], Some(PASSWORD)))
        .await
        .expect_err("no success");
    assert_eq!(error.reason, Reason::CredentialsRefused);
    insta::assert_snapshot!(error.to_string().replace(&server.port.to_string(), "PORT"), @"localhost:PORT refuses user and password: 535 5.7.8 Authentication credentials invalid; correct user and password of this channel; some servers want a password made for programs");
}

#[tokio::test]
async fn a_server_that_says_the_password_back_is_not_quoted() {
    let server = Server::start("starttls", &["echo", "another"]);
    let login = Some(Login { user: "echo".to_owned(), password: PASSWORD.into() });
    let settings = MailSettings { login, ..settings(Encryption::StartTls, &["ann@corp.example"], None) };
    let error = server.deliver(settings).await.expect_err("no success");
    assert!(error.what.ends_with("535 (what it says has the password in it)"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port: free.port(),
        ..settings(Encryption::StartTls, &["ann@corp.example"], None)
    };
    let error = deliver(settings, None).await.expect_err("nobody there");
    assert!(error.reason == Reason::Unreachable && error.is_temporary());
    insta::assert_snapshot!(error.to_string().replace(&free.port().to_string(), "PORT"), @"no connection to 127.0.0.1:PORT: connection refused; check host, port and tls of this channel, and the firewall between");
}

#[tokio::test]
async fn a_server_that_wants_another_try_later() {
    let server = Server::start("none", &[]);
    let error = server.deliver(settings(Encryption::None, &["busy@corp.example"], None)).await.expect_err("no success");
    assert!(error.reason == Reason::Busy && error.is_temporary());
    insta::assert_snapshot!(error.to_string().replace(&server.port.to_string(), "PORT"), @"localhost:PORT refuses busy@corp.example: 451 4.7.1 Greylisted, try again later; it asks for another try later");
}

#[tokio::test]
async fn a_wrong_recipient_keeps_the_letter_from_nobody_else() {
    let mut server = Server::start("none", &[]);
    let to = ["unknown@corp.example", "ann@corp.example"];
    let error = server.deliver(settings(Encryption::None, &to, None)).await.expect_err("one is refused");
    assert!(error.has_arrived() && !error.is_temporary());
    insta::assert_snapshot!(error.to_string().replace(&server.port.to_string(), "PORT"), @"localhost:PORT refuses unknown@corp.example: 550 5.1.1 No such mailbox; correct to of this channel, or have the server take mail for it");
    assert_eq!(server.letter()["to"], serde_json::json!(["ann@corp.example"]));
    let error = server.deliver(settings(Encryption::None, &to[..1], None)).await.expect_err("all are refused");
    assert_eq!((error.reason, error.has_arrived()), (Reason::Refused, false));
}

#[tokio::test]
async fn a_server_without_starttls_is_told_nothing() {
    let server = Server::start("none", &[]);
    let error = server
        .deliver(settings(Encryption::StartTls, &["ann@corp.example"], Some(PASSWORD)))
        .await
        .expect_err("no success");
    assert_eq!(error.reason, Reason::Refused);
    insta::assert_snapshot!(error.to_string().replace(&server.port.to_string(), "PORT"), @"localhost:PORT cannot be talked to: STARTTLS is not supported on this server; check host, port and tls of this channel, and the firewall between");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_be_for_this_host() {
    for (encryption, word) in [(Encryption::StartTls, "starttls"), (Encryption::Tls, "tls")] {
        let server = Server::start(word, &[USER, PASSWORD]);
        let settings = settings(encryption, &["ann@corp.example"], Some(PASSWORD));
        let untrusted = deliver(MailSettings { port: server.port, ..settings.clone() }, None).await;
        let error = untrusted.expect_err("not trusted").to_string();
        assert!(error.contains("certificate not trusted") && error.contains("a private CA can be added"), "{error}");
        let elsewhere = server.deliver(MailSettings { host: "127.0.0.1".to_owned(), ..settings }).await;
        let error = elsewhere.expect_err("for another host").to_string();
        assert!(error.contains("certificate not trusted") && error.contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_silent_is_not_waited_for_for_ever() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let settings = MailSettings { port, ..settings(Encryption::None, &["ann@corp.example"], None) };
    let error = deliver(settings, None).await.expect_err("no answer");
    assert_eq!((error.reason, began.elapsed().as_secs()), (Reason::Unreachable, Duration::from_secs(30).as_secs()));
}
