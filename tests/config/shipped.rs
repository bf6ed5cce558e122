//! The shipped files: they load, document every key, and their examples work.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use entra_jostle_sync::config::{History, Log};
use entra_jostle_sync::daemon::{Recurrence, Timing};
use entra_jostle_sync::event::PersonalData;
use entra_jostle_sync::jostle;
use entra_jostle_sync::mapping::{Source, lint};
use entra_jostle_sync::plan::{Actions, Bound, QuarantineRules};
use entra_jostle_sync::scim::Dialect;
use entra_jostle_sync::scope::Rules;
use secrecy::ExposeSecret;

use super::{CANARY, EXAMPLE, GUID, Installation, MAPPING, filled_in};

/// Keys that show an example, since there is no default.
const EXAMPLES: [&str; 11] = [
    "#app_id",
    "#groups",
    "#hire_days_before",
    "#leave_at",
    "#filter",
    "#cron",
    "#entra_credential_expires",
    "#jostle_key_expires",
    "#listen",
    "#textfile",
    "#ca_file",
];

/// The lines of a text that are in no commented-out section.
fn outside_of_blocks(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("\n\n").filter(|block| !block.lines().any(|line| line.starts_with("#[[")));
    blocks.flat_map(str::lines)
}

/// A text without the `#` of lines that are commented-out TOML: those without a blank behind it.
pub(super) fn uncommented(block: &str) -> String {
    block
        .lines()
        .map(|line| if line.starts_with("# ") { line } else { line.trim_start_matches('#') }.to_owned() + "\n")
        .collect()
}

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
    assert!(matches!(config.reconcile, Recurrence::Every(every) if every.as_hours() == 24 * 7));
    assert_eq!(config.offline.state.path, Path::new("/var/lib/entra-jostle-sync/state.db"));
    assert_eq!(config.offline.scope, Rules::default());
    assert!(config.offline.protect.user_names.is_empty() && config.offline.protect.jostle_ids.is_empty());
    assert_eq!(config.offline.actions, Actions::default());
    let deactivate = config.offline.limits.guard.deactivate;
    assert_eq!(deactivate.cycle, Bound { count: 10, percent: 2.0 });
    assert_eq!(deactivate.day, Bound { count: 20, percent: 4.0 });
    assert!((config.offline.limits.smallest_baseline_share - 0.5).abs() < f64::EPSILON);
    let rules = QuarantineRules { failing_people: 5, failing_percent: 50.0 };
    assert_eq!(config.quarantine, rules);
    assert_eq!(config.history, History { keep_days: 400, max_mb: 1000 });
    assert_eq!(config.log, Log { personal_data: PersonalData::Names, heartbeat: Duration::from_mins(15) });
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
    let keys: Vec<_> = outside_of_blocks(EXAMPLE)
        .filter(|line| line.starts_with('#') && line[1..].starts_with(char::is_alphabetic))
        .collect();
    assert_eq!(keys.len(), 63, "{keys:#?}");
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
        let is_example = EXAMPLES.iter().any(|start| key.starts_with(start));
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
        "reconcile",
        "limits",
        "quarantine",
        "log",
        "health",
        "metrics",
        "alerts",
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
