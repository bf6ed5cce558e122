//! The table of rows: checked once when it is made, evaluated for one person at a time.

use std::collections::BTreeSet;

use super::expression::Moment;
use super::{PersonError, Row, RowTrace, Source, TableError, When, WhenEmpty};
use crate::model::{DesiredUser, SourcePath, Subject, TargetPath, fold};

/// A checked mapping: one row a target, `userName` and `active` among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    rows: Vec<Row>,
}

impl Mapping {
    /// Checks the rows and takes them; every problem at once.
    pub fn new(rows: Vec<Row>) -> Result<Self, Vec<TableError>> {
        let problems = problems(&rows);
        if problems.is_empty() { Ok(Self { rows }) } else { Err(problems) }
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What `$select` must name: the Graph properties that the rows read, without the members of complex ones, those of
    /// the manager too, and `manager` itself where one is.
    pub fn source_properties(&self) -> BTreeSet<&str> {
        let mut properties: BTreeSet<&str> = self.paths().filter_map(SourcePath::property).collect();
        if self.reads_manager() {
            properties.insert("manager");
        }
        properties
    }

    /// Whether any row reads an attribute of the manager: then a change of the manager concerns the whole team.
    pub fn reads_manager(&self) -> bool {
        self.paths().any(SourcePath::is_managers)
    }

    /// The person's own properties that rows with `Redact` read: what is hidden must not be shown where it comes from.
    pub fn redacted_properties(&self) -> BTreeSet<&str> {
        let redacted = self.rows.iter().filter(|row| row.is_redacted());
        redacted.flat_map(Row::paths).filter(|path| !path.is_managers()).filter_map(SourcePath::property).collect()
    }

    fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        self.rows.iter().flat_map(Row::paths)
    }

    /// The desired state of one person, `active` excepted; all that is wrong with the person at once.
    ///
    /// What is wrong with a row for new accounts alone stops nothing here: nothing would be written from it.
    /// [`Self::check_new`] finds it.
    pub fn evaluate<'m>(&'m self, subject: &Subject<'_>, moment: Moment) -> Result<DesiredUser<'m>, Vec<PersonError>> {
        let mut values = Vec::with_capacity(self.rows.len());
        let mut problems = Vec::new();
        for row in &self.rows {
            match row.outcome(subject, moment) {
                Ok(outcome) => values.extend(row.desired(outcome)),
                Err(problem) if row.when == When::Always => problems.push(*problem),
                Err(_) => {}
            }
        }
        if problems.is_empty() { Ok(DesiredUser { values }) } else { Err(problems) }
    }

    /// What stands in the way of a new account for a person: the problems of the rows for new accounts alone.
    pub fn check_new(&self, subject: &Subject<'_>, moment: Moment) -> Result<(), Vec<PersonError>> {
        let rows = self.rows.iter().filter(|row| row.when == When::Create);
        let problems: Vec<_> =
            rows.filter_map(|row| row.outcome(subject, moment).err()).map(|problem| *problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What every row does for one person, with every step on the way.
    pub fn trace(&self, subject: &Subject<'_>, moment: Moment) -> Vec<RowTrace> {
        self.rows.iter().map(|row| row.trace(subject, moment)).collect()
    }
}

fn problems(rows: &[Row]) -> Vec<TableError> {
    let mut problems = Vec::new();
    let mut targets = BTreeSet::new();
    for row in rows {
        if !targets.insert(fold(&row.target.to_string())) {
            problems.push(TableError::DuplicateTarget(row.target.clone()));
        }
        let is_active = row.target == TargetPath::active();
        match row.source == Source::Active {
            true if !is_active => problems.push(TableError::MisplacedActive(row.target.clone())),
            false if is_active => problems.push(TableError::ActiveSource),
            _ => {}
        }
        if row.target.is_user_name() && (row.empty == WhenEmpty::Clear || row.when == When::Create) {
            problems.push(TableError::UserNameRow);
        }
    }
    for (path, advice) in [
        (TargetPath::user_name(), "source = \"userPrincipalName\", by which people are matched"),
        (TargetPath::active(), "source = \"$active\", without which nobody is ever deactivated"),
    ] {
        if !targets.contains(&fold(&path.to_string())) {
            problems.push(TableError::MissingTarget(path, advice));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntraId, Presence, SourceUser, TargetValue};
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const MOMENT: Moment = Moment { now: Timestamp::UNIX_EPOCH, seed: 1 };

    fn row(target: &str, source: Source) -> Row {
        Row::new(target.parse().expect("a path"), source)
    }

    fn direct(target: &str, source: &str) -> Row {
        row(target, Source::Attribute(source.parse().expect("a source path")))
    }

    fn text(value: &str) -> TargetValue {
        TargetValue::Text(value.to_owned())
    }

    fn base() -> Vec<Row> {
        vec![direct("userName", "userPrincipalName"), row("active", Source::Active)]
    }

    fn with(rows: impl IntoIterator<Item = Row>) -> Mapping {
        Mapping::new(base().into_iter().chain(rows).collect()).expect("a mapping")
    }

    fn user(attributes: Value) -> SourceUser {
        let Value::Object(attributes) = attributes else { unreachable!("an object") };
        SourceUser { id: EntraId::new("1"), presence: Presence::Live, attributes }
    }

    /// What the mapping says of a target: its value, and `new` behind what only a new account gets.
    fn value_of(mapping: &Mapping, attributes: Value, target: &str) -> Option<String> {
        let user = user(attributes);
        let desired = mapping.evaluate(&Subject::alone(&user), MOMENT).expect("no problem");
        let found = desired.values.into_iter().find(|value| value.path.to_string() == target)?;
        let value = found.value.map_or_else(|| "cleared".to_owned(), |value| value.to_string());
        Some(if found.create_only { format!("{value} new") } else { value })
    }

    #[test]
    fn says_everything_that_is_wrong_with_a_table_at_once() {
        let rows = vec![
            direct("title", "jobTitle"),
            direct("TITLE", "department"),
            direct("active", "accountEnabled"),
            row("nickName", Source::Active),
        ];
        let problems = Mapping::new(rows).expect_err("a bad table");
        let kinds: Vec<_> =
            problems.iter().map(|p| format!("{p:?}").split(['(', ' ']).next().map(str::to_owned)).collect();
        let expected = ["DuplicateTarget", "ActiveSource", "MisplacedActive", "MissingTarget"];
        assert_eq!(kinds, expected.map(|kind| Some(kind.to_owned())));
        for wrong in [
            Row { when: When::Create, ..direct("userName", "userPrincipalName") },
            Row { empty: WhenEmpty::Clear, ..direct("userName", "userPrincipalName") },
        ] {
            let problems = Mapping::new(vec![wrong, row("active", Source::Active)]).expect_err("a bad table");
            assert_eq!(problems, [TableError::UserNameRow]);
        }
    }

    #[test]
    fn values_are_trimmed_and_only_the_first_of_several_is_taken() {
        let mapping = with([direct("title", "jobTitle"), direct("nickName", "businessPhones")]);
        let ann = json!({"userPrincipalName": "a@x", "jobTitle": " Boss ", "businessPhones": ["", "1", "2"]});
        assert_eq!(value_of(&mapping, ann.clone(), "title").as_deref(), Some("\"Boss\""));
        assert_eq!(value_of(&mapping, ann, "nickName").as_deref(), Some("\"1\""));
        assert_eq!(value_of(&mapping, json!({"userPrincipalName": "a@x", "jobTitle": "  "}), "title"), None);
    }

    #[test]
    fn members_of_complex_attributes_are_read_and_selected_by_their_first_name() {
        let mapping = with([direct("title", "employeeOrgData.costCenter"), direct("nickName", "extensionAttribute3")]);
        let ann = json!({
            "userPrincipalName": "a@x", "employeeOrgData": {"costCenter": "42"},
            "onPremisesExtensionAttributes": {"extensionAttribute3": "Annie"},
        });
        assert_eq!(value_of(&mapping, ann.clone(), "title").as_deref(), Some("\"42\""));
        assert_eq!(value_of(&mapping, ann, "nickName").as_deref(), Some("\"Annie\""));
        assert_eq!(value_of(&mapping, json!({"userPrincipalName": "a@x", "employeeOrgData": null}), "title"), None);
        let selected: Vec<_> = mapping.source_properties().into_iter().collect();
        assert_eq!(selected, ["employeeOrgData", "onPremisesExtensionAttributes", "userPrincipalName"]);
        assert!(!mapping.reads_manager());
    }

    #[test]
    fn what_is_the_managers_is_read_from_the_manager_and_selected_with_them() {
        let mapping = with([direct("title", "manager.mail"), direct("nickName", "objectId")]);
        assert!(mapping.reads_manager());
        let selected: Vec<_> = mapping.source_properties().into_iter().collect();
        assert_eq!(selected, ["mail", "manager", "userPrincipalName"]);
        let (ann, boss) = (user(json!({"userPrincipalName": "a@x"})), user(json!({"mail": "boss@x"})));
        let subject = Subject { manager: Some(&boss), ..Subject::alone(&ann) };
        let desired = mapping.evaluate(&subject, MOMENT).expect("no problem");
        let values: Vec<_> = desired.values.iter().map(|value| value.value.clone()).collect();
        assert_eq!(values, ["a@x", "boss@x", "1"].map(|value| Some(text(value))));
    }

    #[test]
    fn an_empty_source_is_kept_cleared_or_replaced_as_the_row_says() {
        let (keep, clear) = (WhenEmpty::Keep, WhenEmpty::Clear);
        let (new, always) = (WhenEmpty::DefaultOnCreate(text("None")), WhenEmpty::Default(text("None")));
        for (when, empty, of_none, of_boss) in [
            (When::Always, &keep, None, "\"Boss\""),
            (When::Always, &clear, Some("cleared"), "\"Boss\""),
            (When::Always, &new, Some("\"None\" new"), "\"Boss\""),
            (When::Always, &always, Some("\"None\""), "\"Boss\""),
            (When::Create, &keep, None, "\"Boss\" new"),
            (When::Create, &new, Some("\"None\" new"), "\"Boss\" new"),
        ] {
            let mapping = with([Row { when, empty: empty.clone(), ..direct("title", "jobTitle") }]);
            for nothing in [json!(null), json!(""), json!(" "), json!([]), json!({})] {
                let ann = json!({"userPrincipalName": "a@x", "jobTitle": nothing});
                assert_eq!(value_of(&mapping, ann, "title").as_deref(), of_none, "{when:?} {empty:?} {nothing}");
            }
            assert_eq!(value_of(&mapping, json!({"userPrincipalName": "a@x"}), "title").as_deref(), of_none);
            let boss = json!({"userPrincipalName": "a@x", "jobTitle": "Boss"});
            assert_eq!(value_of(&mapping, boss, "title").as_deref(), Some(of_boss), "{when:?} {empty:?}");
        }
    }

    #[test]
    fn rows_with_a_guid_differ_from_each_other_and_stay_the_same_for_a_person() {
        use super::super::expression::{Expression, Place};
        let guid = |target: &str| {
            let expression = Expression::parse("Guid()", Place::CreateRow).expect("an expression");
            Row { when: When::Create, ..row(target, Source::Expression(expression.into())) }
        };
        let mapping = with([guid("title"), guid("nickName")]);
        let value = |target: &str| value_of(&mapping, json!({"userPrincipalName": "a@x"}), target).expect("a value");
        assert_ne!(value("title"), value("nickName"));
        assert_eq!(value("title"), value("title"));
        let ann = user(json!({"userPrincipalName": "a@x"}));
        let sent = |row: &RowTrace| serde_json::to_value(row).expect("JSON")["sent"].clone();
        let traced: Vec<_> = mapping.trace(&Subject::alone(&ann), MOMENT).iter().map(sent).collect();
        assert_eq!(format!("{} new", traced[2]), value("title"), "a test shows what is sent");
    }

    #[test]
    fn what_redact_hides_is_named_by_its_property() {
        use super::super::expression::{Expression, Place};
        let computed = |target: &str, text: &str| {
            row(target, Source::Expression(Expression::parse(text, Place::Row).expect("an expression").into()))
        };
        let mapping = with([
            computed("title", "Redact(Append([jobTitle], [manager.mail]))"),
            computed("nickName", "Left(Redact([employeeOrgData.costCenter]), 3)"),
            computed("displayName", "Left([displayName], 3)"),
        ]);
        assert_eq!(mapping.redacted_properties().into_iter().collect::<Vec<_>>(), ["employeeOrgData", "jobTitle"]);
    }

    #[test]
    fn whoever_has_no_user_name_fails_although_the_row_does_not_say_required() {
        let nobody = user(json!({}));
        let problems = with([]).evaluate(&Subject::alone(&nobody), MOMENT).expect_err("no userName");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("userPrincipalName is empty in Entra"), "{}", problems[0]);
    }

    #[test]
    fn everything_that_is_wrong_with_a_person_is_said_at_once() {
        let mapping = with([
            Row { required: true, ..direct("title", "jobTitle") },
            Row { max_length: Some(3), ..direct("nickName", "mailNickname") },
        ]);
        let ann = user(json!({"userPrincipalName": "a@x", "mailNickname": "Annie"}));
        let problems = mapping.evaluate(&Subject::alone(&ann), MOMENT).expect_err("two problems");
        assert!(matches!(problems.as_slice(), [PersonError::MissingRequired { .. }, PersonError::TooLong { .. }]));
    }

    #[test]
    fn a_row_for_new_accounts_stops_new_accounts_alone() {
        let mapping = with([Row { when: When::Create, max_length: Some(3), ..direct("nickName", "mailNickname") }]);
        let ann = user(json!({"userPrincipalName": "a@x", "mailNickname": "Annie"}));
        let subject = Subject::alone(&ann);
        assert_eq!(mapping.evaluate(&subject, MOMENT).expect("no problem").values.len(), 1);
        let problems = mapping.check_new(&subject, MOMENT).expect_err("too long");
        assert!(matches!(problems.as_slice(), [PersonError::TooLong { .. }]));
        let bob = user(json!({"userPrincipalName": "b@x", "mailNickname": "Bob"}));
        assert_eq!(mapping.check_new(&Subject::alone(&bob), MOMENT), Ok(()));
    }

    #[test]
    fn the_desired_state_names_the_match() {
        let ann = user(json!({"userPrincipalName": " Ann@x "}));
        let mapping = with([]);
        assert_eq!(mapping.evaluate(&Subject::alone(&ann), MOMENT).expect("no problem").user_name(), "Ann@x");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,20}".prop_map(Value::from),
            "[ \\n\\t|\\\\@.a]{0,9}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_graph_sends_is_a_value_within_its_limits_or_a_problem(
            name in any_json(), title in any_json(), places in any_json(), mail in any_json()
        ) {
            use crate::model::Format;
            let mapping = with([
                Row { max_length: Some(5), truncate: true, ..direct("title", "jobTitle") },
                Row { format: Format::Joined, max_length: Some(9), ..direct("nickName", "otherMails") },
                Row { format: Format::Mail, empty: WhenEmpty::Clear, ..direct("displayName", "mail.a") },
            ]);
            let ann = user(json!({
                "userPrincipalName": name, "jobTitle": title, "otherMails": places, "mail": { "a": mail },
            }));
            let subject = Subject::alone(&ann);
            match mapping.evaluate(&subject, MOMENT) {
                Ok(desired) => for value in &desired.values {
                    let Some(text) = value.value.as_ref().and_then(TargetValue::as_text) else { continue };
                    prop_assert!(!text.trim().is_empty() && text.trim() == text);
                    let limit = match value.path.to_string().as_str() { "title" => 5, "nickName" => 9, _ => 128 };
                    prop_assert!(text.chars().count() <= limit || value.path.is_user_name(), "{text:?}");
                },
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
            prop_assert_eq!(mapping.trace(&subject, MOMENT).len(), 5);
        }
    }
}
