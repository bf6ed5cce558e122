//! Links between objects: members of groups and managers of users, and what a deletion does to them.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use super::entity::Entity;
use super::object::{Id, Object, fold};
use super::tenant_error::TenantError;

impl Directory {
    /// Makes somebody or something a direct member; who is one already stays it without a trace.
    pub(super) fn add_member(&mut self, group: &str, principal: &str) -> Result<(), TenantError> {
        let group = self.group(group)?;
        let (id, member) = (group.id.clone(), self.principal(principal)?);
        if !group.is_linked(&member.id) {
            let (member, entity) = (member.id.clone(), member.entity);
            self.groups.touch(&id, |group, usn| group.set_link(member, entity, true, usn));
        }
        Ok(())
    }

    /// Ends a direct membership, also of somebody in the recycle bin.
    pub(super) fn remove_member(&mut self, group: &str, principal: &str) -> Result<(), TenantError> {
        let found = self.group(group)?;
        let id = found.id.clone();
        let named = self.any(principal).map_or_else(|| Id::from(fold(principal)), |user| user.id.clone());
        let not_there = || TenantError::NotAMember(group.to_owned(), principal.to_owned());
        let link = found.links.get(&named).filter(|link| link.present).ok_or_else(not_there)?;
        let entity = link.entity;
        self.groups.touch(&id, |group, usn| group.set_link(named, entity, false, usn));
        Ok(())
    }

    /// Makes these and nobody else the direct members, as one change.
    pub(super) fn set_members(&mut self, group: &str, principals: &[String]) -> Result<(), TenantError> {
        let found = self.group(group)?;
        let id = found.id.clone();
        let mut wanted = BTreeMap::new();
        for principal in principals {
            let member = self.principal(principal)?;
            wanted.insert(member.id.clone(), member.entity);
        }
        let gone = found.linked().filter(|(id, _)| !wanted.contains_key(*id));
        let mut changes: Vec<_> = gone.map(|(id, entity)| (id.clone(), entity, false)).collect();
        let new = wanted.into_iter().filter(|(id, _)| !found.is_linked(id));
        changes.extend(new.map(|(id, entity)| (id, entity, true)));
        if !changes.is_empty() {
            self.groups.touch(&id, |group, usn| {
                for (id, entity, present) in changes {
                    group.set_link(id, entity, present, usn);
                }
            });
        }
        Ok(())
    }

    /// Gives a user another manager, or none. A manager is a user or a contact ("Assign manager").
    pub(super) fn set_manager(&mut self, user: &str, manager: Option<&str>) -> Result<(), TenantError> {
        let found = self.live(user).ok_or_else(|| TenantError::NotFound(user.to_owned()))?;
        let id = found.id.clone();
        let wanted =
            manager.map(|key| self.principal(key)).transpose()?.map(|object| (object.id.clone(), object.entity));
        if let Some((_, entity)) = &wanted
            && !matches!(entity, Entity::User | Entity::OrgContact)
        {
            return Err(TenantError::Value("manager", "must be a user or a contact".to_owned()));
        }
        let old: Vec<_> = found.linked().map(|(id, entity)| (id.clone(), entity)).collect();
        if old.first() == wanted.as_ref() {
            return Ok(());
        }
        self.users.touch(&id, |user, usn| {
            for (id, entity) in old {
                user.set_link(id, entity, false, usn);
            }
            if let Some((id, entity)) = wanted {
                user.set_link(id, entity, true, usn);
            }
        });
        Ok(())
    }

    /// The manager of a user, if Graph shows one.
    pub(super) fn manager_of(&self, user: &Object) -> Option<&Object> {
        user.linked().find_map(|(id, entity)| self.shown(id, entity))
    }

    /// The direct members that Graph lists, by id: nobody from the recycle bin.
    pub(super) fn members_of(&self, group: &Object) -> BTreeMap<Id, &Object> {
        group.linked().filter_map(|(id, entity)| Some((id.clone(), self.shown(id, entity)?))).collect()
    }

    /// The members of a group and of all groups in it, by id, each once, groups included. A group in a cycle is its own.
    pub(super) fn transitive_members_of(&self, group: &Object) -> BTreeMap<Id, &Object> {
        let (mut found, mut open) = (BTreeMap::new(), vec![group]);
        let mut opened = BTreeSet::from([group.id.clone()]);
        while let Some(group) = open.pop() {
            for (id, member) in self.members_of(group) {
                if member.entity == Entity::Group && opened.insert(id.clone()) {
                    open.push(member);
                }
                found.insert(id, member);
            }
        }
        found
    }

    /// A live object by id, or a user by name: whoever can be a member, a manager or assigned.
    pub(super) fn principal(&self, key: &str) -> Result<&Object, TenantError> {
        let elsewhere = || [&self.groups, &self.others].into_iter().find_map(|shelf| shelf.get(&fold(key)));
        self.live(key)
            .or_else(|| elsewhere().filter(|object| object.is_live()))
            .ok_or_else(|| TenantError::NoObject(key.to_owned()))
    }

    /// Removes a device or a contact, and all that leads to it.
    pub(super) fn remove_other(&mut self, id: &str) -> Result<(), TenantError> {
        let object = self.others.get(&fold(id)).filter(|object| object.entity != Entity::ServicePrincipal);
        let id = object.map(|object| object.id.clone()).ok_or_else(|| TenantError::NoObject(id.to_owned()))?;
        self.others.remove(&id);
        self.forget(&id, false);
        Ok(())
    }

    /// The end of a manager: their reports have none, and do not get them back if the manager is restored.
    pub(super) fn leave_reports(&mut self, manager: &Id) {
        for report in self.users.linking(manager) {
            self.users.touch(&report, |user, usn| unlink(user, manager, usn));
        }
    }

    /// The end of an object: its memberships, reports and assignments go with it; `silently` leaves no trace of the
    /// memberships in the feed.
    pub(super) fn forget(&mut self, id: &Id, silently: bool) {
        self.leave_reports(id);
        for group in self.groups.linking(id) {
            if silently {
                self.groups.drop_link(&group, id);
            } else {
                self.groups.touch(&group, |group, usn| unlink(group, id, usn));
            }
        }
        self.revoke_all(id);
    }

    fn shown(&self, id: &str, entity: Entity) -> Option<&Object> {
        self.shelf(entity).get(id).filter(|object| object.is_live())
    }
}

fn unlink(object: &mut Object, target: &Id, usn: u64) {
    if let Some(entity) = object.links.get(target).map(|link| link.entity) {
        object.set_link(target.clone(), entity, false, usn);
    }
}
