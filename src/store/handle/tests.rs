#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use futures::future::join_all;
use serde_json::json;

use super::super::fixtures::{Scratch, at, id, intent, link, outcome, page, present, to_page, to_round, user};
use super::super::{LinkChange, OpenRound};
use super::*;
use crate::connector::{FeedLink, Side};

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    store.start_round(RoundKind::Baseline, "s", at(1)).await.unwrap();
    store.commit_page(page(vec![present("ann", json!({"mail": "a@x"}))], to_page("p1"))).await.unwrap();
    let cycle = store.begin_cycle(CycleKind::Initial, at(2)).await.unwrap();
    let pending = store.begin_intent(intent(cycle, "ann")).await.unwrap();
    let put = LinkChange::Put(link("ann", "t-1"));
    store.note_throttled(Side::Jostle, at(9));
    store.record(Outcome { link: put, ..outcome(cycle, "ann") }).await.unwrap();

    let crashed = scratch.after_a_crash();
    let again = Store::open(&crashed.file()).unwrap();
    let open = OpenRound { kind: RoundKind::Baseline, next: Some(FeedLink::new("p1")), started_at: at(1) };
    assert_eq!(again.feed().await.unwrap().open_round, Some(open));
    assert_eq!(again.open_intents().await.unwrap(), [(pending, intent(cycle, "ann"))]);
    let ann = again.person(&id("ann")).await.unwrap().unwrap();
    assert_eq!((ann.link, ann.mark.is_some()), (Some(link("ann", "t-1")), true));
    let status = again.status().await.unwrap();
    assert_eq!(status.cycles[0].result.as_deref(), Some("interrupted"));
    assert_eq!(status.throttled, [], "whoever was to wait has ended");
    assert_eq!(store.status().await.unwrap().throttled.len(), 1);
    again.commit_page(page(vec![], to_round("d1"))).await.unwrap();
    assert_eq!(again.feed().await.unwrap().delta_link, Some(FeedLink::new("d1")));
    assert_eq!(store.status().await.unwrap().cycles[0].result, None, "the first one still runs");
}

#[tokio::test]
async fn many_at_once_are_all_stored() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    let cycle = store.begin_cycle(CycleKind::Incremental, at(0)).await.unwrap();
    let names: Vec<_> = (0..1000).map(|number| format!("p{number}")).collect();
    let done = join_all(names.iter().map(|name| store.record(outcome(cycle, name)))).await;
    assert!(done.iter().all(Result::is_ok));
    let crashed = scratch.after_a_crash();
    let again = Store::open(&crashed.file()).unwrap();
    let log = again.log(LogQuery { entra_id: None, limit: 2000 }).await.unwrap();
    let mut stored: Vec<_> = log.iter().map(|line| line.entra_id.as_str()).collect();
    let mut expected: Vec<_> = names.iter().map(String::as_str).collect();
    stored.sort_unstable();
    expected.sort_unstable();
    assert_eq!(stored, expected);
}

#[tokio::test]
async fn a_clash_among_many_stores_nothing_of_itself() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    let cycle = store.begin_cycle(CycleKind::Incremental, at(0)).await.unwrap();
    for name in ["ann", "bob"] {
        store.put_user(user(name, json!({})), at(0)).await.unwrap();
    }
    let put = |name| store.record(Outcome { link: LinkChange::Put(link(name, "t")), ..outcome(cycle, name) });
    let (ann, bob) = tokio::join!(put("ann"), put("bob"));
    assert_eq!(ann, Ok(()));
    assert_eq!(bob, Err(StoreError::LinkTaken { target_id: TargetId::new("t"), owner: id("ann") }));
    assert_eq!(store.owner_of(&TargetId::new("t")).await.unwrap(), Some(id("ann")));
    assert_eq!(store.log(LogQuery { entra_id: Some(id("bob")), limit: 9 }).await.unwrap(), []);
}

#[tokio::test]
async fn a_refused_baseline_is_an_error_and_its_round_is_over_for_good() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    store.put_user(user("ann", json!({})), at(0)).await.unwrap();
    store.start_round(RoundKind::Baseline, "s", at(1)).await.unwrap();
    let refused = store.commit_page(page(vec![], to_round("d"))).await;
    assert_eq!(refused, Err(StoreError::ShrunkenBaseline { found: 0, known: 1 }));
    store.close().await;
    let again = Store::open(&scratch.file()).unwrap();
    assert_eq!(again.feed().await.unwrap().open_round, None);
    assert_eq!(again.status().await.unwrap().people, 1);
}

#[tokio::test]
async fn closing_leaves_one_file_and_refuses_what_comes_later() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    let other = store.clone();
    store.put_user(user("ann", json!({})), at(0)).await.unwrap();
    store.close().await;
    let late = other.clone();
    let late = tokio::spawn(async move { late.feed().await });
    assert_eq!(late.await.unwrap(), Err(StoreError::Closed));
    other.close().await;
    let files: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["state.db"]);
}

#[tokio::test]
async fn a_file_that_was_moved_away_takes_nothing_more_until_it_is_back() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    let put = |name| store.put_user(user(name, json!({})), at(0));
    put("ann").await.unwrap();
    let elsewhere = scratch.path().join("elsewhere");
    std::fs::rename(scratch.file(), &elsewhere).unwrap();
    let vanished = StoreError::Vanished { path: scratch.file() };
    assert_eq!(put("bob").await, Err(vanished.clone()));
    std::fs::write(scratch.file(), "another file").unwrap();
    assert_eq!(put("bob").await, Err(vanished));
    std::fs::rename(&elsewhere, scratch.file()).unwrap();
    put("cem").await.unwrap();
    assert_eq!(store.status().await.unwrap().people, 2);
}
