//! Each rule for Loki is fired by the log of its incident, ends after that is mended, and asks for what can be in the log.

use std::collections::BTreeSet;

use entra_jostle_sync::event::{Definition, Kind, PersonalData, catalogue};
use tracing::Level;

use super::course::{END, Line, MINUTE};
use super::logql::{Condition, Expression, Filter};
use super::loki::{check_frame, fired, rules};
use super::told::told;

/// Before it a daemon that is new gives no sign of life.
const FIRST_HEARTBEAT: i64 = 15;

#[test]
fn every_rule_is_fired_by_the_log_of_its_incident_as_long_as_it_lasts() {
    let rules = rules();
    let mut seen = BTreeSet::new();
    let mut others = Vec::new();
    for told in told() {
        let incident = told.incident;
        let fired = fired(&rules, &told.log, FIRST_HEARTBEAT..=END);
        if fired != incident.by_log {
            others.push(format!("{}: {fired:?}, not {:?}", incident.name, incident.by_log));
        }
        seen.extend(fired.iter().map(|alert| name_of(alert).to_owned()));
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    let until = 31 * MINUTE;
    let healthy = &told()[0].log;
    let killed: Vec<Line> = healthy.iter().filter(|line| line.at < until).cloned().collect();
    assert_eq!(fired(&rules, &killed, FIRST_HEARTBEAT..=END), ["EntraJostleSyncGone 65-90"]);
    seen.insert("EntraJostleSyncGone".to_owned());
    let all: BTreeSet<_> = rules.into_iter().map(|rule| rule.alert).collect();
    assert_eq!(seen, all, "a rule that nothing fires");
}

fn name_of(alert: &str) -> &str {
    alert.split(['{', ' ']).next().expect("a name")
}

/// Somebody who pauses for an hour has not forgotten it.
#[test]
fn a_pause_of_today_fires_nothing() {
    let mut log: Vec<Line> =
        told().iter().find(|told| told.incident.name == "forgotten pause").expect("it").log.clone();
    log.retain(|line| line.at < 31 * MINUTE);
    let yesterday = told()[0].log.iter().rfind(|line| line.text.contains("\"heartbeat\"")).expect("a heartbeat");
    log.insert(0, Line { at: -MINUTE, text: yesterday.text.clone() });
    assert_eq!(fired(&rules(), &log, FIRST_HEARTBEAT..=49), Vec::<String>::new());
}

#[test]
fn every_event_and_field_of_a_rule_is_in_the_catalogue_and_in_every_log() {
    for rule in rules() {
        for range in rule.expression.ranges() {
            for id in &range.events {
                let event = definition(id);
                assert!(event.level <= Level::INFO, "{}: {id} is not logged as a rule", rule.alert);
                range.filters.iter().for_each(|filter| assert_fits(&event, filter));
            }
        }
        for comparison in rule.expression.comparisons() {
            let may_be = ["side", "channel", "quarantined", "refused"];
            let by = comparison.by.as_deref();
            assert!(by.is_none_or(|by| may_be.contains(&by)), "{}: as many series as there are {by:?}", rule.alert);
            let events = comparison.range.events.iter();
            events.zip(by).for_each(|(event, by)| assert_eq!(field(&definition(event), by), Kind::Word));
        }
    }
}

fn definition(id: &str) -> Definition {
    let found = catalogue::definitions().into_iter().find(|event| event.id == id);
    found.unwrap_or_else(|| panic!("there is no event {id}"))
}

/// The kind of a field, which is there whatever of a person may be shown.
fn field(event: &Definition, name: &str) -> Kind {
    let found = event.fields.iter().find(|field| field.name == name);
    let field = found.unwrap_or_else(|| panic!("{} has no field {name}", event.id));
    assert_eq!(field.shown_from, PersonalData::Ids, "{name}");
    field.kind
}

fn assert_fits(event: &Definition, Filter { label, condition }: &Filter) {
    let fits = match condition {
        Condition::Is(_) | Condition::IsNot(_) => [Kind::Word].as_slice(),
        Condition::Above(_) | Condition::AtLeast(_) | Condition::Equals(_) => &[Kind::Count, Kind::Decimal],
    };
    assert!(fits.contains(&field(event, label)), "{label} of {} is no such thing", event.id);
}

#[test]
fn the_frame_of_the_rules_is_that_of_prometheus() {
    check_frame();
}

#[test]
fn what_is_not_understood_is_refused() {
    let range = "{job=\"entra-jostle-sync\"} | json | event=\"heartbeat\" | held > 0 [20m]";
    let count = format!("sum(count_over_time({range})) > 0");
    assert!(Expression::parse(&count).is_ok());
    for other in [
        format!("sum(rate({range})) > 0"),
        format!("sum(count_over_time({range})) >= 0"),
        format!("{count} or {count}"),
        format!("{count} and {count} unless {count}"),
        format!("sum by (side) (count_over_time({range})) > 0 and {count}"),
        count.replace("job", "app"),
        count.replace("| json ", ""),
        count.replace("20m", "20s"),
        count.replace("held > 0", "held < 0"),
        count.replace("held > 0", "held > few"),
        count.replace("held > 0", "held = 0"),
        count.replace("\"heartbeat\"", "heartbeat"),
        format!("absent_over_time({range}) > 0"),
    ] {
        assert!(Expression::parse(&other).is_err(), "{other}");
    }
}
