//! Every incident, what becomes of it, and what it fires.

use super::incidents::{self, Daemon, GONE};
use super::rig::Rig;

/// What happens, and who is told of it.
pub(super) struct Incident {
    pub(super) name: &'static str,
    pub(super) daemon: fn() -> Daemon,
    /// What Prometheus fires by the figures.
    pub(super) alerts: &'static [&'static str],
    /// In which minutes there are cycles until it is mended.
    pub(super) cycles: &'static [i64],
    /// What somebody does in the end.
    pub(super) mend: fn(&Rig),
    /// What Loki fires by the log, from which to which minute.
    pub(super) by_log: &'static [&'static str],
}

/// A few of those that are every five minutes.
const SOME: &[i64] = &[10, 25];
/// All of them.
const ALL: &[i64] = &[5, 10, 15, 20, 25, 30];
/// When a side is tried again that fails.
const PROBES: &[i64] = &[6, 12, 24];

const REFUSED: &str = "EntraJostleSyncCredentialsRefused{cause=\"credentials_refused\",severity=\"critical\"}";

pub(super) const INCIDENTS: &[Incident] = &[
    Incident { name: "healthy", daemon: incidents::healthy, alerts: &[], cycles: SOME, mend: |_| {}, by_log: &[] },
    Incident {
        name: "key revoked",
        daemon: incidents::key_revoked,
        alerts: &[REFUSED],
        cycles: PROBES,
        mend: |rig| rig.faults(Vec::new()),
        by_log: &["EntraJostleSyncCredentialsRefused{Jostle} 15-49"],
    },
    Incident {
        name: "Jostle down",
        daemon: incidents::jostle_down,
        alerts: &["EntraJostleSyncQuarantine{cause=\"quarantine\",severity=\"warning\"}"],
        // Every try of it takes its time.
        cycles: &[12],
        mend: |rig| rig.faults(Vec::new()),
        by_log: &["EntraJostleSyncQuarantine{Jostle} 15-49"],
    },
    Incident {
        name: "one bad person",
        daemon: incidents::one_bad_person,
        alerts: &["EntraJostleSyncPeopleFailing{cause=\"people_failing\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |rig| drop(rig.expect(0, &["retry", "--all"])),
        by_log: &["EntraJostleSyncPeopleFailing 15-44"],
    },
    Incident {
        name: "mass leave",
        daemon: incidents::mass_leave,
        alerts: &["EntraJostleSyncHeld{cause=\"held\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |rig| drop(rig.expect(0, &["hold", "reject", "1.1"])),
        by_log: &["EntraJostleSyncHeld 15-49"],
    },
    Incident {
        name: "first contact",
        daemon: incidents::first_contact,
        alerts: &["EntraJostleSyncHeld{cause=\"first_contact\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |rig| drop(rig.expect(0, &["hold", "approve", "1.1"])),
        by_log: &["EntraJostleSyncHeld 15-49"],
    },
    Incident {
        name: "throttled for an hour",
        daemon: incidents::throttled,
        alerts: &["EntraJostleSyncThrottled{side=\"Jostle\",severity=\"info\"}"],
        cycles: &[],
        mend: |rig| rig.faults(Vec::new()),
        by_log: &["EntraJostleSyncThrottled{Jostle} 15-59"],
    },
    Incident {
        name: "disk nearly full",
        daemon: incidents::disk_nearly_full,
        alerts: &["EntraJostleSyncDiskNearlyFull{cause=\"disk_nearly_full\",severity=\"critical\"}"],
        cycles: SOME,
        mend: |_| {},
        by_log: &[],
    },
    Incident {
        name: "secret expired",
        daemon: incidents::secret_expired,
        alerts: &["EntraJostleSyncCredentialsExpire{cause=\"credential_expiring\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |_| {},
        by_log: &["EntraJostleSyncCredentialsExpire{Entra} 15-90"],
    },
    Incident {
        name: "Jostle changed",
        daemon: incidents::jostle_changed,
        alerts: &["EntraJostleSyncJostleChanged{cause=\"jostle_changed\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |_| {},
        by_log: &["EntraJostleSyncJostleChanged 15-90"],
    },
    Incident {
        name: "forgotten pause",
        daemon: incidents::forgotten_pause,
        alerts: &["EntraJostleSyncPaused{cause=\"paused\",severity=\"warning\"}"],
        cycles: SOME,
        mend: |rig| drop(rig.expect(0, &["resume"])),
        by_log: &["EntraJostleSyncPaused 15-44"],
    },
    Incident {
        name: "group gone",
        daemon: incidents::group_gone,
        alerts: &[
            "EntraJostleSyncCycleFailed{cause=\"cycle_failed\",severity=\"warning\"}",
            "EntraJostleSyncNoSuccess{cause=\"no_success\",severity=\"critical\"}",
        ],
        cycles: ALL,
        mend: |rig| rig.edit("entra-jostle-sync.toml", GONE, ""),
        by_log: &["EntraJostleSyncCycleFailed 15-39", "EntraJostleSyncNoSuccess 15-49"],
    },
    Incident {
        name: "group emptied",
        daemon: incidents::group_emptied,
        alerts: &[
            "EntraJostleSyncHeld{cause=\"held\",severity=\"warning\"}",
            "EntraJostleSyncPaused{cause=\"paused\",severity=\"warning\"}",
        ],
        cycles: SOME,
        mend: |rig| {
            rig.expect(0, &["resume"]);
            rig.expect(0, &["hold", "reject", "1.1"]);
        },
        // There is nothing older in its log, in which it was not paused.
        by_log: &["EntraJostleSyncHeld 15-49", "EntraJostleSyncPaused 15-44", "EntraJostleSyncRemovalsFrozen 15-49"],
    },
    Incident {
        name: "nobody told",
        daemon: incidents::nobody_told,
        alerts: &[REFUSED],
        cycles: PROBES,
        mend: |rig| rig.faults(Vec::new()),
        by_log: &["EntraJostleSyncAlertFailed{pager} 15-69", "EntraJostleSyncCredentialsRefused{Jostle} 15-49"],
    },
];
