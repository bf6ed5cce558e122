//! `mapping lint`: advice on rows that are probably not what was meant.

use crate::cli::args::LintArgs;
use crate::cli::exit::Failure;
use crate::cli::{Exit, Run, output, wrap};
use crate::config;
use crate::mapping::{Finding, lint as look_over};

pub(super) fn lint(run: &Run, options: &LintArgs) -> Result<Exit, Failure> {
    let findings = look_over(&config::load_offline(&run.config)?.mapping);
    output::print(run.json, &findings, || describe(&findings))?;
    Ok(if options.strict && !findings.is_empty() { Exit::Configuration } else { Exit::Success })
}

fn describe(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing to say about the mapping".to_owned();
    }
    let mut out = String::new();
    for Finding { target, message } in findings {
        wrap::field(&mut out, "", &target.to_string());
        wrap::field(&mut out, "    ", message);
    }
    out
}
