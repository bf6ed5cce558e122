#![allow(clippy::unwrap_used, reason = "tests may")]

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use scraper::{Html, Selector};
use serde_json::json;

use super::testing::{at, cycle, empty, full, hold, row, ten_days};
use super::words::{number, plain, span};
use super::*;
use crate::model::Operation;
use crate::store::LoggedOperation;

fn parsed(facts: &Facts) -> Html {
    let page = Html::parse_document(&page(facts));
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    page
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>();
    page.select(&selector).map(|element| text(element).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The elements of a page with their attributes, and where texts stand in attributes, nothing of these.
fn structure(page: &Html) -> Vec<(String, Vec<String>)> {
    let elements = page.tree.nodes().filter_map(|node| node.value().as_element());
    elements
        .map(|element| (element.name().to_owned(), element.attrs().map(|(name, _)| name.to_owned()).collect()))
        .collect()
}

#[test]
fn a_period_is_divided_by_its_length_and_holds_everything_in_it() {
    let parts = |hours: i64| {
        let period = Period::new(at(-hours), at(0), None);
        assert_eq!((period.part(at(-hours)), period.part(at(0))), (0, period.parts() - 1));
        (period.unit(), period.parts(), period.label(0))
    };
    assert_eq!(parts(1), ("hour".to_owned(), 2, "11-01 11:00".to_owned()));
    assert_eq!(parts(72), ("hour".to_owned(), 73, "10-29 12:00".to_owned()));
    assert_eq!(parts(73), ("day".to_owned(), 4, "2026-10-29".to_owned()));
    assert_eq!(parts(90 * 24), ("day".to_owned(), 91, "2026-08-03".to_owned()));
    // From a Monday on.
    assert_eq!(parts(91 * 24), ("week".to_owned(), 14, "2026-07-27".to_owned()));
    let (unit, count, _) = parts(24 * 365 * 2000);
    assert!(unit.ends_with("weeks") && count < 600, "{unit} {count}");
}

#[test]
fn what_lies_before_anything_is_remembered_is_not_drawn() {
    let period = Period::new(at(-9000), at(0), Some(at(-2)));
    assert_eq!((period.unit(), period.parts(), period.since), ("hour".to_owned(), 3, at(-9000)));
    let future = Period::new(at(5), at(0), Some(at(-2)));
    assert_eq!((future.parts(), future.part(at(-2)), future.part(at(9))), (1, 0, 0));
}

#[test]
fn percentiles_are_those_of_the_nearest_rank_to_within_two_percent() {
    let mut all = Distribution::default();
    assert_eq!((all.percentile(50), all.longest(), all.histogram()), (None, None, Vec::new()));
    for ms in 1..=1000 {
        all.add(SignedDuration::from_millis(ms * ms));
    }
    for (percent, exact) in [(50, 250_000), (90, 810_000), (99, 980_100), (100, 1_000_000)] {
        let found = i64::try_from(all.percentile(percent).unwrap().as_millis()).unwrap();
        assert!((0..=exact / 50).contains(&(found - exact)), "{percent}: {found} and {exact}");
    }
    assert_eq!((all.count(), all.longest()), (1000, Some(SignedDuration::from_secs(1000))));
    let mut back = Distribution::default();
    back.add(SignedDuration::from_secs(-5));
    assert_eq!(back.percentile(99), Some(SignedDuration::ZERO), "the clock was set back");
}

proptest! {
    /// The memory does not grow with what is counted.
    #[test]
    fn a_distribution_is_never_far_off_and_stays_small(all in proptest::collection::vec(0..i64::MAX / 2, 1..300)) {
        let mut counted = Distribution::default();
        for ms in &all {
            counted.add(SignedDuration::from_millis(*ms));
        }
        let mut sorted = all.clone();
        sorted.sort_unstable();
        for percent in [1, 50, 90, 99, 100] {
            let exact = sorted[(all.len() * percent).div_ceil(100).max(1) - 1];
            let found = counted.percentile(percent as u64).unwrap().as_millis();
            prop_assert!((i128::from(exact)..=i128::from(exact) + i128::from(exact / 50)).contains(&found));
        }
    }
}

#[test]
fn a_histogram_has_no_empty_ends() {
    let mut all = Distribution::default();
    for seconds in [1, 4, 70, 70, 200_000] {
        all.add(SignedDuration::from_secs(seconds));
    }
    let steps = all.histogram();
    let ends = (steps.first().copied(), steps.last().copied(), steps.len());
    assert_eq!(ends, (Some(("1 to 5 s", 2)), Some(("a day or longer", 1)), 9));
}

#[test]
fn every_row_is_counted_where_it_belongs() {
    let mut tally = Tally::new(ten_days());
    for hours in [-1, -2, -30] {
        tally.add(&row(hours, "ann", "update", None));
    }
    tally.add(&row(-1, "bob", "create", None));
    for name in ["cem", "dee", "cem"] {
        tally.add(&row(-1, name, "update", Some("409")));
    }
    tally.add(&row(-1, "eve", "none", Some("mapping")));
    let update = tally.done(Operation::Update).unwrap();
    assert_eq!((&update.series[8..], update.newest.len()), (&[0, 1, 2][..], 0), "updates name nobody");
    assert_eq!(tally.done(Operation::Create).unwrap().newest[0].user_name, "bob");
    assert!(tally.done(Operation::Delete).is_none() && !tally.is_empty());
    let causes: Vec<_> =
        tally.by_frequency().into_iter().map(|(code, cause)| (code, cause.tries, cause.people.len())).collect();
    assert_eq!(causes, [("409", 3, 2), ("mapping", 1, 1)]);
    assert_eq!(tally.failed().iter().sum::<u64>(), 4);
}

/// What is kept of a million rows is no more than of some hundreds.
#[test]
fn no_more_is_kept_however_many_rows_there_are() {
    let mut tally = Tally::new(ten_days());
    for number in 0..3000 {
        let name = format!("p{number}");
        tally.add(&row(-1, &name, "create", None));
        tally.add(&row(-1, &name, "update", Some(&format!("code {number}"))));
    }
    let created = tally.done(Operation::Create).unwrap();
    assert_eq!((created.count(), created.newest.len(), created.newest[0].user_name.as_str()), (3000, 200, "p0"));
    let causes = tally.by_frequency();
    assert!(causes.len() <= 51, "{}", causes.len());
    let (code, other) = causes[0];
    assert_eq!((code, other.tries, other.people.len()), ("other", 2950, 1000));
}

#[test]
fn an_operation_took_from_when_its_change_was_read_until_jostle_answered() {
    let mut tally = Tally::new(ten_days());
    let noticed = |hours| LoggedOperation { noticed_at: Some(at(hours)), ..row(0, "a", "update", None) };
    tally.add(&noticed(-1));
    tally.add(&row(0, "a", "update", None));
    let mut failed = noticed(-9);
    failed.entry.status = "failure".to_owned();
    tally.add(&failed);
    assert_eq!((tally.latency().count(), tally.latency().longest()), (1, Some(SignedDuration::from_hours(1))));
}

#[test]
fn idle_cycles_are_counted_and_the_others_shown() {
    let mut cycles = CycleTally::new(ten_days());
    for hours in -200..0 {
        cycles.add(cycle(hours, "ok", json!({"operations": {"update": i64::from(hours == -7)}, "failed": 0})));
    }
    cycles.add(cycle(-8, "failed", serde_json::Value::Null));
    let (shown, all) = cycles.newest();
    assert_eq!((shown.len(), all, cycles.count()), (2, 2, 201));
    assert_eq!(shown[0].counts(), [("update", 1)]);
    assert_eq!(cycles.by_result()[0].0, "ok");
}

#[test]
fn figures_are_written_for_people() {
    let numbers = [0, 999, 1000, 1_234_567].map(number);
    assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
    let spans = [40, 59_000, 61_000, 3_700_000, 90_000_000].map(|ms| span(SignedDuration::from_millis(ms)));
    assert_eq!(spans, ["40 ms", "59 s", "1 min 1 s", "1 h 1 min", "1 d 1 h"]);
    assert_eq!(plain("a\nb\u{0}\u{202e}c"), "a b\\u{0}\\u{202e}c");
    assert_eq!(plain(&"x".repeat(9000)).chars().count(), 501);
}

#[test]
fn a_page_of_nothing_says_so() {
    let page = parsed(&empty());
    insta::assert_snapshot!(texts(&page, ".nothing").join("\n"), @"
    Nothing was done to anybody in this period.
    Nothing that was done in this period came from a change that was read in Entra.
    Nothing failed in this period.
    Nobody waits.
    Nobody was created, deactivated or reactivated in this period.
    Nothing is held.
    The accounts in Jostle were not compared with what is known of them yet.
    No cycle began in this period.
    ");
    assert_eq!(texts(&page, "svg"), [] as [&str; 0]);
}

#[test]
fn every_section_has_a_heading_to_which_a_link_leads() {
    let page = parsed(&full("Ann"));
    assert_eq!(texts(&page, "nav a"), texts(&page, "h2"));
    let ids = |selector: &str, name: &str| {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).filter_map(|one| one.attr(name).map(str::to_owned)).collect::<Vec<_>>()
    };
    let mut seen = BTreeMap::<_, usize>::new();
    for id in ids("[id]", "id") {
        *seen.entry(id).or_default() += 1;
    }
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
    let named = ids("[aria-labelledby]", "aria-labelledby");
    let named = named.iter().flat_map(|names| names.split(' ')).map(str::to_owned);
    let led_to = ids("a", "href").into_iter().map(|href| href.trim_start_matches('#').to_owned());
    for id in named.chain(led_to) {
        assert!(seen.contains_key(&id), "{id}");
    }
}

/// Whoever hears a page is told what whoever sees it is.
#[test]
fn a_chart_has_a_title_a_text_and_a_table_with_the_same_figures() {
    let mut facts = empty();
    for hours in [-1, -2, -30] {
        facts.tally.add(&row(hours, "ann", "update", None));
    }
    let page = parsed(&facts);
    assert_eq!(texts(&page, "svg > title"), ["update by day"]);
    assert_eq!(
        texts(&page, "svg > desc"),
        ["3 from 2026-10-22 to 2026-11-01, at most 2 by day. The table below has every figure."]
    );
    assert_eq!(texts(&page, "rect > title"), ["2026-10-31: 1", "2026-11-01: 2"]);
    assert_eq!(texts(&page, "#operations-over-time-table ~ tbody tr"), ["2026-10-311", "2026-11-012"]);
}

#[test]
fn a_chart_names_the_ends_and_the_middle_each_once() {
    for (hours, wanted) in [(0, 1), (1, 2), (2, 3), (50, 3)] {
        let period = Period::new(at(-hours), at(0), None);
        let mut tally = Tally::new(period);
        tally.add(&row(0, "ann", "update", None));
        let labels = texts(&parsed(&Facts { period, tally, ..empty() }), ".axis span");
        assert_eq!(labels.len(), wanted, "{hours}: {labels:?}");
    }
}

#[test]
fn what_must_not_be_shown_is_not() {
    let mut facts = empty();
    let mut lines = hold("Whisper", true);
    lines.people[0].user_name = "ann".to_owned();
    lines.people[0].reason = "because".to_owned();
    lines.people[0].decided = None;
    lines.hold.limit = "a limit".to_owned();
    facts.holds.push(lines);
    let page = page(&facts);
    assert!(page.contains("[Redact]") && !page.contains("Whisper"));
}

#[test]
fn a_page_is_known_by_how_it_begins() {
    let page = page(&empty());
    assert!(is_report(&page.as_bytes()[..1024]));
    assert!(!is_report(b"<!DOCTYPE html><title>mine</title>") && !is_report(b""));
}

/// What the page may do is said before anything else is in it.
#[test]
fn a_page_may_load_and_run_nothing() {
    let page = parsed(&full("Ann"));
    let none = ["script", "link", "img", "iframe", "object", "form", "[style]", "[src]", "[onclick]"];
    for selector in none {
        assert_eq!(texts(&page, selector), [] as [&str; 0], "{selector}");
    }
    let selector = Selector::parse("meta[http-equiv='Content-Security-Policy'] ~ style").unwrap();
    assert_eq!(page.select(&selector).count(), 1);
    assert!(!page.html().contains("url(") && !page.html().contains("@import"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever somebody has for a name, or Jostle for a message, it is text: the page has the same elements with the
    /// same attributes, and the text stands in them.
    #[test]
    fn no_text_makes_an_element_or_an_attribute(text in "(\\PC|[<>\"'&=/ \\x00-\\x1f\u{202e}\u{200f}\u{5d0}])*", long in 0usize..3) {
        let expected = structure(&parsed(&full("Ann")));
        for text in [text.repeat(1 + long * 50), format!("\"><script>{text}"), format!("'--></style><img src=x onerror={text}")] {
            let page = parsed(&full(&text));
            // A name that has an at sign may be broken behind it.
            let found: Vec<_> = structure(&page).into_iter().filter(|(name, _)| name != "wbr").collect();
            prop_assert_eq!(&found, &expected);
        }
    }
}
