//! What the history tells of how an operation came about.

use entra_jostle_sync::simulator::Effect;
use entra_jostle_sync::store::{Asked, HistoryQuery, HistoryRow, LoggedOperation, Matched, Reader, Way};
use serde_json::json;

use super::common::{World, handmade, in_sync, on_jostle, status};

/// The operations, the oldest first.
fn history(world: &World) -> Vec<LoggedOperation> {
    let reader = Reader::open(&world.state()).expect("a state");
    let rows = reader.history(HistoryQuery::default()).expect("read").expect("all");
    let operation = |row| match row {
        HistoryRow::Operation(row) => Some(*row),
        HistoryRow::Audit(_) => None,
    };
    let mut rows: Vec<_> = rows.filter_map(|row| operation(row.expect("a row"))).collect();
    rows.reverse();
    rows
}

/// (what, why, how the account was found, what Jostle answered)
type Told = (String, String, Option<Matched>, Option<u16>);

fn told(row: &LoggedOperation) -> Told {
    let entry = &row.entry;
    (entry.operation.clone(), entry.reason.clone().unwrap_or_default(), entry.matched, entry.http_status)
}

fn row(operation: &str, reason: &str, matched: Matched, status: Option<u16>) -> Told {
    (operation.to_owned(), reason.to_owned(), Some(matched), status)
}

#[tokio::test]
async fn an_operation_is_remembered_with_its_reason_its_match_and_its_answer() {
    let world = World::new().await;
    world.put_account(&handmade("bob@corp.example", "Given", true)).await;
    let ann = world.person("ann", json!({}));
    world.cycled().await;
    world.person("bob", json!({}));
    world.cycled().await;
    world.change(&ann, json!({"accountEnabled": false}));
    world.cycled().await;
    let found: Vec<_> = history(&world).iter().map(told).collect();
    let expected = [
        row("create", "in scope, and no account has the userName", Matched::NoAccount, Some(201)),
        row("adopt", "an account with this userName was there before", Matched::UserName, Some(200)),
        row("deactivate", "sign-in is blocked in Entra", Matched::Link, Some(200)),
    ];
    assert_eq!(found.len(), 3);
    for (found, expected) in found.iter().zip(&expected) {
        // An account that is taken over as it is needs no request.
        let answered = found.3.is_none() && found.0 == "adopt" || found.3 == expected.3;
        assert!((&found.0, &found.1, &found.2) == (&expected.0, &expected.1, &expected.2) && answered, "{found:?}");
    }
}

#[tokio::test]
async fn a_failure_is_remembered_with_its_code() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH")]).expect("faults");
    world.change(&ids[0], json!({"givenName": "New"}));
    world.person("bob", json!({"mail": null}));
    world.cycled().await;
    let mut found: Vec<_> =
        history(&world).into_iter().skip(1).map(|row| (row.entry.code, row.entry.http_status)).collect();
    found.sort();
    assert_eq!(found, [(Some("400".to_owned()), Some(400)), (Some("mapping".to_owned()), None)]);
}

/// The answer is lost; what reading tells of it is not told as an answer.
#[tokio::test]
async fn what_was_settled_by_reading_keeps_its_reason() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.set_faults(vec![on_jostle(Effect::ResetAfter {}).method("PATCH")]).expect("faults");
    world.change(&ids[0], json!({"givenName": "New"}));
    world.cycled().await;
    let rows = history(&world);
    let settled = rows.last().expect("a row");
    assert_eq!(told(settled), row("update", "values differ from what was last sent", Matched::Link, None));
    assert!(settled.entry.message.as_deref().is_some_and(|told| told.contains("settled by reading")), "{settled:?}");
}

#[tokio::test]
async fn whoever_provisions_on_demand_is_remembered() {
    let world = World::new().await;
    world.person("ann", json!({}));
    let by = Some("root".to_owned());
    let _done = world.engine().provision_by("ann@corp.example", by).await.expect("provisioned");
    world.person("bob", json!({}));
    let _done = world.provision("bob@corp.example").await.expect("provisioned");
    let rows = history(&world);
    let asked: Vec<_> = rows.iter().map(LoggedOperation::asked).collect();
    let on_demand = |by| Asked { way: Way::OnDemand, by, hold: None, undoes: None };
    assert_eq!(asked, [on_demand(Some("root")), on_demand(None)]);
}
