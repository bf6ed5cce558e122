//! What people read.

use super::*;
use crate::alert::testing::{at, held, message, silent};

#[test]
fn what_was_raised_is_told_with_what_to_type() {
    let message = Message { suppressed: 12, ..message(Kind::Raised, vec![silent(), held()]) };
    insta::assert_snapshot!(message.subject(), @"[entra-jostle-sync] CRITICAL: no cycle has ended well since 2026-03-01T08:01:00Z (and 1 more; sync1)");
    insta::assert_snapshot!(message.body(), @"
    These are worth a look:

    CRITICAL: no cycle has ended well since 2026-03-01T08:01:00Z
      since 2026-03-01T08:01:00Z
      what to do:
        entra-jostle-sync check says whether Entra and Jostle can be used; the
        log says what happened: journalctl -u entra-jostle-sync -n 50

    WARNING: hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117
    are too many
      what to do:
        entra-jostle-sync hold show 3.2; then
        entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold reject 3.2

    12 messages before this one were kept back, because there were too many
    within an hour. All that is worth a look now: entra-jostle-sync status

    entra-jostle-sync on sync1, 2026-03-01T09:00:00Z
    ");
}

#[test]
fn what_is_still_so_says_so() {
    let message = Message { suppressed: 1, ..message(Kind::Repeated, vec![held()]) };
    insta::assert_snapshot!(message.subject(), @"[entra-jostle-sync] WARNING, still: hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117 are too many (sync1)");
    insta::assert_snapshot!(message.body(), @"
    This is still so:

    WARNING: hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117
    are too many
      what to do:
        entra-jostle-sync hold show 3.2; then
        entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold reject 3.2

    1 message before this one was kept back, because there were too many within
    an hour. All that is worth a look now: entra-jostle-sync status

    entra-jostle-sync on sync1, 2026-03-01T09:00:00Z
    ");
}

#[test]
fn what_is_over_needs_nothing_to_be_done() {
    let message = message(Kind::Cleared, vec![silent()]);
    insta::assert_snapshot!(message.subject(), @"[entra-jostle-sync] OVER: no cycle has ended well since 2026-03-01T08:01:00Z (sync1)");
    insta::assert_snapshot!(message.body(), @"
    This is over, and nothing has to be done about it any more:

    WAS CRITICAL: no cycle has ended well since 2026-03-01T08:01:00Z
      since 2026-03-01T08:01:00Z

    entra-jostle-sync on sync1, 2026-03-01T09:00:00Z
    ");
}

#[test]
fn a_test_says_that_it_is_one() {
    let message = message(Kind::Test, Vec::new());
    insta::assert_snapshot!(message.subject(), @"[entra-jostle-sync] TEST: messages arrive here (sync1)");
    insta::assert_snapshot!(message.body(), @"
    Somebody has asked for this message, to see whether messages arrive. Nothing
    has to be done.

    entra-jostle-sync on sync1, 2026-03-01T09:00:00Z
    ");
}

#[test]
fn a_subject_is_one_short_line_whatever_there_is_to_tell() {
    let hostile = Item { what: format!("a\r\nBcc: everybody@corp.example\r\n\r\n{}", "ä b ".repeat(200)), ..held() };
    let long = Message { host: "h\n".repeat(100), ..message(Kind::Raised, vec![hostile.clone()]) };
    for message in [message(Kind::Repeated, vec![hostile; 3]), long] {
        let subject = message.subject();
        assert!(!subject.contains(char::is_control), "{subject:?}");
        assert!(subject.chars().count() <= 300, "{subject}");
        assert!(subject.starts_with("[entra-jostle-sync] WARNING"), "{subject}");
    }
    let several = message(Kind::Raised, vec![held(); 3]).subject();
    assert!(several.ends_with(" (and 2 more; sync1)") && several.chars().count() <= 150, "{several}");
}

#[test]
fn the_lines_of_the_text_fit_a_terminal() {
    let long = Item { what: "word ".repeat(100), remedy: "do it ".repeat(100), ..held() };
    let body = message(Kind::Raised, vec![long]).body();
    assert!(body.lines().all(|line| line.chars().count() <= WIDTH), "{body}");
}

#[test]
fn a_message_keeps_its_id_and_shares_it_with_none() {
    let first = message(Kind::Raised, vec![held()]);
    assert_eq!(first.id(), first.clone().id());
    assert_eq!(first.id().len(), 32);
    assert_ne!(first.id(), message(Kind::Repeated, vec![held()]).id());
    assert_ne!(first.id(), Message { at: at("2026-03-01T09:00:01Z"), ..first.clone() }.id());
}
