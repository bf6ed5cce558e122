//! Whether it is certain that an account is a person's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::resemble::full_name;
use super::{Plan, PlannedOperation};
use crate::model::{
    Change, EntraId, HeldOperation, Names, Operation, TargetId, TargetPath, TargetValue, Unmanaged, fold,
};

/// Whether the account of an operation is the person's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// Nothing speaks against it.
    #[default]
    Plain,
    /// An administrator has said so.
    Chosen,
    /// Something does: an administrator is asked.
    Doubtful(Doubtful),
}

/// What makes it doubtful whose an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubtful {
    /// The account with the person's `userName` shows another name.
    Unlike {
        /// What the person is called.
        person: String,
        /// What the account shows.
        account: String,
    },
    /// A new account was decided, and this one has the person's `userName`.
    Taken,
    /// A new account was refused because of this one, which Jostle's search does not show; and to take it over is more than
    /// a limit allows.
    Hidden {
        /// Which limit, with the numbers.
        limit: String,
    },
    /// At the first contact: the account is inactive, and nobody here knows why.
    Inactive,
    /// At the first contact: these accounts are nobody's, and look as if they were the person's under another `userName`.
    Namesakes(Vec<Namesake>),
}

/// An account that may be a person's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Namesake {
    /// Its id.
    pub id: TargetId,
    /// Its `userName`.
    pub user_name: String,
}

impl fmt::Display for Doubtful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlike { person, account } => write!(
                f,
                "the account shows the name {account}, and the person is {person}: it may be of somebody who had the \
                 address before"
            ),
            Self::Taken => f.write_str(
                "the account has the userName, so that no new one can be created as it was decided: link it, or rename it \
                 in Jostle",
            ),
            Self::Hidden { limit } => write!(
                f,
                "Jostle refused a new account because this one has the userName, though its search does not show it; \
                 taking it over passes a limit: {limit}"
            ),
            Self::Inactive => {
                f.write_str("the account is inactive in Jostle, and taking it over would let the person in again")
            }
            Self::Namesakes(namesakes) => {
                f.write_str("no account has the userName, and the person may have one under another: ")?;
                for (index, Namesake { id, user_name }) in namesakes.iter().enumerate() {
                    write!(f, "{}{id} ({user_name})", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

/// The people of Jostle as long as a state has nothing to do with any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstContact {
    /// How many accounts are nobody's; none: they cannot be listed.
    pub unmanaged: Option<usize>,
}

impl fmt::Display for FirstContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unmanaged {
            Some(1) => f.write_str("Jostle has 1 account already")?,
            Some(count) => write!(f, "Jostle has {count} accounts already")?,
            None => f.write_str("Jostle does not list its accounts, so nobody can say who is there")?,
        }
        f.write_str(
            ", and this state has never met them: nothing is taken over or created before somebody has looked at it \
             (limits.first_cycle)",
        )
    }
}

/// Looks at a plan that is made for a Jostle that the state has never met, and says of whom it is doubtful whether they
/// have an account there. An account that is held for somebody is nobody else's. None: Jostle has no people.
pub fn first_contact(
    plan: &mut Plan,
    unmanaged: Option<&[Unmanaged]>,
    held: &BTreeMap<EntraId, HeldOperation>,
) -> Option<FirstContact> {
    let contact = FirstContact { unmanaged: unmanaged.map(<[_]>::len) };
    if contact.unmanaged == Some(0) {
        return None;
    }
    let planned = plan.operations.iter().filter_map(|operation| operation.target_id.clone());
    let matched: BTreeSet<TargetId> = planned.chain(held.values().filter_map(|held| held.target_id.clone())).collect();
    let nobodys = Nobodys::new(unmanaged.unwrap_or_default().iter().filter(|account| !matched.contains(&account.id)));
    for operation in plan.operations.iter_mut().filter(|operation| operation.identity == Identity::Plain) {
        if let Some(doubtful) = doubt(operation, &nobodys) {
            operation.identity = Identity::Doubtful(doubtful);
        }
    }
    Some(contact)
}

fn doubt(operation: &PlannedOperation, nobodys: &Nobodys) -> Option<Doubtful> {
    match operation.operation {
        Operation::Adopt => {
            let is_inactive = operation.seen.get(&TargetPath::active()) == Some(&TargetValue::Flag(false));
            is_inactive.then_some(Doubtful::Inactive)
        }
        Operation::Create => {
            let namesakes = nobodys.like(&operation.changes);
            (!namesakes.is_empty()).then_some(Doubtful::Namesakes(namesakes))
        }
        _ => None,
    }
}

/// Accounts that are nobody's, by what a person is recognised by.
struct Nobodys {
    by_name: BTreeMap<String, BTreeSet<Namesake>>,
    by_address: BTreeMap<String, BTreeSet<Namesake>>,
}

impl Nobodys {
    fn new<'a>(accounts: impl Iterator<Item = &'a Unmanaged>) -> Self {
        let (mut by_name, mut by_address) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
        for Unmanaged { id, user_name, active: _, names, work_email } in accounts {
            let namesake = Namesake { id: id.clone(), user_name: user_name.clone() };
            if let Some(name) = full_name(names) {
                by_name.entry(name).or_default().insert(namesake.clone());
            }
            for address in [Some(user_name), work_email.as_ref()].into_iter().flatten() {
                by_address.entry(fold(address)).or_default().insert(namesake.clone());
            }
        }
        Self { by_name, by_address }
    }

    /// Those that have the name or an address of whoever would get these values.
    fn like(&self, changes: &[Change]) -> Vec<Namesake> {
        let value = |path: &TargetPath| changes.iter().find(|change| change.attribute == *path)?.new.clone();
        let by_name = full_name(&Names::from_values(value)).and_then(|name| self.by_name.get(&name));
        let addresses = [TargetPath::user_name(), TargetPath::work_email()];
        let addresses = addresses.iter().filter_map(|path| value(path)?.as_text().map(fold));
        let by_address: Vec<_> = addresses.filter_map(|address| self.by_address.get(&address)).collect();
        let all: BTreeSet<_> = by_name.into_iter().chain(by_address).flatten().cloned().collect();
        all.into_iter().collect()
    }
}
