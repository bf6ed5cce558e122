//! At whose word something is done: a user of the operating system.

use nix::unistd::{Uid, User, getuid};

/// Longer than any name of a user; what is longer was made up.
const LONGEST_NAME: usize = 64;

/// A user of the operating system, as an administrator would name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemUser {
    uid: u32,
    /// Who says to be behind it, through `sudo`. A claim: whoever may ask could say anything.
    sudo_user: Option<String>,
}

impl SystemUser {
    /// The user with this number, with whom `sudo` has let act as that user, if it did.
    pub fn new(uid: u32, sudo_user: Option<&str>) -> Self {
        let name =
            sudo_user.map(|name| name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>());
        Self { uid, sudo_user: name.filter(|name| !name.is_empty()) }
    }

    /// The user of this process.
    pub fn of_this_process(sudo_user: Option<&str>) -> Self {
        Self::new(getuid().as_raw(), sudo_user)
    }

    /// `ann`, or `root (by sudo: ann)`; of a user without a name the number. Blocks: a directory may be asked for the
    /// name.
    pub fn name(&self) -> String {
        let known = User::from_uid(Uid::from_raw(self.uid)).ok().flatten();
        let name = known.map_or_else(|| format!("user {}", self.uid), |user| user.name);
        match &self.sudo_user {
            Some(behind) if *behind != name => format!("{name} (by sudo: {behind})"),
            _ => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_with_whoever_is_behind_it() {
        let long = "x".repeat(200);
        for (uid, sudo_user, shown) in [
            (0, None, "root"),
            (0, Some("ann"), "root (by sudo: ann)"),
            (0, Some("root"), "root"),
            (0, Some("\u{1b}[31man\nn"), "root (by sudo: [31mann)"),
            (0, Some(""), "root"),
            (0, Some(&long), &format!("root (by sudo: {})", &long[..64])),
            (4_000_000_000, None, "user 4000000000"),
        ] {
            assert_eq!(SystemUser::new(uid, sudo_user).name(), shown);
        }
    }
}
