//! The configuration as an administrator meets it: the shipped files, and what is said of wrong ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use entra_jostle_sync::config::{Config, load_offline, load_with};
use entra_jostle_sync::daemon::Timing;
use entra_jostle_sync::jostle;
use entra_jostle_sync::mapping::{Row, Source, When, WhenEmpty, lint};
use entra_jostle_sync::model::{Operation, TargetValue};
use entra_jostle_sync::plan::{Actions, Delete, OutOfScope, QuarantineRules};
use entra_jostle_sync::scim::Dialect;
use entra_jostle_sync::scope::{Guests, Rules, Who};
use secrecy::ExposeSecret;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../config/entra-jostle-sync.toml");
const MAPPING: &str = include_str!("../config/mapping.toml");
const JOSTLE: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";
const GUID: &str = "12345678-9abc-def0-1234-56789abcdef0";
/// Stands for every secret; no message may ever show it.
const CANARY: &str = "canary~sings8Q";

/// A folder with a configuration, its mapping, and credentials as systemd passes them.
struct Installation {
    folder: TempDir,
    environment: BTreeMap<&'static str, OsString>,
}

impl Installation {
    /// The shipped files with the four values filled in.
    fn shipped() -> Self {
        let installation = Self { folder: tempfile::tempdir().unwrap(), environment: BTreeMap::new() };
        installation.write("main.toml", &filled_in());
        installation.write("mapping.toml", MAPPING);
        installation.secret("credentials/entra-client-secret", &format!("{CANARY}-entra\n"));
        installation.secret("credentials/jostle-api-key", &format!("{CANARY}-jostle\r\n"));
        let credentials = installation.path("credentials").into_os_string();
        Self { environment: BTreeMap::from([("CREDENTIALS_DIRECTORY", credentials)]), ..installation }
    }

    /// The least that loads, with more lines: TOML of its own sections.
    fn with(sections: &str) -> Self {
        let installation = Self::shipped();
        installation.write("main.toml", &format!("{}\n{sections}", least("", "")));
        installation
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn secret(&self, name: &str, text: &str) {
        self.write(name, text);
        self.mode(name, 0o600);
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn load(&self) -> Result<Config, String> {
        let result = load_with(&self.path("main.toml"), &|name| self.environment.get(name).cloned());
        let folder = format!("{}/", self.folder.path().display());
        let said = match &result {
            Ok(config) => format!("{config:?}"),
            Err(errors) => format!("{errors}{errors:?}"),
        };
        assert!(!said.contains(CANARY), "a secret was shown: {said}");
        result.map_err(|errors| errors.to_string().replace(&folder, ""))
    }
}

fn filled_in() -> String {
    let text = EXAMPLE
        .replace("\ntenant_id = \"\"\n", &format!("\ntenant_id = \"{GUID}\"\n"))
        .replace("\nclient_id = \"\"\n", &format!("\nclient_id = \"{GUID}\"\n"))
        .replace("\nbase_url = \"\"\n", "\nbase_url = \"https://jostle.example/scim2\"\n");
    assert_eq!(text.matches(GUID).count(), 2);
    text
}

/// The least that loads, with more keys in the two sections that must be there.
fn least(entra: &str, jostle: &str) -> String {
    format!(
        "[entra]\ntenant_id = \"{GUID}\"\nclient_id = \"{GUID}\"\n{entra}\n\
         [jostle]\nbase_url = \"https://jostle.example/scim2\"\n{jostle}\n"
    )
}

/// What is said of a configuration with these keys, without the file name.
fn said_of(entra: &str, jostle: &str) -> String {
    let installation = Installation::shipped();
    installation.write("main.toml", &least(entra, jostle));
    installation.load().expect_err("problems")
}

fn said_of_sections(sections: &str) -> String {
    Installation::with(sections).load().expect_err("problems")
}

/// What is said of the shipped mapping with a row more.
fn said_of_row(row: &str) -> String {
    let installation = Installation::shipped();
    installation.write("mapping.toml", &format!("{MAPPING}\n[[attribute]]\n{row}\n"));
    installation.load().expect_err("problems")
}

/// A text without the `#` of lines that are commented-out TOML: those without a blank behind it.
fn uncommented(block: &str) -> String {
    block
        .lines()
        .map(|line| if line.starts_with("# ") { line } else { line.trim_start_matches('#') }.to_owned() + "\n")
        .collect()
}

mod shipped {
    use super::*;

    #[test]
    fn the_files_load_with_the_four_values_and_give_the_documented_defaults() {
        let config = Installation::shipped().load().unwrap();
        assert_eq!((config.entra.tenant_id.as_str(), config.entra.client_id.as_str()), (GUID, GUID));
        assert_eq!(config.entra.client_secret.expose_secret(), format!("{CANARY}-entra"));
        assert_eq!(config.entra.authority.as_str(), "https://login.microsoftonline.com/");
        assert_eq!(config.entra.graph_root.as_str(), "https://graph.microsoft.com/");
        assert_eq!(config.jostle.base_url.as_str(), "https://jostle.example/scim2");
        assert_eq!(config.jostle.api_key.expose_secret(), format!("{CANARY}-jostle"));
        assert_eq!(config.jostle.dialect, Dialect::Rfc);
        assert_eq!((config.jostle.requests_per_second.get(), config.jostle.concurrency.get()), (10, 4));
        assert!(matches!(config.schedule.timing, Timing::Every(every) if every == Duration::from_mins(5)));
        assert_eq!(config.schedule.jitter, Duration::from_secs(30));
        assert_eq!(config.offline.state.path, Path::new("/var/lib/entra-jostle-sync/state.db"));
        assert_eq!(config.offline.scope, Rules::default());
        assert!(config.offline.protect.user_names.is_empty() && config.offline.protect.jostle_ids.is_empty());
        assert_eq!(config.offline.actions, Actions::default());
        assert_eq!(config.offline.limits.deactivate_count, 10);
        assert!((config.offline.limits.deactivate_percent - 5.0).abs() < f64::EPSILON);
        assert!((config.offline.limits.smallest_baseline_share - 0.5).abs() < f64::EPSILON);
        let rules = QuarantineRules { failing_people: 5, failing_percent: 50.0 };
        assert_eq!(config.quarantine, rules);
        assert_eq!((config.http.ca_pem, config.http.timeout), (None, Duration::from_secs(30)));
        let rows: Vec<_> = config.offline.mapping.rows().iter().map(ToString::to_string).collect();
        assert_eq!(
            rows,
            [
                "userPrincipalName -> userName",
                "givenName -> name.givenName",
                "surname -> name.familyName",
                "mail -> emails[type eq \"work\"].value",
                "$active -> active",
            ]
        );
    }

    #[test]
    fn an_untouched_file_says_which_values_to_fill_in() {
        let installation = Installation::shipped();
        installation.write("main.toml", EXAMPLE);
        insta::assert_snapshot!(installation.load().unwrap_err(), @"
        main.toml:23: entra.tenant_id: is empty; fill it in
        main.toml:26: entra.client_id: is empty; fill it in
        main.toml:50: jostle.base_url: is empty; fill it in
        ");
    }

    #[test]
    fn every_optional_key_can_be_uncommented_and_shows_its_default() {
        let default = format!("{:?}", Installation::shipped().load().unwrap());
        let keys: Vec<_> = EXAMPLE
            .lines()
            .filter(|line| line.starts_with('#') && line[1..].starts_with(char::is_alphabetic))
            .filter(|line| !line.starts_with("#title") && !line.starts_with("#clauses"))
            .collect();
        assert_eq!(keys.len(), 43, "{keys:#?}");
        for key in keys {
            let mut installation = Installation::shipped();
            installation.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
            installation.environment.insert("ENTRA_CLIENT_SECRET", CANARY.into());
            installation.environment.insert("JOSTLE_API_KEY", CANARY.into());
            let pair = match key {
                _ if key.starts_with("#authority") => "\n#graph_root",
                _ if key.starts_with("#graph_root") => "\n#authority",
                _ if key.starts_with("#app_id") || key.starts_with("#groups") => "\n#who = \"all\"",
                _ => "",
            };
            let who = if key.starts_with("#app_id") { "\"assigned\"" } else { "\"groups\"" };
            let text = filled_in()
                .replace(&format!("\n{key}\n"), &format!("\n{}\n", &key[1..]))
                .replace(pair, &pair.replace('#', "").replace("\"all\"", who))
                .replace("\"/etc/entra-jostle-sync/credentials/", "\"credentials/")
                .replace("/etc/ssl/certs/company-ca.pem", "ca.pem");
            installation.write("main.toml", &text);
            let config = installation.load().unwrap_or_else(|said| panic!("{key}: {said}"));
            let examples = ["#app_id", "#groups", "#hire_days_before", "#leave_at", "#filter", "#cron", "#ca_file"];
            let is_example = examples.iter().any(|start| key.starts_with(start));
            assert_eq!(format!("{config:?}") == default, !is_example, "{key}");
        }
    }

    #[test]
    fn the_filter_can_be_uncommented() {
        let installation = Installation::shipped();
        let block = EXAMPLE.split_once("#[[scope.filters]]").unwrap().1.split_once("#]\n").unwrap().0;
        let block = format!("#[[scope.filters]]{block}#]\n");
        installation.write("main.toml", &filled_in().replace(&block, &uncommented(&block)));
        let filters = installation.load().unwrap().offline.scope.filters;
        assert_eq!((filters.len(), filters[0].title.as_str()), (1, "Employees in Europe"));
        let clauses: Vec<_> = filters[0].clauses.iter().map(ToString::to_string).collect();
        assert_eq!(clauses, ["employeeType EQUALS \"Employee\"", "country REGEX MATCH \"Germany|France|Italy\""]);
    }

    #[test]
    fn the_file_has_every_key_that_is_read() {
        for section in [
            "scope",
            "entra",
            "jostle",
            "schedule",
            "state",
            "mapping",
            "protect",
            "actions",
            "limits",
            "quarantine",
            "http",
        ] {
            let unknown = format!("\n[{section}]\nzzzzzzzzzzzz = 1\n");
            let installation = Installation::shipped();
            installation.write("main.toml", &filled_in().replace(&format!("\n[{section}]\n"), &unknown));
            let said = installation.load().unwrap_err();
            let (_, known) = said.split_once("known here: ").unwrap();
            let begin = EXAMPLE.split_once(&format!("\n[{section}]\n")).unwrap().1;
            let documented = begin.split_once("\n[").map_or(begin, |(section, _)| section);
            for key in known.trim().split(", ") {
                let (given, optional) = (format!("\n{key} = "), format!("\n#{key} = "));
                let table = format!("\n#[[{section}.{key}]]");
                let is_there = [given, optional, table].iter().any(|line| documented.contains(line));
                assert!(is_there, "{section}.{key}");
            }
        }
    }

    #[test]
    fn every_row_can_be_uncommented_alone_and_all_together() {
        let (mut seen, mut all) = (0, String::new());
        for block in MAPPING.split("\n\n").filter(|block| block.contains("#[[attribute]]")) {
            let installation = Installation::shipped();
            installation.write("mapping.toml", &MAPPING.replace(block, &uncommented(block)));
            let config = installation.load().unwrap_or_else(|said| panic!("{block}: {said}"));
            assert_eq!(config.offline.mapping.rows().len(), 6, "{block}");
            writeln!(all, "{}", uncommented(block)).unwrap();
            seen += 1;
        }
        assert_eq!(seen, 32);
        let installation = Installation::shipped();
        installation.write("mapping.toml", &format!("{MAPPING}\n{all}"));
        let config = installation.load().unwrap();
        for attribute in jostle::all() {
            let mut rows = config.offline.mapping.rows().iter().filter(|row| row.target.to_string() == attribute.path);
            let row = rows.next().unwrap_or_else(|| panic!("{}", attribute.path));
            assert_eq!((row.compare, row.max_length), (attribute.compare, attribute.max_length));
            assert_eq!(row.format, attribute.format);
            assert!(rows.next().is_none(), "{}", attribute.path);
        }
        assert_eq!(config.offline.mapping.rows().len(), 37);
    }

    #[test]
    fn jostles_original_ten_attributes_stand_first() {
        let (_, rows) = MAPPING.split_once("# Needed").unwrap();
        let targets = rows.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix("target = "));
        let first: Vec<_> = targets.map(|target| target.trim_matches(['"', '\''])).take(10).collect();
        let all = jostle::all().iter().map(|attribute| attribute.path);
        let mut original: Vec<_> = all.take(10).collect();
        original.sort_unstable_by_key(|path| first.iter().position(|first| first == path));
        assert_eq!(first, original);
    }

    #[test]
    fn every_example_of_an_expression_can_be_a_row() {
        let examples: Vec<_> = MAPPING.lines().filter_map(|line| line.strip_prefix("#   expression = ")).collect();
        assert_eq!(examples.len(), 5);
        for example in examples {
            let row = format!("[[attribute]]\ntarget = \"title\"\nexpression = {example}\n");
            let installation = Installation::shipped();
            installation.write("mapping.toml", &format!("{MAPPING}\n{row}"));
            let config = installation.load().unwrap_or_else(|said| panic!("{example}: {said}"));
            assert!(matches!(config.offline.mapping.rows().last().unwrap().source, Source::Expression(_)));
        }
    }

    #[test]
    fn there_is_no_advice_on_the_rows_but_on_those_that_nobody_has_chosen_yet() {
        assert_eq!(lint(&Installation::shipped().load().unwrap().offline.mapping), []);
        let installation = Installation::shipped();
        installation.write("mapping.toml", &uncommented(MAPPING));
        assert_eq!(lint(&installation.load().unwrap().offline.mapping), []);
    }

    #[test]
    fn a_row_with_a_trap_says_so() {
        for block in MAPPING.split("\n\n").filter(|block| block.contains("[[attribute]]\n")) {
            let target = jostle::all()
                .iter()
                .find(|attribute| {
                    block.contains(&format!("target = \"{}\"\n", attribute.path))
                        || block.contains(&format!("target = '{}'\n", attribute.path))
                })
                .unwrap_or_else(|| panic!("{block}"));
            assert_eq!(block.contains("# TRAP: "), target.trap.is_some(), "{block}");
        }
    }
}

mod problems {
    use super::*;

    /// Everything that can be wrong at once, with a secret wherever people put one by mistake.
    const TERRIBLE: &str = r#"
verbose = true

[entra]
tenant_id = "common"
client_id = 17
client_secret = "canary~sings8Q"
authority = "http://login.example"
clout = "china"

[jostle]
base_url = "https://admin:canary~sings8Q@jostle.example/scim2"
api_key_file = "no-such-file"
api_key_env = "JOSTLE_API_KEY"
dialect = "okta"
requests_per_second = 0
concurency = 2

[schedule]
every = "5 potatoes"
cron = "*/5 * * * *"
jitter = "half"

[state]
path = ["a"]

[mapping]
fil = "m.toml"

[scope]
who = "some"
guests = "maybe"
leave_at = "6 pm"
time_zone = "Middle/Earth"
hire_days_before = 400

[[scope.filters]]
clauses = [{ attribute = "departement", operator = "IS", value = true }]

[protect]
user_names = "automation@x.example"

[actions]
create = "no"
out_of_scope = "delete"
delete_after_days = 0
recreate_deleted = "yes"

[limits]
deactivate_count = -1
deactivate_percent = 500
smallest_baseline_share = nan

[quarantine]
failing_people = 1
failing_percent = 0

[http]
ca_file = "main.toml"
timeout = "1ms"
"#;

    const TERRIBLE_MAPPING: &str = r#"
[[attribute]]
target = "usrName"
source = "userPrincipalName"

[[attribute]]
target = "name.givenName"
source = "givenname"
required = "yes"

[[attribute]]
target = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
source = "department"

[[attribute]]
target = "title"
source = "jobTitle"
default = "Staff"
null = "clear"

[[attribute]]
target = "Title"
constant = "Staff"
source = "jobTitle"
requierd = true

[[attribute]]
target = "BirthDate"
source = "birthday"

[[attribute]]
target = "displayName"
expression = "Jion(' ', [givenName], [surname])"

[[attribute]]
target = "nickName"
required = true

[[attribute]]
target = "externalId"
source = "$active"

[[attribute]]
source = "mail"

[[attribute]]
target = "active"
source = "accountEnabled"
when = "sometimes"
"#;

    #[test]
    fn all_are_reported_together_and_no_secret_with_them() {
        let installation = Installation::shipped();
        installation.write("main.toml", TERRIBLE);
        installation.write("mapping.toml", TERRIBLE_MAPPING);
        insta::assert_snapshot!(installation.load().unwrap_err(), @r#"
        main.toml:2: verbose: is not a known key; known here: entra, jostle, schedule, state, mapping, scope, protect, actions, limits, quarantine, http
        main.toml:5: entra.tenant_id: is neither a GUID nor a domain; copy the Directory (tenant) ID
        main.toml:6: entra.client_id: must be a text in quotes, and is of type integer
        main.toml:7: entra.client_secret: is a secret in a configuration file; move it to a file of its own and write client_secret_file = "…"
        main.toml:8: entra.authority: would send the secret unencrypted; use https (http is for this machine alone)
        main.toml:8: entra.authority: goes with graph_root only; give both, or cloud instead
        main.toml:9: entra.clout: is not a known key; did you mean cloud?
        main.toml:12: jostle.base_url: has a user name or password in it; take them out: the key has a setting of its own
        main.toml:13: jostle.api_key_file: no-such-file: cannot be read (No such file or directory (os error 2)); create it, or correct the path
        main.toml:14: jostle.api_key_env: is a second place for the same secret, beside api_key_file; keep one
        main.toml:15: jostle.dialect: is "okta"; write one of "rfc", "entra"
        main.toml:16: jostle.requests_per_second: is 0; it must be at least 1 and at most 1000
        main.toml:17: jostle.concurency: is not a known key; did you mean concurrency?
        main.toml:20: schedule.every: "5 potatoes" is not a duration; write it like "30s", "5m" or "1h 30m"
        main.toml:21: schedule.cron: stands beside every; keep one of them
        main.toml:21: schedule.cron: has 5 fields; put the seconds before them, and write days of the week as names: "0 30 6 * * Mon-Fri"
        main.toml:22: schedule.jitter: "half" is not a duration; write it like "30s", "5m" or "1h 30m"
        main.toml:25: state.path: must be a text in quotes, and is of type array
        main.toml:28: mapping.fil: is not a known key; did you mean file?
        main.toml:31: scope.who: is "some"; write one of "all", "assigned", "groups"
        main.toml:32: scope.guests: is "maybe"; write one of "exclude", "include"
        main.toml:33: scope.leave_at: is "6 pm"; write a time of day like "18:00"
        main.toml:34: scope.time_zone: is "Middle/Earth"; write a name like "Europe/Berlin" or "UTC"
        main.toml:35: scope.hire_days_before: is 400; it must be at least 0 and at most 365
        main.toml:38: scope.filters 1.clauses 1.attribute: is "departement", which Graph does not have; did you mean department?
        main.toml:38: scope.filters 1.clauses 1.operator: is "IS"; write one of EQUALS, NOT EQUALS, IS TRUE, IS FALSE, IS NULL, IS NOT NULL, REGEX MATCH, NOT REGEX MATCH, Greater_Than, Greater_Than_OR_EQUALS, INCLUDES, NOT INCLUDES, ENDS_WITH, NOT ENDS_WITH, &, !&
        main.toml:38: scope.filters 1.clauses 1.value: must be a text in quotes, or a whole number, and is of type boolean
        main.toml:41: protect.user_names: must be a list of texts: ["a", "b"], and is of type string
        main.toml:44: actions.create: must be true or false, without quotes, and is of type string
        main.toml:45: actions.out_of_scope: is "delete"; write one of "deactivate", "keep"
        main.toml:46: actions.delete_after_days: has another form: write delete = { after_days = … }
        main.toml:47: actions.recreate_deleted: must be true or false, without quotes, and is of type string
        main.toml:50: limits.deactivate_count: is -1; it must be at least 0 and at most 1000000
        main.toml:51: limits.deactivate_percent: is 500; it must be at least 0 and at most 100
        main.toml:52: limits.smallest_baseline_share: is nan; it must be at least 0 and at most 1
        main.toml:55: quarantine.failing_people: is 1; it must be at least 2 and at most 1000000
        main.toml:56: quarantine.failing_percent: is 0; it must be at least 1 and at most 100
        main.toml:59: http.ca_file: main.toml: has no certificate in PEM form; convert it
        main.toml:60: http.timeout: is 1ms; it must be at least 1s and at most 10m
        mapping.toml:3: attribute 1.target: "usrName" is not published by Jostle; did you mean "userName"?
        mapping.toml:8: attribute 2.source: is "givenname", which Graph does not have; did you mean givenName?
        mapping.toml:9: attribute 2.required: must be true or false, without quotes, and is of type string
        mapping.toml:12: attribute 3.target: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" is not published by Jostle; the shipped mapping lists every attribute that Jostle takes
        mapping.toml:18: attribute 4.default: contradicts null = "clear": the next cycle would clear what the default set; keep one of them
        mapping.toml:21: attribute: two rows have the target title; keep one of them
        mapping.toml:23: attribute 5.constant: stands beside source; keep one of them
        mapping.toml:25: attribute 5.requierd: is not a known key; did you mean required?
        mapping.toml:29: attribute 6.source: is birthday, whose changes users/delta never shows; use another property, for example an extension attribute
        mapping.toml:33: attribute 7.expression: there is no function Jion; did you mean Join?
            Jion(' ', [givenName], [surname])
            ^
        mapping.toml:35: attribute 8.source: is missing; a row needs a source, a constant or an expression
        mapping.toml:39: attribute: source "$active" belongs to the target active, not to externalId
        mapping.toml:43: attribute 10.target: is missing; name the attribute of Jostle that the row writes
        mapping.toml:46: attribute: active must have source = "$active": any other source would not deactivate people who leave the scope
        mapping.toml:49: attribute 11.when: is "sometimes"; write one of "always", "create"
        "#);
    }

    #[test]
    fn a_file_that_is_not_toml_says_where_and_shows_nothing_of_the_line() {
        let installation = Installation::shipped();
        installation.write("main.toml", &format!("[entra]\nclient_secret = {CANARY}\n\n[jostle\nbase_url = 1\n"));
        insta::assert_snapshot!(installation.load().unwrap_err(), @"
        main.toml:2: is not TOML: string values must be quoted, expected literal string; correct the line
        main.toml:4: is not TOML: unclosed table, expected `]`; correct the line
        ");
    }

    #[test]
    fn a_broken_mapping_does_not_hide_the_problems_of_the_configuration() {
        let installation = Installation::with("[http]\ntimeout = 5\n");
        installation.write("mapping.toml", "[[attribute]\n");
        insta::assert_snapshot!(installation.load().unwrap_err(), @"
        main.toml:10: http.timeout: must be a text in quotes, and is of type integer
        mapping.toml:1: is not TOML: unclosed array table, expected `]`; correct the line
        ");
    }

    #[test]
    fn files_that_are_not_there_are_named() {
        let installation = Installation::with("[mapping]\nfile = \"elsewhere/m.toml\"\n");
        insta::assert_snapshot!(installation.load().unwrap_err(), @"main.toml:10: mapping.file: elsewhere/m.toml: cannot be read (No such file or directory (os error 2)); create it, or name another");
        fs::remove_file(installation.path("main.toml")).unwrap();
        insta::assert_snapshot!(installation.load().unwrap_err(), @"main.toml: cannot be read (No such file or directory (os error 2)); create it, or name another file");
    }

    #[test]
    fn an_empty_file_lacks_what_is_required() {
        let mut installation = Installation::shipped();
        installation.write("main.toml", "");
        installation.write("mapping.toml", "");
        installation.environment.clear();
        insta::assert_snapshot!(installation.load().unwrap_err(), @r#"
        main.toml: entra.tenant_id: is missing; copy the Directory (tenant) ID of the app registration
        main.toml: entra.client_id: is missing; copy the Application (client) ID of the app registration
        main.toml: entra.client_secret_file: is missing; write client_secret_file = "…" or client_secret_env = "…", or let the systemd unit load the credential entra-client-secret
        main.toml: jostle.base_url: is missing; copy Your Base URL of Jostle's Manage User Provisioning page
        main.toml: jostle.api_key_file: is missing; write api_key_file = "…" or api_key_env = "…", or let the systemd unit load the credential jostle-api-key
        mapping.toml: attribute: no row has the target userName; add it: source = "userPrincipalName", by which people are matched
        mapping.toml: attribute: no row has the target active; add it: source = "$active", without which nobody is ever deactivated
        "#);
    }

    #[test]
    fn sections_must_be_sections() {
        let installation = Installation::shipped();
        installation.write("main.toml", "entra = 1\n[[jostle]]\n");
        installation.write("mapping.toml", "attribute = [1]\n");
        insta::assert_snapshot!(installation.load().unwrap_err(), @r#"
        main.toml:1: entra: must be a section, and is of type integer
        main.toml:1: entra.tenant_id: is missing; copy the Directory (tenant) ID of the app registration
        main.toml:1: entra.client_id: is missing; copy the Application (client) ID of the app registration
        main.toml:2: jostle: must be a section, and is of type array
        main.toml:2: jostle.base_url: is missing; copy Your Base URL of Jostle's Manage User Provisioning page
        mapping.toml: attribute: no row has the target userName; add it: source = "userPrincipalName", by which people are matched
        mapping.toml: attribute: no row has the target active; add it: source = "$active", without which nobody is ever deactivated
        mapping.toml:1: attribute 1: must be a section; write it as [[attribute]]
        "#);
        installation.write("mapping.toml", "[attribute]\n");
        assert!(installation.load().unwrap_err().contains("mapping.toml:1: attribute: must be a list of sections"));
    }
}

mod secrets {
    use super::*;

    #[test]
    fn come_from_a_file_beside_the_configuration_or_a_variable_or_a_named_credential() {
        let mut installation = Installation::shipped();
        installation.secret("key", &format!("{CANARY}-file\n\n"));
        installation.secret("credentials/other", &format!("{CANARY}-other"));
        installation.environment.insert("MY_SECRET", format!("{CANARY}-env\n").into());
        installation.write("main.toml", &least("client_secret_env = \"MY_SECRET\"", "api_key_file = \"key\""));
        let config = installation.load().unwrap();
        assert_eq!(config.entra.client_secret.expose_secret(), format!("{CANARY}-env"));
        assert_eq!(config.jostle.api_key.expose_secret(), format!("{CANARY}-file"));
        installation.write("main.toml", &least("", "api_key_credential = \"other\""));
        assert_eq!(installation.load().unwrap().jostle.api_key.expose_secret(), format!("{CANARY}-other"));
    }

    #[test]
    fn in_a_wrong_file_are_refused() {
        let installation = Installation::shipped();
        installation.write("main.toml", &least("", "api_key_file = \"key\""));
        for (text, mode, reason) in [
            (CANARY, 0o604, "is open to everybody on this machine (mode 0604)"),
            (CANARY, 0o602, "is open to everybody on this machine (mode 0602)"),
            ("\n", 0o600, "holds an empty secret"),
            ("canary~sings8Q\ncanary~sings8Q\n", 0o600, "holds more than a secret"),
            (" canary~sings8Q", 0o600, "holds more than a secret"),
            ("canary~sings8Qä", 0o600, "holds more than a secret"),
        ] {
            installation.write("key", text);
            installation.mode("key", mode);
            let said = installation.load().unwrap_err();
            assert!(said.starts_with("main.toml:7: jostle.api_key_file: "), "{said}");
            assert!(said.contains(reason), "{text:?}: {said}");
        }
        fs::write(installation.path("key"), b"\xff\xfe").unwrap();
        assert!(installation.load().unwrap_err().contains("key: cannot be read"));
        for mode in [0o400, 0o640] {
            installation.write("key", CANARY);
            installation.mode("key", mode);
            installation.load().unwrap();
            installation.mode("key", 0o600);
        }
    }

    #[test]
    fn in_no_file_are_refused() {
        assert!(said_of("", "api_key_file = \"missing\"").contains("missing: cannot be read (No such file"));
        assert!(said_of("", "api_key_file = \".\"").contains("is not a regular file"));
        assert!(said_of("", "api_key_credential = \"missing\"").contains("credentials/missing: cannot be read"));
        assert!(said_of("", "api_key_env = \"NOT_SET\"").contains("names a variable that is not set"));
    }

    #[test]
    fn in_the_wrong_place_are_not_shown() {
        for key in ["client_secret", "client_secret_env", "cloud_secret", "tenant_id2"] {
            said_of(&format!("{key} = \"{CANARY}\""), "");
            said_of(&format!("{key} = [\"{CANARY}\"]"), "");
        }
        let said = said_of(&format!("client_secret = \"{CANARY}\""), "");
        assert!(
            said.contains("main.toml:4: entra.client_secret: is a secret in a configuration file; move it"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1);
    }

    #[test]
    fn in_two_places_are_one_too_many() {
        let said = said_of("client_secret_env = \"A\"\nclient_secret_credential = \"b\"", "");
        assert!(said.contains("client_secret_credential: is a second place for the same secret"), "{said}");
    }

    #[test]
    fn that_are_the_id_of_a_secret_are_noticed() {
        let mut installation = Installation::with("");
        installation.secret("credentials/entra-client-secret", GUID);
        let said = installation.load().unwrap_err();
        assert!(said.contains("entra.client_secret_file: holds the ID of a client secret; copy its Value"), "{said}");
        installation.environment.insert("ID", GUID.into());
        installation.write("main.toml", &least("client_secret_env = \"ID\"", ""));
        assert!(installation.load().unwrap_err().contains("entra.client_secret_env: holds the ID"));
    }

    #[test]
    fn without_systemd_need_a_key() {
        let mut installation = Installation::with("");
        installation.environment.clear();
        let said = installation.load().unwrap_err();
        assert!(said.contains("jostle.api_key_file: is missing; write api_key_file = \"…\""), "{said}");
        installation.write("main.toml", &least("client_secret_credential = \"a\"", ""));
        assert!(installation.load().unwrap_err().contains("systemd passed none; use client_secret_file"));
    }
}

mod sections {
    use super::*;

    #[test]
    fn entra_is_a_tenant_an_application_and_a_cloud() {
        let roots = |entra: &str| {
            let installation = Installation::shipped();
            installation.write("main.toml", &least(entra, ""));
            let config = installation.load().unwrap();
            format!("{} {}", config.entra.authority, config.entra.graph_root)
        };
        for (cloud, expected) in [
            ("global", "https://login.microsoftonline.com/ https://graph.microsoft.com/"),
            ("us-gov-l4", "https://login.microsoftonline.us/ https://graph.microsoft.us/"),
            ("us-gov-l5", "https://login.microsoftonline.us/ https://dod-graph.microsoft.us/"),
            ("china", "https://login.chinacloudapi.cn/ https://microsoftgraph.chinacloudapi.cn/"),
        ] {
            assert_eq!(roots(&format!("cloud = \"{cloud}\"")), expected);
        }
        let simulator = "authority = \"http://127.0.0.1:1\"\ngraph_root = \"http://[::1]:2\"";
        assert_eq!(roots(simulator), "http://127.0.0.1:1/ http://[::1]:2/");
        assert!(said_of(&format!("cloud = \"global\"\n{simulator}"), "").contains("entra.cloud: contradicts"));
        assert!(said_of("graph_root = \"https://graph.example\"", "").contains("goes with authority only"));
        assert!(said_of("cloud = \"mars\"", "").contains("write one of \"global\", \"us-gov-l4\""));
    }

    #[test]
    fn a_tenant_may_be_a_domain_but_not_everybody() {
        let installation = Installation::shipped();
        let tenant = |id: &str| {
            let text = least("", "").replace(&format!("tenant_id = \"{GUID}\""), &format!("tenant_id = \"{id}\""));
            installation.write("main.toml", &text);
            installation.load().map(|config| config.entra.tenant_id)
        };
        assert_eq!(tenant("contoso.onmicrosoft.com").unwrap(), "contoso.onmicrosoft.com");
        for id in ["common", "organizations", "a/b.c", "a..b", "12345678-9abc-def0-1234-56789abcdeg0"] {
            assert!(tenant(id).unwrap_err().contains("is neither a GUID nor a domain"), "{id}");
        }
    }

    #[test]
    fn a_schedule_is_an_interval_or_a_cron_expression_with_jitter() {
        let schedule = |keys: &str| {
            let schedule = Installation::with(&format!("[schedule]\n{keys}\n")).load().unwrap().schedule;
            let timing = match schedule.timing {
                Timing::Every(every) => format!("{every:?}"),
                Timing::Cron(cron) => cron.to_string(),
            };
            format!("{timing} + {:?}", schedule.jitter)
        };
        assert_eq!(schedule(""), "300s + 30s");
        assert_eq!(schedule("every = \"10s\""), "10s + 1s");
        assert_eq!(schedule("every = \"1h 30m\"\njitter = \"50%\""), "5400s + 2700s");
        assert_eq!(schedule("every = \"24h\"\njitter = \"0s\""), "86400s + 0ns");
        assert_eq!(schedule("cron = \"0 30 6 * * Mon-Fri\""), "0 30 6 * * Mon-Fri + 30s");
        assert_eq!(schedule("cron = \"0,10,50 * * 29 2 *\"\njitter = \"1m\""), "0,10,50 * * 29 2 * + 60s");
    }

    #[test]
    fn everybody_is_read_again_once_a_week_or_after_the_days_that_are_written() {
        let days = |keys: &str| {
            let config = Installation::with(&format!("[schedule]\n{keys}\n")).load().unwrap();
            config.baseline_every.as_hours() / 24
        };
        assert_eq!((days(""), days("baseline_days = 30")), (7, 30));
    }

    #[test]
    fn a_schedule_that_cannot_be_is_refused() {
        for (keys, reason) in [
            ("every = \"9s\"", "every: is 9s; it must be at least 10s and at most 24h"),
            ("every = \"25h\"", "at most 24h"),
            ("every = \"-5m\"", "at least 10s"),
            ("every = \"99999999999999h\"", "at most 24h"),
            ("every = 300", "every: must be a text in quotes, and is of type integer"),
            ("baseline_days = 0", "baseline_days: is 0; it must be at least 1 and at most 30"),
            ("jitter = \"6m\"", "jitter: is 6m; it must be at least 0s and at most 5m"),
            ("jitter = \"101%\"", "write \"0%\" to \"100%\""),
            ("cron = \"0 0 6 * * *\"\njitter = \"10%\"", "with cron, write a duration"),
            ("cron = \"0 0 6 * * *\"\nevery = \"5m\"", "cron: stands beside every; keep one of them"),
            ("cron = \"*/5 * * * *\"", "has 5 fields; put the seconds before them"),
            ("cron = \"0 0 25 * * *\"", "is not a cron expression"),
            ("cron = \"0 0 0 30 2 *\"", "never comes"),
            ("cron = \"0 0 0 31 4,6,9,11 *\"", "never comes"),
            ("cron = \"* * * * * *\"", "starts more often than every 10 seconds"),
            ("cron = \"0,55 * * * * *\"", "starts more often than every 10 seconds"),
        ] {
            let said = said_of_sections(&format!("[schedule]\n{keys}\n"));
            assert!(said.contains(reason), "{keys}: {said}");
        }
    }

    #[test]
    fn the_others_take_what_they_document() {
        let installation = Installation::with(
            "[state]\npath = \"s/state.db\"\n[mapping]\nfile = \"m.toml\"\n\
             [protect]\nuser_names = [\" A@x.example\"]\njostle_ids = [\"42\"]\n\
             [actions]\nout_of_scope = \"keep\"\ndelete = { after_days = 90 }\nrecreate_deleted = true\n\
             [limits]\ndeactivate_count = 0\ndeactivate_percent = 2\nsmallest_baseline_share = 1.0\n\
             [quarantine]\nfailing_people = 2\nfailing_percent = 100\n\
             [http]\nca_file = \"ca.pem\"\ntimeout = \"1m\"\n",
        );
        fs::rename(installation.path("mapping.toml"), installation.path("m.toml")).unwrap();
        installation.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
        let config = installation.load().unwrap();
        assert_eq!(config.offline.state.path, installation.path("s/state.db"));
        assert_eq!(
            (config.offline.protect.user_names, config.offline.protect.jostle_ids),
            (vec!["A@x.example".into()], vec!["42".into()])
        );
        assert_eq!(config.offline.actions.out_of_scope, OutOfScope::Keep);
        assert_eq!(
            (config.offline.actions.delete, config.offline.actions.recreate_deleted),
            (Delete::AfterDays(90), true)
        );
        assert_eq!(
            (config.offline.limits.deactivate_count, config.offline.limits.deactivate_percent.to_bits()),
            (0, 2f64.to_bits())
        );
        assert_eq!(config.quarantine, QuarantineRules { failing_people: 2, failing_percent: 100.0 });
        assert_eq!(config.http.ca_pem.unwrap(), b"-----BEGIN CERTIFICATE-----\n");
        assert_eq!(config.http.timeout, Duration::from_mins(1));
    }

    #[test]
    fn numbers_have_a_type_and_a_range() {
        for (sections, reason) in [
            ("[limits]\ndeactivate_count = 1.5", "must be a whole number without quotes, and is of type float"),
            ("[limits]\ndeactivate_count = -1", "is -1; it must be at least 0"),
            ("[limits]\ndeactivate_count = 99999999999999999999", "it must be at least 0 and at most"),
            ("[limits]\ndeactivate_percent = \"5\"", "must be a number without quotes, and is of type string"),
            ("[limits]\nsmallest_baseline_share = 50", "is 50; it must be at least 0 and at most 1"),
            ("[limits]\nsmallest_baseline_share = nan", "is nan"),
            ("[actions]\ndelete = { after_days = 0 }", "is 0; it must be at least 1"),
            ("[actions]\ngrace_days = 366", "is 366; it must be at least 0 and at most 365"),
            ("[scope]\nhire_days_before = -1", "is -1; it must be at least 0 and at most 365"),
            ("[protect]\nuser_names = [1]", "must be a list of texts"),
            ("[protect]\nuser_names = [\"\"]", "has an empty text in it"),
            ("[http]\nca_file = \"main.toml\"", "has no certificate"),
            ("[http]\nca_file = \"no.pem\"", "no.pem: cannot be read"),
        ] {
            let said = said_of_sections(sections);
            assert!(said.contains(reason), "{sections}: {said}");
        }
        assert!(said_of("", "concurrency = 65").contains("is 65; it must be at least 1 and at most 64"));
        assert!(said_of("", "requests_per_second = 0").contains("is 0; it must be at least 1 and at most 1000"));
    }
}

mod scope {
    use super::*;

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
            (
                clause("attribute = \"mail\", operator = \"IS NULL\", value = \"a\""),
                "value: IS NULL compares with nothing",
            ),
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
            (
                clause("attribute = \"mail\", operator = \"EQUALS\", value = \"a\", anchored = true"),
                "anchored: belongs to",
            ),
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
}

mod rows {
    use super::*;

    fn text(value: &str) -> TargetValue {
        TargetValue::Text(value.to_owned())
    }

    /// The row of a mapping that has one more than the shipped one.
    fn row(keys: &str) -> Row {
        let installation = Installation::shipped();
        installation.write("mapping.toml", &format!("{MAPPING}\n[[attribute]]\n{keys}\n"));
        installation
            .load()
            .unwrap_or_else(|said| panic!("{keys}: {said}"))
            .offline
            .mapping
            .rows()
            .last()
            .unwrap()
            .clone()
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
            (
                "target = \"title\"\nsource = \"mail\"\nclear = true",
                "clear: is not a key any more; write null = \"clear\"",
            ),
            (
                "target = \"nickName\"\nsource = \"mail\"\nrequired = true\ndefault = \"b\"",
                "default: contradicts required",
            ),
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
        let expected =
            format!("mapping.toml:{line}: attribute 6.expression: reads [birthday], which is birthday, whose");
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
}
