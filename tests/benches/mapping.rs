//! How quickly the mapping works: Jostle's original ten attributes for many people on one core. Fails where it is too
//! slow for a cycle to plan everybody anew without a wait, or where a plain row allocates more than its value.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use entra_jostle_sync::mapping::{Mapping, Row, Source, moment_of};
use entra_jostle_sync::model::{Compare, EntraId, Format, Presence, SourceUser, Subject, TargetValue};
use jiff::Timestamp;
use serde_json::{Value, json};

const PEOPLE: u32 = 200_000;

/// People a second: 300,000 people are planned anew within a second.
const LEAST: f64 = 300_000.0;

fn direct(target: &str, source: &str) -> Row {
    Row::new(target.parse().expect("a target path"), Source::Attribute(source.parse().expect("a source path")))
}

fn mail(target: &str, source: &str) -> Row {
    let (compare, format, max_length) = (Compare::Folded, Format::Mail, Some(128));
    Row { compare, format, max_length, ..direct(target, source) }
}

fn constant(target: &str, text: &str) -> Row {
    Row::new(target.parse().expect("a target path"), Source::Constant(TargetValue::Text(text.to_owned())))
}

/// The rows of the shipped mapping for the ten attributes, all switched on.
fn ten_rows() -> Vec<Row> {
    let label =
        |number: u8| format!("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:alternateEmail{number}Label");
    vec![
        Row { required: true, ..mail("userName", "userPrincipalName") },
        Row { required: true, max_length: Some(30), ..direct("name.givenName", "givenName") },
        Row { required: true, max_length: Some(40), ..direct("name.familyName", "surname") },
        Row { required: true, ..mail("emails[type eq \"work\"].value", "mail") },
        Row::new("active".parse().expect("a target path"), Source::Active),
        mail("emails[type eq \"personal\"].value", "otherMails"),
        mail("emails[type eq \"alternate1\"].value", "extensionAttribute4"),
        mail("emails[type eq \"alternate2\"].value", "extensionAttribute5"),
        constant(&label(1), "Team mailbox"),
        constant(&label(2), "Second mailbox"),
    ]
}

fn person(number: u32) -> SourceUser {
    let name = format!("person{number}@corp.example");
    let given = ["Ann", "Björn ", "Chloé", " Dmitri", "Zoë-Marie"][number as usize % 5];
    let attributes = json!({
        "userPrincipalName": name, "mail": name, "givenName": given, "surname": format!("Lee{}", number % 997),
        "displayName": format!("{given} Lee"), "accountEnabled": true, "userType": "Member", "jobTitle": null,
        "otherMails": if number.is_multiple_of(3) { json!([]) } else { json!([format!("p{number}@home.example")]) },
        "onPremisesExtensionAttributes": {
            "extensionAttribute4": if number.is_multiple_of(2) { json!(null) } else { json!("team@corp.example") },
            "extensionAttribute5": null,
        },
    });
    let Value::Object(attributes) = attributes else { unreachable!("an object") };
    SourceUser { id: EntraId::new(&format!("{number:032x}")), presence: Presence::Live, attributes }
}

fn people_a_second(mapping: &Mapping, people: &[SourceUser]) -> f64 {
    let begin = Instant::now();
    for user in people {
        let desired = mapping.evaluate(&Subject::alone(user), moment_of(&user.id, Timestamp::UNIX_EPOCH));
        black_box(desired).expect("nobody fails");
    }
    f64::from(PEOPLE) / begin.elapsed().as_secs_f64()
}

/// Allocations for one person beyond one for each value and one for the list of values.
fn excess(rows: &[Row], user: &SourceUser) -> u64 {
    let mapping = Mapping::new(rows.to_vec()).expect("a mapping");
    let moment = moment_of(&user.id, Timestamp::UNIX_EPOCH);
    let mut values = 0;
    let made = allocation_counter::measure(|| {
        let desired = mapping.evaluate(&Subject::alone(user), moment).expect("nobody fails");
        values = desired.values.len() as u64;
    });
    let made = made.count_total;
    println!("plain rows: {made} allocations for {values} values of one person");
    made.saturating_sub(values + 1)
}

fn main() -> ExitCode {
    let rows = ten_rows();
    let people: Vec<_> = (0..PEOPLE).map(person).collect();
    let excess = excess(&rows, &people[1]);
    let mapping = Mapping::new(rows).expect("a mapping");
    let speed = people_a_second(&mapping, &people);
    println!("ten rows: {speed:.0} people a second ({LEAST:.0} are needed)");
    if excess > 0 {
        println!("FAILED: {excess} allocations are more than the values");
    }
    if speed < LEAST {
        println!("FAILED: too slow");
    }
    if excess == 0 && speed >= LEAST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
