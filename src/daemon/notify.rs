//! What systemd is told (`Type=notify`). Without systemd all of this does nothing.

use sd_notify::NotifyState;

use crate::event::catalogue::SystemdUnreachable;

/// The configuration holds, the state is open: from here on the service is up.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// One line for `systemctl status`.
pub(super) fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// A signal came; what is under way is being finished.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        SystemdUnreachable { error: error.into() }.emit();
    }
}
