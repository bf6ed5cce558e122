//! Where a person stands before it is looked at which account they have.

use super::*;
use crate::model::Subject;

#[test]
fn whoever_is_deleted_or_blocked_or_out_is_out_and_of_whom_nothing_can_be_said_is_neither() {
    let blocked = || json!({"accountEnabled": false});
    let dated = |hired: &str| json!({ "employeeHireDate": hired });
    let rules = Rules { dates: Dates { hire_days_before: Some(0), ..Dates::default() }, ..Rules::default() };
    for (presence, attributes, in_scope, says) in [
        (Presence::Live, json!({}), Some(true), "in scope: everybody is (scope.who), and nothing excludes this person"),
        (Presence::Live, json!({"accountEnabled": null}), Some(true), "in scope: everybody is"),
        (Presence::Live, blocked(), Some(false), "out of scope: sign-in is blocked"),
        (Presence::Live, json!({"userType": "Guest"}), Some(false), "out of scope: guests are excluded (scope.guests)"),
        (Presence::SoftDeleted, blocked(), Some(false), "out of scope: deleted"),
        (Presence::HardDeleted, json!({}), Some(false), "out of scope: deleted"),
        (Presence::Live, dated("1971-01-01"), Some(false), "out of scope: not hired yet"),
        (Presence::Live, dated("soon"), None, "employeeHireDate is \"soon\", which is no date"),
    ] {
        let user = SourceUser { presence, ..ann(attributes) };
        let standing = standing(&Subject::alone(&user), &Memberships::default(), &rules, NOW);
        assert!(standing.to_string().starts_with(says), "{standing}");
        assert_eq!((standing.is_in_scope(), standing.is_soft_deleted()), (in_scope, in_scope == Some(false)), "{says}");
    }
}
