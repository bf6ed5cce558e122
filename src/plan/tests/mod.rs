//! The lifecycle table row by row, the diff, and the guard.

mod drift;
mod file;
mod guard;
mod identity;
mod leaving;
mod plans;
mod properties;
mod shadow;
mod shown;
mod stale;
mod standing;
mod undo;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::mapping::{Mapping, Row, Source, When, WhenEmpty};
use crate::model::{
    Account, Compare, EntraId, Link, LinkOrigin, MatchChoice, Operation, Presence, SourceUser, TargetId, TargetPath,
    TargetValue, Values, Watch,
};
use crate::scope::{Clause, Dates, Filter, Guests, Memberships, OutReason, Rules, Who};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn path(text: &str) -> TargetPath {
    text.parse().expect("a path")
}

fn text(value: &str) -> TargetValue {
    TargetValue::Text(value.to_owned())
}

fn mapping() -> Vec<Row> {
    let user_name = Row { compare: Compare::Folded, ..Row::direct(TargetPath::user_name(), "userPrincipalName") };
    let given = Row { max_length: Some(30), ..Row::direct(path("name.givenName"), "givenName") };
    let mail = Row { required: true, ..Row::direct(path("emails[type eq \"work\"].value"), "mail") };
    let title = Row { empty: WhenEmpty::Clear, ..Row::direct(path("title"), "jobTitle") };
    let nick = Row { when: When::Create, ..Row::direct(path("nickName"), "mailNickname") };
    let badge =
        Row { empty: WhenEmpty::DefaultOnCreate(text("New")), ..Row::direct(path("displayName"), "displayName") };
    vec![user_name, given, mail, title, nick, badge, Row::new(TargetPath::active(), Source::Active)]
}

fn policy() -> Policy {
    Policy {
        mapping: Mapping::new(mapping()).expect("a mapping"),
        scope: Rules::default(),
        protected: Protected {
            user_names: ["robot@x.example".to_owned()].into(),
            ids: [TargetId::new("j-robot")].into(),
        },
        actions: Actions::default(),
        limits: Limits::all(2, 10.0),
    }
}

fn ann(changes: Value) -> SourceUser {
    let mut attributes = json!({
        "userPrincipalName": "ann@x.example", "mail": "ann@x.example", "givenName": "Ann", "accountEnabled": true,
    });
    let Value::Object(changes) = changes else { unreachable!("an object") };
    attributes.as_object_mut().expect("an object").extend(changes);
    let Value::Object(attributes) = attributes else { unreachable!("an object") };
    SourceUser { id: EntraId::new("e1"), presence: Presence::Live, attributes }
}

fn link(active: bool) -> Link {
    let sent: Values = [
        (TargetPath::user_name(), text("Ann@x.example")),
        (path("name.givenName"), text("Ann")),
        (path("emails[type eq \"work\"].value"), text("ann@x.example")),
        (TargetPath::active(), TargetValue::Flag(active)),
    ]
    .into();
    Link {
        entra_id: EntraId::new("e1"),
        target_id: TargetId::new("j1"),
        origin: LinkOrigin::Created,
        gone: false,
        sent,
        seen: Values::new(),
    }
}

fn hit(id: &str, owner: Option<&str>, active: bool) -> Hit {
    let resource = json!({
        "id": id, "userName": "ANN@x.example", "active": active, "name": {"givenName": "Anna"},
        "emails": [{"type": "work", "value": "ann@x.example"}]
    });
    Hit {
        account: Account { id: TargetId::new(id), user_name: "ANN@x.example".into(), resource },
        owner: owner.map(EntraId::new),
    }
}

#[derive(Debug)]
struct Case {
    user: SourceUser,
    link: Option<Link>,
    deleted_at: Option<Timestamp>,
    policy: Policy,
    memberships: Memberships,
    left_at: Option<Timestamp>,
    choice: Option<MatchChoice>,
    now: Timestamp,
}

fn case(user: SourceUser, link: Option<Link>) -> Case {
    let memberships = Memberships::default();
    Case { user, link, deleted_at: Some(NOW), policy: policy(), memberships, left_at: None, choice: None, now: NOW }
}

impl Case {
    fn decided(&self, matching: Matching<'_>) -> Decided {
        let Self { user, link, deleted_at, policy, memberships, left_at, choice, now } = self;
        let (link, choice) = (link.as_ref(), choice.as_ref());
        let person = Person { user, manager: None, deleted_at: *deleted_at, link, left_at: *left_at, choice };
        decide(person, Situation { policy, memberships, now: *now }, matching)
    }

    fn decide(&self, matching: Matching<'_>) -> Decision {
        self.decided(matching).decision
    }

    fn watch(&self) -> Watch {
        self.decided(Matching::Found(&[])).watch
    }

    /// The decision as one line: the operation with its changes, or the reason.
    fn says(&self, hits: &[Hit]) -> String {
        match self.decide(Matching::Found(hits)) {
            Decision::Do(operation) => {
                let changes: Vec<_> = operation.changes.iter().map(ToString::to_string).collect();
                format!("{} [{}]", operation.operation, changes.join("; "))
            }
            Decision::Skip(reason) => format!("skip: {reason}"),
            Decision::Fail(failure) => format!("fail ({}): {failure}", failure.code()),
            Decision::Match(wanted) => format!("match {wanted:?}"),
        }
    }
}

fn deleted(presence: Presence) -> SourceUser {
    SourceUser { presence, ..ann(json!({})) }
}

const ALL_VALUES: &str = "userName: (none) => \"ann@x.example\"; name.givenName: (none) => \"Ann\"; \
    emails[type eq \"work\"].value: (none) => \"ann@x.example\"; displayName: (none) => \"New\"; active: (none) => true";

fn filter(attribute: &str, operator: &str, value: &str, anchored: bool) -> Filter {
    let (attribute, operator) = (attribute.parse().expect("a path"), operator.parse().expect("an operator"));
    let anchored = Some(anchored).filter(|anchored| !anchored);
    let clause = Clause::new(attribute, operator, Some(value), anchored).expect("a clause");
    Filter { title: "a filter".to_owned(), clauses: vec![clause] }
}

/// Ann in a department, of which only Sales is in scope.
fn days(days: i64) -> Timestamp {
    NOW + SignedDuration::from_hours(24 * days)
}

#[test]
fn enabled_in_scope_without_link_asks_jostle_before_anything_else() {
    let case = case(ann(json!({})), None);
    assert_eq!(case.decide(Matching::NotAsked), Decision::Match(LookFor::UserName("ann@x.example".into())));
}

#[test]
fn enabled_in_scope_without_account_is_created_with_defaults_and_values_for_create() {
    assert_eq!(case(ann(json!({})), None).says(&[]), format!("create [{ALL_VALUES}]"));
    let with_nick = case(ann(json!({"mailNickname": "annie"})), None).says(&[]);
    assert!(with_nick.contains("nickName: (none) => \"annie\""), "{with_nick}");
}

#[test]
fn one_hit_is_adopted_with_its_differences() {
    let expected = "adopt [name.givenName: \"Anna\" => \"Ann\"]";
    assert_eq!(case(ann(json!({})), None).says(&[hit("j1", None, true)]), expected);
    assert_eq!(case(ann(json!({})), None).says(&[hit("j1", Some("e1"), true)]), expected, "a hit of one's own");
}

#[test]
fn an_inactive_hit_is_adopted_and_reactivated() {
    assert_eq!(
        case(ann(json!({})), None).says(&[hit("j1", None, false)]),
        "adopt [name.givenName: \"Anna\" => \"Ann\"; active: false => true]"
    );
}

#[test]
fn several_hits_a_foreign_hit_and_a_protected_name_are_conflicts() {
    let newcomer = case(ann(json!({})), None);
    let several = newcomer.says(&[hit("j1", None, true), hit("j2", None, false)]);
    assert!(several.starts_with("fail (conflict): 2 accounts") && several.contains("j1, j2"), "{several}");
    let foreign = newcomer.says(&[hit("j1", Some("e2"), true)]);
    assert!(foreign.starts_with("fail (conflict): the account j1") && foreign.contains("e2"), "{foreign}");
    let robot = case(ann(json!({"userPrincipalName": "Robot@X.example"})), None);
    assert!(robot.says(&[]).starts_with("fail (conflict): the account with the userName Robot@X.example is protected"));
}

#[test]
fn an_active_link_gets_the_differences_or_nothing() {
    assert_eq!(case(ann(json!({})), Some(link(true))).says(&[]), "skip: nothing to change", "userName compares folded");
    assert_eq!(
        case(ann(json!({"givenName": "Anne"})), Some(link(true))).says(&[]),
        "update [name.givenName: \"Ann\" => \"Anne\"]"
    );
    let create_only = case(ann(json!({"mailNickname": "annie", "displayName": null})), Some(link(true)));
    assert_eq!(create_only.says(&[]), "skip: nothing to change", "values and defaults for create are not sent later");
}

#[test]
fn a_rename_is_an_update_of_the_same_account() {
    let renamed = json!({"userPrincipalName": "ann.lee@x.example", "mail": "ann.lee@x.example"});
    let case = case(ann(renamed), Some(link(true)));
    assert_eq!(
        case.says(&[]),
        "update [userName: \"Ann@x.example\" => \"ann.lee@x.example\"; \
         emails[type eq \"work\"].value: \"ann@x.example\" => \"ann.lee@x.example\"]"
    );
}

#[test]
fn an_inactive_link_is_reactivated_with_the_differences_in_one_request() {
    assert_eq!(
        case(ann(json!({"givenName": "Anne"})), Some(link(false))).says(&[]),
        "reactivate [name.givenName: \"Ann\" => \"Anne\"; active: false => true]"
    );
}

#[test]
fn disabled_people_are_deactivated_and_never_created() {
    let disabled = || ann(json!({"accountEnabled": false}));
    assert!(case(disabled(), None).says(&[]).starts_with("skip: sign-in is blocked"));
    assert_eq!(case(disabled(), Some(link(true))).says(&[]), "deactivate [active: true => false]");
    assert_eq!(case(disabled(), Some(link(false))).says(&[]), "skip: already inactive");
    assert_eq!(case(ann(json!({"accountEnabled": null})), Some(link(true))).says(&[]), "skip: nothing to change");
}

#[test]
fn people_out_of_scope_are_deactivated_or_kept_and_never_created() {
    let guest = || ann(json!({"userType": "Guest"}));
    assert_eq!(case(guest(), None).says(&[]), "skip: not in scope: guests are excluded (scope.guests)");
    assert_eq!(case(guest(), Some(link(true))).says(&[]), "deactivate [active: true => false]");
    let mut keep = case(guest(), Some(link(true)));
    keep.policy.actions.out_of_scope = OutOfScope::Keep;
    assert!(keep.says(&[]).ends_with("kept active as configured (actions.out_of_scope)"));
    keep.user = ann(json!({"userType": "Guest", "accountEnabled": false}));
    assert_eq!(
        keep.says(&[]),
        "deactivate [active: true => false]",
        "keeping is for the scope, not for blocked people"
    );
}

#[test]
fn deleted_people_are_deactivated_once() {
    for presence in [Presence::SoftDeleted, Presence::HardDeleted] {
        assert_eq!(case(deleted(presence), None).says(&[]), "skip: deleted in Entra, and has no account");
        assert_eq!(case(deleted(presence), Some(link(true))).says(&[]), "deactivate [active: true => false]");
        assert_eq!(case(deleted(presence), Some(link(false))).says(&[]), "skip: already inactive");
    }
}

#[test]
fn only_hard_deleted_people_are_deleted_and_only_when_configured_and_inactive_and_due() {
    let mut case = case(deleted(Presence::HardDeleted), Some(link(false)));
    case.now = NOW + SignedDuration::from_hours(24 * 30);
    assert_eq!(case.says(&[]), "skip: already inactive", "never, unless configured");
    case.policy.actions.delete = Delete::AfterDays(30);
    assert_eq!(case.says(&[]), "delete []");
    case.now = NOW + SignedDuration::from_hours(24 * 30 - 1);
    assert_eq!(case.says(&[]), "skip: already inactive");
    case.now = NOW + SignedDuration::from_hours(24 * 31);
    case.user.presence = Presence::SoftDeleted;
    assert_eq!(case.says(&[]), "skip: already inactive", "may still be restored");
    case.user.presence = Presence::HardDeleted;
    case.link = Some(link(true));
    assert_eq!(case.says(&[]), "deactivate [active: true => false]", "deactivated first");
}

#[test]
fn an_account_deleted_in_jostle_is_created_again_only_when_configured() {
    let gone = Link { gone: true, ..link(true) };
    let mut case = case(ann(json!({})), Some(gone.clone()));
    assert!(case.says(&[]).starts_with("skip: an administrator deleted the account"));
    case.policy.actions.recreate_deleted = true;
    assert_eq!(case.says(&[]), format!("create [{ALL_VALUES}]"));
    case.user = ann(json!({"accountEnabled": false}));
    assert!(case.says(&[]).starts_with("skip: an administrator deleted the account"), "nobody to deactivate");
}

#[test]
fn a_protected_link_is_never_written() {
    let mut case = case(ann(json!({"accountEnabled": false})), Some(link(true)));
    case.policy.protected.user_names = ["ann@x.example".to_owned()].into();
    assert_eq!(case.says(&[]), "skip: the account is protected by the configuration");
    case.user = ann(json!({"givenName": "Anne"}));
    assert_eq!(case.says(&[]), "skip: the account is protected by the configuration");
}

#[test]
fn a_person_whose_values_do_not_fit_fails_alone_and_is_still_deactivated() {
    let bad = json!({"mail": null, "givenName": "A".repeat(31)});
    let says = case(ann(bad.clone()), Some(link(true))).says(&[]);
    assert!(says.starts_with("fail (mapping): name.givenName takes 30 characters, and givenName has 31"), "{says}");
    assert!(says.contains("emails[type eq \"work\"].value needs a value, and mail is empty"), "{says}");
    let mut leaver = case(ann(bad), Some(link(true)));
    leaver.user.attributes.insert("accountEnabled".into(), Value::Bool(false));
    assert_eq!(leaver.says(&[]), "deactivate [active: true => false]");
}

#[test]
fn a_cleared_source_value_is_cleared_only_where_the_row_says_so() {
    let mut known = link(true);
    known.sent.insert(path("title"), text("Boss"));
    known.sent.insert(path("displayName"), text("Ann"));
    assert_eq!(
        case(ann(json!({"jobTitle": null, "displayName": null})), Some(known)).says(&[]),
        "update [title: \"Boss\" => (none)]"
    );
}

#[test]
fn what_was_sent_counts_and_not_what_jostle_made_of_it() {
    let mut normalised = link(true);
    normalised.seen.insert(path("name.givenName"), text("ANN"));
    assert_eq!(case(ann(json!({})), Some(normalised)).says(&[]), "skip: nothing to change");
}

#[test]
fn what_is_wrong_with_a_row_for_new_accounts_stops_new_accounts_alone() {
    let mut rows = mapping();
    rows.iter_mut().filter(|row| row.when == When::Create).for_each(|row| row.max_length = Some(3));
    let policy = || Policy { mapping: Mapping::new(rows.clone()).expect("a mapping"), ..policy() };
    let long = || ann(json!({"mailNickname": "Annie"}));
    let new = Case { policy: policy(), ..case(long(), None) };
    assert!(new.says(&[]).starts_with("fail (mapping): nickName takes 3 characters"), "{}", new.says(&[]));
    assert!(new.says(&[hit("j1", None, true)]).starts_with("adopt ["), "{}", new.says(&[hit("j1", None, true)]));
    assert!(matches!(new.decide(Matching::NotAsked), Decision::Match(_)));
    let linked = Case { policy: policy(), ..case(long(), Some(link(true))) };
    assert_eq!(linked.says(&[]), "skip: nothing to change");
}
