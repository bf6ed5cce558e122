//! Entra, the schedule and the other sections: what they take, and what they refuse.

use std::fs;
use std::time::Duration;

use entra_jostle_sync::config::History;
use entra_jostle_sync::daemon::{Recurrence, Timing};
use entra_jostle_sync::plan::{Bound, Delete, Limit, OutOfScope, QuarantineRules};

use super::{GUID, Installation, least, said_of, said_of_sections};

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
fn accounts_are_compared_as_often_as_is_written() {
    let reconcile = |keys: &str| match Installation::with(&format!("[schedule]\n{keys}\n")).load().unwrap().reconcile {
        Recurrence::Never => "never".to_owned(),
        Recurrence::Every(every) => format!("{} d", every.as_hours() / 24),
        Recurrence::Cron(cron) => cron.to_string(),
    };
    for (keys, expected) in [
        ("", "7 d"),
        ("reconcile = \"daily\"", "1 d"),
        ("reconcile = \"weekly\"", "7 d"),
        ("reconcile = \"monthly\"", "30 d"),
        ("reconcile = \"never\"", "never"),
        ("reconcile = \"0 17 3 * * Sun\"", "0 17 3 * * Sun"),
    ] {
        assert_eq!(reconcile(keys), expected, "{keys}");
    }
}

#[test]
fn a_schedule_that_cannot_be_is_refused() {
    for (keys, reason) in [
        ("reconcile = \"hourly\"", "is none of \"daily\", \"weekly\", \"monthly\" or \"never\", and is not a cron"),
        ("reconcile = \"17 3 * * Sun\"", "and has 5 fields"),
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
         [limits]\nsmallest_baseline_share = 1.0\nupdate.count = 7000\n\
         [limits.deactivate]\ncount = 0\npercent = 2\nday_count = 3\nday_percent = 4.5\n\
         [quarantine]\nfailing_people = 2\nfailing_percent = 100\n\
         [history]\nkeep_days = 8\nmax_mb = 1\n\
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
    assert_eq!((config.offline.actions.delete, config.offline.actions.recreate_deleted), (Delete::AfterDays(90), true));
    let limits = config.offline.limits.guard;
    let (cycle, day) = (Bound { count: 0, percent: 2.0 }, Bound { count: 3, percent: 4.5 });
    assert_eq!(limits.deactivate, Limit { cycle, day });
    assert_eq!((limits.update.cycle.count, limits.update.day.count), (7000, 7000), "a day may do what a cycle may");
    assert_eq!(config.quarantine, QuarantineRules { failing_people: 2, failing_percent: 100.0 });
    assert_eq!(config.history, History { keep_days: 8, max_mb: 1 });
    assert_eq!(config.http.ca_pem.unwrap(), b"-----BEGIN CERTIFICATE-----\n");
    assert_eq!(config.http.timeout, Duration::from_mins(1));
}

#[test]
fn numbers_have_a_type_and_a_range() {
    for (sections, reason) in [
        ("[limits.deactivate]\ncount = 1.5", "must be a whole number without quotes, and is of type float"),
        ("[limits.deactivate]\ncount = -1", "is -1; it must be at least 0"),
        ("[limits.deactivate]\ncount = 99999999999999999999", "it must be at least 0 and at most"),
        ("[limits.loud]\nday_percent = \"5\"", "must be a number without quotes, and is of type string"),
        ("[limits]\nsmallest_baseline_share = 50", "is 50; it must be at least 0 and at most 1"),
        ("[limits]\nsmallest_baseline_share = nan", "is nan"),
        ("[actions]\ndelete = { after_days = 0 }", "is 0; it must be at least 1"),
        ("[actions]\ngrace_days = 366", "is 366; it must be at least 0 and at most 365"),
        ("[scope]\nhire_days_before = -1", "is -1; it must be at least 0 and at most 365"),
        ("[history]\nkeep_days = 7", "is 7; it must be at least 8 and at most 3650"),
        ("[history]\nmax_mb = 0", "is 0; it must be at least 1"),
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
