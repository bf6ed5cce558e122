//! The person on whom something is tried: from a file, from stdin, or from the snapshot.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use serde_json::Value;

use crate::cli::exit::Failure;
use crate::cli::snapshot;
use crate::config::State;
use crate::mapping::expression::Moment;
use crate::mapping::moment_of;
use crate::model::{Attributes, EntraId, GroupLabel, Presence, SourceUser, Subject};
use crate::plan::standing;
use crate::scope::{Memberships, Rules};
use crate::store::PersonRecord;

/// A person, with what stands around them as far as it is known.
pub(super) struct Person {
    user: SourceUser,
    manager: Option<SourceUser>,
    groups: Vec<Arc<GroupLabel>>,
    is_soft_deleted: bool,
}

impl Person {
    /// Finds who was named: `-` is a Graph user as JSON on stdin, a file holds one, and everything else is looked up in
    /// the snapshot: where that is, and who is in scope, is asked for only then.
    pub(super) fn find(
        name: &str,
        snapshot: impl FnOnce() -> Result<(State, Rules), Failure>,
    ) -> Result<Self, Failure> {
        if name == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("failed to read stdin")?;
            return Ok(Self::parse(&text, "stdin")?);
        }
        if names_a_file(name) {
            let text = fs::read_to_string(name).with_context(|| format!("failed to read {name}"))?;
            return Ok(Self::parse(&text, name)?);
        }
        let (state, rules) = snapshot()?;
        from_snapshot(name, &state.path, &rules)
    }

    fn parse(text: &str, place: &str) -> anyhow::Result<Self> {
        let hint = "write one user as GET /users/{id} of Microsoft Graph gives it";
        let json: Value = serde_json::from_str(text).with_context(|| format!("{place} is not JSON; {hint}"))?;
        match json {
            Value::Object(attributes) if !attributes.contains_key("value") => Ok(Self::of_json(attributes)),
            Value::Object(_) => Err(anyhow!("{place} is a list of users, not one; {hint}")),
            _ => Err(anyhow!("{place} is no user; {hint}")),
        }
    }

    fn of_json(mut attributes: Attributes) -> Self {
        let manager = match attributes.remove("manager") {
            Some(Value::Object(manager)) => Some(user(manager)),
            _ => None,
        };
        let user = user(attributes);
        // Of the scope nothing can be said without the groups.
        Self { is_soft_deleted: !user.is_enabled(), user, manager, groups: Vec::new() }
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        let Self { user, manager, groups, is_soft_deleted } = self;
        Subject { user, manager: manager.as_ref(), groups, is_soft_deleted: *is_soft_deleted }
    }

    /// As a cycle would have it now.
    pub(super) fn moment(&self) -> Moment {
        moment_of(&self.user.id, Timestamp::now())
    }

    /// The name under which people know them.
    pub(super) fn name(&self) -> &str {
        let name = self.user.user_principal_name().or_else(|| self.user.text("displayName"));
        name.unwrap_or_else(|| self.user.id.as_str())
    }
}

/// Whoever writes a path means a file, even one that is not there. No user principal name has a slash.
fn names_a_file(name: &str) -> bool {
    let path = Path::new(name);
    name.contains('/')
        || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
        || path.is_file()
}

fn user(attributes: Attributes) -> SourceUser {
    let id = EntraId::new(attributes.get("id").and_then(Value::as_str).unwrap_or_default());
    SourceUser { id, presence: Presence::Live, attributes }
}

fn from_snapshot(name: &str, state: &Path, rules: &Rules) -> Result<Person, Failure> {
    let hint = "give a file with the person as Microsoft Graph shows them, or let a cycle read Entra first";
    let (file, background) = snapshot::find(state, name, 0, hint)?;
    let PersonRecord { user, manager, .. } = file.record;
    let memberships = Memberships::new(&background.memberships, rules.nested);
    let groups = memberships.groups_of(&user.id).to_vec();
    let subject = Subject { user: &user, manager: manager.as_ref(), groups: &groups, is_soft_deleted: false };
    let is_soft_deleted = standing(&subject, &memberships, rules, Timestamp::now()).is_soft_deleted();
    Ok(Person { user, manager, groups, is_soft_deleted })
}
