//! A copy made beside the running program, in the place of the state.

use std::path::PathBuf;

use entra_jostle_sync::store::{Reader, StoreError};

use super::place::{Place, ends, limited};
use super::rig;

fn copy(place: &Place, name: &str) -> (PathBuf, Result<(), StoreError>) {
    let to = place.rig.folder().join(name);
    let result = Reader::open(&place.state()).unwrap().backup(&to);
    (to, result)
}

fn restore(place: &Place, from: &PathBuf) {
    std::fs::remove_dir_all(place.folder()).unwrap();
    std::fs::create_dir(place.folder()).unwrap();
    std::fs::rename(from, place.state()).unwrap();
}

/// Whoever got an account after the copy was made is found again in Jostle.
#[test]
fn a_copy_from_the_middle_of_an_initial_cycle_goes_on_to_the_same_end() {
    let place = Place::new(2000);
    let mut sync = place.rig.start(&["sync"]);
    sync.log_until("user.created", 200);
    let (copied, result) = copy(&place, "copy");
    result.unwrap();
    assert_eq!(sync.finish().code, Some(0), "the writer is not disturbed");
    restore(&place, &copied);
    place.assert_mended();
}

#[test]
fn a_copy_from_before_a_change_finds_the_change_again() {
    let place = Place::in_sync(60);
    let (copied, result) = copy(&place, "copy");
    result.unwrap();
    let id = place.rig.person("newcomer", &serde_json::json!({}));
    place.rig.expect(0, &["sync"]);
    place.rig.sim.graph().update_user(&id, &serde_json::json!({ "surname": "Family-Renamed" })).unwrap();
    restore(&place, &copied);
    place.assert_mended();
    let named =
        place.accounts().into_iter().filter(|account| account["name"]["familyName"] == "Family-Renamed").count();
    assert_eq!(named, 1);
}

fn in_the_folder(place: &Place, with: &str) -> Vec<String> {
    let names = std::fs::read_dir(place.rig.folder()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(with)).collect()
}

#[test]
fn a_copy_without_room_is_none_and_the_state_stays_as_it_was() {
    let place = Place::in_sync(300);
    let to = place.rig.folder().join("copy");
    let backup = place.rig.command(&["backup", to.to_str().unwrap()]);
    let size = place.state().metadata().unwrap().len();
    for room in [40 * 1024, size / 2, size - 4096] {
        ends(limited(room, &backup), &["cannot write the backup", to.to_str().unwrap(), "whether there is room"]);
        assert_eq!(in_the_folder(&place, "copy"), [] as [&str; 0]);
    }
    place.assert_at_rest();
    rig::expect(0, backup);
    restore(&place, &to);
    place.assert_at_rest();
}

/// Killed as soon as there is anything of the copy: under its own name there is nothing, or all of it.
#[test]
fn a_killed_copy_is_no_backup_and_hinders_no_other() {
    let place = Place::in_sync(1000);
    for number in 0..10 {
        let name = format!("copy{number}");
        let to = place.rig.folder().join(&name);
        let mut backup = place.rig.start(&["backup", to.to_str().unwrap()]);
        while backup.is_alive() && in_the_folder(&place, &name).is_empty() {}
        drop(backup);
        if to.exists() {
            assert!(Reader::open(&to).unwrap().status().unwrap().managed > 0);
        }
    }
    assert!(!in_the_folder(&place, "partial").is_empty(), "none was killed in the middle");
    let (copied, result) = copy(&place, "copy");
    result.unwrap();
    restore(&place, &copied);
    place.assert_at_rest();
}
