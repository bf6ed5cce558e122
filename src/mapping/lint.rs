//! Advice on a mapping that can be carried out and is probably not what was meant.

use jiff::Timestamp;
use serde::Serialize;

use super::expression::{Expression, Flow, Moment};
use super::{Mapping, Row, Source, When, WhenEmpty};
use crate::model::{Attributes, Compare, EntraId, Presence, SourcePath, SourceUser, Subject, TargetPath};

/// One piece of advice on one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The row.
    pub target: TargetPath,
    /// What is doubtful, and what to do.
    pub message: String,
}

/// Functions that change nothing but the case of a text.
const CASE_FUNCTIONS: [&str; 3] = ["ToLower", "ToUpper", "PCase"];

const RULES: [fn(&Row) -> Option<String>; 10] =
    [user_name, lifecycle, external_id, user_type, new_accounts, allow_list, case_only, plain, without_person, default];

/// Looks at every row, in the order of the mapping.
pub fn lint(mapping: &Mapping) -> Vec<Finding> {
    let findings = |row: &Row| RULES.map(|rule| rule(row).map(|message| (row.target.clone(), message)));
    let found = mapping.rows().iter().flat_map(findings).flatten();
    found.map(|(target, message)| Finding { target, message }).collect()
}

fn user_name(row: &Row) -> Option<String> {
    let doubtful = row.target.is_user_name() && !is_copy_of(row, "userPrincipalName");
    doubtful.then(|| {
        "does not come from userPrincipalName, which single sign-on sends: whoever has another userName in Jostle may \
         not be able to log in; write source = \"userPrincipalName\", unless your sign-on sends this value"
            .to_owned()
    })
}

fn lifecycle(row: &Row) -> Option<String> {
    let by_lifecycle = |path: &&SourcePath| **path == SourcePath::IsSoftDeleted || is_own(path, "accountEnabled");
    let path = row.paths().into_iter().find(by_lifecycle)?;
    Some(format!(
        "reads {path}, which decides nothing here: people who are disabled, deleted or out of scope are deactivated, and \
         nothing else is written for them; leave it to the row of active"
    ))
}

fn external_id(row: &Row) -> Option<String> {
    (name(row) == "externalId" && !is_copy_of(row, "employeeId")).then(|| {
        "does not come from employeeId: externalId is probably Jostle's employee number, by which imports find people, \
         and any other value in it would break them"
            .to_owned()
    })
}

fn user_type(row: &Row) -> Option<String> {
    (name(row) == "userType" && is_copy_of(row, "userType")).then(|| {
        "copies Entra's userType, which is Member or Guest; Jostle's is Regular, Semi-Restricted, Restricted or Shared, and \
         a copy could change what people may see; write a constant with when = \"create\", or a Switch"
            .to_owned()
    })
}

/// Rows that do harm where they overwrite what stands in Jostle.
fn new_accounts(row: &Row) -> Option<String> {
    let harm = match name(row) {
        "LoginType" => "Jostle mails a new invitation to everybody whose login type changes",
        "Locations" => "a person can have several locations, and this replaces those that were given in Jostle",
        "CustomFilterCategory" => "a person can have several categories, and this replaces those given in Jostle",
        "BirthDate" => "a birth date is sensitive, and people set their own",
        _ => return None,
    };
    (row.when == When::Always)
        .then(|| format!("is written over and over: {harm}; write when = \"create\", and look at a plan first"))
}

/// Rows in which a text that nobody foresaw becomes a category, or is refused.
fn allow_list(row: &Row) -> Option<String> {
    let harm = match name(row) {
        "Locations" => "an unknown text may become a new location",
        "CustomFilterCategory" => "an unknown text may become a new category",
        "CustomProfile" => "the value must be one of the list that an administrator made in Jostle",
        _ => return None,
    };
    let any = row.values.is_empty() && !matches!(row.source, Source::Constant(_));
    any.then(|| format!("takes any text: {harm}; write values = [\"…\"] with those that Jostle has"))
}

fn case_only(row: &Row) -> Option<String> {
    let Source::Expression(expression) = &row.source else { return None };
    let path = case_only_path(expression).filter(|_| row.compare == Compare::Folded)?;
    Some(format!(
        "only changes case, and differences in case alone are ignored: an account that is there keeps its spelling; \
         write source = \"{path}\", unless new accounts should have it so"
    ))
}

fn plain(row: &Row) -> Option<String> {
    let Source::Expression(expression) = &row.source else { return None };
    plain_path(expression).map(|path| format!("has an expression that is one attribute; write source = \"{path}\""))
}

/// Expressions that read nothing of the person are known at once.
fn without_person(row: &Row) -> Option<String> {
    match known(row)? {
        Known::Nothing => Some("has an expression that never gives a value; take the row out".to_owned()),
        Known::Fails(why) => Some(format!("has an expression that fails for everybody: {why}")),
        Known::Value => None,
    }
}

fn default(row: &Row) -> Option<String> {
    let has_default = matches!(row.empty, WhenEmpty::DefaultOnCreate(_) | WhenEmpty::Default(_));
    let always = match &row.source {
        Source::Attribute(path) => matches!(path, SourcePath::Id | SourcePath::IsSoftDeleted),
        _ => matches!(known(row), Some(Known::Value)),
    };
    (has_default && always).then(|| "has a default that is never used: its source always has a value".to_owned())
}

enum Known {
    Value,
    Nothing,
    Fails(String),
}

/// What an expression that reads nothing gives for everybody; none for every other row.
fn known(row: &Row) -> Option<Known> {
    let Source::Expression(expression) = &row.source else { return None };
    if !expression.paths().is_empty() {
        return None;
    }
    let nobody = SourceUser { id: EntraId::new(""), presence: Presence::Live, attributes: Attributes::new() };
    Some(match expression.evaluate(&Subject::alone(&nobody), Moment { now: Timestamp::UNIX_EPOCH, seed: 0 }) {
        Ok(Flow::Value(value)) if !value.is_empty() => Known::Value,
        Ok(_) => Known::Nothing,
        Err(error) => Known::Fails(error.to_string()),
    })
}

/// The attribute of a target without its schema; of names and lists nothing, because no rule is about them.
fn name(row: &Row) -> &str {
    match &row.target {
        TargetPath::Simple(attribute) | TargetPath::Extension { attribute, .. } => attribute,
        TargetPath::Sub { .. } | TargetPath::Typed { .. } => "",
    }
}

/// Whether the row gives the value of this property, in whatever case.
fn is_copy_of(row: &Row, property: &str) -> bool {
    let path = match &row.source {
        Source::Attribute(path) => Some(path),
        Source::Expression(expression) => plain_path(expression).or_else(|| case_only_path(expression)),
        Source::Constant(_) | Source::Active => None,
    };
    path.is_some_and(|path| is_own(path, property))
}

fn is_own(path: &SourcePath, name: &str) -> bool {
    matches!(path, SourcePath::Own { property, member: None } if property == name)
}

fn only_path(expression: &Expression) -> Option<&SourcePath> {
    let paths = expression.paths();
    paths.first().copied().filter(|_| paths.len() == 1)
}

/// `[mail]`
fn plain_path(expression: &Expression) -> Option<&SourcePath> {
    only_path(expression).filter(|path| expression.to_string() == format!("[{path}]"))
}

/// `ToLower([mail])`, with whatever literal behind the attribute.
fn case_only_path(expression: &Expression) -> Option<&SourcePath> {
    let path = only_path(expression)?;
    let text = expression.to_string();
    let (function, arguments) = text.split_once('(')?;
    let more = arguments.strip_prefix(&format!("[{path}]"))?;
    (CASE_FUNCTIONS.contains(&function) && !more.contains(['[', '('])).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::expression::Place;
    use crate::model::TargetValue;

    const JOSTLE: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

    fn row(target: &str, source: Source) -> Row {
        Row::new(target.parse().expect("a path"), source)
    }

    fn direct(target: &str, source: &str) -> Row {
        row(target, Source::Attribute(source.parse().expect("a source path")))
    }

    fn computed(target: &str, text: &str) -> Row {
        let expression = Expression::parse(text, Place::CreateRow).unwrap_or_else(|error| panic!("{error}"));
        row(target, Source::Expression(expression.into()))
    }

    fn constant(target: &str) -> Row {
        row(target, Source::Constant(TargetValue::Text("x".to_owned())))
    }

    /// The first words of what is said of a row.
    fn said_of(row: Row) -> Vec<String> {
        let is_user_name = row.target.is_user_name();
        let user_name = (!is_user_name).then(|| direct("userName", "userPrincipalName"));
        let rows = [row, self::row("active", Source::Active)].into_iter().chain(user_name);
        let mapping = Mapping::new(rows.collect()).expect("a mapping");
        lint(&mapping).into_iter().map(|finding| finding.message).collect()
    }

    fn assert_said(row: Row, expected: &[&str]) {
        let (shown, said) = (row.to_string(), said_of(row));
        assert_eq!(said.len(), expected.len(), "{shown}: {said:#?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.contains(expected), "{shown}: {said}");
        }
    }

    #[test]
    fn the_match_comes_from_what_single_sign_on_sends() {
        assert_said(direct("userName", "userPrincipalName"), &[]);
        assert_said(direct("userName", "mail"), &["does not come from userPrincipalName"]);
        assert_said(direct("userName", "manager.userPrincipalName"), &["does not come from userPrincipalName"]);
        let folded = |text: &str| Row { compare: Compare::Folded, ..computed("userName", text) };
        assert_said(folded("ToLower([userPrincipalName])"), &["only changes case"]);
        assert_said(folded("Append([userPrincipalName], \"x\")"), &["does not come from userPrincipalName"]);
    }

    #[test]
    fn the_lifecycle_is_left_to_active() {
        assert_said(direct("title", "accountEnabled"), &["reads accountEnabled"]);
        assert_said(direct("title", "isSoftDeleted"), &["reads IsSoftDeleted"]);
        assert_said(computed("title", "IIF([accountEnabled]=\"True\", \"a\", [jobTitle])"), &["reads accountEnabled"]);
    }

    #[test]
    fn the_traps_of_jostles_attributes_are_named() {
        let own = |name: &str| format!("{JOSTLE}:{name}");
        assert_said(direct("externalId", "employeeId"), &[]);
        assert_said(direct("externalId", "id"), &["does not come from employeeId"]);
        assert_said(direct("userType", "userType"), &["copies Entra's userType"]);
        assert_said(direct("userType", "employeeType"), &[]);
        assert_said(constant(&own("LoginType")), &["mails a new invitation"]);
        assert_said(Row { when: When::Create, ..constant(&own("LoginType")) }, &[]);
        assert_said(direct("BirthDate", "extensionAttribute1"), &["sensitive"]);
        for name in ["Locations", "CustomFilterCategory"] {
            assert_said(direct(&own(name), "city"), &["over and over", "takes any text"]);
            let safe = Row { when: When::Create, values: vec!["Oslo".to_owned()], ..direct(&own(name), "city") };
            assert_said(safe, &[]);
            assert_said(constant(&own(name)), &["over and over"]);
        }
        assert_said(direct(&own("CustomProfile"), "city"), &["takes any text"]);
        assert_said(constant(&own("CustomProfile")), &[]);
    }

    #[test]
    fn an_expression_that_is_an_attribute_or_changes_its_case_alone_is_named() {
        assert_said(computed("title", "[jobTitle]"), &["write source = \"jobTitle\""]);
        assert_said(computed("title", "PCase([jobTitle])"), &[]);
        let mail = "emails[type eq \"work\"].value";
        assert_said(Row { compare: Compare::Folded, ..computed(mail, "ToUpper([mail])") }, &["only changes case"]);
        assert_said(Row { compare: Compare::Folded, ..computed(mail, "ToUpper(Left([mail], 3))") }, &[]);
    }

    #[test]
    fn what_is_the_same_for_everybody_is_known() {
        assert_said(computed("title", "Left(\"abc\", 0)"), &["never gives a value"]);
        assert_said(computed("title", "CDate(Append(\"a\", \"b\"))"), &["fails for everybody"]);
        let text = || TargetValue::Text("x".to_owned());
        let never = Row { empty: WhenEmpty::Default(text()), ..computed("title", "Append(\"a\", \"b\")") };
        assert_said(never, &["default that is never used"]);
        assert_said(Row { empty: WhenEmpty::DefaultOnCreate(text()), ..direct("title", "id") }, &["never used"]);
        assert_said(Row { empty: WhenEmpty::DefaultOnCreate(text()), ..direct("title", "jobTitle") }, &[]);
    }
}
