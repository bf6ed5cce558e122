//! What is said of wrong files: everything at once, with its place, and no secret.

use std::fs;

use super::{CANARY, Installation};

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
deactivate = { count = -1, percent = 500 }
create = 5
smallest_baseline_share = nan

[quarantine]
failing_people = 1
failing_percent = 0

[http]
ca_file = "main.toml"
timeout = "1ms"

[log]
personal_data = "some"
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
    main.toml:2: verbose: is not a known key; known here: entra, jostle, schedule, state, reconcile, mapping, scope, protect, actions, limits, quarantine, history, log, health, metrics, alerts, http
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
    main.toml:50: limits.deactivate.count: is -1; it must be at least 0 and at most 1000000
    main.toml:50: limits.deactivate.percent: is 500; it must be at least 0 and at most 100
    main.toml:51: limits.create: must be a section, and is of type integer
    main.toml:52: limits.smallest_baseline_share: is nan; it must be at least 0 and at most 1
    main.toml:55: quarantine.failing_people: is 1; it must be at least 2 and at most 1000000
    main.toml:56: quarantine.failing_percent: is 0; it must be at least 1 and at most 100
    main.toml:59: http.ca_file: main.toml: has no certificate in PEM form; convert it
    main.toml:60: http.timeout: is 1ms; it must be at least 1s and at most 10m
    main.toml:63: log.personal_data: is "some"; write one of "ids", "names", "values"
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
