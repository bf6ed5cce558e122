//! What the receivers get.

use serde_json::Value;

use super::*;
use crate::alert::testing::{held, message, silent};
use crate::alert::{Item, Kind, Message};

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("text").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| texts(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// As much as there can be, all of it to be escaped.
fn huge() -> Message {
    let item = Item { what: "& ".repeat(5000), remedy: "<!channel>".repeat(5000), ..held() };
    Message { suppressed: 7, ..message(Kind::Raised, vec![item; 100]) }
}

#[test]
fn plain_is_the_message_itself() {
    insta::assert_snapshot!(pretty(&plain(&message(Kind::Raised, vec![silent(), held()]))), @r#"
    {
      "at": "2026-03-01T09:00:00Z",
      "host": "sync1",
      "id": "f0199b1633ec37c3947ad7d5b4a65b23",
      "items": [
        {
          "cause": "no_success",
          "level": "critical",
          "remedy": "entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: journalctl -u entra-jostle-sync -n 50",
          "since": "2026-03-01T08:01:00Z",
          "subject": null,
          "what": "no cycle has ended well since 2026-03-01T08:01:00Z"
        },
        {
          "cause": "held",
          "level": "warning",
          "remedy": "entra-jostle-sync hold show 3.2; then entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold reject 3.2",
          "since": null,
          "subject": "3",
          "what": "hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117 are too many"
        }
      ],
      "kind": "raised",
      "level": "critical",
      "suppressed": 0
    }
    "#);
    let cleared = plain(&message(Kind::Cleared, vec![held()]));
    assert_eq!((cleared["kind"].as_str(), cleared["items"][0]["since"].is_null()), (Some("cleared"), true));
}

#[test]
fn slack_gets_blocks() {
    insta::assert_snapshot!(pretty(&slack(&message(Kind::Raised, vec![silent()]))), @r#"
    {
      "blocks": [
        {
          "text": {
            "text": "*CRITICAL (sync1)*",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "text": {
            "text": "*critical*: no cycle has ended well since 2026-03-01T08:01:00Z\nsince 2026-03-01T08:01:00Z",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "text": {
            "text": "→ entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: journalctl -u entra-jostle-sync -n 50",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "elements": [
            {
              "text": "entra-jostle-sync on sync1, 2026-03-01T09:00:00Z",
              "type": "mrkdwn"
            }
          ],
          "type": "context"
        }
      ],
      "text": "CRITICAL: no cycle has ended well since 2026-03-01T08:01:00Z (sync1)"
    }
    "#);
}

#[test]
fn slack_gets_nothing_that_is_a_mention_or_a_link() {
    let hostile = Item { what: "<!channel> & <https://evil.example|click>".to_owned(), ..held() };
    let shown = slack(&message(Kind::Raised, vec![hostile])).to_string();
    assert!(shown.contains("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"), "{shown}");
    assert!(!shown.contains('<') && !shown.contains('>'), "{shown}");
}

#[test]
fn teams_gets_a_card() {
    insta::assert_snapshot!(pretty(&teams(&message(Kind::Raised, vec![silent()]))), @r#"
    {
      "attachments": [
        {
          "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "body": [
              {
                "inlines": [
                  {
                    "color": "Attention",
                    "text": "CRITICAL (sync1)",
                    "type": "TextRun",
                    "weight": "Bolder"
                  }
                ],
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "color": "Attention",
                    "text": "critical: ",
                    "type": "TextRun",
                    "weight": "Bolder"
                  },
                  {
                    "color": "Default",
                    "text": "no cycle has ended well since 2026-03-01T08:01:00Z",
                    "type": "TextRun",
                    "weight": "Default"
                  }
                ],
                "separator": true,
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "color": "Default",
                    "text": "since 2026-03-01T08:01:00Z",
                    "type": "TextRun",
                    "weight": "Lighter"
                  }
                ],
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "color": "Default",
                    "text": "→ entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: journalctl -u entra-jostle-sync -n 50",
                    "type": "TextRun",
                    "weight": "Default"
                  }
                ],
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "color": "Default",
                    "text": "entra-jostle-sync on sync1, 2026-03-01T09:00:00Z",
                    "type": "TextRun",
                    "weight": "Lighter"
                  }
                ],
                "type": "RichTextBlock"
              }
            ],
            "fallbackText": "CRITICAL: no cycle has ended well since 2026-03-01T08:01:00Z (sync1)",
            "msteams": {
              "width": "Full"
            },
            "type": "AdaptiveCard",
            "version": "1.4"
          },
          "contentType": "application/vnd.microsoft.card.adaptive",
          "contentUrl": null
        }
      ],
      "type": "message"
    }
    "#);
}

#[test]
fn teams_shows_by_colour_how_bad_it_is_and_by_another_that_it_is_over() {
    let title = |kind| {
        let card = teams(&message(kind, vec![held()]));
        card["attachments"][0]["content"]["body"][0]["inlines"][0].clone()
    };
    assert_eq!(title(Kind::Repeated)["color"], "Warning");
    assert_eq!(title(Kind::Cleared)["color"], "Good");
    assert_eq!(title(Kind::Test)["color"], "Accent");
}

#[test]
fn a_chat_is_not_told_to_do_what_is_over() {
    for shape in [slack, teams] {
        let remedy = "entra-jostle-sync hold show 3.2";
        assert!(shape(&message(Kind::Repeated, vec![held()])).to_string().contains(remedy));
        assert!(!shape(&message(Kind::Cleared, vec![held()])).to_string().contains(remedy));
    }
}

#[test]
fn a_test_says_so_in_a_chat_too() {
    for shape in [slack, teams] {
        let shown = shape(&message(Kind::Test, Vec::new())).to_string();
        assert!(shown.contains("TEST (sync1)") && shown.contains("Nothing has to be done."));
    }
}

#[test]
fn no_message_is_larger_than_a_chat_takes() {
    let mut found = Vec::new();
    let blocks = slack(&huge());
    texts(&blocks, &mut found);
    assert!(blocks["blocks"].as_array().expect("blocks").len() <= 50);
    assert!(found.iter().all(|text| text.chars().count() <= 3000), "of one text Slack takes 3,000 characters");
    let card = teams(&huge()).to_string();
    assert!(card.len() <= 28 * 1024, "of a card Teams takes 28 KB, and this has {}", card.len());
    for shown in [blocks.to_string(), card] {
        assert!(shown.contains("And 90 more: entra-jostle-sync status"), "{shown}");
        assert!(shown.contains("7 messages before this one were kept back"), "{shown}");
    }
}
