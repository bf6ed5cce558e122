//! The table of rows: checked once when it is made, evaluated for one person at a time.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{Row, Source, When};
use crate::model::{DesiredUser, SourceUser, TargetPath, TargetValue, fold};

/// A table that cannot be a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// Two rows write the same attribute.
    #[error("two rows have the target {0}; keep one of them")]
    DuplicateTarget(TargetPath),
    /// A row that the lifecycle or the match cannot do without is missing.
    #[error("no row has the target {0}; add it: {1}")]
    MissingTarget(TargetPath, &'static str),
    /// `active` from anything but the lifecycle would leave leavers active.
    #[error("active must have source = \"$active\": any other source would not deactivate people who leave the scope")]
    ActiveSource,
    /// `$active` is no text and means nothing elsewhere.
    #[error("source \"$active\" belongs to the target active, not to {0}")]
    MisplacedActive(TargetPath),
    /// A default would be cleared again by the next cycle.
    #[error("{0} has both default and clear: the next cycle would clear what the default set; keep one of them")]
    DefaultAndClear(TargetPath),
    /// The match must always have a value.
    #[error("userName cannot be cleared or be written on create only: it is the match")]
    UserNameRow,
}

/// Why the mapping gives nothing for one person. Mended by a change of the source or of the mapping, not by waiting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PersonError {
    /// A required value is missing.
    #[error(
        "{target} needs a value, and {source_name} is empty in Entra: set it there, or change the row in the mapping"
    )]
    MissingRequired {
        /// The target attribute.
        target: TargetPath,
        /// The Graph attribute.
        source_name: String,
    },
    /// A value is longer than Jostle takes.
    #[error("{target} takes {limit} characters, and {source_name} has {length}: shorten it in Entra")]
    TooLong {
        /// The target attribute.
        target: TargetPath,
        /// The Graph attribute.
        source_name: String,
        /// What Jostle takes.
        limit: usize,
        /// What Entra has.
        length: usize,
    },
}

/// A checked mapping: one row a target, `userName` and `active` among them.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// The Graph properties that the rows read, without the members of complex ones: what `$select` must name.
    pub fn source_properties(&self) -> BTreeSet<&str> {
        self.rows
            .iter()
            .filter_map(|row| match &row.source {
                Source::Attribute(path) => path.split('.').next(),
                Source::Constant(_) | Source::Active => None,
            })
            .collect()
    }

    /// The desired state of one person, `active` excepted; all that is wrong with the person at once.
    pub fn evaluate(&self, user: &SourceUser) -> Result<DesiredUser, Vec<PersonError>> {
        let mut desired = DesiredUser { user_name: String::new(), values: Vec::with_capacity(self.rows.len()) };
        let mut problems = Vec::new();
        for row in self.rows.iter().filter(|row| row.source != Source::Active) {
            let value = row.source_value(user);
            problems.extend(problem(row, value.as_ref()));
            if let (true, Some(TargetValue::Text(name))) = (row.target == TargetPath::user_name(), &value) {
                desired.user_name.clone_from(name);
            }
            match (value, &row.default) {
                (Some(value), _) => desired.values.push(row.desired(Some(value), row.when == When::Create)),
                (None, Some(default)) => desired.values.push(row.desired(Some(default.clone()), true)),
                (None, None) if row.clear => desired.values.push(row.desired(None, row.when == When::Create)),
                (None, None) => {}
            }
        }
        if problems.is_empty() { Ok(desired) } else { Err(problems) }
    }
}

fn problem(row: &Row, value: Option<&TargetValue>) -> Option<PersonError> {
    let source_name = || match &row.source {
        Source::Attribute(path) => path.clone(),
        Source::Constant(_) | Source::Active => row.to_string(),
    };
    match (value, row.max_length) {
        (None, _) if (row.required || row.target == TargetPath::user_name()) && row.default.is_none() => {
            Some(PersonError::MissingRequired { target: row.target.clone(), source_name: source_name() })
        }
        (Some(TargetValue::Text(text)), Some(limit)) if text.chars().count() > limit => Some(PersonError::TooLong {
            target: row.target.clone(),
            source_name: source_name(),
            limit,
            length: text.chars().count(),
        }),
        _ => None,
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
        if row.clear && row.default.is_some() {
            problems.push(TableError::DefaultAndClear(row.target.clone()));
        }
        if row.target == TargetPath::user_name() && (row.clear || row.when == When::Create) {
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
    use crate::model::{EntraId, Presence};
    use serde_json::{Value, json};

    fn row(target: &str, source: Source) -> Row {
        Row::new(target.parse().expect("a path"), source)
    }

    fn direct(target: &str, source: &str) -> Row {
        row(target, Source::Attribute(source.to_owned()))
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

    fn value_of(mapping: &Mapping, attributes: Value, target: &str) -> Option<String> {
        let desired = mapping.evaluate(&user(attributes)).expect("no problem");
        let found = desired.values.into_iter().find(|value| value.path.to_string() == target)?;
        Some(found.value.map_or_else(|| "cleared".to_owned(), |value| value.to_string()))
    }

    #[test]
    fn says_everything_that_is_wrong_with_a_table_at_once() {
        let rows = vec![
            direct("title", "jobTitle"),
            direct("TITLE", "department"),
            direct("active", "accountEnabled"),
            row("nickName", Source::Active),
            Row { clear: true, default: Some(TargetValue::Text("x".into())), ..direct("displayName", "displayName") },
        ];
        let problems = Mapping::new(rows).expect_err("a bad table");
        let kinds: Vec<_> =
            problems.iter().map(|p| format!("{p:?}").split(['(', ' ']).next().map(str::to_owned)).collect();
        let expected = ["DuplicateTarget", "ActiveSource", "MisplacedActive", "DefaultAndClear", "MissingTarget"];
        assert_eq!(kinds, expected.map(|kind| Some(kind.to_owned())));
        let create_only = Row { when: When::Create, ..direct("userName", "userPrincipalName") };
        let problems = Mapping::new(vec![create_only, row("active", Source::Active)]).expect_err("a bad table");
        assert_eq!(problems, [TableError::UserNameRow]);
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
        let mapping = with([direct("title", "employeeOrgData.costCenter")]);
        let ann = json!({"userPrincipalName": "a@x", "employeeOrgData": {"costCenter": "42"}});
        assert_eq!(value_of(&mapping, ann, "title").as_deref(), Some("\"42\""));
        assert_eq!(value_of(&mapping, json!({"userPrincipalName": "a@x", "employeeOrgData": null}), "title"), None);
        assert_eq!(
            mapping.source_properties().into_iter().collect::<Vec<_>>(),
            ["employeeOrgData", "userPrincipalName"]
        );
    }

    #[test]
    fn an_empty_source_is_kept_cleared_or_replaced_as_the_row_says() {
        let empty = json!({"userPrincipalName": "a@x", "jobTitle": null});
        let title = || direct("title", "jobTitle");
        assert_eq!(value_of(&with([title()]), empty.clone(), "title"), None);
        let cleared = with([Row { clear: true, ..title() }]);
        assert_eq!(value_of(&cleared, empty.clone(), "title").as_deref(), Some("cleared"));
        let default = with([Row { default: Some(TargetValue::Text("None".into())), ..title() }]);
        assert_eq!(value_of(&default, empty.clone(), "title").as_deref(), Some("\"None\""));
        let created = default.evaluate(&user(empty)).expect("no problem");
        assert!(created.values.iter().all(|value| value.create_only == (value.path.to_string() == "title")));
    }

    #[test]
    fn whoever_has_no_user_name_fails_although_the_row_does_not_say_required() {
        let problems = with([]).evaluate(&user(json!({}))).expect_err("no userName");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("userPrincipalName is empty in Entra"), "{}", problems[0]);
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let mapping = with([Row { max_length: Some(3), ..direct("title", "jobTitle") }]);
        assert!(mapping.evaluate(&user(json!({"userPrincipalName": "a@x", "jobTitle": "äöü"}))).is_ok());
        assert!(mapping.evaluate(&user(json!({"userPrincipalName": "a@x", "jobTitle": "äöüß"}))).is_err());
    }
}
