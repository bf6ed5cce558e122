//! Whether waiting can mend what a person failed with.

use serde::Serialize;

use crate::store::Retry;

/// What mends a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mends {
    /// Another try may succeed although nobody changes anything.
    Waiting,
    /// Somebody has to look at the account in Jostle, or at the value; tried once a day meanwhile.
    Somebody,
    /// Only a change of the person in Entra, of the mapping or of the scope.
    Change,
}

/// What an answer means that names its status only, and our own words where there was no answer.
const WORDS_THAT_PASS: [&str; 7] = ["unreachable", "throttled", "protocol", "in_doubt", "error", "look-up", "scope"];

/// What mends the failure of somebody who waits.
pub fn mends(retry: &Retry) -> Mends {
    let code = retry.kind.as_str();
    let status = code.parse::<u16>().ok();
    let passes = status.map_or(WORDS_THAT_PASS.contains(&code), |status| status >= 500 || matches!(status, 408 | 429));
    match retry.next_at {
        None => Mends::Change,
        Some(_) if passes => Mends::Waiting,
        Some(_) => Mends::Somebody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn what_the_server_refused_is_told_apart_from_what_it_could_not_do() {
        let retry = |kind: &str, next_at| Retry {
            first_failed_at: Timestamp::UNIX_EPOCH,
            attempts: 1,
            next_at,
            kind: kind.to_owned(),
            message: String::new(),
            request_id: None,
        };
        let later = Some(Timestamp::UNIX_EPOCH);
        for (kind, expected) in [
            ("503", Mends::Waiting),
            ("429", Mends::Waiting),
            ("look-up", Mends::Waiting),
            ("400", Mends::Somebody),
            ("409", Mends::Somebody),
            ("uniqueness", Mends::Somebody),
            ("conflict", Mends::Somebody),
        ] {
            assert_eq!(mends(&retry(kind, later)), expected, "{kind}");
            assert_eq!(mends(&retry(kind, None)), Mends::Change, "{kind}");
        }
    }
}
