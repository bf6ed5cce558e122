//! Property: whatever is done, in whatever order, with a death or a failure at any job: the state is what a plain model
//! of the jobs says, and a job is stored as a whole or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use proptest::prelude::*;
use serde_json::json;

use super::fixtures::{Scratch, at, id, intent, link, outcome, retry, user};
use super::{
    CycleId, CycleKind, Destiny, DueQuery, Fate, Forgiven, IntentId, LinkChange, LogQuery, Outcome, Quarantine, Retry,
    RetryChange, Settled, Store, StoreError,
};
use crate::connector::Side;

const PEOPLE: [&str; 3] = ["ann", "bob", "cem"];
const NOW: i64 = 50;

#[derive(Clone, Debug)]
enum Step {
    /// The person changes in the source.
    Change(usize),
    Begin(usize),
    /// The oldest open intent of the person ends with a link, or with a failure to be tried again at a second.
    Succeed(usize),
    Fail(usize, Option<i64>),
    Drop(usize),
    Settle(usize),
    Forgive(Vec<(usize, Option<i64>)>),
    RetryNow(Option<usize>),
    Quarantine(u32),
    Lift,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    dirty: BTreeSet<usize>,
    retries: BTreeMap<usize, Retry>,
    linked: BTreeSet<usize>,
    /// By person, the oldest first.
    intents: Vec<usize>,
    log: usize,
    quarantine: Option<u32>,
}

impl Model {
    fn end_intent(&mut self, who: usize) {
        if let Some(first) = self.intents.iter().position(|open| *open == who) {
            self.intents.remove(first);
        }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Change(who) => drop(self.dirty.insert(*who)),
            Step::Begin(who) => self.intents.push(*who),
            Step::Succeed(who) => {
                self.end_intent(*who);
                self.dirty.remove(who);
                self.retries.remove(who);
                self.linked.insert(*who);
                self.log += 1;
            }
            Step::Fail(who, next) => {
                self.end_intent(*who);
                self.dirty.remove(who);
                self.retries.insert(*who, retry(1, *next));
                self.log += 1;
            }
            Step::Drop(who) => self.end_intent(*who),
            Step::Settle(who) => {
                self.dirty.remove(who);
                self.retries.remove(who);
            }
            Step::Forgive(people) => {
                for (who, next) in people {
                    self.retries.remove(who);
                    self.retries.extend(next.map(|next| (*who, retry(0, Some(next)))));
                    self.dirty.insert(*who);
                }
            }
            Step::RetryNow(who) => {
                for (waiting, retry) in self.retries.iter_mut().filter(|(id, _)| who.is_none_or(|who| who == **id)) {
                    retry.next_at = Some(at(NOW));
                    self.dirty.insert(*waiting);
                }
            }
            Step::Quarantine(failures) => self.quarantine = Some(*failures),
            Step::Lift => self.quarantine = None,
        }
    }

    /// Everything that is due at the time of the test.
    fn due(&self) -> Vec<&'static str> {
        let due = |who: &usize| {
            let by_time = self.retries.get(who).and_then(|retry| retry.next_at).is_some_and(|next| next <= at(NOW));
            self.dirty.contains(who) || by_time
        };
        (0..PEOPLE.len()).filter(due).map(|who| PEOPLE[who]).collect()
    }
}

/// On until it is told otherwise, for one job.
#[derive(Debug, Default)]
struct Once(Mutex<Option<Destiny>>);

impl Fate for Once {
    fn next(&self) -> Destiny {
        self.0.lock().unwrap().take().unwrap_or(Destiny::GoOn)
    }
}

struct World {
    scratch: Scratch,
    fate: Arc<Once>,
    store: Store,
    changes: u32,
    cycle: CycleId,
}

impl World {
    fn new() -> Self {
        let scratch = Scratch::new();
        let fate = Arc::new(Once::default());
        let store = Store::open_inline(&scratch.file(), Arc::<Once>::clone(&fate)).unwrap();
        let cycle = done(store.begin_cycle(CycleKind::Initial, at(0)));
        for name in PEOPLE {
            done(store.put_user(user(name, json!({})), at(0)));
            let mark = done(store.person(&id(name))).unwrap().mark;
            let settled = Settled { entra_id: id(name), mark, retry: RetryChange::Keep, watch: None, ends_hold: true };
            done(store.settle(vec![settled]));
        }
        Self { scratch, fate, store, changes: 0, cycle }
    }

    /// Does the step with a fate for its one writing job; none if it did not return.
    fn take(&mut self, step: &Step, destiny: Destiny) -> Option<Result<(), StoreError>> {
        let writing = self.job(step);
        *self.fate.0.lock().unwrap() = Some(destiny);
        let result = writing.now_or_never();
        *self.fate.0.lock().unwrap() = None;
        result
    }

    fn oldest(&self, who: usize) -> Option<IntentId> {
        done(self.store.open_intents_of(&id(PEOPLE[who]))).first().map(|(number, _)| *number)
    }

    /// What is read for the step is read at once.
    fn job(&mut self, step: &Step) -> futures::future::BoxFuture<'static, Result<(), StoreError>> {
        let (store, cycle) = (self.store.clone(), self.cycle);
        let mark = |who: usize| done(self.store.person(&id(PEOPLE[who]))).unwrap().mark;
        let ended = |who: usize| Outcome { intent: self.oldest(who), mark: mark(who), ..outcome(cycle, PEOPLE[who]) };
        match step.clone() {
            Step::Change(who) => {
                self.changes += 1;
                let changed = user(PEOPLE[who], json!({"jobTitle": self.changes.to_string()}));
                async move { store.put_user(changed, at(1)).await }.boxed()
            }
            Step::Begin(who) => async move { store.begin_intent(intent(cycle, PEOPLE[who])).await.map(drop) }.boxed(),
            Step::Succeed(who) => {
                let link = LinkChange::Put(link(PEOPLE[who], PEOPLE[who]));
                let outcome = Outcome { link, retry: RetryChange::Clear, ..ended(who) };
                async move { store.record(outcome).await }.boxed()
            }
            Step::Fail(who, next) => {
                let outcome = Outcome { retry: RetryChange::Set(retry(1, next)), ..ended(who) };
                async move { store.record(outcome).await }.boxed()
            }
            Step::Drop(who) => {
                let number = self.oldest(who).unwrap_or(IntentId(0));
                async move { store.drop_intent(number).await }.boxed()
            }
            Step::Settle(who) => {
                let (entra_id, mark) = (id(PEOPLE[who]), mark(who));
                let settled = Settled { entra_id, mark, retry: RetryChange::Clear, watch: None, ends_hold: true };
                async move { store.settle(vec![settled]).await }.boxed()
            }
            Step::Forgive(people) => {
                let forgiven = |(who, next): (usize, Option<i64>)| Forgiven {
                    entra_id: id(PEOPLE[who]),
                    retry: next.map(|next| retry(0, Some(next))),
                };
                let people = people.into_iter().map(forgiven).collect();
                async move { store.forgive(people).await }.boxed()
            }
            Step::RetryNow(who) => {
                let who = who.map(|who| id(PEOPLE[who]));
                async move { store.retry_now(who, at(NOW)).await.map(drop) }.boxed()
            }
            Step::Quarantine(failures) => async move { store.set_quarantine(quarantine(failures)).await }.boxed(),
            Step::Lift => async move { store.lift_quarantine(Side::Jostle).await.map(drop) }.boxed(),
        }
    }

    /// What the next process finds.
    fn restart(&mut self) {
        self.store = Store::open_inline(&self.scratch.file(), Arc::<Once>::clone(&self.fate)).unwrap();
    }

    fn check(&self, model: &Model) -> Result<(), TestCaseError> {
        let query = DueQuery { now: at(NOW), deleted_before: None, after: None, limit: 9 };
        let due: Vec<_> = done(self.store.due(query)).into_iter().map(|record| record.user.id.to_string()).collect();
        prop_assert_eq!(due, model.due());
        for (number, name) in PEOPLE.iter().enumerate() {
            let record = done(self.store.person(&id(name))).unwrap();
            prop_assert_eq!(record.link.is_some(), model.linked.contains(&number));
            prop_assert_eq!(record.retry.as_ref(), model.retries.get(&number));
            prop_assert_eq!(record.mark.is_some(), model.dirty.contains(&number));
        }
        let open = done(self.store.open_intents());
        let intents: Vec<_> = model.intents.iter().map(|who| intent(self.cycle, PEOPLE[*who])).collect();
        prop_assert_eq!(open.into_iter().map(|(_, intent)| intent).collect::<Vec<_>>(), intents);
        prop_assert_eq!(done(self.store.log(LogQuery { entra_id: None, limit: 99 })).len(), model.log);
        let quarantines = model.quarantine.map(quarantine).into_iter().collect::<Vec<_>>();
        prop_assert_eq!(&done(self.store.quarantines()), &quarantines);
        prop_assert_eq!(done(self.store.status()).quarantines, quarantines);
        Ok(())
    }
}

fn done<T>(call: impl Future<Output = Result<T, StoreError>>) -> T {
    call.now_or_never().expect("it returns").expect("it works")
}

fn quarantine(failures: u32) -> Quarantine {
    let (code, reason) = ("503".to_owned(), "down".to_owned());
    Quarantine { side: Side::Jostle, since: at(1), failures, next_at: at(300), code, reason, is_refusal: true }
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE.len();
    let next = prop_oneof![Just(None), Just(Some(NOW)), Just(Some(NOW + 60))];
    let forgiven = prop::collection::vec((who.clone(), next.clone()), 0..3);
    prop_oneof![
        who.clone().prop_map(Step::Change),
        who.clone().prop_map(Step::Begin),
        who.clone().prop_map(Step::Succeed),
        (who.clone(), next).prop_map(|(who, next)| Step::Fail(who, next)),
        who.clone().prop_map(Step::Drop),
        who.clone().prop_map(Step::Settle),
        forgiven.prop_map(Step::Forgive),
        prop::option::of(who).prop_map(Step::RetryNow),
        (1..9_u32).prop_map(Step::Quarantine),
        Just(Step::Lift),
    ]
}

fn destiny() -> impl Strategy<Value = Destiny> {
    prop_oneof![
        6 => Just(Destiny::GoOn),
        1 => Just(Destiny::DieBefore),
        1 => Just(Destiny::DieAfter),
        1 => Just(Destiny::Fail(StoreError::Full)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn the_state_is_what_the_jobs_that_were_done_made_of_it(steps in prop::collection::vec((step(), destiny()), 1..20)) {
        let (mut world, mut model) = (World::new(), Model::default());
        for (step, destiny) in steps {
            let told = world.take(&step, destiny.clone());
            match destiny {
                Destiny::GoOn => {
                    prop_assert_eq!(told, Some(Ok(())));
                    model.apply(&step);
                }
                Destiny::Fail(error) => prop_assert_eq!(told, Some(Err(error))),
                Destiny::DieBefore | Destiny::DieAfter => {
                    prop_assert_eq!(told, None);
                    if destiny == Destiny::DieAfter {
                        model.apply(&step);
                    }
                    world.restart();
                }
            }
            world.check(&model)?;
        }
    }
}
