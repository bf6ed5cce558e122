//! The final check: after the kills, whatever they met, both sides are as they must be.

use std::collections::{BTreeMap, BTreeSet};

use entra_jostle_sync::store::{LogEntry, LogQuery, Reader, Status};
use serde_json::Value;

use super::company::{Company, PROTECTED};
use super::moment::Moment;
use super::victim::Ended;

/// Cycles within which everything is settled once nobody is killed and nothing fails any more.
const CYCLES: usize = 3;

impl Company {
    /// Lets the program come to rest and looks at everything.
    pub(crate) fn check(&mut self) {
        self.come_to_rest();
        self.assert_accounts();
        self.assert_state();
        self.assert_log(&self.unmanaged());
    }

    fn state(&self) -> Reader {
        Reader::open(&self.rig.folder().join("state.db")).expect("the state")
    }

    fn status(&self) -> Status {
        self.state().status().expect("a status")
    }

    pub(crate) fn log(&self) -> Vec<LogEntry> {
        self.state().log(&LogQuery { entra_id: None, limit: 1_000_000 }).expect("the log")
    }

    /// A few undisturbed cycles. Whoever failed under a fault is changed, since that brings them back at once.
    fn come_to_rest(&mut self) {
        self.rig.faults(Vec::new());
        for cycle in 0..CYCLES {
            let ended = self.run(&["sync"], Moment::Never);
            // 7: the one who wants the name of the protected account fails, and then waits.
            assert!(matches!(ended, Ended::Itself(0 | 7)), "cycle {cycle}: {ended:?}");
            for waiting in self.status().waiting {
                if waiting.user_name != PROTECTED {
                    let number = self.rng.u32(..);
                    self.call(waiting.entra_id.as_str(), &format!("Mended {number}"));
                }
            }
        }
        self.rig.sim.clear_requests();
        self.run(&["sync"], Moment::Never);
        assert_eq!(self.rig.writes(), Vec::<String>::new(), "the next cycle has nothing to write");
    }

    /// Handmade accounts that the log does not tell to be somebody's.
    pub(crate) fn unmanaged(&self) -> BTreeMap<String, Value> {
        let mut handmade = self.handmade.clone();
        for entry in self.log().into_iter().filter(|entry| entry.status == "success") {
            handmade.remove(entry.target_id.expect("an account").as_str());
        }
        handmade
    }

    /// One account each, as desired, and those that are nobody's business as they were.
    fn assert_accounts(&self) {
        let employees = self.rig.employees();
        let mut owners = BTreeSet::new();
        let mut untouched = self.unmanaged();
        for account in self.rig.sim.jostle().users_json() {
            let (id, name) = (text(&account, "/id"), text(&account, "/userName").to_lowercase());
            if let Some(left) = untouched.remove(&id) {
                assert_eq!(account, left, "an unmanaged account was touched");
                continue;
            }
            let owner = self.names.get(&name).unwrap_or_else(|| panic!("nobody ever had the name {name}"));
            assert!(owners.insert(owner.clone()), "{name} has two accounts");
            assert!(!self.removed.contains(owner), "{name} has an account again that an administrator deleted");
            let user = self.rig.sim.graph().user(owner);
            let current = user.as_ref().map(|user| text(user, "/userPrincipalName").to_lowercase());
            match user.filter(|_| current.is_some_and(|current| employees.contains(&current))) {
                Some(user) => assert_equal(&user, &account),
                None => assert_eq!(account["active"], false, "{name} left and has an active account"),
            }
        }
        assert_eq!(untouched.keys().collect::<Vec<_>>(), Vec::<&String>::new(), "unmanaged accounts are gone");
        for name in employees.iter().filter(|name| *name != PROTECTED) {
            let owner = &self.names[name];
            assert!(owners.contains(owner) || self.removed.contains(owner), "{name} was lost");
        }
    }

    /// Nothing is under way, nobody waits but the one who must, and the next plan is empty.
    fn assert_state(&self) {
        let status = self.status();
        assert_eq!(status.open_intents, 0, "writes are in doubt");
        let running: Vec<_> = status.cycles.iter().filter(|cycle| cycle.result.is_none()).collect();
        assert!(running.is_empty(), "cycles look as if they ran: {running:?}");
        let waiting: Vec<_> = status.waiting.iter().map(|waiting| waiting.user_name.as_str()).collect();
        assert_eq!(waiting, [PROTECTED]);
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}

/// The account has everything that the mapping gives for this user.
fn assert_equal(user: &Value, account: &Value) {
    let pairs = [
        ("/userPrincipalName", "/userName"),
        ("/givenName", "/name/givenName"),
        ("/surname", "/name/familyName"),
        ("/jobTitle", "/title"),
    ];
    for (source, target) in pairs {
        assert_eq!(text(account, target), text(user, source), "{source}: {account}");
    }
    assert_eq!(text(account, "/emails/0/value"), text(user, "/mail"), "{account}");
    assert_eq!(account["active"], true, "{account}");
}
