//! Messages to people about how the daemon does.
//!
//! [`Message`] is what is told. Whether it is sent, and sent again, is decided elsewhere.

mod message;
#[cfg(test)]
mod testing;
mod text;

pub use message::{Item, Kind, Message};
