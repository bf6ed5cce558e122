//! Blocks of Slack, with a text for its notifications.

use serde_json::{Value, json};

use super::{SHOWN, TEXT, rest};
use crate::alert::text::{cut, one_line};
use crate::alert::{Item, Kind, Message};

/// The JSON of a message, for an incoming webhook of Slack.
pub(in crate::alert) fn slack(message: &Message) -> Value {
    let mut blocks = vec![section(&format!("*{}*", escaped(&message.title())))];
    if message.items.is_empty() {
        blocks.push(section(message.opening()));
    }
    for item in message.items.iter().take(SHOWN) {
        blocks.extend(told(message.kind, item));
    }
    let notes = [rest(message.items.len()), message.kept_back()];
    let place = format!("entra-jostle-sync on {}, {:.0}", message.host, message.at);
    let elements: Vec<_> = notes.into_iter().flatten().chain([place]).map(|text| mrkdwn(&escaped(&text))).collect();
    blocks.push(json!({ "type": "context", "elements": elements }));
    json!({ "text": escaped(&message.headline()), "blocks": blocks })
}

fn told(kind: Kind, item: &Item) -> Vec<Value> {
    let since = item.since.map_or_else(String::new, |since| format!("\nsince {since:.0}"));
    let what = section(&format!("*{}*: {}{since}", item.level.as_str(), escaped(&item.what)));
    let remedy = (kind != Kind::Cleared).then(|| section(&format!("→ {}", escaped(&item.remedy))));
    [Some(what), remedy].into_iter().flatten().collect()
}

/// As Slack wants it: nothing else is a link, a mention or a command then.
fn escaped(text: &str) -> String {
    cut(&one_line(text), TEXT).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": mrkdwn(text) })
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text })
}
