//! `import-entra`: from a file and from a tenant to the files of the configuration.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Done, expect, program};

fn schema(name: &str) -> String {
    format!("{}/tests/data/entra-schemas/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

fn import(code: i32, out: &std::path::Path, arguments: &[&str]) -> Done {
    let mut command = program(&["import-entra", "--out"]);
    command.arg(out).args(arguments);
    expect(code, command)
}

#[test]
fn a_file_becomes_two_files_and_a_report_that_ends_with_what_to_type() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("import");
    let done = import(0, &out, &[&schema("jostle-gallery-job")]);
    let scope = std::fs::read_to_string(out.join("scope.toml")).expect("written");
    assert!(scope.contains("who = \"assigned\"") && out.join("mapping.toml").exists(), "{scope}");
    assert!(done.stdout.starts_with("Brought along"), "{}", done.stdout);
    let report = done.stdout.split("\nWritten\n").next().expect("a report");
    assert!(report.lines().all(|line| line.chars().count() <= 80), "{report}");
    assert!(done.stdout.ends_with("  entra-jostle-sync check\n  entra-jostle-sync plan\n"), "{}", done.stdout);
}

#[test]
fn nothing_is_overwritten_without_force_and_the_second_time_gives_the_same_bytes() {
    for name in ["default-scim-app", "jostle-gallery-job", "rich"] {
        again(&schema(name));
    }
}

fn again(file: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    import(0, folder.path(), &[file]);
    let read = || ["mapping.toml", "scope.toml"].map(|name| std::fs::read(folder.path().join(name)).expect("a file"));
    let first = read();
    let done = import(1, folder.path(), &[file]);
    assert!(done.stderr.contains("mapping.toml exists") && done.stderr.contains("--force"), "{}", done.stderr);
    std::fs::write(folder.path().join("mapping.toml"), "mine, and longer than what is written".repeat(1000))
        .expect("written");
    std::fs::remove_file(folder.path().join("scope.toml")).expect("removed");
    import(1, folder.path(), &[file]);
    assert!(!folder.path().join("scope.toml").exists(), "one file that is there keeps both from being written");
    import(0, folder.path(), &[file, "--force"]);
    assert_eq!(read(), first);
}

#[test]
fn the_report_as_json_names_the_files_and_the_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = import(0, folder.path(), &[&schema("default-scim-app"), "--json"]).json();
    assert_eq!(shown["mapping"], json!(folder.path().join("mapping.toml")));
    let targets: Vec<_> =
        shown["report"]["not_possible"].as_array().expect("a list").iter().map(|i| &i["what"]).collect();
    assert!(targets.contains(&&json!("preferredLanguage")), "{targets:?}");
    assert_eq!(shown["next"].as_array().map(Vec::len), Some(4), "{shown}");
}

#[test]
fn what_is_no_schema_or_no_file_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("in.json");
    for (text, wanted) in
        [("{}", "no provisioning schema"), ("<html>", "is not JSON"), ("{\"value\": []}", "no provisioning schema")]
    {
        std::fs::write(&file, text).expect("written");
        let done = import(1, &folder.path().join("out"), &[file.to_str().expect("UTF-8")]);
        assert!(done.stderr.contains(wanted), "{text}: {}", done.stderr);
    }
    std::fs::write(&file, [0xff, 0xfe, b'{', 0]).expect("written");
    let done = import(1, &folder.path().join("out"), &[file.to_str().expect("UTF-8")]);
    assert!(done.stderr.contains("in.json is not text in UTF-8"), "{}", done.stderr);
    let done = import(1, &folder.path().join("out"), &["/nowhere.json"]);
    assert!(done.stderr.contains("failed to read /nowhere.json"), "{}", done.stderr);
    let done = import(1, &file.join("below"), &[&schema("rich")]);
    assert!(done.stderr.contains("failed to write") && done.stderr.contains("below/mapping.toml"), "{}", done.stderr);
    assert!(!folder.path().join("out").exists());
    import(2, folder.path(), &[]);
    import(2, folder.path(), &["--from-tenant"]);
    import(2, folder.path(), &["in.json", "--from-tenant", "--app-id", APP]);
    let done = import(2, folder.path(), &["--from-tenant", "--app-id", "Jostle"]);
    assert!(done.stderr.contains("it is no GUID; copy the Application ID"), "{}", done.stderr);
}

const APP: &str = "99999999-8888-7777-6666-555555555555";

/// An authority and a Graph with one application and these jobs.
async fn tenant(jobs: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    let answer = |verb: &str, at: String, body: Value| {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&server)
    };
    let token = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": "t"});
    answer("POST", "/corp.example/oauth2/v2.0/token".to_owned(), token).await;
    let application = format!("/v1.0/servicePrincipals(appId='{APP}')");
    answer("GET", application, json!({"id": "sp", "appId": APP})).await;
    let at = "/v1.0/servicePrincipals/sp/synchronization";
    answer("GET", format!("{at}/jobs"), json!({"value": jobs})).await;
    let text = std::fs::read_to_string(schema("default-scim-app")).expect("a schema");
    answer("GET", format!("{at}/jobs/one/schema"), serde_json::from_str(&text).expect("JSON")).await;
    let secrets = json!([{"key": "SyncAll", "value": "false"}, {"key": "SecretToken", "value": "not-to-be-shown"}]);
    answer("GET", format!("{at}/secrets"), json!({"value": secrets})).await;
    server
}

/// Imports from a tenant with these jobs; the configuration has nothing but `[entra]`.
fn from_tenant(code: i32, jobs: &[Value], more: &[&str]) -> (Done, tempfile::TempDir) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(tenant(jobs));
    let folder = tempfile::tempdir().expect("a folder");
    let (secret, config) = (folder.path().join("secret"), folder.path().join("entra-jostle-sync.toml"));
    std::fs::write(&secret, "s3cret").expect("written");
    restrict(&secret);
    let text = format!(
        "[entra]\ntenant_id = \"corp.example\"\nclient_id = \"{APP}\"\nclient_secret_file = \"secret\"\nauthority = \
         \"{0}\"\ngraph_root = \"{0}\"\n",
        server.uri()
    );
    std::fs::write(&config, text).expect("written");
    let config = config.to_str().expect("UTF-8").to_owned();
    let arguments = ["--from-tenant", "--app-id", APP, "--config", &config];
    let done = import(code, folder.path(), &[&arguments, more].concat());
    (done, folder)
}

fn restrict(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("restricted");
}

#[test]
fn a_job_is_read_from_the_tenant_with_the_section_entra_alone() {
    let (done, folder) = from_tenant(0, &[json!({"id": "one"})], &[]);
    let scope = std::fs::read_to_string(folder.path().join("scope.toml")).expect("written");
    assert!(scope.contains("who = \"assigned\"") && scope.contains(&format!("app_id = \"{APP}\"")), "{scope}");
    assert!(done.stdout.contains("job: one") && !done.stdout.contains("not-to-be-shown"), "{}", done.stdout);
}

#[test]
fn of_several_jobs_of_a_tenant_one_is_named() {
    let jobs = [json!({"id": "one"}), json!({"id": "two"})];
    let (done, _folder) = from_tenant(1, &jobs, &[]);
    assert!(done.stderr.contains("one, two") && done.stderr.contains("--job-id"), "{}", done.stderr);
    from_tenant(0, &jobs, &["--job-id", "one"]);
}
