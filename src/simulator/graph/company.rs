//! What a new tenant has beside its people: groups, managers, applications and who is assigned.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::entity::Entity;
use super::names::DEPARTMENTS;
use super::object::{Id, Object};
use super::seed::{self, guid};
use super::tenant::Identity;
use super::tenant_error::TenantError;

/// So many people report to one manager.
const REPORTS: usize = 8;

/// A directory of so many employees, with everything that a company has.
pub(super) fn directory(
    identity: &Identity,
    employees: usize,
    rng: &mut fastrand::Rng,
    created: String,
) -> Result<Directory, TenantError> {
    let mut company = Company { directory: seed::directory(employees, rng)?, rng, created };
    let staff = Staff::of(&company.directory);
    company.managers(&staff)?;
    company.groups(&identity.group_id, &staff)?;
    company.applications(identity, &staff)?;
    Ok(company.directory)
}

/// Who works where.
struct Staff {
    /// In no department's group, and assigned by name.
    head: Option<Id>,
    /// The first of each department leads it.
    departments: Vec<(&'static str, Vec<Id>)>,
    guests: Vec<Id>,
    rooms: Vec<Id>,
}

impl Staff {
    fn of(directory: &Directory) -> Self {
        let users: Vec<&Object> = directory.users.changed_after(0).map(|(_, user)| user).collect();
        let ids = |wanted: &dyn Fn(&Object) -> bool| -> Vec<Id> {
            users.iter().filter(|user| wanted(user)).map(|user| user.id.clone()).collect()
        };
        let works_in = |user: &Object, name: &str| user.text("department") == Some(name);
        let is_enabled =
            |user: &Object| user.properties.get("accountEnabled").is_some_and(|stored| stored.value == true);
        let head = users.iter().find(|user| is_enabled(user) && user.text("department").is_some());
        let head = head.map(|user| user.id.clone());
        let department = |name| ids(&|user| works_in(user, name) && Some(&user.id) != head.as_ref());
        let departments = DEPARTMENTS.iter().map(|(name, _)| (*name, department(*name)));
        Self {
            departments: departments.filter(|(_, people)| !people.is_empty()).collect(),
            guests: ids(&|user| user.text("userType") == Some("Guest")),
            rooms: ids(&|user| user.text("userType") == Some("Member") && user.text("department").is_none()),
            head,
        }
    }
}

struct Company<'a> {
    directory: Directory,
    rng: &'a mut fastrand::Rng,
    created: String,
}

impl Company<'_> {
    /// A tree for each department, below the head of the company, who answers to somebody outside it.
    fn managers(&mut self, staff: &Staff) -> Result<(), TenantError> {
        let Some(head) = &staff.head else { return Ok(()) };
        let chair = self.other(Entity::OrgContact, "Chair of the Board")?;
        self.directory.set_manager(head, Some(&chair))?;
        for (_, people) in &staff.departments {
            for (index, person) in people.iter().enumerate() {
                let manager = index.checked_sub(1).and_then(|earlier| people.get(earlier / REPORTS)).unwrap_or(head);
                self.directory.set_manager(person, Some(manager))?;
            }
        }
        Ok(())
    }

    /// One group a department, one of them all with the leads as direct members too, and the odd ones that tenants have.
    fn groups(&mut self, everybody: &str, staff: &Staff) -> Result<(), TenantError> {
        let mut all = Vec::new();
        for (name, people) in &staff.departments {
            let group = guid(self.rng);
            self.group(&group, &json!({"displayName": name, "description": "Everybody in the department"}), people)?;
            all.extend(people.first().cloned());
            all.push(group.into());
        }
        self.group(everybody, &json!({"displayName": "All employees"}), &all)?;
        if staff.head.is_none() {
            return Ok(());
        }
        let (north, south) = (guid(self.rng), guid(self.rng));
        self.group(&north, &json!({"displayName": "Project Nord"}), all.get(..1).unwrap_or_default())?;
        self.group(&south, &json!({"displayName": "Project Süd"}), &[north.as_str().into()])?;
        self.directory.add_member(&north, &south)?;
        let rule = json!({
            "displayName": "Guests", "groupTypes": ["DynamicMembership"], "membershipRule": "(user.userType -eq \"Guest\")",
        });
        let guests = guid(self.rng);
        self.group(&guests, &rule, &staff.guests)?;
        let panel = self.other(Entity::Device, "NW-ROOM-PANEL")?;
        let rooms: Vec<_> = staff.rooms.iter().cloned().chain([panel]).collect();
        let id = guid(self.rng);
        self.group(&id, &json!({"displayName": "Meeting rooms"}), &rooms)
    }

    /// Jostle, with all employees and the head assigned, and the application that reads the tenant.
    fn applications(&mut self, identity: &Identity, staff: &Staff) -> Result<(), TenantError> {
        for (app_id, name) in [(&identity.app_id, "Jostle"), (&identity.client_id, "Directory reader")] {
            let id = guid(self.rng);
            self.directory.create_service_principal(id.into(), app_id, name);
        }
        let role = guid(self.rng);
        for principal in [Some(identity.group_id.as_str()), staff.head.as_deref()].into_iter().flatten() {
            let id = assignment_id(self.rng);
            self.directory.assign(id, &identity.app_id, principal, Some(&role), &self.created)?;
        }
        Ok(())
    }

    fn group(&mut self, id: &str, properties: &Value, members: &[Id]) -> Result<(), TenantError> {
        self.directory.create_group(id.into(), &object(properties), &self.created)?;
        let members: Vec<_> = members.iter().map(ToString::to_string).collect();
        self.directory.set_members(id, &members)
    }

    fn other(&mut self, entity: Entity, name: &str) -> Result<Id, TenantError> {
        let id: Id = guid(self.rng).into();
        self.directory.create_other(entity, id.clone(), &object(&json!({"displayName": name})))?;
        Ok(id)
    }
}

/// The id of an assignment is no GUID but an opaque text, in which case matters.
pub(super) fn assignment_id(rng: &mut fastrand::Rng) -> Id {
    let text: String = std::iter::repeat_with(|| rng.alphanumeric()).take(43).collect();
    Arc::from(text)
}

fn object(properties: &Value) -> Map<String, Value> {
    properties.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    fn company(employees: usize) -> (Identity, Directory) {
        let mut rng = fastrand::Rng::with_seed(1);
        let identity = Identity::new(&mut rng);
        let directory = directory(&identity, employees, &mut rng, "2020-01-01T00:00:00Z".to_owned()).unwrap();
        (identity, directory)
    }

    fn named<'a>(directory: &'a Directory, name: &str) -> &'a Object {
        directory.groups.all().find(|group| group.text("displayName") == Some(name)).unwrap()
    }

    #[test]
    fn managers_are_a_tree_that_ends_outside_the_company() {
        let (_, directory) = company(300);
        let top = |user: &Object| {
            let mut seen = vec![user.id.clone()];
            while let Some(manager) = directory.manager_of(directory.users.get(seen.last().unwrap()).unwrap()) {
                if manager.entity == Entity::OrgContact {
                    return seen.len();
                }
                assert!(!seen.contains(&manager.id), "a cycle");
                seen.push(manager.id.clone());
            }
            0
        };
        let depths: Vec<_> = directory.users.all().filter(|user| user.text("department").is_some()).map(top).collect();
        assert_eq!(depths.iter().filter(|depth| **depth == 1).count(), 1);
        assert!(depths.iter().all(|depth| (1..=5).contains(depth)) && depths.contains(&3));
        assert!(directory.users.all().any(|user| directory.manager_of(user).is_none()), "guests and rooms");
    }

    #[test]
    fn all_employees_nests_the_departments_and_the_odd_groups_are_there() {
        let (identity, directory) = company(300);
        let all = directory.group(&identity.group_id).unwrap();
        let direct = directory.members_of(all);
        assert_eq!(direct.values().filter(|member| member.entity == Entity::Group).count(), DEPARTMENTS.len());
        assert_eq!(direct.values().filter(|member| member.entity == Entity::User).count(), DEPARTMENTS.len());
        let staff = directory.users.all().filter(|user| user.text("department").is_some()).count();
        let reached = directory.transitive_members_of(all);
        assert_eq!(reached.values().filter(|member| member.entity == Entity::User).count(), staff - 1);
        let north = named(&directory, "Project Nord");
        assert!(directory.transitive_members_of(north).contains_key(&north.id), "a cycle");
        assert!(named(&directory, "Guests").text("membershipRule").is_some());
        let rooms = directory.members_of(named(&directory, "Meeting rooms"));
        assert_eq!(rooms.values().filter(|member| member.entity == Entity::Device).count(), 1);
    }

    #[test]
    fn jostle_has_a_group_and_a_person_assigned() {
        for (employees, expected) in [(20, vec!["Group", "User"]), (0, vec!["Group"])] {
            let (identity, directory) = company(employees);
            let jostle = directory.service_principal_of(&identity.app_id).unwrap();
            assert_eq!(jostle.text("displayName"), Some("Jostle"));
            let mut kinds: Vec<_> = directory.assignments.all().filter_map(|one| one.text("principalType")).collect();
            kinds.sort_unstable();
            assert_eq!(kinds, expected);
        }
    }
}
