//! A disk without room: whatever was under way, the next run with room goes on from there.

use super::place::{Place, ends, limited};

/// The program runs again and again with a little more room, until that is enough.
#[test]
fn a_cycle_that_ends_for_want_of_room_is_gone_on_with() {
    let place = Place::new(300);
    let everybody = place.rig.employees().len();
    let mut cut_short = 0;
    for room in (0..).map(|step| step * 150 * 1024) {
        let run = limited(room, &place.rig.command(&["sync"])).output().unwrap();
        if run.status.success() {
            break;
        }
        let log = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{log}");
        let clear = if room == 0 { "cannot lock" } else { "the state file could not be written" };
        assert!(log.contains(clear), "{room}: {log}");
        cut_short += usize::from((1..everybody).contains(&place.rig.accounts()));
    }
    assert!(cut_short > 0, "no run ended between two people");
    let twice = place.rig.requests().into_iter().filter(|request| request.status == Some(409)).collect::<Vec<_>>();
    assert!(twice.is_empty(), "somebody was posted who has an account: {twice:?}");
    place.assert_mended();
}

#[test]
fn a_change_that_cannot_be_remembered_is_not_sent() {
    let place = Place::in_sync(60);
    place.rig.person("newcomer", &serde_json::json!({}));
    let before = place.accounts();
    for room in [8 * 1024, 40 * 1024] {
        ends(limited(room, &place.rig.command(&["sync"])), &["could not be written"]);
        assert_eq!(place.rig.writes(), [] as [&str; 0]);
    }
    assert_eq!(place.accounts(), before);
    place.assert_mended();
    assert_eq!(place.accounts().len(), before.len() + 1);
}
