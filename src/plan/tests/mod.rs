//! The lifecycle table row by row, the diff, and the guard.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::mapping::{Mapping, Row, Source, When, WhenEmpty};
use crate::model::{
    Account, Compare, EntraId, Group, GroupId, GroupLabel, Link, LinkOrigin, MembershipSnapshot, Operation, Presence,
    Principal, SourceUser, TargetId, TargetPath, TargetValue, Values, Watch,
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
        limits: Limits { deactivate_count: 2, deactivate_percent: 10.0 },
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
    now: Timestamp,
}

fn case(user: SourceUser, link: Option<Link>) -> Case {
    let memberships = Memberships::default();
    Case { user, link, deleted_at: Some(NOW), policy: policy(), memberships, left_at: None, now: NOW }
}

impl Case {
    fn decided(&self, matching: Matching<'_>) -> Decided {
        let Self { user, link, deleted_at, policy, memberships, left_at, now } = self;
        let person = Person { user, manager: None, deleted_at: *deleted_at, link: link.as_ref(), left_at: *left_at };
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
            Decision::Match(name) => format!("match {name}"),
        }
    }
}

fn deleted(presence: Presence) -> SourceUser {
    SourceUser { presence, ..ann(json!({})) }
}

const ALL_VALUES: &str = "userName: (none) => \"ann@x.example\"; name.givenName: (none) => \"Ann\"; \
    emails[type eq \"work\"].value: (none) => \"ann@x.example\"; displayName: (none) => \"New\"; active: (none) => true";

#[test]
fn enabled_in_scope_without_link_asks_jostle_before_anything_else() {
    let case = case(ann(json!({})), None);
    assert_eq!(case.decide(Matching::NotAsked), Decision::Match("ann@x.example".into()));
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

fn filter(attribute: &str, operator: &str, value: &str, anchored: bool) -> Filter {
    let (attribute, operator) = (attribute.parse().expect("a path"), operator.parse().expect("an operator"));
    let anchored = Some(anchored).filter(|anchored| !anchored);
    let clause = Clause::new(attribute, operator, Some(value), anchored).expect("a clause");
    Filter { title: "a filter".to_owned(), clauses: vec![clause] }
}

/// Ann in a department, of which only Sales is in scope.
fn in_department(department: &str, link: Option<Link>) -> Case {
    let mut case = case(ann(json!({ "department": department })), link);
    case.policy.scope.filters = vec![filter("department", "EQUALS", "Sales", true)];
    case
}

fn days(days: i64) -> Timestamp {
    NOW + SignedDuration::from_hours(24 * days)
}

#[test]
fn the_lifecycle_follows_the_scope() {
    const OUT: &str = "no filter lets the person pass (scope.filters)";
    let gone = || Link { gone: true, ..link(true) };
    for (department, known, expected) in [
        ("Sales", None, format!("create [{ALL_VALUES}]")),
        ("Sales", Some(link(true)), "skip: nothing to change".to_owned()),
        ("Sales", Some(link(false)), "reactivate [active: false => true]".to_owned()),
        ("Legal", None, format!("skip: not in scope: {OUT}")),
        ("Legal", Some(link(true)), "deactivate [active: true => false]".to_owned()),
        ("Legal", Some(link(false)), "skip: already inactive".to_owned()),
    ] {
        assert_eq!(in_department(department, known).says(&[]), expected, "{department}");
    }
    assert!(in_department("Legal", Some(gone())).says(&[]).starts_with("skip: an administrator deleted"));
    let mut disabled = in_department("Sales", Some(link(true)));
    disabled.user.attributes.insert("accountEnabled".into(), Value::Bool(false));
    assert_eq!(disabled.says(&[]), "deactivate [active: true => false]");
    disabled.user.presence = Presence::SoftDeleted;
    assert_eq!(disabled.says(&[]), "deactivate [active: true => false]");
    disabled.link = None;
    assert_eq!(disabled.says(&[]), "skip: deleted in Entra, and has no account");
}

#[test]
fn an_adopted_account_is_of_somebody_in_scope() {
    let hits = [hit("j1", None, true)];
    assert!(in_department("Sales", None).says(&hits).starts_with("adopt"));
    assert!(
        in_department("Legal", None).says(&hits).starts_with("skip: not in scope"),
        "never taken over to deactivate it"
    );
}

#[test]
fn who_is_assigned_or_in_a_group_of_a_group_has_an_account() {
    let group = |name: &str, member: Principal| {
        let label = Arc::new(GroupLabel { id: GroupId::new(name), name: name.to_owned() });
        (GroupId::new(name), Group { label, members: [member].into() })
    };
    let snapshot = MembershipSnapshot {
        groups: [
            group("sales", Principal::User(EntraId::new("e1"))),
            group("staff", Principal::Group(GroupId::new("sales"))),
        ]
        .into(),
        assigned: [Principal::Group(GroupId::new("staff"))].into(),
    };
    let says = |who: Who, nested| {
        let mut case = case(ann(json!({})), Some(link(true)));
        case.memberships = Memberships::new(&snapshot, nested);
        case.policy.scope = Rules { who, nested, ..Rules::default() };
        case.says(&[])
    };
    let assigned = || Who::Assigned { app_id: "app".to_owned() };
    let staff = || Who::Groups(vec!["Staff".to_owned()]);
    assert_eq!(says(assigned(), true), "skip: nothing to change");
    assert_eq!(says(assigned(), false), "deactivate [active: true => false]", "as Entra's own job would");
    assert_eq!(says(staff(), true), "skip: nothing to change");
    assert_eq!(says(staff(), false), "deactivate [active: true => false]");
    let unknown = says(Who::Groups(vec!["Stuff".to_owned()]), true);
    assert!(
        unknown.starts_with("fail (scope): cannot be judged: scope.groups") && unknown.contains("\"Stuff\""),
        "{unknown}"
    );
}

#[test]
fn whoever_cannot_be_judged_keeps_the_account() {
    let mut case = in_department(&"a".repeat(40), Some(link(true)));
    case.policy.scope.filters = vec![filter("department", "REGEX MATCH", r"(?=a)(a+)+\1b", true)];
    let says = case.says(&[]);
    assert!(says.starts_with("fail (scope): cannot be judged: scope.filters: department: the pattern"), "{says}");
    case.left_at = Some(NOW);
    assert_eq!(case.watch().left_at, Some(NOW), "the days of grace go on");
    case.user.attributes.insert("accountEnabled".into(), Value::Bool(false));
    assert_eq!(case.says(&[]), "deactivate [active: true => false]", "for another reason");
}

#[test]
fn grace_puts_off_the_deactivation_of_people_who_left_the_scope_and_of_nobody_else() {
    let mut case = in_department("Legal", Some(link(true)));
    case.policy.actions.grace_days = 7;
    assert_eq!(
        case.says(&[]),
        "skip: no longer in scope: no filter lets the person pass (scope.filters); to be deactivated at \
         1970-01-08T00:00:00Z (actions.grace_days)"
    );
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: Some(days(7)) });
    (case.left_at, case.now) = (Some(NOW), days(6));
    assert!(case.says(&[]).starts_with("skip: no longer in scope"));
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: Some(days(7)) }, "the first time counts");
    case.now = days(7);
    assert_eq!(case.says(&[]), "deactivate [active: true => false]");
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: None });
    case.now = days(6);
    for gone in [ann(json!({"accountEnabled": false})), deleted(Presence::SoftDeleted), deleted(Presence::HardDeleted)]
    {
        case.user = gone;
        assert_eq!(case.says(&[]), "deactivate [active: true => false]");
        assert_eq!(case.watch(), Watch::default());
    }
    case.user = ann(json!({"department": "Sales"}));
    assert_eq!((case.says(&[]).as_str(), case.watch()), ("skip: nothing to change", Watch::default()), "back again");
}

#[test]
fn days_of_grace_are_for_those_who_have_something_to_lose() {
    let mut case = in_department("Legal", None);
    case.policy.actions.grace_days = 7;
    assert!(case.says(&[]).starts_with("skip: not in scope"));
    assert_eq!(case.watch(), Watch::default());
    case.link = Some(link(false));
    assert_eq!((case.says(&[]).as_str(), case.watch()), ("skip: already inactive", Watch::default()));
    case.link = Some(link(true));
    case.policy.protected.ids = [TargetId::new("j1")].into();
    assert_eq!(case.says(&[]), "skip: the account is protected by the configuration");
}

#[test]
fn a_date_that_falls_due_brings_the_person_back() {
    let mut case = case(ann(json!({"employeeHireDate": "1970-01-11T08:00:00Z"})), None);
    case.policy.scope.dates = Dates { hire_days_before: Some(3), ..Dates::default() };
    assert_eq!(case.says(&[]), "skip: not in scope: not hired yet, in scope from 1970-01-08 (scope.hire_days_before)");
    assert_eq!(case.watch(), Watch { left_at: None, revisit_at: Some(days(7)) });
    case.now = days(7);
    assert!(case.says(&[]).starts_with("create"));
    assert_eq!(case.watch(), Watch::default());
}

#[test]
fn actions_that_are_switched_off_are_not_done() {
    let off = |operation, user: Value, known: Option<Link>| {
        let mut case = case(ann(user), known);
        case.policy.actions.switched_off = [operation].into();
        case
    };
    let newcomer = off(Operation::Create, json!({}), None);
    assert_eq!(newcomer.says(&[]), "skip: switched off by actions.create = false");
    assert_eq!(newcomer.watch().revisit_at, Some(days(1)), "somebody else makes it, and does not tell");
    assert_eq!(newcomer.says(&[hit("j1", None, true)]), "adopt [name.givenName: \"Anna\" => \"Ann\"]");

    let renamed = || json!({"givenName": "Anne"});
    assert_eq!(
        off(Operation::Update, renamed(), Some(link(true))).says(&[]),
        "skip: switched off by actions.update = false"
    );
    assert_eq!(off(Operation::Update, json!({}), Some(link(true))).says(&[]), "skip: nothing to change");
    assert_eq!(off(Operation::Update, renamed(), Some(link(false))).says(&[]), "reactivate [active: false => true]");
    let adopting = off(Operation::Update, renamed(), None);
    assert_eq!(adopting.says(&[hit("j1", None, false)]), "adopt [active: false => true]");
    assert_eq!(adopting.says(&[hit("j1", None, true)]), "adopt []");

    let blocked = json!({"accountEnabled": false});
    assert_eq!(
        off(Operation::Deactivate, blocked, Some(link(true))).says(&[]),
        "skip: switched off by actions.deactivate = false"
    );
    let mut left = off(Operation::Deactivate, json!({"userType": "Guest"}), Some(link(true)));
    left.policy.actions.grace_days = 7;
    assert_eq!(left.says(&[]), "skip: switched off by actions.deactivate = false", "no date is promised");

    let inactive = off(Operation::Reactivate, renamed(), Some(link(false)));
    assert_eq!(inactive.says(&[]), "skip: switched off by actions.reactivate = false");
    let adopting = off(Operation::Reactivate, json!({}), None);
    assert_eq!(adopting.says(&[hit("j1", None, false)]), "adopt [name.givenName: \"Anna\" => \"Ann\"]");
}

#[test]
fn an_account_is_protected_by_its_id_whatever_its_name() {
    let robot = || Link { target_id: TargetId::new("j-robot"), ..link(true) };
    let protected = "skip: the account is protected by the configuration";
    assert_eq!(case(ann(json!({"givenName": "Anne"})), Some(robot())).says(&[]), protected);
    assert_eq!(case(ann(json!({"accountEnabled": false})), Some(robot())).says(&[]), protected);
    let hit = case(ann(json!({})), None).says(&[hit("j-robot", None, true)]);
    assert!(hit.starts_with("fail (conflict): the account with the userName ann@x.example is protected"), "{hit}");
}

/// Anybody under any policy at any time.
fn anybody() -> impl Strategy<Value = (Case, Vec<Hit>)> {
    let user = (
        prop::sample::select(vec!["Sales", "Legal", ""]),
        any::<[bool; 2]>(),
        prop::sample::select(vec![Presence::Live, Presence::Live, Presence::SoftDeleted, Presence::HardDeleted]),
        prop::option::of(0_i64..40),
        prop::option::of(0_i64..40),
    );
    let known = prop::option::of(any::<[bool; 2]>());
    let off = prop::sample::subsequence(
        vec![Operation::Create, Operation::Update, Operation::Deactivate, Operation::Reactivate],
        0..=4,
    );
    let policy = (off, any::<[bool; 2]>(), 0_u16..10, prop::option::of(0_u16..10));
    let hits = prop::collection::vec(any::<bool>(), 0..3);
    (user, known, policy, hits, prop::option::of(0_i64..40), 0_i64..40).prop_map(
        |(user, known, policy, hits, left, now)| {
            let (department, [enabled, renamed], presence, hired, leaves) = user;
            let day = |day: Option<i64>| day.map(|day| days(day).to_string());
            let name = if renamed { "Anne" } else { "Ann" };
            let ann = ann(json!({
                "department": department, "accountEnabled": enabled, "givenName": name,
                "employeeHireDate": day(hired), "employeeLeaveDateTime": day(leaves),
            }));
            let known = known.map(|[active, gone]| Link { gone, ..link(active) });
            let mut case = case(SourceUser { presence, ..ann }, known);
            let (switched_off, [keep, recreate_deleted], grace_days, hire_days_before) = policy;
            case.policy.scope.filters = vec![filter("department", "EQUALS", "Sales", true)];
            let leave_at = Some(jiff::civil::time(18, 0, 0, 0));
            case.policy.scope.dates = Dates { hire_days_before, leave_at, ..Dates::default() };
            case.policy.actions = Actions {
                switched_off: switched_off.into_iter().collect(),
                out_of_scope: if keep { OutOfScope::Keep } else { OutOfScope::Deactivate },
                grace_days,
                delete: Delete::AfterDays(5),
                recreate_deleted,
            };
            (case.left_at, case.now) = (left.map(days), days(now));
            (case, hits.into_iter().enumerate().map(|(n, active)| hit(&format!("j{n}"), None, active)).collect())
        },
    )
}

proptest! {
    #[test]
    fn what_must_hold_for_anybody((case, hits) in anybody()) {
        let Decided { decision, watch } = case.decided(Matching::Found(&hits));
        let subject = crate::model::Subject::alone(&case.user);
        let judged = crate::scope::judge(&subject, &case.memberships, &case.policy.scope, case.now).verdict;
        let should_have = case.user.presence == Presence::Live
            && case.user.is_enabled()
            && matches!(judged, Ok(crate::scope::Verdict::In(_)));
        prop_assert!(watch.revisit_at.is_none_or(|at| at > case.now), "{:?}", watch);
        if let Decision::Do(operation) = &decision {
            prop_assert!(case.policy.actions.allow(operation.operation), "{:?}", operation);
            let takes = matches!(operation.operation, Operation::Deactivate | Operation::Delete);
            prop_assert_eq!(takes, !should_have, "{:?}", operation);
            let sent: Vec<_> = operation.changes.iter().map(|change| change.attribute.to_string()).collect();
            let activates = sent.contains(&"active".to_owned()) && !takes && operation.operation != Operation::Create;
            prop_assert!(!activates || case.policy.actions.allow(Operation::Reactivate), "{:?}", operation);
            let changes = sent.iter().any(|name| name != "active") && operation.operation != Operation::Create;
            prop_assert!(!changes || case.policy.actions.allow(Operation::Update), "{:?}", operation);
        }
        if let Decision::Skip(SkipReason::InGrace { until, .. }) = decision {
            prop_assert!(until > case.now && watch.revisit_at.is_some_and(|at| at <= until));
        }
    }
}

fn plan_of(operations: &[(Operation, usize)]) -> Plan {
    let mut plan = Plan::default();
    for (operation, count) in operations {
        for number in 0..*count {
            plan.operations.push(PlannedOperation {
                operation: *operation,
                entra_id: EntraId::new(&format!("{operation}{number}")),
                user_name: String::new(),
                target_id: None,
                changes: Vec::new(),
                seen: Values::new(),
                reason: Reason::Differs,
            });
        }
    }
    plan
}

#[test]
fn removals_are_held_all_of_them_only_above_both_limits() {
    let limits = policy().limits;
    let held = |removals, managed| {
        let plan = plan_of(&[(Operation::Deactivate, removals), (Operation::Update, 3)]);
        let guarded = guard(plan, &limits, managed);
        assert_eq!(guarded.counts().of(Operation::Update), 3, "the others flow");
        (guarded.counts().of(Operation::Deactivate), guarded.held.len())
    };
    assert_eq!(held(2, 2), (2, 0), "the count allows it");
    assert_eq!(held(3, 30), (3, 0), "the percentage allows it");
    assert_eq!(held(3, 29), (0, 3));
    assert_eq!(held(3, 0), (0, 3));
}

#[test]
fn a_plan_is_sorted_leavers_first_and_prints_old_and_new() {
    let mut plan = plan_of(&[(Operation::Update, 1), (Operation::Create, 2), (Operation::Deactivate, 1)]);
    plan.operations.swap(1, 2);
    plan.operations[0].changes =
        vec![crate::model::Change { attribute: path("title"), old: Some(text("a")), new: None, redacted: false }];
    plan.operations[0].user_name = "ann@x.example".into();
    plan.sort();
    let order: Vec<_> = plan.operations.iter().map(|o| o.entra_id.as_str()).collect();
    assert_eq!(order, ["deactivate0", "create0", "create1", "update0"]);
    let printed = plan.to_string();
    assert!(printed.starts_with("1 deactivate, 2 create, 1 update\n"), "{printed}");
    assert!(
        printed.contains(
            "\nupdate: values differ from what was last sent\n  ann@x.example\n      title: \"a\" => (none)\n"
        ),
        "{printed}"
    );
    let reason = SkipReason::InGrace { reason: OutReason::NotAssigned, until: NOW };
    plan.skipped = [reason, SkipReason::NothingToChange]
        .map(|reason| Skipped { entra_id: EntraId::new("e9"), user_name: format!("{reason:?}"), reason })
        .into();
    let printed = plan.to_string();
    assert!(
        printed.contains(
            "\nskipped: days of grace\n  InGrace { reason: NotAssigned, until: 1970-01-01T00:00:00Z }\n      no longer in \
             scope: not assigned"
        ),
        "{printed}"
    );
    assert!(!printed.contains("NothingToChange"), "{printed}");
    let json = serde_json::to_value(&plan).expect("JSON");
    assert_eq!(json["counts"]["create"], 2);
    assert_eq!(json["operations"][3]["changes"][0]["old"], "a");
}

#[test]
fn the_fingerprint_moves_with_what_decides_and_not_with_the_limits() {
    let base = policy().fingerprint();
    assert_eq!(
        Policy { limits: Limits { deactivate_count: 9, deactivate_percent: 9.0 }, ..policy() }.fingerprint(),
        base
    );
    let recreating = Actions { recreate_deleted: true, ..Actions::default() };
    assert_ne!(Policy { actions: recreating, ..policy() }.fingerprint(), base);
    assert_ne!(Policy { protected: Protected::default(), ..policy() }.fingerprint(), base);
    assert_ne!(Policy { scope: Rules { guests: Guests::Include, ..Rules::default() }, ..policy() }.fingerprint(), base);
    let anchored =
        |anchored| Rules { filters: vec![filter("department", "REGEX MATCH", "S.*", anchored)], ..Rules::default() };
    let prints = [true, false].map(|given| Policy { scope: anchored(given), ..policy() }.fingerprint());
    assert_ne!(prints[0], prints[1]);
    let mut rows = mapping();
    rows[1].max_length = None;
    assert_ne!(Policy { mapping: Mapping::new(rows).expect("a mapping"), ..policy() }.fingerprint(), base);
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
