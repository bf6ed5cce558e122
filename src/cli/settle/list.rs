//! What was said about whose the accounts are, for people.

use jiff::Timestamp;

use crate::cli::span::span;
use crate::cli::wrap::field;
use crate::model::MatchChoice;
use crate::store::ChoiceView;

pub(super) fn list(choices: &[ChoiceView], now: Timestamp) -> String {
    if choices.is_empty() {
        return "nothing was said about anybody's account".to_owned();
    }
    let mut text = String::new();
    for ChoiceView { entra_id: _, user, choice, by, at, by_approval, done_at } in choices {
        let way = if *by_approval { ", by approving a hold" } else { "" };
        let done = match (done_at, choice) {
            (Some(at), _) => format!("; done at {at:.0}"),
            (None, MatchChoice::Ignore) => String::new(),
            (None, MatchChoice::Link { .. } | MatchChoice::Create) => "; not done yet".to_owned(),
        };
        field(&mut text, "", &format!("{user}: {}", said(choice)));
        let ago = span(now.duration_since(*at));
        field(&mut text, "  ", &format!("said by {by} at {at:.0} ({ago} ago){way}{done}"));
    }
    text
}

/// What was said, in one word or two.
pub(in crate::cli) fn said(choice: &MatchChoice) -> String {
    match choice {
        MatchChoice::Link { jostle_id } => format!("the account {jostle_id} is theirs"),
        MatchChoice::Create => "gets a new account".to_owned(),
        MatchChoice::Ignore => "gets no account".to_owned(),
    }
}
