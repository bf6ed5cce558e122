//! A cycle that is undone leaves Jostle as it was before, and the next ones leave it so: on invented companies without
//! faults, day after day.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::event::Change;
use super::plan_test::{company, play};
use super::player::Player;
use super::program::{Edges, Program};
use crate::engine::{CarriedUndo, draw_undo};
use crate::model::Operation;
use crate::plan::Undo;
use crate::store::{CycleId, Reader};

/// As many as take some seconds without optimisation.
const SEEDS: u64 = 100;

/// Every account by its id, without when it was changed last; the order of several values means nothing.
fn accounts(player: &Player) -> BTreeMap<String, Value> {
    let bare = |mut account: Value| {
        let members = account.as_object_mut().unwrap();
        members.remove("meta");
        for list in members.values_mut().filter_map(Value::as_array_mut) {
            list.sort_by_key(ToString::to_string);
        }
        (account["id"].as_str().unwrap().to_owned(), account)
    };
    player.stage.tenants().sim.jostle().users_json().into_iter().map(bare).collect()
}

fn drawn(player: &Player, program: &Program, cycle: i64) -> Undo {
    let file = Reader::open(&player.file()).unwrap().cycle(CycleId(cycle)).unwrap().unwrap();
    draw_undo(&file, &Edges::new(&player.stage, &program.store).unwrap().policy)
}

#[test]
fn an_undone_cycle_leaves_jostle_as_it_was() {
    let (mut done, mut created) = (0, 0);
    for seed in 1..=SEEDS {
        let mut company = company(seed);
        // A server that knows the RFC alone takes no deactivation in the other dialect.
        company.scenario.company.rulebook.entra_dialect = false;
        // Of what somebody edits in Jostle before a cycle writes over it, nobody knows what it was.
        company.days.iter_mut().for_each(|day| day.retain(|change| !matches!(change, Change::Edit { .. })));
        let mut day = 0;
        play(&company, async |player, program| {
            day += 1;
            let before = accounts(player);
            let report = program.engine.cycle().await.unwrap();
            assert!(report.error.is_none(), "seed {seed}: {report:?}");
            // Of most companies the first day stays, so that there is somebody to be changed later.
            if day == 1 && !seed.is_multiple_of(4) {
                return;
            }
            let after = accounts(player);
            let undo = drawn(player, program, report.cycle);
            let deleted = report.operations.of(Operation::Delete);
            assert_eq!(undo.refused.len() as u64, deleted, "seed {seed}: {:?}", undo.refused);
            let CarriedUndo { undone, error } =
                program.engine.undo(report.cycle, &undo.operations, "ann").await.unwrap();
            assert!(error.is_none() && undone.done.len() == undo.operations.len(), "seed {seed}: {undone:?}");
            let now = accounts(player);
            for (id, account) in &now {
                let expected = match before.get(id) {
                    Some(before) => before.clone(),
                    None => {
                        created += 1;
                        let mut inactive = after[id].clone();
                        inactive["active"] = json!(false);
                        inactive
                    }
                };
                assert_eq!(*account, expected, "seed {seed}: {undone:?}");
            }
            done += undone.done.len();
            for _ in 0..2 {
                program.store.set_policy("another").await.unwrap();
                let next = program.engine.cycle().await.unwrap();
                assert!(next.error.is_none(), "seed {seed}: {next:?}");
                // Whoever failed before may be tried again.
                if report.failed == 0 {
                    assert_eq!(next.operations.total(), 0, "seed {seed}: {next:?}");
                    assert_eq!(accounts(player), now, "seed {seed}: {next:?}");
                }
            }
        });
    }
    assert!(done > 150 && created > 60, "{done} {created}");
}
