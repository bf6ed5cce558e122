//! One `[[alerts.email]]`.

use lettre::message::Mailbox;
use url::Host;

use super::{Names, level};
use crate::alert::{Encryption, Login, MailSettings};
use crate::config::place::Place;
use crate::config::secret::SecretKeys;
use crate::config::table::Section;
use crate::config::url::is_loopback;

const PASSWORD: SecretKeys = SecretKeys {
    inline: "password",
    file: "password_file",
    env: "password_env",
    credential: "password_credential",
    default_credential: "alert-mail-password",
};

/// One server takes one letter for so many people; more are a mailing list.
const MOST_RECIPIENTS: usize = 50;

pub(super) fn read(mut section: Section<'_>, names: &mut Names, place: &Place<'_>) -> Option<MailSettings> {
    let name = names.take(&mut section, "email");
    let level = level(&mut section);
    section.require("host", "write the name of the SMTP server");
    let host = host(&mut section);
    let words = [("starttls", Encryption::StartTls), ("tls", Encryption::Tls), ("none", Encryption::None)];
    let encryption = section.choice("tls", &words).unwrap_or(Encryption::StartTls);
    if encryption == Encryption::None && host.as_ref().is_some_and(|host| !is_loopback(host)) {
        section
            .problem("tls", "is \"none\", which is for a server on this machine alone; write \"starttls\" or \"tls\"");
    }
    let port = section.integer("port", 1..=65_535).and_then(|port| port.try_into().ok());
    let login = login(&mut section, place);
    section.require("from", "write the address of the sender");
    let from = section.text("from").and_then(|text| mailbox(&section, "from", text));
    let to = recipients(&mut section);
    section.finish();
    Some(MailSettings {
        name: name?,
        level,
        host: bare(&host?),
        port: port.unwrap_or(usual_port(encryption)),
        encryption,
        login,
        from: from?,
        to,
    })
}

/// Submission with STARTTLS and with TLS (RFC 8314), and the relay on this machine.
fn usual_port(encryption: Encryption) -> u16 {
    match encryption {
        Encryption::StartTls => 587,
        Encryption::Tls => 465,
        Encryption::None => 25,
    }
}

fn host(section: &mut Section<'_>) -> Option<Host> {
    let text = section.text("host")?;
    let address = text.parse().map(Host::Ipv6).ok();
    let host = address.or_else(|| Host::parse(text).ok());
    if host.is_none() {
        section
            .problem("host", "is neither a name nor an address; write it like \"smtp.corp.example\", without a port");
    }
    host
}

/// Without the brackets that addresses of IPv6 have in URLs.
fn bare(host: &Host) -> String {
    match host {
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    }
}

/// None: nobody logs in, or something is wrong.
fn login(section: &mut Section<'_>, place: &Place<'_>) -> Option<Login> {
    let user = section.text("user").map(str::to_owned);
    if section.has("user") {
        let password = PASSWORD.read(section, place);
        return Some(Login { user: user?, password: password? });
    }
    if PASSWORD.read_optional(section, place).is_some() {
        section.problem("user", "is missing; the password is of no use without it");
    }
    None
}

fn recipients(section: &mut Section<'_>) -> Vec<Mailbox> {
    section.require("to", "write who shall be told: to = [\"it@corp.example\"]");
    let texts = section.texts("to");
    if section.has("to") && !(1..=MOST_RECIPIENTS).contains(&texts.len()) {
        section.problem("to", format!("must have 1 to {MOST_RECIPIENTS} addresses; a mailing list has room for more"));
    }
    texts.into_iter().filter_map(|text| mailbox(section, "to", text)).collect()
}

/// An address that every server takes: with a name before it, if wanted.
fn mailbox(section: &Section<'_>, key: &str, text: &str) -> Option<Mailbox> {
    let wrong = match text.parse::<Mailbox>() {
        Ok(mailbox) if mailbox.email.to_string().is_ascii() => return Some(mailbox),
        Ok(_) => "has other than ASCII characters in the address, which many servers refuse; write a domain as xn--…",
        Err(_) => "is no mail address; write it like \"it@corp.example\" or \"IT <it@corp.example>\"",
    };
    section.problem(key, format!("{text:?} {wrong}"));
    None
}
