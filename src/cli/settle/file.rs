//! Files with decisions about whose an account is, a line each.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, anyhow};

use super::super::exit::Failure;
use super::super::wrap;
use crate::model::{HoldClass, MatchChoice, TargetId, Verdict};
use crate::store::{Chosen, HeldPerson, Reader, Waiting};

const HEAD: &str = "\
# Whose account is it? Take the # off one line of each person, then hand this
# file to: entra-jostle-sync settle FILE
#   link USER JOSTLE_ID   this account is the person's, whatever its userName
#   create USER           the person gets a new account
#   ignore USER           the person gets none
";

/// What stands where an id is to be written.
const PLACE: &str = "JOSTLE_ID";

/// What a file says: the number of each line, for whom, and what.
pub(super) fn read(path: &Path) -> Result<Vec<(usize, String, MatchChoice)>, Failure> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<_> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let (user, choice) = match words.as_slice() {
            [] => continue,
            ["link", _, PLACE] => {
                return Err(at(path, number, &format!("write the account's id in the place of {PLACE}")));
            }
            ["link", user, id] => (user, MatchChoice::Link { jostle_id: TargetId::new(*id) }),
            ["create", user] => (user, MatchChoice::Create),
            ["ignore", user] => (user, MatchChoice::Ignore),
            _ => {
                let what = "write link USER JOSTLE_ID, create USER, or ignore USER";
                return Err(at(path, number, &what));
            }
        };
        lines.push((number, (*user).to_owned(), choice));
    }
    match lines.is_empty() {
        true => Err(anyhow!("{} decides nothing: every line is empty or commented out", path.display()).into()),
        false => Ok(lines),
    }
}

/// A line that cannot be used. Nothing of the file is.
pub(super) fn at(path: &Path, number: usize, why: &dyn std::fmt::Display) -> Failure {
    anyhow!("{}, line {number}: {why}; nothing was decided", path.display()).into()
}

/// Two decisions about one person are none.
pub(super) fn refuse_twice(path: &Path, chosen: &[Chosen]) -> Result<(), Failure> {
    let mut known = BTreeSet::new();
    match chosen.iter().find(|one| !known.insert(&one.entra_id)) {
        Some(Chosen { entra_id, .. }) => {
            let file = path.display();
            Err(anyhow!("{file}: two lines are about the Entra user {entra_id}; nothing was decided").into())
        }
        None => Ok(()),
    }
}

/// Writes a file of everybody whose account is doubtful; says how many they are.
pub(super) fn write(reader: &Reader, path: &Path) -> Result<usize, Failure> {
    let mut held = Vec::new();
    for hold in reader.holds()?.into_iter().filter(|hold| hold.class == HoldClass::Match) {
        held.extend(reader.held(hold.id.number)?);
    }
    held.retain(|person| person.held.verdict == Verdict::Open);
    let conflicts: Vec<_> = reader.status()?.waiting.into_iter().filter(Waiting::is_conflict).collect();
    let text = HEAD.to_owned()
        + &held.iter().map(of_held).collect::<String>()
        + &conflicts.iter().map(of_conflict).collect::<String>();
    let context = || format!("cannot write {}: name a file that is not there yet", path.display());
    let file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).with_context(context)?;
    (&file).write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(context)?;
    Ok(held.len() + conflicts.len())
}

fn of_held(HeldPerson { user_name, held, reason, .. }: &HeldPerson) -> String {
    let mut text = remark(user_name, reason);
    let first = match &held.target_id {
        Some(id) => format!("# link {user_name} {id}\n"),
        None => format!("# create {user_name}\n# link {user_name} JOSTLE_ID\n"),
    };
    let _infallible = writeln!(text, "{first}# ignore {user_name}");
    text
}

fn of_conflict(Waiting { user_name, retry, .. }: &Waiting) -> String {
    format!("{}# link {user_name} JOSTLE_ID\n# ignore {user_name}\n", remark(user_name, &retry.message))
}

/// What is asked about a person.
fn remark(user_name: &str, reason: &str) -> String {
    let lines = wrap::lines(&format!("{user_name}: {reason}"), wrap::WIDTH - 2);
    lines.iter().fold("\n".to_owned(), |text, line| text + "# " + line + "\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn read_text(text: &str) -> Result<Vec<(usize, String, MatchChoice)>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let failed = |failure: Failure| failure.to_string().replace(&file.path().display().to_string(), "FILE");
        read(file.path()).map_err(failed)
    }

    #[test]
    fn every_line_decides_for_one_person_and_the_rest_is_for_the_reader() {
        let lines = read_text("# all of it\n\nlink ann@x 17 # it is hers\n  ignore bob@x\ncreate cem@x\n").unwrap();
        let link = MatchChoice::Link { jostle_id: TargetId::new("17") };
        let expected = [(3, "ann@x", link), (4, "bob@x", MatchChoice::Ignore), (5, "cem@x", MatchChoice::Create)];
        assert_eq!(lines, expected.map(|(number, user, choice)| (number, user.to_owned(), choice)));
    }

    #[test]
    fn what_is_not_understood_decides_nothing() {
        for line in ["link ann@x", "unlink ann@x 17", "create", "ignore ann@x bob@x"] {
            let refused = read_text(&format!("create cem@x\n{line}\n")).unwrap_err();
            assert_eq!(
                refused,
                "FILE, line 2: write link USER JOSTLE_ID, create USER, or ignore USER; nothing was decided"
            );
        }
        assert!(read_text("# create ann@x\n").unwrap_err().contains("decides nothing"));
    }
}
