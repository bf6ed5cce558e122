//! A simulator in the test's process with a configuration for it, and the program run on that configuration.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};

use entra_jostle_sync::simulator::{
    BodyKind, Effect, Fault, RecordedRequest, RunningSimulator, Side, Simulator, SimulatorOptions, write_config,
};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::runtime::{Builder, Runtime};

/// The program with these arguments and nothing of the test's environment.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entra-jostle-sync"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// What a process that has ended left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// What is printed for people, on one line: it is told on lines that fit a terminal, of which only those are longer
    /// that cannot be broken.
    pub(crate) fn flat(&self) -> String {
        let fits = |line: &str| line.chars().count() <= 80 || !line.trim().contains(' ');
        self.stdout.lines().for_each(|line| assert!(fits(line), "{line}\nin {}", self.stdout));
        self.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The whole of stdout as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in stdout: {self:?}"))
    }
}

/// Runs the program to its end, which must have this exit code.
pub(crate) fn expect(code: i32, command: Command) -> Done {
    let assert = assert_cmd::Command::from_std(command).assert().code(code);
    Done::of(assert.get_output())
}

pub(crate) struct Rig {
    pub(crate) sim: RunningSimulator,
    pub(crate) config: PathBuf,
    folder: tempfile::TempDir,
    runtime: Runtime,
}

impl Rig {
    /// A tenant of so many invented people, and a configuration for it.
    pub(crate) fn new(users: usize) -> Self {
        Self::with(SimulatorOptions { users, ..SimulatorOptions::default() })
    }

    pub(crate) fn with(options: SimulatorOptions) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let sim = runtime.block_on(Simulator::start(options)).expect("the simulator starts");
        let folder = tempfile::tempdir().expect("a folder");
        let config = write_config(folder.path(), sim.details(), sim.ca_pem()).expect("a configuration");
        Self { sim, config, folder, runtime }
    }

    /// The folder of the configuration, its secrets and the state.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.arg("--config").arg(&self.config);
        command
    }

    /// Runs the program on this configuration to its end, which must have this exit code.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> Done {
        expect(code, self.command(arguments))
    }

    /// Starts the program on this configuration and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Starts a daemon and waits until it has finished its first cycle and asks nothing any more.
    pub(crate) fn idle(&self) -> Running {
        let mut run = self.start(&["run", "--log-level", "entra_jostle_sync=debug"]);
        run.log_until("schedule.next", 1);
        run
    }

    /// Replaces a text of a file beside the configuration.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.folder().join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(old), "{file} has no {old}");
        std::fs::write(&path, text.replacen(old, new, 1)).expect("written");
    }

    /// Adds to a file beside the configuration.
    pub(crate) fn append(&self, file: &str, text: &str) {
        let path = self.folder().join(file);
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("a file");
        file.write_all(text.as_bytes()).expect("written");
    }

    /// An address of this machine where nobody listens, as long as the socket lives.
    pub(crate) fn closed_port(&self) -> (TcpSocket, SocketAddr) {
        let _inside = self.runtime.enter();
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("bound");
        let address = socket.local_addr().expect("an address");
        (socket, address)
    }

    /// Somebody new in Entra; returns the Entra id.
    pub(crate) fn person(&self, alias: &str, more: &Value) -> String {
        let mut user = json!({
            "userPrincipalName": format!("{alias}@corp.example"), "mail": format!("{alias}@corp.example"),
            "displayName": alias, "givenName": "Given", "surname": "Family", "accountEnabled": true,
            "userType": "Member",
        });
        user.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        let created = self.sim.graph().create_user(&user).expect("a new person");
        created["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn faults(&self, faults: Vec<Fault>) {
        self.sim.set_faults(faults).expect("faults");
    }

    /// Requests to Graph and Jostle since the last clearing.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.sim.requests().into_iter().filter(|request| request.side != Side::Token).collect()
    }

    /// Requests to Jostle that are not readings.
    pub(crate) fn writes(&self) -> Vec<String> {
        let to_jostle = self.requests().into_iter().filter(|request| request.side == Side::Jostle);
        to_jostle.filter(|r| r.method != "GET").map(|r| format!("{} {}", r.method, r.path)).collect()
    }

    /// The user principal names, folded, of everybody who must have an account: enabled, no guest, complete.
    pub(crate) fn employees(&self) -> BTreeSet<String> {
        let text = |user: &Value, name: &str| user[name].as_str().unwrap_or_default().trim().to_owned();
        let is_employee = |user: &Value| {
            user["lifecycle"] == "live"
                && user["accountEnabled"] != false
                && user["userType"] != "Guest"
                && !text(user, "userPrincipalName").contains("#EXT#")
                && ["givenName", "surname", "mail"].iter().all(|name| !text(user, name).is_empty())
        };
        let users = self.sim.graph().users();
        users.iter().filter(|u| is_employee(u)).map(|u| text(u, "userPrincipalName").to_lowercase()).collect()
    }

    /// How many accounts Jostle has by now.
    pub(crate) fn accounts(&self) -> usize {
        self.sim.jostle().users_json().len()
    }

    /// Jostle has so many accounts, and all are active.
    pub(crate) fn assert_everybody_active(&self, accounts: usize) {
        let all = self.sim.jostle().users_json();
        assert_eq!(all.iter().filter(|account| account["active"] == true).count(), accounts);
        assert_eq!(all.len(), accounts);
    }

    /// Every employee has one active account, and nobody else has any.
    pub(crate) fn assert_one_account_each(&self) {
        let accounts = self.sim.jostle().users_json();
        self.assert_everybody_active(accounts.len());
        let names: BTreeSet<_> =
            accounts.iter().map(|account| account["userName"].as_str().expect("a name").to_lowercase()).collect();
        assert_eq!(names.len(), accounts.len(), "a userName occurs twice");
        assert_eq!(names, self.employees());
    }
}

/// An answer with a status.
pub(crate) fn status(status: u16) -> Effect {
    Effect::Status { status, retry_after: None, code: None, body: BodyKind::Json }
}

/// A bearer token for the simulated Graph.
pub(crate) async fn token(sim: &RunningSimulator) -> String {
    // The second installation in a process is refused, and the first one serves.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let details = sim.details();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &details.client_id)
        .append_pair("client_secret", &details.client_secret)
        .append_pair("scope", "https://graph.microsoft.com/.default")
        .finish();
    let answer = reqwest::Client::new()
        .post(format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let answer: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// A process that runs beside the test; it is killed if the test ends before it.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        Self { child, stdout, stderr }
    }

    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("UTF-8");
        assert!(!line.is_empty(), "stdout ended: {}", self.rest_of_log());
        line
    }

    /// Reads the log until so many lines have this text in them; what was read.
    pub(crate) fn log_until(&mut self, text: &str, times: usize) -> String {
        let mut log = String::new();
        let mut seen = 0;
        while seen < times {
            let start = log.len();
            self.stderr.read_line(&mut log).expect("UTF-8");
            assert!(log.len() > start, "the log ended after {seen} of {times} lines with {text}");
            seen += usize::from(log[start..].contains(text));
        }
        log
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Ends a daemon as systemd does; it must end well.
    pub(crate) fn stop(self) {
        self.terminate();
        let done = self.finish();
        assert_eq!(done.code, Some(0), "{done:?}");
        assert!(done.stderr.contains("daemon.stopped"), "{done:?}");
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and waits for the end.
    pub(crate) fn kill(mut self) {
        assert!(self.is_alive(), "it ended before it was killed");
        self.child.kill().expect("killed");
        self.child.wait().expect("waited");
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Done {
        let stderr = self.rest_of_log();
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("UTF-8");
        let status = self.child.wait().expect("waited");
        Done { code: status.code(), stdout, stderr }
    }

    fn rest_of_log(&mut self) -> String {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("UTF-8");
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail for a process that has ended, which is what is wanted.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// A text for people that fits 80 columns, with the same letters in the place of Jostle's ids, and of whatever `mask`
/// replaces word by word.
pub(crate) fn masked(rig: &Rig, text: &str, mask: impl Fn(&str) -> String) -> String {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let mut text = text.to_owned();
    for account in rig.sim.jostle().users_json() {
        let id = account["id"].as_str().expect("an id");
        text = text.replace(id, &"#".repeat(id.len()));
    }
    let line = |line: &str| line.split(' ').map(&mask).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
