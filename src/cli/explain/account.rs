//! The account, and the last lines of the provisioning log.

use super::table::table;
use crate::cli::reconcile::word as treatment_word;
use crate::cli::wrap::field;
use crate::engine::{AccountView, AttributeView, DriftView, Explanation, LogLine};
use crate::model::{Drift, LinkOrigin, MatchChoice, TargetId, TargetValue};

pub(super) fn describe(
    out: &mut String,
    account: Option<&AccountView>,
    Explanation { drift, choice, .. }: &Explanation,
) {
    let Some(AccountView { jostle_id, origin, gone, active, attributes }) = account else {
        field(out, "  ", "no account is linked");
        return;
    };
    let is_chosen =
        choice.as_ref().is_some_and(|choice| choice.done_at.is_some() && is_link_to(&choice.choice, jostle_id));
    let origin = match origin {
        LinkOrigin::Created => "created by us",
        LinkOrigin::Adopted if is_chosen => "was there before, and an administrator said that it is the person's",
        LinkOrigin::Adopted => "was there before, adopted by its userName",
    };
    let state = match (gone, active) {
        (true, _) => "deleted in Jostle",
        (false, true) => "active",
        (false, false) => "inactive",
    };
    field(out, "  id        ", jostle_id.as_str());
    field(out, "  link      ", origin);
    field(out, "  state     ", state);
    out.push('\n');
    table(out, &rows(attributes));
    if !drift.is_empty() {
        out.push('\n');
    }
    for DriftView { drift: Drift { attribute, expected, shown: there, treatment }, since } in drift {
        let (expected, there) = (shown(expected.as_ref()), shown(there.as_ref()));
        let word = treatment_word(*treatment);
        field(out, "  changed   ", &format!("{attribute}: {expected} -> {there}, found at {since:.0}; {word}"));
    }
}

fn is_link_to(choice: &MatchChoice, account: &TargetId) -> bool {
    matches!(choice, MatchChoice::Link { jostle_id } if jostle_id == account)
}

/// With a column of what is desired only where something differs.
fn rows(attributes: &[AttributeView]) -> Vec<Vec<String>> {
    let columns = if attributes.iter().any(|attribute| attribute.differs) { 4 } else { 3 };
    let heading = ["attribute", "sent", "seen", "desired"].map(str::to_owned).to_vec();
    let row = |view: &AttributeView| {
        let AttributeView { attribute, sent, seen, differs, desired } = view;
        let desired = if *differs { shown(desired.as_ref()) } else { String::new() };
        vec![attribute.to_string(), shown(sent.as_ref()), shown(seen.as_ref()), desired]
    };
    let mut rows: Vec<_> = [heading].into_iter().chain(attributes.iter().map(row)).collect();
    for row in &mut rows {
        row.truncate(columns);
    }
    rows
}

fn shown(value: Option<&TargetValue>) -> String {
    value.map_or_else(|| "(nothing)".to_owned(), ToString::to_string)
}

pub(super) fn describe_log(out: &mut String, log: &[LogLine]) {
    if log.is_empty() {
        field(out, "  ", "nothing of this person is in the log");
    }
    for LogLine { cycle, at, operation, status, changes, reason, request_id, .. } in log {
        let what = if operation == "none" { status.clone() } else { format!("{operation}: {status}") };
        field(out, "  ", &format!("{at:.0} cycle {cycle}: {what}"));
        if let Some(reason) = reason {
            field(out, "      ", reason);
        }
        if let Some(request_id) = request_id {
            field(out, "      ", &format!("request id {request_id}"));
        }
        for change in changes {
            field(out, "      ", &change.to_string());
        }
    }
}
