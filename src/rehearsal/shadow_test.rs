//! A shadow beside a job that does as it would: after every cycle of the job nothing differs, all that was pending has come
//! to agree, and the shadow has written nothing. On invented companies without faults; the program plays the job.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::event::Change;
use super::fortune::Fortune;
use super::plan_test::{company, play};
use super::player::Player;
use super::program::Edges;
use crate::engine::{Planner, Shadowed};
use crate::model::{Aspect, EntraId};
use crate::plan::APPROVAL_LIFETIME;
use crate::store::Store;

/// As many as take some seconds without optimisation.
const SEEDS: u64 = 60;

async fn round(player: &Player, shadow: &Store) -> Shadowed {
    let writes = || player.stage.tenants().sim.jostle().journal().len();
    let before = writes();
    let Edges { source, reader, policy, settings } = Edges::new(&player.stage, shadow).unwrap();
    let found =
        Planner::new(source, reader, shadow.clone(), policy, settings).shadow(SignedDuration::ZERO).await.unwrap();
    assert_eq!(writes(), before, "a shadow writes nothing");
    found
}

/// What differs, but of people for whom the job waits to be told what to do.
async fn differing(found: &Shadowed, job: &Store) -> BTreeSet<(EntraId, Aspect)> {
    let held = job.guard_record(found.at, APPROVAL_LIFETIME).await.unwrap().held;
    let held: BTreeSet<_> = held.into_iter().map(|person| person.entra_id).collect();
    let all = found.pending.iter().chain(&found.differs).map(|known| &known.difference);
    let all = all.filter(|difference| !held.contains(&difference.entra_id));
    all.map(|difference| (difference.entra_id.clone(), difference.aspect.clone())).collect()
}

#[test]
fn a_job_that_does_the_same_leaves_nothing_that_differs() {
    let (mut agreed, mut days) = (0, 0);
    for seed in 1..=SEEDS {
        let mut company = company(seed);
        // What somebody edits in Jostle a cycle does not see, and a shadow does.
        company.days.iter_mut().for_each(|day| day.retain(|change| !matches!(change, Change::Edit { .. })));
        let folder = tempfile::tempdir().unwrap();
        let shadow =
            Store::open_inline(&folder.path().join("shadow"), std::sync::Arc::new(Fortune::default())).unwrap();
        // When whoever failed is tried again is chance.
        let mut has_failed = false;
        play(&company, async |player, program| {
            let before = round(player, &shadow).await;
            let report = program.engine.cycle().await.unwrap();
            assert!(report.error.is_none(), "seed {seed}: {report:?}");
            let after = round(player, &shadow).await;
            has_failed |= report.failed > 0;
            if has_failed {
                return;
            }
            assert_eq!(differing(&after, &program.store).await, BTreeSet::new(), "seed {seed}: {report:?}");
            let came = differing(&before, &program.store).await.len() as u64;
            assert_eq!(after.agreed - before.agreed, came, "seed {seed}: {report:?}");
            agreed += came;
            days += 1;
        });
    }
    assert!(agreed > 200 && days > 200, "{agreed} {days}");
}
