//! With the state gone, a tenant in sync has adoptions only, and nothing is written.

use serde_json::json;

use super::place::Place;

const PEOPLE: usize = 60;

fn only_adopts(lose: impl Fn(&Place)) {
    let place = Place::in_sync(PEOPLE);
    let (before, everybody) = (place.accounts(), place.rig.employees().len());
    lose(&place);
    let plan = place.rig.expect(0, &["plan", "--json"]).json();
    assert_eq!(
        plan["counts"],
        json!({ "create": 0, "adopt": everybody, "update": 0, "deactivate": 0, "reactivate": 0, "delete": 0 })
    );
    let changes = |operation: &serde_json::Value| operation["changes"].as_array().unwrap().len();
    assert_eq!(plan["operations"].as_array().unwrap().iter().map(changes).sum::<usize>(), 0);
    place.rig.expect(0, &["sync"]);
    assert_eq!(place.rig.writes(), [] as [&str; 0]);
    assert_eq!(place.accounts(), before);
    let status = place.rig.expect(0, &["status", "--json"]).json();
    assert_eq!(status["managed"], everybody);
    place.assert_at_rest();
}

#[test]
fn a_folder_that_is_empty_again() {
    only_adopts(|place| {
        std::fs::remove_dir_all(place.folder()).unwrap();
        std::fs::create_dir(place.folder()).unwrap();
    });
}

#[test]
fn a_file_that_is_gone_with_its_log_left_behind() {
    only_adopts(|place| {
        std::fs::remove_file(place.state()).unwrap();
        let killed = Place::killed(200, 40);
        std::fs::copy(killed.wal(), place.wal()).unwrap();
    });
}

#[test]
fn a_file_that_is_empty() {
    only_adopts(|place| std::fs::write(place.state(), "").unwrap());
}
