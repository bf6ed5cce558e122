//! The rows of the mapping: what they take, and what they refuse.

use std::fs;

use entra_jostle_sync::config::load_offline;
use entra_jostle_sync::mapping::{OnDrift, Row, Source, When, WhenEmpty};
use entra_jostle_sync::model::TargetValue;

use super::{Installation, MAPPING};

const JOSTLE: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

/// What is said of the shipped mapping with a row more.
fn said_of_row(row: &str) -> String {
    let installation = Installation::shipped();
    installation.write("mapping.toml", &format!("{MAPPING}\n[[attribute]]\n{row}\n"));
    installation.load().expect_err("problems")
}

fn text(value: &str) -> TargetValue {
    TargetValue::Text(value.to_owned())
}

/// The row of a mapping that has one more than the shipped one.
fn row(keys: &str) -> Row {
    let installation = Installation::shipped();
    installation.write("mapping.toml", &format!("{MAPPING}\n[[attribute]]\n{keys}\n"));
    installation.load().unwrap_or_else(|said| panic!("{keys}: {said}")).offline.mapping.rows().last().unwrap().clone()
}

#[test]
fn are_what_they_say() {
    let installation = Installation::shipped();
    let row = "target = \"TITLE\"\nsource = \"jobTitle\"\nwhen = \"create\"\ndefault = \"Staff\"";
    installation.write(
        "mapping.toml",
        &format!("{MAPPING}\n[[attribute]]\n{row}\n[[attribute]]\ntarget = \"userType\"\nconstant = \"Regular\"\n"),
    );
    let config = installation.load().unwrap();
    let rows: Vec<_> = config.offline.mapping.rows().iter().skip(5).collect();
    let [title, user_type] = rows.as_slice() else { panic!("two rows more") };
    assert_eq!((title.target.to_string().as_str(), title.when), ("title", When::Create));
    assert_eq!(title.to_string(), "jobTitle -> title");
    assert_eq!(title.empty, WhenEmpty::DefaultOnCreate(text("Staff")));
    assert_eq!(user_type.to_string(), "constant \"Regular\" -> userType");
    assert_eq!((user_type.when, &user_type.empty), (When::Always, &WhenEmpty::Keep));
    assert!(config.offline.mapping.rows().iter().any(|row| row.source == Source::Active));
}

#[test]
fn that_contradict_themselves_are_refused() {
    let user_name = MAPPING.replace("target = \"userName\"", "target = \"title\"");
    let nick = |keys: &str| format!("target = \"nickName\"\nsource = \"mail\"\n{keys}");
    let personal =
        |keys: &str| format!("target = 'emails[type eq \"personal\"].value'\nsource = \"otherMails\"\n{keys}");
    let locations = |keys: &str| format!("target = \"{JOSTLE}:Locations\"\nsource = \"city\"\n{keys}");
    for (row, reason) in [
        ("target = \"title\"\nconstant = \"a\"\nrequired = true", "required: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\ndefault = \"b\"", "default: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\nnull = \"clear\"", "null: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\nvalues = [\"a\"]", "values: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\nmax_length = 5", "max_length: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\ntruncate = true", "truncate: has no effect"),
        ("target = \"title\"\nconstant = \"a\"\ndefault_on = \"always\"", "default_on: has no effect"),
        ("target = \"title\"\nsource = \"mail\"\nconstant = \"a\"", "constant: stands beside source"),
        ("target = \"title\"\nconstant = \"a\"\nexpression = '[mail]'", "expression: stands beside constant"),
        ("target = \"title\"", "a row needs a source, a constant or an expression"),
        ("target = \"title\"\nsource = \"mail\"\nclear = true", "clear: is not a key any more; write null = \"clear\""),
        ("target = \"nickName\"\nsource = \"mail\"\nrequired = true\ndefault = \"b\"", "default: contradicts required"),
        (&nick("required = true\nnull = \"clear\""), "null: contradicts required"),
        (&nick("when = \"create\"\nnull = \"clear\""), "null: contradicts when"),
        (&nick("when = \"create\"\ndefault = \"b\"\nnull = \"default\""), "null: contradicts when"),
        (&nick("when = \"create\"\ndefault = \"b\"\ndefault_on = \"always\""), "default_on: contradicts when"),
        (&nick("default = \"b\"\nnull = \"clear\""), "default: contradicts null = \"clear\""),
        (&nick("default = \"b\"\nnull = \"clear\"\ndefault_on = \"always\""), "default: contradicts null"),
        (&nick("default = \"b\"\nnull = \"default\"\ndefault_on = \"create\""), "default_on: contradicts null"),
        (&nick("default = \"b\"\nnull = \"keep\"\ndefault_on = \"always\""), "null: contradicts default_on"),
        (&nick("null = \"default\""), "null: is \"default\", and there is none"),
        (&nick("default_on = \"create\""), "default_on: has no effect without a default"),
        (&nick("null = \"remove\""), "write one of \"keep\", \"clear\", \"default\""),
        (&nick("values = []"), "values: is empty"),
        (&nick("values = [\"a\", \" \"]"), "values: has an empty text"),
        (&nick("values = [\"a\"]\ndefault = \"b\""), "default: is \"b\", which is not one of values"),
        (&nick("values = [\"abc\"]\nmax_length = 2"), "values: has 3 characters, and max_length allows 2"),
        (&nick("values = [\"abc\"]\nmax_length = 5\ntruncate = true"), "truncate: contradicts values"),
        (&nick("truncate = true"), "truncate: has no effect without a limit"),
        (&nick("max_length = 0"), "max_length: is 0; it must be at least 1"),
        (&nick("max_length = 2\ndefault = \"abc\""), "default: has 3 characters, and max_length allows 2"),
        (&nick("drift = \"ignore\""), "write one of \"report\", \"repair\", \"accept\""),
        (&nick("when = \"create\"\ndrift = \"repair\""), "drift: has no effect"),
        ("target = \"active\"\nsource = \"$active\"\ndrift = \"repair\"", "in the section [reconcile]"),
        (&personal("truncate = true"), "truncate: would make another address"),
        (&personal("default = \"nobody\""), "default: must be a mail address, and \"nobody\" has no @"),
        (&locations("truncate = true\nmax_length = 5"), "truncate: would cut within several values"),
        ("target = \"nickName\"\nconstant = true", "constant: must be a text in quotes"),
        ("target = \"nickName\"\nsource = \"\"", "source: is empty"),
        ("target = \"Active\"\nsource = \"$active\"", "two rows have the target active"),
    ] {
        let said = said_of_row(row);
        assert!(said.contains(reason), "{row}: {said}");
    }
    let installation = Installation::shipped();
    for (row, reason) in [
        ("target = \"userName\"\nconstant = \"a@x\"", "constant: would give several people the same userName"),
        ("target = \"userName\"\nsource = \"mail\"\ndefault = \"a@x\"", "default: would give several people"),
        ("target = \"userName\"\nsource = \"mail\"\nnull = \"clear\"", "userName cannot be cleared"),
        ("target = \"userName\"\nsource = \"mail\"\nmax_length = 200", "is 200, and Jostle takes 128"),
    ] {
        installation.write("mapping.toml", &format!("{user_name}\n[[attribute]]\n{row}\n"));
        let said = installation.load().unwrap_err();
        assert!(said.contains(reason), "{row}: {said}");
    }
}

#[test]
fn say_what_happens_where_entra_has_nothing() {
    for (keys, expected) in [
        ("", WhenEmpty::Keep),
        ("null = \"keep\"", WhenEmpty::Keep),
        ("null = \"clear\"", WhenEmpty::Clear),
        ("default = \"b\"", WhenEmpty::DefaultOnCreate(text("b"))),
        ("default = \"b\"\nnull = \"keep\"", WhenEmpty::DefaultOnCreate(text("b"))),
        ("default = \"b\"\ndefault_on = \"create\"", WhenEmpty::DefaultOnCreate(text("b"))),
        ("default = \"b\"\ndefault_on = \"always\"", WhenEmpty::Default(text("b"))),
        ("default = \"b\"\nnull = \"default\"", WhenEmpty::Default(text("b"))),
        ("default = \"b\"\nnull = \"default\"\ndefault_on = \"always\"", WhenEmpty::Default(text("b"))),
    ] {
        let row = row(&format!("target = \"title\"\nsource = \"jobTitle\"\n{keys}"));
        assert_eq!(row.empty, expected, "{keys}");
    }
}

#[test]
fn say_what_comes_of_a_value_that_was_changed_in_jostle() {
    for (keys, expected) in [
        ("", OnDrift::Report),
        ("drift = \"report\"", OnDrift::Report),
        ("drift = \"repair\"", OnDrift::Repair),
        ("drift = \"accept\"", OnDrift::Accept),
    ] {
        assert_eq!(row(&format!("target = \"title\"\nsource = \"jobTitle\"\n{keys}")).drift, expected, "{keys}");
    }
}

#[test]
fn of_active_have_it_from_the_configuration() {
    for (section, expected) in [
        ("", OnDrift::Report),
        ("[reconcile]\nactive = \"report\"\n", OnDrift::Report),
        ("[reconcile]\nactive = \"repair\"\n", OnDrift::Repair),
    ] {
        let config = Installation::with(section).load().unwrap();
        let rows = config.offline.mapping.rows().iter();
        let others: Vec<_> = rows.clone().filter(|row| row.source != Source::Active).map(|row| row.drift).collect();
        assert_eq!(others, [OnDrift::Report; 4]);
        let active: Vec<_> = rows.filter(|row| row.source == Source::Active).map(|row| row.drift).collect();
        assert_eq!(active, [expected], "{section}");
    }
}

#[test]
fn read_what_entra_and_graph_call_a_property() {
    for (source, expected) in [
        ("extensionAttribute3", "onPremisesExtensionAttributes.extensionAttribute3"),
        ("mobile", "mobilePhone"),
        ("manager.mail", "manager.mail"),
        ("objectId", "id"),
    ] {
        let row = row(&format!("target = \"title\"\nsource = \"{source}\""));
        assert_eq!(row.source.to_string(), expected);
    }
}

#[test]
fn have_limits_of_their_own_below_jostles() {
    let row = row("target = \"title\"\nsource = \"jobTitle\"\nmax_length = 7\ntruncate = true");
    assert_eq!((row.max_length, row.truncate), (Some(7), true));
}

#[test]
fn with_a_wrong_expression_show_where() {
    let said = said_of_row("target = \"title\"\nexpression = 'Append([jobTitle], [birthday])'");
    let line = MAPPING.lines().count() + 4;
    let expected = format!("mapping.toml:{line}: attribute 6.expression: reads [birthday], which is birthday, whose");
    assert!(said.starts_with(&expected), "{said}");
    let said = said_of_row("target = \"title\"\nexpression = 'Append([jobTitle], \"x\"'");
    let lines: Vec<_> = said.lines().collect();
    assert!(lines.len() >= 3, "{said}");
    assert!(lines[0].starts_with(&format!("mapping.toml:{line}: attribute 6.expression: ")), "{said}");
    assert!(lines[1..].iter().all(|line| line.starts_with("    ")), "{said}");
    assert_eq!(lines.last().unwrap().trim(), "^", "{said}");
    let random = "target = \"title\"\nexpression = 'Guid()'";
    assert!(said_of_row(random).contains("attribute 6.expression: "));
    row(&format!("{random}\nwhen = \"create\""));
}

#[test]
fn are_read_without_secrets_and_the_other_sections() {
    let installation = Installation::shipped();
    installation.write("main.toml", "[state]\npath = \"s.db\"\n[jostle]\nbase_url = 1\n");
    fs::remove_dir_all(installation.path("credentials")).unwrap();
    let offline = load_offline(&installation.path("main.toml")).unwrap();
    assert_eq!(offline.mapping.rows().len(), 5);
    assert_eq!(offline.state.path, installation.path("s.db"));
    installation.write("mapping.toml", "");
    let said = load_offline(&installation.path("main.toml")).unwrap_err().to_string();
    assert!(said.contains("no row has the target userName"), "{said}");
}

#[test]
fn have_texts_that_jostle_takes() {
    let names = MAPPING.replace("source = \"givenName\"\nrequired = true", "constant = \"NAME\"");
    let installation = Installation::shipped();
    installation.write("mapping.toml", &names.replace("NAME", &"ä".repeat(30)));
    installation.load().unwrap();
    installation.write("mapping.toml", &names.replace("NAME", &"ä".repeat(31)));
    assert!(installation.load().unwrap_err().contains("constant: has 31 characters, and Jostle takes 30"));
}
