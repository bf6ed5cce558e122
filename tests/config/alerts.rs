//! To whom it is told how the daemon does.

use std::time::Duration;

use entra_jostle_sync::alert::{Encryption, Shape};
use entra_jostle_sync::config::Alerts;
use entra_jostle_sync::health::Level;
use secrecy::ExposeSecret;

use super::{CANARY, EXAMPLE, Installation, said_of_sections};

const MAIL: &str =
    "[[alerts.email]]\nhost = \"smtp.corp.example\"\nfrom = \"a@corp.example\"\nto = [\"b@corp.example\"]\n";

fn alerts(sections: &str) -> Alerts {
    Installation::with(sections).load().unwrap_or_else(|said| panic!("{said}")).alerts
}

fn mail(keys: &str) -> String {
    format!("{MAIL}{keys}")
}

fn webhook(keys: &str) -> String {
    format!("[[alerts.webhook]]\n{keys}")
}

/// What is said of this, where it stands behind ten lines.
fn said(sections: &str) -> String {
    said_of_sections(sections).lines().map(|line| line.replace("main.toml:", "")).collect::<Vec<_>>().join("\n")
}

#[test]
fn nobody_is_told_by_default() {
    let alerts = alerts("");
    assert_eq!((alerts.repeat_after, alerts.per_hour), (Duration::from_hours(1), 10));
    assert!(alerts.emails.is_empty() && alerts.webhooks.is_empty());
}

#[test]
fn the_examples_can_be_uncommented() {
    let mut installation = Installation::shipped();
    let mut text = super::filled_in();
    let blocks: Vec<_> = EXAMPLE.split("\n\n").filter(|block| block.contains("#[[alerts.")).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        text = text.replace(block, &super::shipped::uncommented(block));
    }
    for name in ["alert-mail-password", "alert-webhook-secret"] {
        installation.secret(&format!("credentials/{name}"), &format!("{CANARY}-{name}\n"));
    }
    installation.secret("credentials/alert-webhook-url", &format!("https://teams.example/?sig={CANARY}\n"));
    installation.write("main.toml", &text.replace("\"/etc/entra-jostle-sync/credentials/", "\"credentials/"));
    let alerts = installation.load().unwrap_or_else(|said| panic!("{said}")).alerts;
    let [email] = &alerts.emails[..] else { panic!("one") };
    assert_eq!((email.name.as_str(), email.level, email.port), ("email", Level::Warning, 587));
    assert_eq!((email.host.as_str(), email.encryption), ("smtp.corp.example", Encryption::StartTls));
    let login = email.login.as_ref().unwrap();
    assert_eq!(login.user, "jostle-sync@corp.example");
    assert_eq!(login.password.expose_secret(), format!("{CANARY}-alert-mail-password"));
    assert_eq!(email.from.to_string(), "Jostle sync <jostle-sync@corp.example>");
    assert_eq!(email.to.iter().map(ToString::to_string).collect::<Vec<_>>(), ["it@corp.example"]);
    let [teams, own] = &alerts.webhooks[..] else { panic!("two") };
    assert_eq!((teams.name.as_str(), teams.level, teams.shape), ("teams", Level::Critical, Shape::Teams));
    assert_eq!(teams.url.as_str(), format!("https://teams.example/?sig={CANARY}"));
    assert_eq!((own.name.as_str(), own.level, own.shape), ("webhook", Level::Warning, Shape::Plain));
    assert_eq!(own.secret.as_ref().unwrap().expose_secret(), format!("{CANARY}-alert-webhook-secret"));
    // Without the keys the credentials of the unit are read.
    let text = text.replace("password_file", "#password_file").replace("url_file", "#url_file");
    let text = text.replace("/etc/entra-jostle-sync/", "");
    installation.write("main.toml", &text);
    installation.load().unwrap_or_else(|said| panic!("{said}"));
    installation.environment.clear();
    let said = installation.load().unwrap_err();
    assert!(said.contains("alerts.email 1.password_file: is missing; write password_file"), "{said}");
    assert!(said.contains("alerts.webhook 1.url_file: is missing; write url_file"), "{said}");
}

#[test]
fn the_port_is_the_usual_one_of_the_encryption() {
    let port = |keys: &str| alerts(&mail(keys)).emails[0].port;
    assert_eq!((port(""), port("tls = \"tls\""), port("tls = \"starttls\"\nport = 25")), (587, 465, 25));
    for host in ["localhost", "127.0.0.1", "::1", "[::1]"] {
        let loopback = mail("tls = \"none\"").replace("smtp.corp.example", host);
        let email = &alerts(&loopback).emails[0];
        assert_eq!((email.host.as_str(), email.port), (host.trim_matches(['[', ']']), 25));
        assert!(email.login.is_none());
    }
}

#[test]
fn a_message_is_sent_unencrypted_to_this_machine_alone() {
    insta::assert_snapshot!(said(&mail("tls = \"none\"")), @r#"13: alerts.email 1.tls: is "none", which is for a server on this machine alone; write "starttls" or "tls""#);
    let elsewhere = webhook("shape = \"plain\"\nurl = \"http://hooks.example/\"");
    insta::assert_snapshot!(said(&elsewhere), @"11: alerts.webhook 1.url: would send the secret unencrypted; use https (http is for this machine alone)");
    assert_eq!(alerts(&webhook("shape = \"plain\"\nurl = \"http://127.0.0.1:1/\"")).webhooks.len(), 1);
}

#[test]
fn everything_that_is_wrong_is_reported() {
    insta::assert_snapshot!(said("[alerts]\nrepeat_after = \"1s\"\nper_hour = 0\nemails = []"), @"
    10: alerts.repeat_after: is 1s; it must be at least 5m and at most 168h
    11: alerts.per_hour: is 0; it must be at least 1 and at most 1000
    12: alerts.emails: is not a known key; did you mean email?
    ");
    insta::assert_snapshot!(said("[[alerts.email]]\n[[alerts.webhook]]"), @r#"
    9: alerts.email 1.host: is missing; write the name of the SMTP server
    9: alerts.email 1.from: is missing; write the address of the sender
    9: alerts.email 1.to: is missing; write who shall be told: to = ["it@corp.example"]
    10: alerts.webhook 1.shape: is missing; write "plain", "teams" or "slack"
    10: alerts.webhook 1.url_file: credentials/alert-webhook-url: cannot be read (No such file or directory (os error 2)); create it, or correct the path
    "#);
    insta::assert_snapshot!(said(
        "[[alerts.email]]\nhost = \"smtp:587\"\ntls = \"ssl\"\nport = 0\nuser = \"\"\nfrom = \"me\"\nto = []\n\
         level = \"error\"\nname = \"a b\"\npassword = \"x\""
    ), @r#"
    10: alerts.email 1.host: is neither a name nor an address; write it like "smtp.corp.example", without a port
    11: alerts.email 1.tls: is "ssl"; write one of "starttls", "tls", "none"
    12: alerts.email 1.port: is 0; it must be at least 1 and at most 65535
    13: alerts.email 1.user: is empty; fill it in
    14: alerts.email 1.from: "me" is no mail address; write it like "it@corp.example" or "IT <it@corp.example>"
    15: alerts.email 1.to: must have 1 to 50 addresses; a mailing list has room for more
    16: alerts.email 1.level: is "error"; write one of "notice", "warning", "critical"
    17: alerts.email 1.name: must be of at most 40 ASCII letters, digits, -, _ and .
    18: alerts.email 1.password: is a secret in a configuration file; move it to a file of its own and write password_file = "…"
    "#);
    insta::assert_snapshot!(said(&mail("").replace("b@corp", "jörg@corp")), @r#"12: alerts.email 1.to: "jörg@corp.example" has other than ASCII characters in the address, which many servers refuse; write a domain as xn--…"#);
    insta::assert_snapshot!(said(&mail("user = \"a\"\npassword_env = \"NOT_SET\"")), @"14: alerts.email 1.password_env: names a variable that is not set; set it, or use a file");
}

#[test]
fn a_password_needs_a_user() {
    let mut installation = Installation::with(&mail("password_env = \"P\""));
    installation.environment.insert("P", CANARY.into());
    insta::assert_snapshot!(installation.load().unwrap_err(), @"main.toml:9: alerts.email 1.user: is missing; the password is of no use without it");
}

#[test]
fn two_channels_have_two_names() {
    insta::assert_snapshot!(said(&format!("{MAIL}{MAIL}")), @r#"13: alerts.email 2.name: is "email", and so is another channel; give each a name of its own: name = "…""#);
    let alerts = alerts(&format!("{MAIL}{MAIL}name = \"second\"\n"));
    assert_eq!(alerts.emails.iter().map(|email| email.name.as_str()).collect::<Vec<_>>(), ["email", "second"]);
}

#[test]
fn the_address_of_a_webhook_is_a_secret() {
    let mut installation = Installation::shipped();
    let mut said_of = |keys: &str, variable: &str| {
        installation.environment.insert("A", variable.into());
        installation.write("main.toml", &format!("{}\n{}", super::least("", ""), webhook(keys)));
        installation.load().map(|config| config.alerts.webhooks[0].url.to_string())
    };
    let address = format!("https://hooks.slack.example/services/{CANARY}");
    assert_eq!(said_of("shape = \"slack\"\nurl_env = \"A\"", &address).unwrap(), address);
    assert_eq!(
        said_of("shape = \"plain\"\nurl_env = \"A\"", &format!("{address}?a=b")).unwrap(),
        address.clone() + "?a=b"
    );
    let mut wrong = |keys: &str, variable: &str| said_of(keys, variable).unwrap_err();
    insta::assert_snapshot!(wrong(&format!("shape = \"slack\"\nurl = \"{address}\""), ""), @r#"main.toml:11: alerts.webhook 1.url: is a secret in a configuration file; move it to a file of its own and write url_file = "…""#);
    insta::assert_snapshot!(wrong("shape = \"slack\"\nurl_env = \"A\"", CANARY), @"main.toml:11: alerts.webhook 1.url_env: is no URL; copy the whole address of the webhook, with https://");
    insta::assert_snapshot!(wrong("shape = \"teams\"\nurl_env = \"A\"", &address.replace("https", "http")), @"main.toml:11: alerts.webhook 1.url_env: would send the secret unencrypted; use https (http is for this machine alone)");
    insta::assert_snapshot!(wrong("shape = \"teams\"\nurl_env = \"A\"", &address.replace("//", "//a:b@")), @"main.toml:11: alerts.webhook 1.url_env: has a user name or password in it, which are not sent; take them out");
    insta::assert_snapshot!(wrong(&format!("shape = \"plain\"\nurl = \"{address}?a=b\""), ""), @"main.toml:11: alerts.webhook 1.url: has a part behind ?, which may be a key: move it to a file, and write url_file");
    insta::assert_snapshot!(wrong(&format!("shape = \"plain\"\nurl = \"{address}\"\nurl_env = \"A\""), ""), @"main.toml:11: alerts.webhook 1.url: is a second address of the same webhook; keep one");
    insta::assert_snapshot!(wrong("shape = \"slack\"\nurl_env = \"A\"\nsecret_env = \"A\"", &address), @"main.toml:12: alerts.webhook 1.secret_env: is of no use: Teams and Slack check no signature; take it out");
}
