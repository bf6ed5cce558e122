//! What does not stand in the schema: the job's settings, and what Graph keeps among its secrets.

use serde_json::Value;

use super::job::Settings;
use super::members::{Object, flag, objects, text};
use super::report::{Group, Report};

/// Where a setting has the number of deletions of one cycle.
const THRESHOLD: &str = "QuarantineTooManyDeletesThreshold";

/// Reads `synchronizationJobSettings` and `secrets` of a job, and `appId` beside them.
pub(super) fn read(job: &Object, report: &mut Report) -> Settings {
    let mut settings = Settings { app_id: text(job, "appId"), ..Settings::default() };
    for setting in objects(job, "synchronizationJobSettings") {
        let (name, value) = (text(setting, "name").unwrap_or_default(), text(setting, "value").unwrap_or_default());
        match (name.as_str(), value.parse()) {
            (THRESHOLD, Ok(threshold)) => settings.deletion_threshold = Some(threshold),
            // Numbers and flags of the service; a text may be anything.
            _ => report.add(Group::Impossible, format!("job setting {name}"), "has no equivalent"),
        }
    }
    let mut secrets = objects(job, "secrets");
    if let Some(Value::Object(wrapped)) = job.get("secrets") {
        secrets = objects(wrapped, "value");
    }
    for secret in secrets {
        let value = secret.get("value").unwrap_or(&Value::Null);
        match text(secret, "key").unwrap_or_default().as_str() {
            "SyncAll" => settings.sync_all = flag(value),
            "SkipOutOfScopeDeletions" => settings.skip_out_of_scope = flag(value),
            "SyncNotificationSettings" => notifications(value, &mut settings, report),
            // Of these the name alone is shown.
            other => report.add(
                Group::Impossible,
                format!("credential {other}"),
                "is not brought along; base_url and a new API key come from Jostle's Manage User Provisioning page",
            ),
        }
    }
    settings
}

/// One secret that is a JSON text of its own.
fn notifications(value: &Value, settings: &mut Settings, report: &mut Report) {
    let parsed: Option<Value> = match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    };
    let Some(Value::Object(parsed)) = parsed else {
        if !value.is_null() {
            report.add(Group::Impossible, "notification settings", "cannot be read; look at the portal");
        }
        return;
    };
    let is_on = |name: &str| parsed.get(name).and_then(flag) == Some(true);
    if is_on("Enabled") {
        report.add(
            Group::Impossible,
            "notification mail",
            "Entra sends a mail when the job goes into quarantine; watch the log and the status of this program instead",
        );
    }
    // The switch of the portal stands here; the setting of the job remains when it is turned off.
    match (is_on("DeleteThresholdEnabled"), text(&parsed, "DeleteThresholdValue").map(|value| value.parse())) {
        (true, Some(Ok(threshold))) => settings.deletion_threshold = Some(threshold),
        (true, _) => report.add(Group::Impossible, "deletion threshold", "is on, and its number cannot be read"),
        (false, _) => settings.deletion_threshold = None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_of(job: &Value) -> (Settings, Report) {
        let mut report = Report::default();
        (job.as_object().map(|job| read(job, &mut report)).unwrap_or_default(), report)
    }

    #[test]
    fn settings_are_found_where_graph_keeps_them() {
        let notifications = json!({"Enabled": true, "Recipients": "a@b", "DeleteThresholdEnabled": true,
            "DeleteThresholdValue": 14});
        let secrets = json!([{"key": "SyncAll", "value": "false"}, {"key": "SkipOutOfScopeDeletions", "value": "True"},
            {"key": "SyncNotificationSettings", "value": notifications.to_string()}]);
        for secrets in [secrets.clone(), json!({"value": secrets})] {
            let (settings, report) = read_of(&json!({"appId": "a", "secrets": secrets}));
            let wanted = Settings {
                app_id: Some("a".to_owned()),
                sync_all: Some(false),
                skip_out_of_scope: Some(true),
                deletion_threshold: Some(14),
            };
            assert_eq!(settings, wanted);
            assert_eq!(report.not_possible.len(), 1, "{report:?}");
        }
    }

    #[test]
    fn a_threshold_that_is_turned_off_is_none_although_its_number_remains() {
        let setting = json!([{"name": "QuarantineTooManyDeletesThreshold", "value": "500"}]);
        assert_eq!(read_of(&json!({"synchronizationJobSettings": setting})).0.deletion_threshold, Some(500));
        let off = json!([{"key": "SyncNotificationSettings", "value": "{\"DeleteThresholdEnabled\": false}"}]);
        let job = json!({"synchronizationJobSettings": setting, "secrets": off});
        assert_eq!(read_of(&job).0.deletion_threshold, None);
    }

    #[test]
    fn of_a_credential_the_name_alone_is_shown() {
        let job = json!({"secrets": [{"key": "SecretToken", "value": "hunter2"}],
            "synchronizationJobSettings": [{"name": "Odd", "value": "hunter2"}]});
        let (settings, report) = read_of(&job);
        assert_eq!(settings, Settings::default());
        let shown = report.to_string();
        assert!(shown.contains("SecretToken") && shown.contains("Odd") && !shown.contains("hunter2"), "{shown}");
    }
}
