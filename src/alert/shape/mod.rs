//! What a message looks like as JSON.

mod plain;
mod slack;
mod teams;

pub(super) use plain::plain;
pub(super) use slack::slack;
pub(super) use teams::teams;

/// So many things are told in a chat; what is left is counted. Both Slack and Teams refuse what is too large.
const SHOWN: usize = 10;
/// So many characters of each text are: with every one of them escaped Slack still takes it.
const TEXT: usize = 500;

/// That not everything is told, if it is not.
fn rest(items: usize) -> Option<String> {
    let rest = items.checked_sub(SHOWN).filter(|rest| *rest > 0)?;
    Some(format!("And {rest} more: entra-jostle-sync status"))
}

#[cfg(test)]
mod tests;
