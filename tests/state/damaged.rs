//! A damaged file is refused before anything is asked of either side; a damaged log is passed over.

use std::fs::OpenOptions;
use std::path::Path;

use super::place::{Place, spoil};

const PEOPLE: usize = 60;
const PAGE: usize = 4096;

fn size(path: &Path) -> usize {
    usize::try_from(path.metadata().unwrap().len()).unwrap()
}

fn truncate(path: &Path, length: usize) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(length as u64).unwrap();
}

/// Refused as it is; a backup in its place works, and so does moving it away.
fn is_refused(damage: impl Fn(&Path)) {
    let place = Place::in_sync(PEOPLE);
    let (before, good) = (place.accounts(), std::fs::read(place.state()).unwrap());
    damage(&place.state());
    let damaged = std::fs::read(place.state()).unwrap();
    for command in [&["sync"][..], &["plan"], &["run"], &["--provision-on-demand", "nobody@corp.example"]] {
        place.refuses(command, &["the state file", "restore a backup, or move the file away to start anew"]);
    }
    assert_eq!(std::fs::read(place.state()).unwrap(), damaged, "left as it is, for whoever can mend it");

    std::fs::rename(place.state(), place.folder().join("damaged")).unwrap();
    place.rig.expect(0, &["sync"]);
    assert_eq!(place.rig.writes(), [] as [&str; 0]);
    assert_eq!(place.accounts(), before);

    std::fs::write(place.state(), good).unwrap();
    place.assert_at_rest();
    assert_eq!(place.accounts(), before);
}

#[test]
fn a_header_that_is_none() {
    is_refused(|file| spoil(file, 0, 100));
}

#[test]
fn a_page_in_the_middle() {
    is_refused(|file| spoil(file, size(file) / 2 / PAGE * PAGE, PAGE));
}

#[test]
fn a_page_near_the_end() {
    is_refused(|file| spoil(file, size(file) - 2 * PAGE, PAGE));
}

#[test]
fn a_file_cut_short() {
    is_refused(|file| truncate(file, size(file) / 2 / PAGE * PAGE));
}

#[test]
fn a_file_cut_short_in_a_page() {
    is_refused(|file| truncate(file, size(file) - PAGE / 2));
}

/// What the log had is lost from where it is damaged: the state is an earlier one of itself, and whatever was done
/// since is found in Jostle.
fn is_passed_over(damage: impl Fn(&Path)) {
    let place = Place::killed(300, 100);
    assert!(size(&place.wal()) > 20 * PAGE, "the log has something to lose");
    damage(&place.wal());
    place.assert_mended();
}

#[test]
fn a_log_that_is_rubbish() {
    is_passed_over(|log| spoil(log, 0, size(log)));
}

#[test]
fn a_log_with_rubbish_in_the_middle() {
    is_passed_over(|log| spoil(log, size(log) / 2, PAGE));
}

#[test]
fn a_log_cut_short_in_a_frame() {
    is_passed_over(|log| truncate(log, size(log) / 2 + 1000));
}

#[test]
fn a_log_that_is_gone() {
    is_passed_over(|log| std::fs::remove_file(log).unwrap());
}
