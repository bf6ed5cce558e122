//! The verdict about one person.

use std::fmt;

use crate::model::SourceUser;

/// In scope, or out of it for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Should have an account.
    In,
    /// Should not.
    Out(OutReason),
}

/// Why a person is out of scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutReason {
    /// `userType` is Guest, or the name is a guest's.
    Guest,
    /// An agent identity (`#microsoft.graph.agentUser`), not a human being.
    Agent,
}

impl fmt::Display for OutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guest => "guests are excluded",
            Self::Agent => "agent identities are excluded",
        })
    }
}

/// Judges one person by their attributes alone; whether they are enabled or deleted is the lifecycle's business.
pub fn judge(user: &SourceUser) -> Verdict {
    let is_guest = user.text("userType").is_some_and(|kind| kind.eq_ignore_ascii_case("guest"))
        || user.user_principal_name().is_some_and(|name| name.to_ascii_uppercase().contains("#EXT#"));
    if is_guest {
        Verdict::Out(OutReason::Guest)
    } else if is_agent(user) {
        Verdict::Out(OutReason::Agent)
    } else {
        Verdict::In
    }
}

/// The annotation of a derived type; its name is no path, although it has a dot.
fn is_agent(user: &SourceUser) -> bool {
    let kind = user.attributes.get("@odata.type").and_then(serde_json::Value::as_str);
    kind.is_some_and(|kind| kind.ends_with("agentUser"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntraId, Presence};
    use serde_json::{Value, json};

    fn verdict(attributes: Value) -> Verdict {
        let Value::Object(attributes) = attributes else { unreachable!("an object") };
        judge(&SourceUser { id: EntraId::new("1"), presence: Presence::Live, attributes })
    }

    #[test]
    fn guests_and_agents_are_out_and_everybody_else_is_in() {
        let guest = Verdict::Out(OutReason::Guest);
        assert_eq!(verdict(json!({"userType": "Guest"})), guest);
        assert_eq!(verdict(json!({"userPrincipalName": "a_b.c#EXT#@t.example"})), guest);
        assert_eq!(verdict(json!({"@odata.type": "#microsoft.graph.agentUser"})), Verdict::Out(OutReason::Agent));
        assert_eq!(verdict(json!({"userType": "Member", "userPrincipalName": "a@b"})), Verdict::In);
        assert_eq!(verdict(json!({"userType": null})), Verdict::In, "userType is null for old objects");
    }
}
