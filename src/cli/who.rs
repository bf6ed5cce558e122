//! At whose word a command changes what holds for everybody: the user of the operating system, for the state and the log.

use crate::daemon::SystemUser;

/// Whoever called `sudo`, if this process runs under it. A daemon is told: it knows the user of the process by itself.
pub(super) fn sudo_user() -> Option<String> {
    std::env::var("SUDO_USER").ok()
}

/// The user of this process, by name.
pub(super) fn user() -> String {
    SystemUser::of_this_process(sudo_user().as_deref()).name()
}
