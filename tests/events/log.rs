//! What was logged, line by line, against the schema that the program prints.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use entra_jostle_sync::telemetry::{self, LogFormat, LogOptions};
use jsonschema::Validator;
use serde_json::Value;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use super::rig::{expect, program};

/// What this process logs, as the program logs it with `--log-format json`.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// From now on.
    pub(super) fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let options = LogOptions { filter: "entra_jostle_sync=debug".to_owned(), format: LogFormat::Json };
        telemetry::init(&options, BoxMakeWriter::new(move || writer.clone()));
        log
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log").clone()).expect("UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The schema of a line.
pub(super) struct Schema {
    text: Value,
    whole: Validator,
}

impl Schema {
    /// As `events --schema` prints it.
    pub(super) fn printed() -> Self {
        let text = expect(0, program(&["events", "--schema"])).json();
        let whole = validator(&text);
        Self { text, whole }
    }

    /// The ids of the events that are in this log. Every line of it must be as the schema says.
    pub(super) fn events(&self, log: &str) -> BTreeSet<String> {
        lines(log).iter().map(|line| self.id(line)).collect()
    }

    fn id(&self, line: &Value) -> String {
        let id = line["event"].as_str().unwrap_or_else(|| panic!("a line without an event: {line}"));
        let is_valid = self.whole.is_valid(line);
        assert!(is_valid, "{line} is not as its schema says: {:?}", self.complaints(id, line));
        id.to_owned()
    }

    /// What is wrong with a line of this event.
    fn complaints(&self, id: &str, line: &Value) -> Vec<String> {
        let all = self.text["oneOf"].as_array().expect("a list");
        let Some(schema) = all.iter().find(|schema| schema["title"] == id) else {
            return vec!["it is not in the catalogue".to_owned()];
        };
        validator(schema).iter_errors(line).map(|error| error.to_string()).collect()
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a schema")
}

/// The lines of a log. What a command says at its end is no line of it.
pub(super) fn lines(log: &str) -> Vec<Value> {
    let is_line = |line: &&str| !line.starts_with("entra-jostle-sync: ");
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    log.lines().filter(is_line).map(line).collect()
}
