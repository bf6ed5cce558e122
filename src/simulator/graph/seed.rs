//! The people that a new tenant has: the same for the same seed.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::names::{DEPARTMENTS, GUEST_DOMAINS, Name, OFFICES, Office};
use super::tenant_error::TenantError;

/// The tenant's verified domain.
pub(super) const DOMAIN: &str = "nordwind.example";

/// Who somebody is, by their place in the tenant: one in twenty is a guest, one in twenty disabled, one in fifty a room.
/// Everybody else is an employee with all that an account needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Employee,
    Disabled,
    Guest,
    Room,
}

impl Sort {
    fn of(index: usize) -> Self {
        match index {
            _ if index % 50 == 19 => Self::Room,
            _ if index % 20 == 7 => Self::Guest,
            _ if index % 20 == 13 => Self::Disabled,
            _ => Self::Employee,
        }
    }
}

/// A directory of so many employees, with guests, disabled people and rooms among them.
pub(super) fn directory(employees: usize, rng: &mut fastrand::Rng) -> Result<Directory, TenantError> {
    let mut directory = Directory::default();
    let mut names = Aliases::default();
    let mut missing = employees;
    for index in 0.. {
        if missing == 0 {
            break;
        }
        missing -= usize::from(Sort::of(index) == Sort::Employee);
        let id = guid(rng);
        let properties = match Sort::of(index) {
            Sort::Room => room(index),
            sort => person(index, sort, &mut names, rng),
        };
        directory.create_user(id.as_str().into(), &properties, &created(rng))?;
        if index % 10 == 3 {
            // Had a telephone once: the list is there and empty, which is not the same as never set.
            clear_phone(&mut directory, &id)?;
        }
    }
    Ok(directory)
}

/// A random GUID (RFC 9562 §5.4).
pub(in crate::simulator) fn guid(rng: &mut fastrand::Rng) -> String {
    let bits = rng.u128(..);
    let (version, variant) = (0x4_u128 << 76, 0x8_u128 << 60);
    let bits = (bits & !(0xf << 76) & !(0xc << 60)) | version | variant;
    let hex = format!("{bits:032x}");
    let parts = [hex.get(..8), hex.get(8..12), hex.get(12..16), hex.get(16..20), hex.get(20..)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// Counts people with the same alias, who get a number each.
#[derive(Default)]
struct Aliases(HashMap<String, usize>);

impl Aliases {
    fn claim(&mut self, given: &Name, surname: &Name) -> String {
        let alias = format!("{}.{}", given.1, surname.1);
        let count = self.0.entry(alias.clone()).or_default();
        *count += 1;
        if *count == 1 { alias } else { format!("{alias}{count}") }
    }
}

fn person(index: usize, sort: Sort, aliases: &mut Aliases, rng: &mut fastrand::Rng) -> Map<String, Value> {
    let office = pick(OFFICES, rng);
    let (given, surname) = (pick(office.given, rng), pick(office.surnames, rng));
    let alias = aliases.claim(given, surname);
    let mut properties = Properties::default();
    properties.set("displayName", json!(format!("{} {}", given.0, surname.0)));
    properties.set("accountEnabled", json!(sort != Sort::Disabled));
    properties.set("givenName", json!(given.0));
    properties.set("surname", json!(surname.0));
    if sort == Sort::Guest {
        guest(&mut properties, &alias, rng);
    } else {
        member(&mut properties, index, sort, &alias, office, rng);
    }
    properties.0
}

fn guest(properties: &mut Properties, alias: &str, rng: &mut fastrand::Rng) {
    let domain = pick(GUEST_DOMAINS, rng);
    properties.set("userPrincipalName", json!(format!("{alias}_{domain}#EXT#@{DOMAIN}")));
    properties.set("mail", json!(format!("{alias}@{domain}")));
    properties.set("userType", json!("Guest"));
    properties.set("creationType", json!("Invitation"));
    properties.set("externalUserState", json!(pick(&["Accepted", "PendingAcceptance"], rng)));
}

fn member(
    properties: &mut Properties,
    index: usize,
    sort: Sort,
    alias: &str,
    office: &Office,
    rng: &mut fastrand::Rng,
) {
    let name = format!("{alias}@{DOMAIN}");
    properties.set("mailNickname", json!(alias.chars().take(64).collect::<String>()));
    properties.set("userPrincipalName", json!(name));
    match rng.u8(0..20) {
        // Some who left have no mailbox any more.
        0..8 if sort == Sort::Disabled => {}
        1 => properties.set("mail", json!(format!("{alias}@mail.{DOMAIN}"))),
        2 => properties.set("mail", json!(name.to_uppercase())),
        _ => properties.set("mail", json!(name)),
    }
    let (department, titles) = pick(DEPARTMENTS, rng);
    properties.set("department", json!(department));
    properties.set("jobTitle", json!(pick(titles, rng)));
    properties.set("companyName", json!("Nordwind"));
    properties.set("employeeId", json!(format!("{:06}", 100_000 + index)));
    properties.set("city", json!(office.city));
    properties.set("country", json!(office.country));
    properties.sometimes(rng, "preferredLanguage", || json!(office.language));
    let desk = rng.u16(100..999);
    properties.sometimes(rng, "officeLocation", || json!(format!("{} {desk}", office.city)));
    let number = rng.u32(1_000_000..9_999_999);
    properties.sometimes(rng, "mobilePhone", || json!(format!("{} 170 {number}", office.calling_code)));
    properties.sometimes(rng, "businessPhones", || json!([format!("{} 30 {number}", office.calling_code)]));
    let cost_center = format!("CC-{:03}", rng.u8(1..40));
    properties.sometimes(rng, "employeeOrgData", || json!({"division": department, "costCenter": cost_center}));
    properties.sometimes(rng, "onPremisesExtensionAttributes", || json!({"extensionAttribute1": cost_center}));
}

fn room(index: usize) -> Map<String, Value> {
    let mut properties = Properties::default();
    properties.set("userPrincipalName", json!(format!("room{index}@{DOMAIN}")));
    properties.set("displayName", json!(format!("Room {index}")));
    properties.set("accountEnabled", json!(false));
    properties.0
}

fn clear_phone(directory: &mut Directory, id: &str) -> Result<(), TenantError> {
    let phones = |value: Value| Map::from_iter([("businessPhones".to_owned(), value)]);
    directory.update_user(id, &phones(json!(["+1 555 0100"])))?;
    directory.update_user(id, &phones(json!([])))
}

fn created(rng: &mut fastrand::Rng) -> String {
    const TEN_YEARS_SECONDS: i64 = 10 * 365 * 24 * 60 * 60;
    /// 2015-01-01, as a Unix time.
    const FIRST_SECONDS: i64 = 1_420_070_400;
    let first = Timestamp::from_second(FIRST_SECONDS).unwrap_or_default();
    let time = first.saturating_add(SignedDuration::from_secs(rng.i64(0..TEN_YEARS_SECONDS))).unwrap_or(first);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The office, name or title of somebody. The lists above are never empty.
fn pick<'a, T>(list: &'a [T], rng: &mut fastrand::Rng) -> &'a T {
    &list[rng.usize(0..list.len())]
}

#[derive(Default)]
struct Properties(Map<String, Value>);

impl Properties {
    fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Two people in three have it; for the others it was never set.
    fn sometimes(&mut self, rng: &mut fastrand::Rng, name: &str, value: impl FnOnce() -> Value) {
        if rng.u8(0..3) > 0 {
            self.set(name, value());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use std::collections::BTreeSet;

    use super::super::render::admin_view;
    use super::*;

    fn seeded(seed: u64) -> Vec<Value> {
        directory(200, &mut fastrand::Rng::with_seed(seed)).unwrap().users.all().map(admin_view).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_people_and_another_seed_others() {
        assert_eq!(seeded(7), seeded(7));
        assert_ne!(seeded(7), seeded(8));
    }

    #[test]
    fn the_tenant_is_as_mixed_as_a_real_one() {
        let users = seeded(1);
        let count = |wanted: &dyn Fn(&Value) -> bool| users.iter().filter(|user| wanted(user)).count();
        let employees =
            count(&|user| user["accountEnabled"] == true && user["userType"] == "Member" && user["mail"].is_string());
        assert_eq!(employees, 200);
        assert_eq!(users.len(), 227);
        assert_eq!(count(&|user| user["userType"] == "Guest"), 11);
        assert!(count(&|user| user["userPrincipalName"].as_str().unwrap().contains("#EXT#")) == 11);
        assert!(count(&|user| user["userType"] == "Member" && user.get("mail").is_none()) > 1);
        assert!(count(&|user| user["accountEnabled"] == false) > 10);
        assert_eq!(count(&|user| user.get("surname").is_none() && user.get("mail").is_none()), 5);
        assert!(count(&|user| user["userPrincipalName"].as_str().unwrap().contains('\'')) > 0);
        assert!(count(&|user| !user["displayName"].as_str().unwrap().is_ascii()) > 50);
        assert!(count(&|user| user.get("mail").is_some() && user["mail"] != user["userPrincipalName"]) > 10);
        assert_eq!(count(&|user| user["businessPhones"] == json!([])), 23);
    }

    #[test]
    fn guids_are_well_formed_and_differ() {
        let mut rng = fastrand::Rng::with_seed(0);
        let guids: BTreeSet<_> = std::iter::repeat_with(|| guid(&mut rng)).take(1000).collect();
        assert_eq!(guids.len(), 1000);
        assert!(guids.iter().all(|guid| {
            let parts: Vec<_> = guid.split('-').map(str::len).collect();
            parts == [8, 4, 4, 4, 12] && &guid[14..15] == "4" && "89ab".contains(&guid[19..20])
        }));
    }
}
