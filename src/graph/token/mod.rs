//! Access tokens for Graph: had once, kept until shortly before they expire, thrown away when refused.

mod cache;
mod refusal;
mod request;

pub(super) use cache::{Token, Tokens};
pub(super) use request::TokenRequest;
