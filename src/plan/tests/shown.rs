//! What an account shows, and what of it is news.

use super::drift::{TITLE, lines, under};
use super::*;
use crate::mapping::OnDrift;
use crate::model::{Drift, Treatment};

/// A flag of an extension that everybody gets.
const FLAG: &str = "urn:ietf:params:scim:schemas:extension:x:2.0:User:listed";

fn flag(flag: bool) -> TargetValue {
    TargetValue::Flag(flag)
}

#[test]
fn what_is_shown_is_read_row_by_row_and_active_whatever_its_form() {
    for (active, expected) in [
        (json!(false), Some(flag(false))),
        (json!("False"), Some(flag(false))),
        (json!("True"), Some(flag(true))),
        (json!(null), None),
    ] {
        let resource = json!({"userName": "ann@x.example", "title": "", "locale": "de", "active": active});
        let account = Account { id: TargetId::new("j1"), user_name: String::new(), resource };
        let expected = expected.map(|value| (TargetPath::active(), value));
        let expected = expected.into_iter().chain([(TargetPath::user_name(), text("ann@x.example"))]).collect();
        assert_eq!(shown_values(&mapping(), &account), expected, "{active}");
    }
}

#[test]
fn whatever_is_to_be_remembered_or_said_is_not_quiet() {
    let before = link(true);
    let quiet = || Drifted { link: link(true), drift: Vec::new(), is_due: false, is_unwelcome: false };
    assert!(quiet().is_quiet(&before));
    let drift = Drift { attribute: path(TITLE), expected: None, shown: None, treatment: Treatment::Reported };
    for loud in [
        Drifted { link: link(false), ..quiet() },
        Drifted { drift: vec![drift], ..quiet() },
        Drifted { is_due: true, ..quiet() },
        Drifted { is_unwelcome: true, ..quiet() },
    ] {
        assert!(!loud.is_quiet(&before), "{loud:?}");
    }
}

/// Adopted in sync: there is nothing but what was seen to compare with.
#[test]
fn what_is_seen_again_in_another_case_or_another_form_of_a_flag_is_learnt_and_no_more() {
    for (attribute, seen, shown) in [
        ("userName", text("Ann@x.example"), text("ANN@X.example")),
        ("userName", text("Ann@x.example"), text("Ann@x.example")),
        ("active", text("True"), flag(true)),
        (FLAG, text("TRUE"), flag(true)),
        (FLAG, flag(true), text("True")),
    ] {
        let mut case = under(OnDrift::Repair, "Boss");
        let listed = Row { drift: OnDrift::Repair, ..Row::new(path(FLAG), Source::Constant(flag(true))) };
        let rows = case.policy.mapping.rows().iter().cloned().chain([listed]);
        case.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
        let link = case.link.as_mut().expect("a link");
        (link.sent, link.origin) = (Values::new(), LinkOrigin::Adopted);
        link.seen.insert(path(attribute), seen);
        let found = case.drifted(&case.showing(attribute, Some(shown.clone())), &[]);
        assert_eq!((lines(&found), found.is_due), (Vec::new(), false), "{attribute} {shown}");
        assert_eq!(found.link.seen.get(&path(attribute)), Some(&shown));
        assert_eq!(found.link.sent, Values::new());
    }
}

#[test]
fn an_account_is_unwelcome_if_somebody_switched_it_on_who_should_have_none() {
    let chief = || Some(text("Chief"));
    for (enabled, was, attribute, shows, unwelcome) in [
        (false, false, "active", Some(flag(true)), true),
        (true, false, "active", Some(flag(true)), false),
        (false, true, "active", Some(flag(false)), false),
        (false, true, "active", Some(flag(true)), false),
        (false, true, TITLE, chief(), false),
        (false, false, TITLE, chief(), false),
    ] {
        let mut case = under(OnDrift::Report, "Boss");
        case.user.attributes.insert("accountEnabled".to_owned(), enabled.into());
        let link = case.link.as_mut().expect("a link");
        for values in [&mut link.sent, &mut link.seen] {
            values.insert(TargetPath::active(), flag(was));
        }
        let found = case.drifted(&case.showing(attribute, shows.clone()), &[]);
        assert_eq!(found.is_unwelcome, unwelcome, "{enabled} {was} {attribute} {shows:?}: {:?}", lines(&found));
    }
}
