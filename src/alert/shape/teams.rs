//! An Adaptive Card of Teams. Its texts are runs, which know no Markdown: what comes from elsewhere cannot be a link.

use serde_json::{Value, json};

use super::{SHOWN, TEXT, rest};
use crate::alert::text::{cut, one_line};
use crate::alert::{Item, Kind, Message};
use crate::health::Level;

/// The JSON of a message, for a Workflows webhook of Teams.
pub(in crate::alert) fn teams(message: &Message) -> Value {
    let mut body = vec![line(&[run(&shown(&message.title()), colour(message.kind, message.level), "Bolder")])];
    if message.items.is_empty() {
        body.push(line(&[run(message.opening(), "Default", "Default")]));
    }
    for item in message.items.iter().take(SHOWN) {
        body.extend(told(message.kind, item));
    }
    let place = format!("entra-jostle-sync on {}, {:.0}", message.host, message.at);
    let notes = [rest(message.items.len()), message.kept_back(), Some(place)].into_iter().flatten();
    body.extend(notes.map(|note| line(&[run(&shown(&note), "Default", "Lighter")])));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": shown(&message.headline()),
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

fn told(kind: Kind, item: &Item) -> Vec<Value> {
    let level = run(&format!("{}: ", item.level.as_str()), colour(kind, item.level), "Bolder");
    let mut what = line(&[level, run(&shown(&item.what), "Default", "Default")]);
    what["separator"] = json!(true);
    let since = item.since.map(|since| line(&[run(&format!("since {since:.0}"), "Default", "Lighter")]));
    let remedy =
        (kind != Kind::Cleared).then(|| line(&[run(&format!("→ {}", shown(&item.remedy)), "Default", "Default")]));
    [Some(what), since, remedy].into_iter().flatten().collect()
}

fn colour(kind: Kind, level: Level) -> &'static str {
    match (kind, level) {
        (Kind::Cleared, _) => "Good",
        (Kind::Test, _) | (_, Level::Notice) => "Accent",
        (_, Level::Warning) => "Warning",
        (_, Level::Critical) => "Attention",
    }
}

fn line(runs: &[Value]) -> Value {
    json!({ "type": "RichTextBlock", "inlines": runs })
}

fn run(text: &str, colour: &str, weight: &str) -> Value {
    json!({ "type": "TextRun", "text": text, "color": colour, "weight": weight })
}

fn shown(text: &str) -> String {
    cut(&one_line(text), TEXT)
}
