//! What is drift, what is another form of what was sent, and what comes of each.

use super::*;
use crate::mapping::OnDrift;
use crate::model::{Drift, Treatment};

pub(super) const TITLE: &str = "title";
const PHONE: &str = "phoneNumbers[type eq \"workmobilephone\"].value";

/// Ann with a title and a telephone number in Entra, under this policy for everything.
pub(super) fn under(drift: OnDrift, title: &str) -> Case {
    let phone = Row { empty: WhenEmpty::Clear, ..Row::direct(path(PHONE), "mobilePhone") };
    let rows = mapping().into_iter().chain([phone]).map(|row| Row { drift, ..row }).collect();
    let mut case = case(ann(json!({"jobTitle": title, "mobilePhone": "+49 (30) 123-456"})), Some(link(true)));
    case.policy.mapping = Mapping::new(rows).expect("a mapping");
    let link = case.link.as_mut().expect("a link");
    link.sent.insert(path(TITLE), text("Boss"));
    link.sent.insert(path(PHONE), text("+49 (30) 123-456"));
    link.seen = link.sent.clone();
    case
}

impl Case {
    pub(super) fn drifted(&self, shown: &Values, before: &[Drift]) -> Drifted {
        let person = Person {
            user: &self.user,
            manager: None,
            deleted_at: self.deleted_at,
            link: self.link.as_ref(),
            left_at: self.left_at,
            choice: None,
        };
        let situation = Situation { policy: &self.policy, memberships: &self.memberships, now: self.now };
        drifted(person, situation, shown, before).expect("an account")
    }

    /// What the account shows: what was seen of it, but with this value.
    pub(super) fn showing(&self, attribute: &str, value: Option<TargetValue>) -> Values {
        let mut shown = self.link.as_ref().expect("a link").seen.clone();
        match value {
            Some(value) => shown.insert(path(attribute), value),
            None => shown.remove(&path(attribute)),
        };
        shown
    }

    /// What is planned with another link.
    fn planned(&self, link: Link) -> String {
        let case = Case { user: self.user.clone(), policy: self.policy.clone(), ..case(ann(json!({})), Some(link)) };
        match case.decided(Matching::NotAsked).decision {
            Decision::Do(operation) => {
                let changes: Vec<_> = operation.changes.iter().map(ToString::to_string).collect();
                format!("{}: {}", operation.operation, changes.join(", "))
            }
            other => format!("{other:?}"),
        }
    }
}

pub(super) fn lines(drifted: &Drifted) -> Vec<String> {
    let show = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    let line = |d: &Drift| format!("{}: {} -> {}, {:?}", d.attribute, show(&d.expected), show(&d.shown), d.treatment);
    drifted.drift.iter().map(line).collect()
}

#[test]
fn what_is_as_it_was_seen_is_no_drift_whatever_was_sent() {
    let mut case = under(OnDrift::Repair, "Boss");
    case.link.as_mut().expect("a link").seen.insert(path(TITLE), text("Cut by Jos"));
    let shown = case.showing(TITLE, Some(text("Cut by Jos")));
    assert!(case.drifted(&shown, &[]).is_quiet(case.link.as_ref().expect("a link")));
}

/// (what is shown, whether it is another form of "Boss Of  All" or of the number)
#[test]
fn another_form_of_what_was_sent_is_remembered_and_nothing_else_comes_of_it() {
    for (attribute, sent, shown, is_form) in [
        (TITLE, "Boss Of  All", "boss of all ", true),
        (TITLE, "Boss Of  All", "Boss of", false),
        (TITLE, "1234", "12-34", false),
        (PHONE, "+49 (30) 123-456", "004930123456", false),
        (PHONE, "+49 (30) 123-456", "4930 123456", true),
        (PHONE, "+49 (30) 123-456", "+49 30 123457", false),
        (PHONE, "+49 (30) 123-456", "+49 30 123456 ext", false),
    ] {
        for seen in [None, Some(text("raw"))] {
            let mut case = under(OnDrift::Repair, "Boss Of  All");
            let link = case.link.as_mut().expect("a link");
            link.sent.insert(path(attribute), text(sent));
            link.seen.remove(&path(attribute));
            link.seen.extend(seen.map(|seen| (path(attribute), seen)));
            let found = case.drifted(&case.showing(attribute, Some(text(shown))), &[]);
            assert_eq!(found.drift.is_empty(), is_form, "{sent} and {shown}: {:?}", lines(&found));
            if is_form {
                assert_eq!(found.link.seen.get(&path(attribute)), Some(&text(shown)));
                assert!(!found.is_due && found.link.sent == case.link.as_ref().expect("a link").sent);
            }
        }
    }
}

#[test]
fn a_changed_value_is_reported_repaired_or_accepted_as_the_row_says() {
    for shown in [Some(text("Chief")), None] {
        let [reported, repaired, accepted] = [OnDrift::Report, OnDrift::Repair, OnDrift::Accept].map(|policy| {
            let case = under(policy, "Boss");
            let found = case.drifted(&case.showing(TITLE, shown.clone()), &[]);
            assert_eq!(found.drift.len(), 1);
            (case.planned(found.link.clone()), found, case)
        });
        let nothing = "Skip(NothingToChange)";
        assert_eq!((reported.0.as_str(), reported.1.is_due), (nothing, false));
        assert_eq!(Some(&reported.1.link), reported.2.link.as_ref());
        let old = shown.as_ref().map_or("(none)".to_owned(), ToString::to_string);
        assert_eq!((repaired.0, repaired.1.is_due), (format!("update: title: {old} => \"Boss\""), true));
        assert_eq!((accepted.0.as_str(), accepted.1.is_due), (nothing, false));
        let later = under(OnDrift::Accept, "President");
        let planned = later.planned(accepted.1.link.clone());
        assert_eq!(planned, "update: title: \"Boss\" => \"President\"", "until Entra's value changes");
        let again = Case { link: Some(accepted.1.link.clone()), ..under(OnDrift::Accept, "Boss") };
        let second = again.drifted(&again.showing(TITLE, shown.clone()), &accepted.1.drift);
        assert_eq!(Some(&second.link), again.link.as_ref());
        assert_eq!(second.drift.is_empty(), shown.is_some(), "what is accepted is found once, if it can be seen");
        assert!(second.drift.iter().all(|drift| accepted.1.drift.contains(drift)), "{:?}", lines(&second));
    }
}

/// Adopted in sync: nothing was ever sent.
#[test]
fn what_was_never_sent_is_compared_with_what_was_seen() {
    for policy in [OnDrift::Report, OnDrift::Repair, OnDrift::Accept] {
        let mut case = under(policy, "Boss");
        case.link = case.link.map(|link| Link { sent: Values::new(), origin: LinkOrigin::Adopted, ..link });
        let found = case.drifted(&case.showing(TITLE, Some(text("Chief"))), &[]);
        assert_eq!(lines(&found).len(), 1);
        let planned = case.planned(found.link);
        let expected = match policy {
            OnDrift::Repair => "update: title: \"Chief\" => \"Boss\"",
            OnDrift::Report | OnDrift::Accept => "Skip(NothingToChange)",
        };
        assert_eq!(planned, expected, "{policy:?}");
    }
}

#[test]
fn a_value_from_before_the_adoption_is_cleared_where_the_row_clears() {
    let mut case = under(OnDrift::Report, "");
    for (origin, treatment) in [(LinkOrigin::Adopted, Treatment::Repaired), (LinkOrigin::Created, Treatment::Reported)]
    {
        let link = case.link.as_mut().expect("a link");
        link.origin = origin;
        for values in [&mut link.sent, &mut link.seen] {
            values.remove(&path(TITLE));
        }
        let found = case.drifted(&case.showing(TITLE, Some(text("Old"))), &[]);
        assert_eq!(found.drift[0].treatment, treatment);
        if origin == LinkOrigin::Adopted {
            assert_eq!(case.planned(found.link), "update: title: \"Old\" => (none)");
        }
    }
}

#[test]
fn a_value_that_belongs_to_jostle_is_not_compared() {
    let mut case = under(OnDrift::Repair, "Boss");
    case.user.attributes.remove("displayName");
    let link = case.link.as_mut().expect("a link");
    for own in ["nickName", "displayName"] {
        link.sent.insert(path(own), text("New"));
        link.seen.insert(path(own), text("New"));
    }
    for own in ["nickName", "displayName"] {
        let shown = case.showing(own, Some(text("her own")));
        assert!(case.drifted(&shown, &[]).is_quiet(case.link.as_ref().expect("a link")), "{own}");
    }
}

#[test]
fn what_comes_back_after_a_repair_is_reported_and_not_fought_over() {
    let case = under(OnDrift::Repair, "Boss");
    let shown = case.showing(TITLE, Some(text("Chief")));
    let first = case.drifted(&shown, &[]);
    assert_eq!(lines(&first), ["title: \"Boss\" -> \"Chief\", Repaired"]);
    let second = case.drifted(&shown, &first.drift);
    assert_eq!(lines(&second), ["title: \"Boss\" -> \"Chief\", InVain"]);
    assert_eq!((Some(&second.link), second.is_due), (case.link.as_ref(), false));
    assert_eq!(lines(&case.drifted(&shown, &second.drift)), lines(&second));
    let other = case.showing(TITLE, Some(text("Captain")));
    assert_eq!(lines(&case.drifted(&other, &second.drift)), ["title: \"Boss\" -> \"Captain\", Repaired"]);
}

#[test]
fn what_the_planner_would_not_write_is_reported() {
    let mut case = under(OnDrift::Repair, "Boss");
    case.policy.actions.switched_off = [Operation::Update].into();
    let found = case.drifted(&case.showing(TITLE, Some(text("Chief"))), &[]);
    assert_eq!(lines(&found), ["title: \"Boss\" -> \"Chief\", Reported"]);
    assert_eq!((Some(&found.link), found.is_due), (case.link.as_ref(), false));
}

#[test]
fn what_jostle_has_by_itself_as_it_should_be_is_settled() {
    let case = under(OnDrift::Report, "Chief");
    let found = case.drifted(&case.showing(TITLE, Some(text("Chief"))), &[]);
    assert_eq!((lines(&found).len(), found.is_due), (0, true));
    assert_eq!(case.planned(found.link), "Skip(NothingToChange)");
}

#[test]
fn an_account_that_was_switched_by_hand_is_switched_back_only_if_that_is_configured() {
    for (should, policy, planned, unwelcome) in [
        (true, OnDrift::Report, "Skip(NothingToChange)", false),
        (true, OnDrift::Repair, "reactivate: active: false => true", false),
        (false, OnDrift::Report, "Skip(AlreadyInactive)", true),
        (false, OnDrift::Repair, "deactivate: active: true => false", true),
    ] {
        let mut case = under(policy, "Boss");
        case.user.attributes.insert("accountEnabled".to_owned(), should.into());
        let link = case.link.as_mut().expect("a link");
        for values in [&mut link.sent, &mut link.seen] {
            values.insert(TargetPath::active(), TargetValue::Flag(should));
        }
        let shown = case.showing("active", Some(TargetValue::Flag(!should)));
        let found = case.drifted(&shown, &[]);
        assert_eq!((found.drift.len(), found.is_unwelcome), (1, unwelcome));
        assert_eq!(case.planned(found.link.clone()), planned);
        let again = case.drifted(&shown, &found.drift).drift[0].treatment;
        let is_fought = policy == OnDrift::Repair && unwelcome;
        assert_eq!(again == Treatment::Repaired, is_fought, "nobody who left gets in by insisting");
        assert!(case.drifted(&case.showing("active", None), &[]).drift.is_empty(), "it is not shown");
    }
}

/// Whoever was invited and has not signed in yet may read as inactive; that they do now is no drift.
#[test]
fn an_account_that_shows_at_last_what_was_sent_has_not_drifted() {
    let mut case = under(OnDrift::Repair, "Boss");
    case.link.as_mut().expect("a link").seen.insert(TargetPath::active(), TargetValue::Flag(false));
    let found = case.drifted(&case.showing("active", Some(TargetValue::Flag(true))), &[]);
    assert!(found.drift.is_empty() && !found.is_due);
    assert_eq!(found.link.seen.get(&TargetPath::active()), Some(&TargetValue::Flag(true)));
}

#[test]
fn a_protected_account_is_not_compared() {
    let mut case = under(OnDrift::Repair, "Boss");
    case.policy.protected.ids = [TargetId::new("j1")].into();
    let person = Person {
        user: &case.user,
        manager: None,
        deleted_at: None,
        link: case.link.as_ref(),
        left_at: None,
        choice: None,
    };
    let situation = Situation { policy: &case.policy, memberships: &case.memberships, now: case.now };
    assert_eq!(drifted(person, situation, &Values::new(), &[]), None);
}

/// What a server makes of a text.
#[derive(Clone, Copy, Debug)]
enum Makes {
    Trims,
    Lowers,
    Collapses,
    Regroups,
    Cuts,
    Drops,
    Quotes,
}

/// What the answer to a write shows.
#[derive(Clone, Copy, Debug)]
enum Shows {
    WhatIsStored,
    WhatWasSent,
    Nothing,
}

fn stored(makes: &[Makes], sent: &str) -> Option<String> {
    makes.iter().try_fold(sent.to_owned(), |value, make| {
        let made = match make {
            Makes::Trims => value.trim().to_owned(),
            Makes::Lowers => value.to_lowercase(),
            Makes::Collapses => value.split_whitespace().collect::<Vec<_>>().join(" "),
            Makes::Regroups => value.replace(['-', ' '], "."),
            Makes::Cuts => value.chars().take(4).collect(),
            Makes::Drops => String::new(),
            Makes::Quotes => format!("'{value}'"),
        };
        (!made.is_empty()).then_some(made)
    })
}

proptest! {
    /// However it stores a value, and whatever its answers show of it: two reconciliations later there is nothing to write.
    #[test]
    fn a_server_that_makes_something_else_of_every_value_is_not_written_again_and_again(
        makes in prop::collection::vec(prop::sample::select(vec![
            Makes::Trims, Makes::Lowers, Makes::Collapses, Makes::Regroups, Makes::Cuts, Makes::Drops, Makes::Quotes,
        ]), 0..3),
        shows in prop::sample::select(vec![Shows::WhatIsStored, Shows::WhatWasSent, Shows::Nothing]),
        policy in prop::sample::select(vec![OnDrift::Report, OnDrift::Repair, OnDrift::Accept]),
        value in prop::sample::select(vec!["Boss", "The  Boss of All", "+49 (30) 123-456", "a\u{a0}B", "2024-01-02"]),
        adopted in any::<bool>(),
    ) {
        let mut case = under(policy, value);
        let title = path(TITLE);
        let write = |link: &mut Link| {
            link.sent.insert(title.clone(), text(value));
            let seen = match shows {
                Shows::WhatIsStored => stored(&makes, value),
                Shows::WhatWasSent => Some(value.to_owned()),
                Shows::Nothing => None,
            };
            link.seen.remove(&title);
            link.seen.extend(seen.map(|seen| (title.clone(), text(&seen))));
        };
        let link = case.link.as_mut().expect("a link");
        write(link);
        if adopted {
            link.origin = LinkOrigin::Adopted;
        }
        let (mut before, mut writes) = (Vec::new(), 0);
        for _ in 0..5 {
            let shown = case.showing(TITLE, stored(&makes, value).map(|stored| text(&stored)));
            let found = case.drifted(&shown, &before);
            before.clone_from(&found.drift);
            let planned = case.planned(found.link.clone());
            let link = case.link.insert(found.link);
            if planned.contains(TITLE) {
                writes += 1;
                write(link);
            } else {
                prop_assert_eq!(&planned, "Skip(NothingToChange)");
            }
        }
        prop_assert!(writes <= 1, "written {} times", writes);
        prop_assert!(writes == 0 || policy == OnDrift::Repair);
    }
}
