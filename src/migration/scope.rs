//! The sections `[scope]`, `[actions]` and `[limits]`: who is provisioned, and what is done.

use super::condition;
use super::job::EntraJob;
use super::report::{Group, Report};
use super::text::Text;
use super::value::WrongSource;

const HEAD: &str = "entra-jostle-sync: the scope and the actions, brought along from a provisioning job of Entra by \
                    import-entra. Put the lines into entra-jostle-sync.toml, each under the section of the same name: a \
                    section may stand there once only.";

/// The text of the sections.
pub(super) fn write(job: &EntraJob, wrong_source: WrongSource<'_>, report: &mut Report) -> String {
    let mut text = Text::default();
    text.comment(HEAD);
    text.blank();
    text.line("[scope]");
    who(job, &mut text, report);
    guests(&mut text, report);
    condition::write(&mut text, &job.filters, wrong_source, report);
    condition::write_early(&mut text, &job.early_filters, report);
    text.heading("What is done.");
    text.line("[actions]");
    actions(job, &mut text, report);
    limits(job, &mut text, report);
    text.finish()
}

fn who(job: &EntraJob, text: &mut Text, report: &mut Report) {
    text.blank();
    match job.settings.sync_all {
        Some(true) => {
            text.comment("Entra: \"Sync all users and groups\".");
            text.pair("who", "all");
            report.add(Group::Brought, "scope", "everybody (SyncAll is on)");
            return;
        }
        Some(false) => {
            text.comment("Entra: \"Sync only assigned users and groups\".");
            report.add(Group::Brought, "scope", "who is assigned to the application (SyncAll is off)");
        }
        None => {
            text.comment(
                "The schema does not say whether the job takes everybody or only who is assigned. Only who is assigned \
                 is Entra's default and what Jostle's tutorial asks for; see Settings > Scope on the Provisioning page.",
            );
            let note = "the input does not say who is provisioned; \"assigned\" was taken. See Settings > Scope on the \
                        Provisioning page";
            report.add(Group::Decide, "scope", note);
        }
    }
    text.pair("who", "assigned");
    text.blank();
    match &job.settings.app_id {
        Some(app_id) => {
            text.comment("The application whose assignments count: the enterprise application of the job.");
            text.pair("app_id", app_id.as_str());
        }
        None => {
            text.comment(
                ">>> Fill in the Application ID on the Overview page of the enterprise application that the job belongs \
                 to, or import again with --app-id.",
            );
            text.pair("app_id", "");
            report.add(Group::Decide, "scope.app_id", "the input does not have it; fill it in, or use --app-id");
        }
    }
    text.blank();
    text.comment(
        "Entra takes the direct members of an assigned group and not those of groups within it. true takes them too.",
    );
    text.pair("nested", false);
}

fn guests(text: &mut Text, report: &mut Report) {
    text.blank();
    text.comment(
        "Entra provisions guests like everybody else who is in scope. \"exclude\" is the default of this program; guests \
         who have an account are deactivated then.",
    );
    text.pair("guests", "include");
    let note = "are included, as in Entra; take the line out if they should have no account";
    report.add(Group::Decide, "guests", note);
}

fn actions(job: &EntraJob, text: &mut Text, report: &mut Report) {
    let types = job.flow_types;
    text.blank();
    text.comment("Entra: the target object action Create.");
    text.pair("create", types.add);
    text.blank();
    text.comment("Entra: the target object action Update. Entra deactivates and reactivates by an update.");
    if types.update {
        text.pair("update", true);
    } else {
        let note = "Update is off, so Entra deactivates nobody who leaves; it is off here too. Probably nobody meant \
                    that: set deactivate and reactivate to true";
        text.comment(&format!("{note}."));
        report.add(Group::Decide, "actions.deactivate", note);
        text.pair("update", false);
    }
    text.pair("deactivate", types.update);
    text.pair("reactivate", types.update);
    let shown = |flag: bool| if flag { "on" } else { "off" };
    let note = format!("create {}, update and deactivate {}", shown(types.add), shown(types.update));
    report.add(Group::Brought, "actions", note);
    if job.settings.skip_out_of_scope == Some(true) {
        text.blank();
        text.comment("Entra: SkipOutOfScopeDeletions. Who still exists and is out of scope keeps the account.");
        text.pair("out_of_scope", "keep");
        report.add(Group::Brought, "actions.out_of_scope", "keep (SkipOutOfScopeDeletions is on)");
    }
    text.blank();
    if types.delete {
        let note = "Entra deletes the account when a person is finally deleted, 30 days after somebody deleted them; here \
                    an account is deactivated and kept, since a deletion in Jostle cannot be undone";
        text.comment(&format!("{note}."));
        report.add(Group::Differs, "actions.delete", note);
    } else {
        text.comment("Entra: the target object action Delete is off.");
        report.add(Group::Brought, "actions.delete", "never");
    }
    text.pair("delete", "never");
}

/// A limit is shown and not set: it counts something else.
fn limits(job: &EntraJob, text: &mut Text, report: &mut Report) {
    let Some(threshold) = job.settings.deletion_threshold else { return };
    text.heading("What is held until somebody approves it.");
    text.line("[limits.deactivate]");
    text.blank();
    text.comment(&format!(
        "Entra stops the whole job when one cycle would deactivate or delete more than {threshold} accounts. Here \
         deactivations alone are held, and only when there are more of them than count and than percent of the \
         managed accounts. The default is 10 and 2 percent; take the # away if you are sure."
    ));
    let limit = super::text::pair("count", i64::try_from(threshold).unwrap_or(i64::MAX));
    text.lines(&limit, false);
    let note = format!(
        "Entra's deletion threshold is {threshold}, one number a cycle; here count and percent must both be \
         exceeded. It stands in scope.toml, commented out"
    );
    report.add(Group::Decide, "limits.deactivate", note);
}
