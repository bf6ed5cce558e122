//! A state that this user may not write.

use super::place::{Place, set_mode, unprivileged};

/// (the file's mode, the folder's mode)
fn is_refused(place: &Place, modes: (u32, u32), words: &[&str]) {
    let before = place.accounts();
    place.rig.person("newcomer", &serde_json::json!({}));
    let exists = place.state().exists();
    if exists {
        set_mode(&place.state(), modes.0);
    }
    set_mode(&place.folder(), modes.1);
    for command in [&["sync"][..], &["plan"], &["--provision-on-demand", "newcomer@corp.example"]] {
        place.refused(unprivileged(&place.rig.command(command)), words);
    }
    assert_eq!(place.accounts(), before);
    set_mode(&place.folder(), 0o700);
    if exists {
        set_mode(&place.state(), 0o600);
    }
    place.assert_mended();
    assert_eq!(place.rig.accounts(), place.rig.employees().len());
}

#[test]
fn a_file() {
    let words = ["cannot open the state file", "Permission denied", "this user may read and write there"];
    is_refused(&Place::in_sync(40), (0o400, 0o700), &words);
}

#[test]
fn a_file_after_a_crash() {
    let words = ["cannot open the state file", "Permission denied", "this user may read and write there"];
    is_refused(&Place::killed(200, 40), (0o400, 0o700), &words);
}

#[test]
fn a_folder() {
    is_refused(&Place::in_sync(40), (0o600, 0o500), &["the state file", "directory"]);
}

#[test]
fn a_folder_with_nothing_in_it() {
    is_refused(&Place::new(40), (0o600, 0o500), &["cannot lock", "write access to its directory"]);
}

/// Whoever only looks needs no more than to read.
#[test]
fn what_can_be_read_is_shown() {
    let place = Place::killed(200, 40);
    set_mode(&place.state(), 0o400);
    let status = unprivileged(&place.rig.command(&["status", "--json"]));
    let status = super::rig::expect(0, status).json();
    let people = place.rig.sim.graph().users().iter().filter(|user| user["lifecycle"] == "live").count();
    assert_eq!(status["people"], people);
}
