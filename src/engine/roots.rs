//! From the configuration's names of groups to the groups themselves. A name that fits nobody or several is an error:
//! taking it for an empty group would take everybody in it out of scope.

use std::collections::{BTreeMap, BTreeSet};

use super::group_rounds::Groups;
use super::{CycleError, Planner};
use crate::connector::SourceReader;
use crate::model::{GroupId, is_object_id};

/// What the source answered about names in this cycle.
pub(super) type Answers = BTreeMap<String, GroupId>;

impl<S: SourceReader, R> Planner<S, R> {
    /// The groups that the configuration names. `groups` were read in this cycle: a name is looked for among them
    /// first, so that an idle cycle asks nothing, and the source is asked for every other name.
    pub(super) async fn named_groups(
        &self,
        groups: &Groups,
        answers: &mut Answers,
    ) -> Result<BTreeSet<GroupId>, CycleError> {
        let mut roots = BTreeSet::new();
        for name in &self.settings.reach.groups {
            let id = match (only(name, matching(groups, name))?, answers.get(name)) {
                (Some(id), _) => id,
                (None, _) if is_object_id(name) => GroupId::new(name),
                (None, Some(id)) => id.clone(),
                (None, None) => {
                    self.go_on()?;
                    let found = self.source.groups_named(name).await?.into_iter().map(|label| label.id);
                    let id = only(name, found.collect())?.ok_or_else(|| CycleError::NoGroup(name.clone()))?;
                    answers.insert(name.clone(), id.clone());
                    id
                }
            };
            roots.insert(id);
        }
        Ok(roots)
    }
}

/// Every group that a name of the configuration means, by object id or, in any case, by display name.
pub(super) fn matching(groups: &Groups, name: &str) -> Vec<GroupId> {
    let by_id = GroupId::new(name);
    if groups.contains_key(&by_id) {
        return vec![by_id];
    }
    let named = groups.values().filter(|group| group.label.is_meant_by(name));
    named.map(|group| group.label.id.clone()).collect()
}

fn only(name: &str, mut found: Vec<GroupId>) -> Result<Option<GroupId>, CycleError> {
    if found.len() > 1 {
        return Err(CycleError::ManyGroups { name: name.to_owned(), ids: found });
    }
    Ok(found.pop())
}
