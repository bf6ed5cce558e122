//! Whatever happens in the tenant: what is stored is what is there.

use proptest::prelude::*;

use super::*;
use crate::connector::ErrorKind;
use crate::engine::fake::Tenant;
use crate::model::EntraId;

const GROUPS: [&str; 4] = ["root", "a", "b", "c"];

#[derive(Clone, Debug)]
enum Step {
    Join(usize, Principal),
    Leave(usize, Principal),
    Delete(usize),
    Create(usize),
    Assign(Principal),
    Unassign(Principal),
    Fault(usize, ErrorKind),
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    let member = prop_oneof![
        prop::sample::select(&PEOPLE[..]).prop_map(user),
        prop::sample::select(&GROUPS[..]).prop_map(group),
    ];
    let kind = prop_oneof![Just(ErrorKind::ResyncRequired), Just(ErrorKind::Unavailable)];
    prop_oneof![
        4 => (0..4_usize, member.clone()).prop_map(|(id, member)| Step::Join(id, member)),
        2 => (0..4_usize, member.clone()).prop_map(|(id, member)| Step::Leave(id, member)),
        1 => (1..4_usize).prop_map(Step::Delete),
        1 => (1..4_usize).prop_map(Step::Create),
        1 => member.clone().prop_map(Step::Assign),
        1 => member.prop_map(Step::Unassign),
        1 => (0..5_usize, kind).prop_map(|(number, kind)| Step::Fault(number, kind)),
        4 => Just(Step::Read),
    ]
}

fn take(tenant: &Tenant, step: Step) {
    let is_there = |id: usize| tenant.state().groups.contains_key(&GroupId::new(GROUPS[id]));
    match step {
        Step::Join(id, member) if is_there(id) => tenant.join(GROUPS[id], member),
        Step::Leave(id, member) if is_there(id) => tenant.leave(GROUPS[id], member),
        Step::Delete(id) if is_there(id) => tenant.delete(GROUPS[id]),
        Step::Create(id) if !is_there(id) => tenant.create(GROUPS[id], GROUPS[id], &[user("ann")]),
        Step::Assign(who) => tenant.assign(who),
        Step::Unassign(who) => tenant.unassign(&who),
        Step::Fault(number, kind) => tenant.state().fault = Some((number, kind)),
        _ => {}
    }
}

/// The people in the root and the assigned, as the tenant has them.
fn truth(tenant: &Tenant) -> (BTreeSet<EntraId>, BTreeSet<Principal>) {
    let state = tenant.state();
    let groups: Groups = state
        .groups
        .iter()
        .map(|(id, (name, members))| {
            let label = crate::model::GroupLabel { id: id.clone(), name: name.clone() };
            (id.clone(), crate::model::Group { label: label.into(), members: members.clone() })
        })
        .collect();
    let found = reached([GroupId::new("root")].into(), &groups, true);
    let people = found.iter().filter_map(|id| groups.get(id)).flat_map(|group| &group.members);
    let people = people.filter_map(|member| match member {
        Principal::User(id) => Some(id.clone()),
        Principal::Group(_) => None,
    });
    (people.collect(), state.assigned.clone())
}

async fn check(steps: Vec<Step>) {
    let world = World::new(reach(&["root"], Some("app")), &PEOPLE).await;
    world.tenant.create("root", "root", &[user("bob")]);
    for step in steps.into_iter().chain([Step::Read]) {
        if !matches!(step, Step::Read) {
            take(&world.tenant, step);
            continue;
        }
        let before = world.stored().await;
        if world.read().await.is_err() {
            assert_eq!(world.stored().await, before);
            assert_eq!(world.clean().await, [""; 0]);
            continue;
        }
        let (people, assigned) = truth(&world.tenant);
        let stored = world.stored().await;
        let known = Memberships::new(&stored, true);
        let inside = |id: &EntraId| known.groups_of(id).iter().any(|label| label.id.as_str() == "root");
        let found: BTreeSet<_> = PEOPLE.map(EntraId::new).into_iter().filter(inside).collect();
        assert_eq!((found, &stored.assigned), (people, &assigned));
        let changed: Vec<_> = Memberships::new(&before, true).changed(&known).into_iter().collect();
        assert_eq!(world.clean().await, changed.iter().map(EntraId::to_string).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever happens in the tenant and on the way: after a reading that succeeds the snapshot is the truth, and
    /// after one that fails it is what it was.
    #[test]
    fn the_snapshot_is_the_truth_or_what_it_was(steps in prop::collection::vec(step(), 1..25)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(check(steps));
    }
}
