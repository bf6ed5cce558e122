//! The explanation as a whole.

use jiff::Timestamp;
use serde::Serialize;

use super::account::{AccountView, LogLine};
use super::hidden::Hidden;
use super::next::{NextCycle, Revisit, decided_at, revisit};
use super::person::{PersonView, ScopeView};
use crate::engine::draft::name_of;
use crate::engine::planner::person;
use crate::mapping::{RowTrace, moment_of};
use crate::model::{Change, Drift, EntraId, HoldClass, Link, Operation, Subject, TargetValue, Verdict};
use crate::plan::{Decided, Decision, Matching, Policy, Situation, decide, differences, standing};
use crate::scope::Memberships;
use crate::store::{Background, ChoiceView, DecisionView, HeldPerson, Intent, KnownDrift, PersonFile, Retry};

/// All that is known of one person, and what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The name under which the person is known.
    pub user: String,
    /// The object id.
    pub entra_id: EntraId,
    /// When this was found out.
    pub now: Timestamp,
    /// Up to when Entra was read; none if never to the end.
    pub read_at: Option<Timestamp>,
    /// Who the person is.
    pub person: PersonView,
    /// What the scope says.
    pub scope: ScopeView,
    /// What every row of the mapping gives.
    pub mapping: Vec<RowTrace>,
    /// The account; none if none is linked.
    pub account: Option<AccountView>,
    /// The last lines of the provisioning log, newest first.
    pub log: Vec<LogLine>,
    /// The failure that is to be tried again.
    pub waiting: Option<RetryView>,
    /// Writes that were begun and have no outcome yet.
    pub in_flight: Vec<Flight>,
    /// What is held, or was and is not done with.
    pub held: Option<HeldView>,
    /// What an administrator last said about whose the account is, also if it was done since.
    pub choice: Option<ChoiceView>,
    /// The last decisions about what is or was held, newest first.
    pub decisions: Vec<DecisionLine>,
    /// What the last reconciliation found to be changed in Jostle, and what was settled since is not among it.
    pub drift: Vec<DriftView>,
    /// Whether the person has a dirty mark.
    pub dirty: bool,
    /// When they are looked at again although nothing changes.
    pub revisit: Option<Revisit>,
    /// What the next cycle will do.
    pub next_cycle: NextCycle,
}

/// A failure that is to be tried again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetryView {
    /// Failures in a row.
    pub attempts: u32,
    /// When it failed first.
    pub first_failed_at: Timestamp,
    /// When it is tried again; none: only after a change.
    pub next_at: Option<Timestamp>,
    /// What sort of failure, as one word.
    pub code: String,
    /// What failed and what to do.
    pub reason: String,
    /// The provider's request id.
    pub request_id: Option<String>,
}

/// A write without an outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flight {
    /// What.
    pub operation: Operation,
    /// Since when.
    pub at: Timestamp,
}

/// What exceeded a limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldView {
    /// The number of the hold.
    pub hold: i64,
    /// What would be done.
    pub operation: Operation,
    /// Old and new values.
    pub changes: Vec<Change>,
    /// Since when.
    pub held_at: Timestamp,
    /// What an administrator decided.
    pub verdict: Verdict,
    /// Why it would be done.
    pub reason: String,
    /// Who decided; none: nobody has yet.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// A decision about what was held of the person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionLine {
    /// Of which hold, as it was seen.
    pub hold: String,
    /// What was held.
    pub class: HoldClass,
    /// Which limit, or why it is kept out.
    pub limit: String,
    /// What was decided.
    pub verdict: Verdict,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl DecisionLine {
    fn of(DecisionView { hold, class, limit, verdict, by, at, people: _ }: &DecisionView) -> Self {
        Self { hold: hold.to_string(), class: *class, limit: limit.clone(), verdict: *verdict, by: by.clone(), at: *at }
    }
}

/// An attribute that was changed in Jostle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriftView {
    /// What, and what comes of it.
    #[serde(flatten)]
    pub drift: Drift,
    /// When it was found first.
    pub since: Timestamp,
}

impl DriftView {
    fn of(KnownDrift { drift, since }: &KnownDrift, hidden: &Hidden<'_>) -> Self {
        let value = |value: &Option<TargetValue>| hidden.value(&drift.attribute, value.as_ref());
        let drift = Drift { expected: value(&drift.expected), shown: value(&drift.shown), ..drift.clone() };
        Self { drift, since: *since }
    }
}

impl HeldView {
    fn of(person: &HeldPerson, hidden: &Hidden<'_>) -> Self {
        let HeldPerson { hold, held, held_at, decided, reason, .. } = person;
        Self {
            hold: *hold,
            operation: held.operation,
            changes: hidden.changes(&held.changes),
            held_at: *held_at,
            verdict: held.verdict,
            reason: reason.clone(),
            decided_by: decided.as_ref().map(|(by, _)| by.clone()),
            decided_at: decided.as_ref().map(|(_, at)| *at),
        }
    }
}

/// Explains one person, by the same decisions as a cycle.
pub fn explain(file: &PersonFile, background: &Background, policy: &Policy, now: Timestamp) -> Explanation {
    let record = &file.record;
    let memberships = Memberships::new(&background.memberships, policy.scope.nested);
    let situation = Situation { policy, memberships: &memberships, now };
    let known = person(record);
    let groups = memberships.groups_of(&record.user.id);
    let alone = Subject { user: known.user, manager: known.manager, groups, is_soft_deleted: false };
    let standing = standing(&alone, &memberships, &policy.scope, now);
    let subject = Subject { is_soft_deleted: standing.is_soft_deleted(), ..alone };
    let hidden = Hidden::of(&policy.mapping);
    let decided = decide(known, situation, Matching::NotAsked);
    let then = Situation { now: decided_at(background, now), ..situation };
    let account = |link: &Link| {
        let differences = differences_of(link, &subject, &decided, standing.is_in_scope(), situation);
        AccountView::of(link, &differences, &policy.mapping, &hidden)
    };
    Explanation {
        user: name_of(record),
        entra_id: record.user.id.clone(),
        now,
        read_at: background.feed.delta_at,
        person: PersonView::of(record, policy),
        scope: ScopeView::of(&alone, &standing, record.left_at, situation),
        mapping: policy.mapping.trace(&subject, moment_of(&record.user.id, now)),
        account: record.link.as_ref().map(account),
        log: file.log.iter().map(|entry| LogLine::of(entry, &hidden)).collect(),
        waiting: record.retry.as_ref().map(RetryView::of),
        in_flight: file
            .in_flight
            .iter()
            .map(|Intent { operation, at, .. }| Flight { operation: *operation, at: *at })
            .collect(),
        held: file.held.as_ref().map(|held| HeldView::of(held, &hidden)),
        choice: file.choice.clone(),
        decisions: file.decisions.iter().map(DecisionLine::of).collect(),
        drift: file.drift.iter().map(|known| DriftView::of(known, &hidden)).collect(),
        dirty: record.mark.is_some(),
        revisit: revisit(file, known, policy, &standing, &decided),
        next_cycle: NextCycle::of(file, background, known, then, &hidden),
    }
}

/// Where the account differs from the desired state, also where nothing is done about it: an operation that is switched
/// off or protected. Only whoever is in scope has desired values.
fn differences_of(
    link: &Link,
    subject: &Subject<'_>,
    decided: &Decided,
    is_in_scope: Option<bool>,
    situation: Situation<'_>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    if is_in_scope == Some(true) && !link.gone {
        let moment = moment_of(&subject.user.id, situation.now);
        if let Ok(desired) = situation.policy.mapping.evaluate(subject, moment) {
            changes = differences(&desired, |path| link.known(path));
        }
    }
    if let Decision::Do(operation) = &decided.decision {
        let is_new = |change: &&Change| changes.iter().all(|known| known.attribute != change.attribute);
        let more: Vec<_> = operation.changes.iter().filter(is_new).cloned().collect();
        changes.extend(more);
    }
    changes
}

impl RetryView {
    fn of(retry: &Retry) -> Self {
        let Retry { first_failed_at, attempts, next_at, kind, message, request_id } = retry;
        Self {
            attempts: *attempts,
            first_failed_at: *first_failed_at,
            next_at: *next_at,
            code: kind.clone(),
            reason: message.clone(),
            request_id: request_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may")]

    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::engine::{Due, Will};
    use crate::mapping::{Mapping, Row, Source};
    use crate::model::{
        LinkOrigin, MembershipSnapshot, Presence, SourceUser, TargetId, TargetPath, TargetValue, Values,
    };
    use crate::plan::{Actions, Limits, Protected};
    use crate::scope::Rules;
    use crate::store::{Feed, Pause, PersonRecord, Stops};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn hours(hours: i64) -> Timestamp {
        NOW.checked_add(SignedDuration::from_hours(hours)).expect("a time")
    }

    fn policy(actions: Actions) -> Policy {
        let user_name = Row::direct(TargetPath::user_name(), "userPrincipalName");
        let rows = vec![user_name, Row::new(TargetPath::active(), Source::Active)];
        Policy {
            mapping: Mapping::new(rows).expect("a mapping"),
            scope: Rules::default(),
            protected: Protected::default(),
            actions,
            limits: Limits::all(10, 5.0),
        }
    }

    /// A guest with an account, out of scope, whose one day of grace is stored.
    fn guest() -> PersonFile {
        let json = json!({"userPrincipalName": "g@x", "userType": "Guest"});
        let attributes = json.as_object().cloned().expect("an object");
        let user = SourceUser { id: EntraId::new("1"), presence: Presence::Live, attributes };
        let sent: Values = [(TargetPath::user_name(), TargetValue::Text("g@x".to_owned()))].into();
        let link = Link {
            entra_id: user.id.clone(),
            target_id: TargetId::new("j"),
            origin: LinkOrigin::Created,
            gone: false,
            seen: sent.clone(),
            sent,
        };
        let record = PersonRecord {
            choice: None,
            user,
            deleted_at: None,
            manager: None,
            link: Some(link),
            retry: None,
            left_at: Some(NOW),
            mark: None,
        };
        PersonFile {
            record,
            revisit_at: Some(hours(24)),
            held: None,
            decisions: Vec::new(),
            choice: None,
            drift: Vec::new(),
            log: Vec::new(),
            in_flight: Vec::new(),
        }
    }

    fn background(policy: &Policy, next_cycle: Option<Timestamp>) -> Background {
        Background {
            memberships: MembershipSnapshot::default(),
            feed: Feed { selection: None, delta_link: None, delta_at: None, baseline_at: None, open_round: None },
            next_cycle,
            pause: None,
            managed: 1,
            policy: Some(policy.fingerprint()),
        }
    }

    #[test]
    fn the_next_cycle_is_decided_for_the_time_at_which_it_is_announced() {
        let policy = policy(Actions { grace_days: 1, ..Actions::default() });
        for (announced, at, due, does) in [
            (None, None, [].as_slice(), false),
            (Some(hours(-1)), None, &[], false),
            (Some(hours(23)), Some(hours(23)), &[], false),
            (Some(hours(24)), Some(hours(24)), &[Due::Date], true),
        ] {
            let explanation = explain(&guest(), &background(&policy, announced), &policy, NOW);
            let next = explanation.next_cycle;
            assert_eq!((next.at, next.due.as_slice()), (at, due), "{announced:?}");
            assert_eq!(matches!(next.will, Will::Do { operation: Operation::Deactivate, .. }), does, "{announced:?}");
            assert_eq!(next.limit.is_some(), does, "only a removal counts");
            let revisit = explanation.revisit.expect("a time");
            assert_eq!((revisit.at, revisit.reason), (hours(24), "the days of grace are over"));
        }
    }

    #[test]
    fn a_pause_is_told_of_what_it_stops_and_of_nothing_else() {
        let policy = policy(Actions { grace_days: 1, ..Actions::default() });
        for (what, announced, told) in [
            (Stops::Everything, hours(24), true),
            (Stops::Removals, hours(24), true),
            (Stops::Everything, hours(23), false),
        ] {
            let pause = Pause::new(what, NOW, "ann".to_owned(), None);
            let background = Background { pause: Some(pause.clone()), ..background(&policy, Some(announced)) };
            let next = explain(&guest(), &background, &policy, NOW).next_cycle;
            assert_eq!(next.paused, told.then_some(pause), "{what} at {announced}: {:?}", next.will);
        }
    }

    #[test]
    fn everybody_is_due_under_another_policy_and_where_nobody_was_planned() {
        let policy = policy(Actions::default());
        let mut background = background(&policy, None);
        let due = |background: &Background| explain(&guest(), background, &policy, NOW).next_cycle.due;
        assert_eq!(due(&background), []);
        for other in [None, Some("other".to_owned())] {
            background.policy = other;
            assert_eq!(due(&background), [Due::Configuration]);
        }
    }
}
