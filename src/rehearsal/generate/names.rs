//! Names that hurt: whatever a directory may hold and a filter, a URL or a comparison may break on.

use serde_json::{Map, Value, json};

use super::pick;

/// What Entra takes before the @ of a user principal name.
const ALIASES: [&str; 7] = ["o'brien", "Ann.Lee", "x_y!z", "de-la-cruz", "til~de", "quo^te", "UPPER"];

/// What a mail address may have there.
const BOXES: [&str; 7] = ["o'brien", "ann+tag", "Jörg.Größe", "amp&ersand", "per%41cent", "日本", "ÀÉ"];

const GIVEN: [&str; 8] =
    ["Zoë", "O'Neil", "quo\"te", "back\\slash", " Padded ", "Nguyễn", "🙂", "Bartholomew-Maximilian-Alexandros"];

const SURNAMES: [&str; 6] = ["d'Arc", "Müller & Söhne", "<b>Lee</b>", "İpek", "O\u{301}", "Smith; DROP"];

/// Values of the other properties; the last ones are empty or nearly.
const TITLES: [&str; 6] = ["Boss", "R&D \"lead\" \\ <b>", "Clerk", "boss", "  ", "Ärztin"];

pub(super) const DEPARTMENTS: [&str; 4] = ["Sales", "Engineering", "sales", "Küche"];

/// The name that person `number` may have as its `turn`th; no two people have the same one.
pub(super) fn names(number: u8, turn: u8) -> Map<String, Value> {
    let of = |from: &[&str]| from[(usize::from(number) + usize::from(turn) * 3) % from.len()].to_owned();
    let suffix = format!("{number}{}@corp.example", if turn == 0 { String::new() } else { format!("-{turn}") });
    object(json!({
        "userPrincipalName": format!("{}{suffix}", of(&ALIASES)),
        "mail": format!("{}{suffix}", of(&BOXES)),
    }))
}

/// The property that a new value is for, and the value; null clears.
pub(super) fn value(rng: &mut fastrand::Rng) -> (&'static str, Value) {
    let name = pick(rng, &["givenName", "surname", "jobTitle", "department", "mobilePhone", "city", "displayName"]);
    let text = match name {
        "givenName" => pick(rng, &GIVEN).to_owned(),
        "surname" => pick(rng, &SURNAMES).to_owned(),
        "displayName" => format!("{} {}", pick(rng, &GIVEN), rng.u8(..4)),
        "jobTitle" => pick(rng, &TITLES).to_owned(),
        "department" => pick(rng, &DEPARTMENTS).to_owned(),
        "mobilePhone" => format!("+1 (555) {:03}", rng.u16(..1000)),
        _ => format!("City {}", rng.u8(..3)),
    };
    let may_be_empty = !["givenName", "surname", "displayName"].contains(&name);
    let value = if may_be_empty && rng.u8(..4) == 0 { Value::Null } else { json!(text) };
    (name, value)
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
