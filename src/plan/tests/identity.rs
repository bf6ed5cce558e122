//! Whose an account is: resemblance, the first contact, and what an administrator decided.

use super::*;
use crate::model::{HeldOperation, HoldClass, Names, Unmanaged, Verdict};

/// Ann Berg, of whom given and family name are mapped.
fn ann_berg(choice: Option<MatchChoice>) -> Case {
    let mut rows = mapping();
    rows.push(Row::direct(path("name.familyName"), "surname"));
    let policy = Policy { mapping: Mapping::new(rows).expect("a mapping"), ..policy() };
    Case { policy, choice, ..case(ann(json!({"surname": "Berg"})), None) }
}

/// An account with her userName that shows a name.
fn named(id: &str, given: &str, family: &str, active: bool) -> Hit {
    let resource = json!({
        "id": id, "userName": "ann@x.example", "active": active,
        "name": {"givenName": given, "familyName": family}, "emails": [{"type": "work", "value": "ann@x.example"}]
    });
    Hit { account: Account { id: TargetId::new(id), user_name: "ann@x.example".into(), resource }, owner: None }
}

fn operation(case: &Case, hits: &[Hit]) -> PlannedOperation {
    match case.decide(Matching::Found(hits)) {
        Decision::Do(operation) => *operation,
        other => unreachable!("{other:?}"),
    }
}

fn unmanaged(id: &str, user_name: &str, given: &str, family: &str) -> Unmanaged {
    let names = Names { given: Some(given.into()), family: Some(family.into()), ..Names::default() };
    Unmanaged { id: TargetId::new(id), user_name: user_name.into(), active: true, names, work_email: None }
}

fn link_to(id: &str) -> MatchChoice {
    MatchChoice::Link { jostle_id: TargetId::new(id) }
}

#[test]
fn an_account_with_another_name_is_doubtful_and_a_chosen_one_is_not() {
    let case = ann_berg(None);
    assert_eq!(operation(&case, &[named("j1", "Anna", "Berg", true)]).identity, Identity::Plain);
    let other = operation(&case, &[named("j1", "Karl", "Otto", true)]).identity;
    let expected = Doubtful::Unlike { person: "Ann Berg".into(), account: "Karl Otto".into() };
    assert_eq!(other, Identity::Doubtful(expected));
    let chosen = operation(&ann_berg(Some(link_to("j1"))), &[named("j1", "Karl", "Otto", true)]);
    assert_eq!((chosen.identity, chosen.target_id), (Identity::Chosen, Some(TargetId::new("j1"))));
}

#[test]
fn what_was_decided_is_looked_for_and_nothing_else_is_done() {
    let asks = |choice| ann_berg(choice).decide(Matching::NotAsked);
    assert_eq!(asks(Some(link_to("j7"))), Decision::Match(LookFor::Id(TargetId::new("j7"))));
    assert_eq!(asks(Some(MatchChoice::Create)), Decision::Match(LookFor::UserName("ann@x.example".into())));
    assert_eq!(asks(Some(MatchChoice::Ignore)), Decision::Skip(SkipReason::Ignored));
    let says = |choice, hits: &[Hit]| ann_berg(choice).says(hits);
    insta::assert_snapshot!(says(Some(link_to("j7")), &[]), @"fail (conflict): Jostle has no account j7, which an administrator chose for ann@x.example: choose another one, with entra-jostle-sync link");
    let taken = operation(&ann_berg(Some(MatchChoice::Create)), &[named("j1", "Ann", "Berg", true)]);
    assert_eq!(taken.identity, Identity::Doubtful(Doubtful::Taken));
    let owned = Hit { owner: Some(EntraId::new("e9")), ..named("j7", "Ann", "Berg", true) };
    assert!(says(Some(link_to("j7")), &[owned]).contains("belongs to the Entra user e9 already"));
    let mut protected = ann_berg(Some(link_to("j7")));
    protected.policy.protected.ids = [TargetId::new("j7")].into();
    assert!(protected.says(&[named("j7", "Ann", "Berg", true)]).contains("is protected by the configuration"));
}

#[test]
fn whoever_has_an_account_is_not_ignored() {
    let ignored = Case { link: Some(super::link(true)), ..ann_berg(Some(MatchChoice::Ignore)) };
    assert!(ignored.says(&[]).starts_with("update"), "{}", ignored.says(&[]));
}

#[test]
fn an_account_that_was_deleted_in_jostle_is_replaced_if_somebody_says_so() {
    let gone = |choice| Case { link: Some(Link { gone: true, ..super::link(true) }), ..ann_berg(choice) };
    assert!(gone(None).says(&[]).starts_with("skip: an administrator deleted the account"));
    assert!(gone(Some(MatchChoice::Create)).says(&[]).starts_with("create"));
    assert!(gone(Some(link_to("j7"))).says(&[named("j7", "Karl", "Otto", true)]).starts_with("adopt"));
}

/// The plan of a first cycle that would do this, guarded.
fn first_cycle(operation: PlannedOperation, unmanaged: Option<&[Unmanaged]>, ledger: Ledger) -> Plan {
    let mut plan = Plan { operations: vec![operation], ..Plan::default() };
    let first_contact = first_contact(&mut plan, unmanaged, &ledger.held);
    guard(plan, &Limits::all(0, 0.0), &Ledger { is_initial: true, first_contact, ..ledger })
}

fn held_as(plan: &Plan) -> Option<HoldClass> {
    plan.held.first().map(|held| held.class)
}

#[test]
fn a_first_contact_holds_all_of_it_and_asks_what_is_doubtful_apart() {
    let case = ann_berg(None);
    let nobody: &[Unmanaged] = &[];
    let stranger = unmanaged("j5", "karl@x.example", "Karl", "Otto");
    let (create, adopt) = (operation(&case, &[]), operation(&case, &[named("j1", "Anna", "Berg", true)]));
    let inactive = operation(&case, &[named("j1", "Anna", "Berg", false)]);
    let as_held = |operation: &PlannedOperation, unmanaged| {
        held_as(&first_cycle(operation.clone(), unmanaged, Ledger::default()))
    };
    assert_eq!(as_held(&create, Some(nobody)), None, "a Jostle without people is filled");
    let strangers = std::slice::from_ref(&stranger);
    assert_eq!(as_held(&create, Some(strangers)), Some(HoldClass::FirstContact));
    assert_eq!(as_held(&adopt, Some(strangers)), Some(HoldClass::FirstContact));
    assert_eq!(as_held(&create, None), Some(HoldClass::FirstContact), "nobody can say who is there");
    assert_eq!(as_held(&inactive, Some(strangers)), Some(HoldClass::Match));
    for namesake in [
        unmanaged("j6", "a.berg@x.example", "Ann", "Berg"),
        Unmanaged { work_email: Some("ANN@x.example".into()), ..unmanaged("j6", "17", "", "") },
    ] {
        let plan = first_cycle(create.clone(), Some(&[stranger.clone(), namesake]), Ledger::default());
        assert_eq!(held_as(&plan), Some(HoldClass::Match));
        let Identity::Doubtful(doubtful) = &plan.held[0].operation.identity else { unreachable!("doubtful") };
        assert!(doubtful.to_string().contains("j6"), "{doubtful}");
    }
    let chosen = operation(&ann_berg(Some(MatchChoice::Create)), &[]);
    assert_eq!(as_held(&chosen, Some(&[unmanaged("j6", "x", "Ann", "Berg")])), None, "somebody has said so");
}

#[test]
fn a_first_contact_says_whom_jostle_has() {
    for (unmanaged, expected) in [
        (None, "Jostle does not list its accounts, so nobody can say who is there, and this state has never met them"),
        (Some(1), "Jostle has 1 account already, and this state"),
        (Some(12), "Jostle has 12 accounts already, and this state"),
    ] {
        let said = FirstContact { unmanaged }.to_string();
        assert!(said.starts_with(expected) && said.ends_with("(limits.first_cycle)"), "{said}");
    }
}

/// Approved as a newcomer at the first contact, and then an account of another name has the userName.
#[test]
fn an_approval_of_a_first_contact_is_none_of_an_account_that_is_doubtful() {
    let strangers = [unmanaged("j5", "karl@x.example", "Karl", "Otto")];
    let create = first_cycle(operation(&ann_berg(None), &[]), Some(&strangers), Ledger::default());
    for verdict in [Verdict::Open, Verdict::Approved] {
        let doubtful = operation(&ann_berg(None), &[named("j1", "Karl", "Otto", false)]);
        let plan = Plan { operations: vec![doubtful], ..Plan::default() };
        assert_eq!(held_as(&guard(plan, &Limits::all(9, 100.0), &before(&create, verdict))), Some(HoldClass::Match));
    }
}

/// What was held before, with a verdict.
fn before(plan: &Plan, verdict: Verdict) -> Ledger {
    let Held { operation, class, limit } = plan.held[0].clone();
    let PlannedOperation { operation, entra_id, target_id, changes, .. } = operation;
    let held = HeldOperation { class, operation, target_id, changes, verdict, limit };
    Ledger { held: [(entra_id, held)].into(), ..Ledger::default() }
}

#[test]
fn what_was_asked_at_the_first_contact_is_asked_until_somebody_has_said_so() {
    let case = ann_berg(None);
    let strangers = [unmanaged("j5", "karl@x.example", "Karl", "Otto")];
    let inactive = operation(&case, &[named("j1", "Anna", "Berg", false)]);
    let adopt = operation(&case, &[named("j1", "Anna", "Berg", true)]);
    for asked in [inactive, adopt.clone()] {
        let first = first_cycle(asked.clone(), Some(&strangers), Ledger::default());
        let class = held_as(&first);
        // A later cycle knows nothing of the first contact.
        let later = |operation: &PlannedOperation, ledger: &Ledger| {
            let plan = Plan { operations: vec![operation.clone()], ..Plan::default() };
            guard(plan, &Limits::all(9, 100.0), ledger)
        };
        assert_eq!(held_as(&later(&asked, &before(&first, Verdict::Open))), class);
        assert_eq!(later(&asked, &before(&first, Verdict::Approved)).operations.len(), 1);
        assert_eq!(later(&asked, &before(&first, Verdict::Rejected)).skipped.len(), 1);
        let chosen = PlannedOperation { identity: Identity::Chosen, ..asked };
        assert_eq!(later(&chosen, &before(&first, Verdict::Open)).operations.len(), 1);
    }
}

#[test]
fn a_doubtful_account_is_in_no_file_and_is_never_carried_out_from_one() {
    let doubtful = operation(&ann_berg(None), &[named("j1", "Karl", "Otto", true)]);
    let plan = Plan { operations: vec![doubtful.clone()], ..Plan::default() };
    let guarded = guard(plan, &Limits::all(9, 100.0), &Ledger::default());
    let tenants = Tenants { tenant_id: "t".into(), jostle_base_url: "j".into() };
    assert_eq!(PlanFile::new(&guarded, NOW, tenants, "p".into()).entries, []);
    let stale = stale(&doubtful, &Decision::Do(Box::new(doubtful.clone()))).unwrap_or_default();
    assert!(stale.starts_with("it is doubtful whose the account is: the account shows the name Karl Otto"), "{stale}");
}
