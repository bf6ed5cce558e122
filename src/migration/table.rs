//! The mapping file: every row of the job in its order, and what the program cannot do without.

use super::draft::REQUIRED;
use super::job::EntraJob;
use super::report::{Group, Report};
use super::row::{Row, convert};
use super::text::Text;
use super::value::WrongSource;

const HEAD: &str = "entra-jostle-sync: the attribute mapping, brought along from a provisioning job of Entra by \
                    import-entra. The rows stand in the order of the job. What could not be brought along is \
                    commented out, with the reason above it. The shipped mapping.toml explains every key and lists \
                    every attribute that Jostle takes.";

/// The source for what the job has no row for, as in the shipped mapping.
const SHIPPED: [(&str, &str); 5] = [
    ("userName", "userPrincipalName"),
    ("name.givenName", "givenName"),
    ("name.familyName", "surname"),
    ("emails[type eq \"work\"].value", "mail"),
    ("active", "$active"),
];

/// The text of the mapping file.
pub(super) fn write(job: &EntraJob, wrong_source: WrongSource<'_>, report: &mut Report) -> String {
    let mut rows: Vec<Row> = Vec::new();
    for row in &job.rows {
        let row = convert(row, &rows, wrong_source, report);
        rows.push(row);
    }
    if rows.iter().any(|row| row.is_live && REQUIRED.contains(&row.target.as_str())) {
        report.add(
            Group::Differs,
            "required rows",
            "a person without a user name, a first name, a last name or a work mail address is reported and nothing is \
             sent for them, since Jostle needs these; Entra sends what there is",
        );
    }
    let mut text = Text::default();
    text.comment(HEAD);
    for row in &rows {
        row.write(&mut text);
    }
    let missing: Vec<_> = SHIPPED.iter().filter_map(|shipped| missing(*shipped, &rows, report)).collect();
    if !missing.is_empty() {
        text.heading("Not in the job of Entra, and needed");
    }
    for row in missing {
        row.write(&mut text);
    }
    text.finish()
}

/// The row that the job does not have: live if nothing works without it.
fn missing((target, source): (&'static str, &'static str), rows: &[Row], report: &mut Report) -> Option<Row> {
    if rows.iter().any(|row| row.is_live && row.target == target) {
        return None;
    }
    let (note, is_live) = match target {
        "userName" => ("accounts are matched by userName, so a row was added: look whether its source is right", true),
        "active" => (
            "the job does not deactivate anybody; a row was added, since without it those who leave keep their accounts",
            true,
        ),
        _ => ("Jostle takes no new person without it; take the # from the row, or write another", false),
    };
    report.add(Group::Decide, target, note);
    let mut row = Row::new(target, note, &[("source", source)], is_live);
    if REQUIRED.contains(&target) {
        row.lines.push("required = true".to_owned());
    }
    Some(row)
}
