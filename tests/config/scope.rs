//! The scope and the actions: what they take, and what they refuse.

use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::scope::{Guests, Rules, Who};

use super::{GUID, Installation, said_of_sections};

fn rules(keys: &str) -> Rules {
    Installation::with(&format!("[scope]\n{keys}\n")).load().unwrap().offline.scope
}

#[test]
fn is_what_it_says() {
    let assigned = rules(&format!("who = \"assigned\"\napp_id = \" {} \"\nnested = false", GUID.to_uppercase()));
    assert_eq!((assigned.who, assigned.nested), (Who::Assigned { app_id: GUID.to_owned() }, false));
    let groups = rules("who = \"groups\"\ngroups = [\"Staff \"]\nguests = \"include\"");
    assert_eq!((groups.who, groups.guests), (Who::Groups(vec!["Staff".to_owned()]), Guests::Include));
    let dates = rules("hire_days_before = 0\nleave_at = \"08:30\"\ntime_zone = \"Europe/Berlin\"").dates;
    let printed = (dates.hire_days_before, dates.leave_at.map(|time| time.to_string()), dates.zone.iana_name());
    assert_eq!(printed, (Some(0), Some("08:30:00".to_owned()), Some("Europe/Berlin")));
}

#[test]
fn has_filters_in_entras_words() {
    let filters = rules(
        "[[scope.filters]]\ntitle = \"One\"\nclauses = [\n\
         { attribute = \"extensionAttribute1\", operator = \"is not null\" },\n\
         { attribute = \"manager.department\", operator = \"NotEquals\", value = \"Legal\" },\n\
         { attribute = \"employeeId\", operator = \"GREATER_THAN\", value = 5 },\n\
         { attribute = \"userType\", operator = \"REGEX MATCH\", value = \"em\", anchored = false }]\n\
         [[scope.filters]]\nclauses = [{ attribute = \"mail\", operator = \"&\", value = \"a; b\" }]",
    )
    .filters;
    let said: Vec<_> = filters
        .iter()
        .map(|filter| {
            let clauses: Vec<_> = filter.clauses.iter().map(ToString::to_string).collect();
            format!("{}: {}", filter.title, clauses.join(" AND "))
        })
        .collect();
    assert_eq!(
        said,
        [
            "One: onPremisesExtensionAttributes.extensionAttribute1 IS NOT NULL AND manager.department NOT EQUALS \
             \"Legal\" AND employeeId Greater_Than \"5\" AND userType REGEX MATCH \"em\"",
            "filter 2: mail & \"a, b\"",
        ]
    );
}

#[test]
fn that_cannot_be_is_refused() {
    let clause = |clause: &str| format!("[[scope.filters]]\nclauses = [{{ {clause} }}]");
    for (keys, reason) in [
        ("who = \"assigned\"".to_owned(), "scope.app_id: is missing; copy the Application ID"),
        ("who = \"assigned\"\napp_id = \"jostle\"".to_owned(), "app_id: is not a GUID"),
        (format!("app_id = \"{GUID}\""), "app_id: has no effect without who = \"assigned\""),
        ("who = \"groups\"".to_owned(), "scope.groups: is missing; write the names"),
        ("who = \"groups\"\ngroups = []".to_owned(), "groups: is empty, so nobody would be in scope"),
        ("groups = [\"Staff\"]".to_owned(), "groups: has no effect without who = \"groups\""),
        ("leave_at = \"25:00\"".to_owned(), "leave_at: is \"25:00\"; write a time of day like \"18:00\""),
        ("time_zone = \"CEST\"".to_owned(), "time_zone: is \"CEST\"; write a name like \"Europe/Berlin\""),
        ("[[scope.filters]]\ntitle = \"a\"".to_owned(), "scope.filters 1.clauses: is missing; write at least one"),
        ("[[scope.filters]]\nclauses = []".to_owned(), "clauses: is empty, so everybody would pass"),
        ("filters = [1]".to_owned(), "scope.filters 1: must be a section; write it as [[scope.filters]]"),
        (clause("attribute = \"mail\""), "scope.filters 1.clauses 1.operator: is missing"),
        (clause("attribute = \"mail\", operator = \"EQUALS\""), "value: EQUALS needs a value"),
        (clause("attribute = \"mail\", operator = \"IS NULL\", value = \"a\""), "value: IS NULL compares with nothing"),
        (
            clause("attribute = \"mail\", operator = \"IsMemberOf\""),
            "operator: is \"IsMemberOf\"; write one of EQUALS,",
        ),
        (
            clause("attribute = \"jobtitle\", operator = \"IS NULL\""),
            "attribute: is \"jobtitle\", which Graph does not",
        ),
        (clause("attribute = \"manager\", operator = \"IS NULL\""), "attribute: manager is a person"),
        (clause("attribute = \"manager.jobtitle\", operator = \"IS NULL\""), "did you mean jobTitle?"),
        (
            clause("attribute = \"IsSoftDeleted\", operator = \"IS FALSE\""),
            "attribute: is IsSoftDeleted, which follows",
        ),
        (
            clause("attribute = \"mail\", operator = \"REGEX MATCH\", value = \"(\""),
            "value: is a regular expression that is not supported",
        ),
        (clause("attribute = \"mail\", operator = \"EQUALS\", value = \"a\", anchored = true"), "anchored: belongs to"),
        (
            clause("attribute = \"mail\", operator = \"EQUALS\", valeu = \"a\""),
            "valeu: is not a known key; did you mean value?",
        ),
    ] {
        let said = said_of_sections(&format!("[scope]\n{keys}\n"));
        assert!(said.contains(reason), "{keys}: {said}");
    }
}

#[test]
fn has_an_expression_whose_errors_show_the_place() {
    let filter = rules("filter = 'MemberOf(\"Staff\")'").filter.unwrap();
    assert_eq!(filter.groups().into_iter().collect::<Vec<_>>(), ["Staff"]);
    let said = said_of_sections("[scope]\nfilter = 'Nott([mail])'\n");
    assert!(said.contains("scope.filter: ") && said.contains("\n    Nott([mail])\n    ^"), "{said}");
    let said = said_of_sections("[scope]\nfilter = '[IsSoftDeleted]'\n");
    assert!(said.contains("scope.filter: reads [IsSoftDeleted], which is IsSoftDeleted"), "{said}");
    let said = said_of_sections("[scope]\nfilter = '[manager.jobtitle]'\n");
    assert!(said.contains("reads [manager.jobtitle], which is \"jobtitle\""), "{said}");
}

#[test]
fn actions_can_be_switched_off_and_a_deletion_has_days() {
    let actions = |keys: &str| Installation::with(&format!("[actions]\n{keys}\n")).load().unwrap().offline.actions;
    let off = actions("create = false\nupdate = true\nreactivate = false\ngrace_days = 14");
    assert_eq!(off.switched_off, [Operation::Create, Operation::Reactivate].into());
    assert_eq!((off.grace_days, off.delete), (14, Delete::Never));
    assert_eq!(actions("delete = \"never\"").delete, Delete::Never);
    assert_eq!(actions("[actions.delete]\nafter_days = 1").delete, Delete::AfterDays(1));
    for (keys, reason) in [
        ("delete_after_days = 90", "delete_after_days: has another form: write delete = { after_days = … }"),
        ("delete = 90", "delete: must be \"never\" or { after_days = 90 }"),
        ("delete = \"always\"", "delete: must be \"never\" or { after_days = 90 }"),
        ("delete = {}", "actions.delete.after_days: is missing"),
        ("delete = { days = 9 }", "actions.delete.days: is not a known key; known here: after_days"),
        ("grace_days = 7\nout_of_scope = \"keep\"", "grace_days: has no effect"),
    ] {
        let said = said_of_sections(&format!("[actions]\n{keys}\n"));
        assert!(said.contains(reason), "{keys}: {said}");
    }
}
