//! A folder that is not there, or not there any more.

use super::place::{Place, assert_clear};

#[test]
fn a_folder_that_is_not_there_is_named_and_not_made() {
    let place = Place::in_sync(40);
    let elsewhere = place.rig.folder().join("elsewhere");
    std::fs::rename(place.folder(), &elsewhere).unwrap();
    for (command, words) in [
        (&["sync"][..], ["cannot lock", "No such file or directory"]),
        (&["plan"], ["cannot lock", "No such file or directory"]),
        (&["status"], ["cannot open the state file", "there is no such file"]),
    ] {
        place.refuses(command, &words);
    }
    assert!(!place.folder().exists());
    std::fs::rename(elsewhere, place.folder()).unwrap();
    place.assert_at_rest();
}

/// What is written to files that nobody can name any more is lost, so nothing more is sent.
#[test]
fn a_folder_that_vanishes_in_the_middle_of_a_cycle_ends_it() {
    let place = Place::new(3000);
    let elsewhere = place.rig.folder().join("elsewhere");
    let mut sync = place.rig.start(&["sync"]);
    sync.log_until("user.created", 200);
    std::fs::rename(place.folder(), &elsewhere).unwrap();
    let done = sync.finish();
    assert_eq!(done.code, Some(1));
    assert_clear(&done, &["was moved, replaced or deleted while the program ran"]);
    assert!(place.rig.accounts() < place.rig.employees().len(), "it ended");
    std::fs::rename(elsewhere, place.folder()).unwrap();
    place.assert_mended();
}
