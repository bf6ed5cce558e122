//! Reconciling: every managed account is read and compared with what is known of it. Nothing is written to Jostle: what is
//! to be repaired is planned by the next cycle as everything else is.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::explain::Hidden;
use super::outcome::milliseconds;
use super::read_back::{Look, Looked, ReadBacks};
use super::reconciled::{DriftOf, Reconciled, Unread};
use super::{CycleError, Engine, Planner};
use crate::connector::{Side, SourceReader, TargetReader, TargetWriter};
use crate::event::catalogue::{
    AccountChanged, AccountDeleted, AccountUnread, DriftFound, DriftUnwelcome, ReconcileFailed, ReconcileFinished,
};
use crate::model::{Drift, EntraId, Link, Treatment};
use crate::plan::{Drifted, drifted};
use crate::store::{CycleEnd, CycleKind, ReadBack};

/// Why nobody is believed to be gone.
pub(super) const TOO_MANY_GONE: &str = "Jostle does not know its id any more, and it is one of too many at once to believe that they were deleted; if they \
     were, look at what happened in Jostle";

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Compares every managed account with what is known of it, never beside a cycle. An error says that nothing was
    /// concluded about anybody.
    pub async fn reconcile(&self) -> Result<Reconciled, CycleError> {
        let planner = &self.planner;
        let _alone = planner.interlock.alone.lock().await;
        let at = (planner.settings.clock)();
        let id = planner.store.begin_cycle(CycleKind::Reconcile, at).await?;
        planner.interlock.begin_run(id);
        let result = self.reconcile_steps(at).await;
        let end = (planner.settings.clock)();
        let result = result.map(|found| Reconciled { cycle: id.0, duration_ms: milliseconds(at, end), ..found });
        if let Err(error) = &result {
            self.planner.enter_quarantine(error, true).await?;
        }
        let cycle_end = CycleEnd {
            at: end,
            result: word_of(&result).to_owned(),
            error: result.as_ref().err().map(ToString::to_string),
            summary: result.as_ref().map_or(Value::Null, summary),
        };
        planner.store.finish_cycle(id, cycle_end).await?;
        match &result {
            Ok(found) => log(found),
            Err(error) => ReconcileFailed { cycle: id.0, error: error.into() }.emit(),
        }
        result
    }

    async fn reconcile_steps(&self, at: Timestamp) -> Result<Reconciled, CycleError> {
        self.planner.probe_quarantined().await?;
        self.planner.settle_intents().await?;
        let read = self.planner.read_back(drifted).await?;
        self.planner.leave_quarantine(Side::Jostle).await?;
        self.planner.conclude(at, read).await
    }

    /// When all accounts were last compared; before the first time, when the first cycle began. None: there was no cycle
    /// yet, or Jostle is left alone, so that it is not the time.
    pub async fn last_reconciliation(&self) -> Result<Option<Timestamp>, CycleError> {
        let store = &self.planner.store;
        if store.quarantines().await?.iter().any(|quarantine| quarantine.side == Side::Jostle) {
            return Ok(None);
        }
        Ok(store.last_reconciliation().await?)
    }
}

/// What stays of the looks once it is known what counts.
#[derive(Default)]
struct Sorted {
    read: Vec<ReadBack>,
    drift: Vec<DriftOf>,
    unread: Vec<Unread>,
    left: BTreeSet<EntraId>,
    relinked: BTreeSet<EntraId>,
}

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Stores what was read, all at once.
    async fn conclude(&self, at: Timestamp, read: ReadBacks) -> Result<Reconciled, CycleError> {
        let ReadBacks { managed, quiet, listing, looks } = read;
        let vanished = looks.iter().filter(|look| matches!(&look.looked, Looked::Lost(link) if link.gone)).count();
        let believes = self.is_believable(vanished as u64, managed);
        let (mut locks, mut claims, mut sorted) = (Vec::new(), Vec::new(), Sorted::default());
        for look in looks {
            if let Looked::Lost(other) = &look.looked
                && !other.gone
            {
                let Some(claim) = self.interlock.claims.take(&other.target_id) else {
                    sorted.left.insert(look.entra_id);
                    continue;
                };
                claims.push(claim);
            }
            // Whoever is being worked on by now is not as they were read.
            match self.interlock.people.try_lock(&look.entra_id) {
                Some(working) => locks.push(working),
                None => {
                    sorted.left.insert(look.entra_id);
                    continue;
                }
            }
            self.sort(look, believes, &mut sorted);
        }
        let Sorted { read, mut drift, unread, left, mut relinked } = sorted;
        let compared = quiet + read.iter().filter(|one| !one.after.gone).count() as u64;
        let stay: BTreeSet<_> = left.iter().cloned().chain(unread.iter().map(|one| one.entra_id.clone())).collect();
        let moved = self.store.put_drift(at, read, stay).await?;
        drop((locks, claims));
        drift.retain(|one| !moved.contains(&one.entra_id));
        drift.sort_by(|a, b| (!a.unwelcome, &a.user).cmp(&(!b.unwelcome, &b.user)));
        relinked.retain(|id| !moved.contains(id));
        Ok(Reconciled {
            cycle: 0,
            at,
            duration_ms: 0,
            compared: compared - moved.len() as u64,
            listed: listing.is_some(),
            drift,
            orphans: self.store.orphans().await?,
            unmanaged: self.store.listing().await?.map(|listing| listing.unmanaged),
            deleted: self.store.deleted().await?,
            recreated: self.policy.actions.recreate_deleted,
            relinked: relinked.len() as u64,
            unread,
            left: (left.len() + moved.len()) as u64,
        })
    }

    /// Of a whole company that is gone at once it is more likely that Jostle fails.
    pub(super) fn is_believable(&self, vanished: u64, managed: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let percent = 100.0 * vanished as f64 / managed.max(1) as f64;
        let rules = &self.settings.quarantine;
        vanished < rules.failing_people || percent < rules.failing_percent
    }

    fn sort(&self, Look { entra_id, user, link, looked }: Look, believes: bool, sorted: &mut Sorted) {
        let jostle_id = link.target_id.clone();
        let reason = match looked {
            Looked::Left => {
                sorted.left.insert(entra_id);
                return;
            }
            Looked::Compared(drifted, before) => {
                let Drifted { link: after, drift, is_due, is_unwelcome: unwelcome } = *drifted;
                let attributes = self.as_shown(&drift, &before);
                if !attributes.is_empty() {
                    sorted.drift.push(DriftOf { user, entra_id, jostle_id, unwelcome, attributes });
                }
                sorted.read.push(ReadBack { before: link, after, drift, is_due });
                return;
            }
            Looked::Lost(after) if believes || !after.gone => {
                if after.gone {
                    log_deleted(&user, &link, self.policy.actions.recreate_deleted);
                } else {
                    sorted.relinked.insert(entra_id);
                }
                let is_due = !after.gone || self.policy.actions.recreate_deleted;
                sorted.read.push(ReadBack { before: link, after: *after, drift: Vec::new(), is_due });
                return;
            }
            Looked::Lost(_) => TOO_MANY_GONE.to_owned(),
            Looked::Unread(reason) => reason,
        };
        AccountUnread {
            entra_id: (&entra_id).into(),
            user_name: (&user).into(),
            jostle_id: (&jostle_id).into(),
            reason: (&reason).into(),
        }
        .emit();
        sorted.unread.push(Unread { user, entra_id, jostle_id, reason });
    }

    /// What is told of the findings: without those that were accepted before, and with values that may be shown.
    fn as_shown(&self, drift: &[Drift], before: &[Drift]) -> Vec<Drift> {
        let hidden = Hidden::of(&self.policy.mapping);
        let is_known = |drift: &Drift| drift.treatment == Treatment::Accepted && before.contains(drift);
        let show = |drift: &Drift| Drift {
            expected: hidden.value(&drift.attribute, drift.expected.as_ref()),
            shown: hidden.value(&drift.attribute, drift.shown.as_ref()),
            ..drift.clone()
        };
        drift.iter().filter(|drift| !is_known(drift)).map(show).collect()
    }
}

fn word_of(result: &Result<Reconciled, CycleError>) -> &'static str {
    match result {
        Ok(found) if !found.unread.is_empty() => "partial",
        Ok(_) => "ok",
        Err(CycleError::Stopped) => "stopped",
        Err(_) => "failed",
    }
}

/// The counts alone.
fn summary(found: &Reconciled) -> Value {
    json!({
        "compared": found.compared, "listed": found.listed, "left": found.left, "unread": found.unread.len(),
        "drift": found.count(Treatment::is_open), "repaired": found.count(|treatment| treatment == Treatment::Repaired),
        "accepted": found.count(|treatment| treatment == Treatment::Accepted), "relinked": found.relinked,
        "orphans": found.orphans.len(), "unmanaged": found.unmanaged.as_ref().map(Vec::len),
        "deleted": found.deleted.len(),
    })
}

fn log(found: &Reconciled) {
    for one in &found.drift {
        log_drift(one);
    }
    let (drift, repaired) =
        (found.count(Treatment::is_open), found.count(|treatment| treatment == Treatment::Repaired));
    let (orphans, deleted, unread) = (found.orphans.len(), found.deleted.len(), found.unread.len());
    ReconcileFinished {
        cycle: found.cycle,
        compared: found.compared,
        listed: found.listed,
        drift,
        repaired,
        orphans: orphans as u64,
        active_orphans: found.active_orphans(),
        unmanaged: found.unmanaged.as_ref().map(|accounts| accounts.len() as u64),
        deleted: deleted as u64,
        unread: unread as u64,
        left: found.left,
        duration_ms: found.duration_ms.unsigned_abs(),
    }
    .emit();
}

fn log_drift(DriftOf { user, entra_id, jostle_id, unwelcome, attributes }: &DriftOf) {
    let names: Vec<_> = attributes.iter().map(|drift| drift.attribute.to_string()).collect();
    let is_repaired = attributes.iter().any(|drift| drift.treatment == Treatment::Repaired);
    let next = if is_repaired { "the next cycle repairs it" } else { "nothing is written" };
    let changed = AccountChanged {
        entra_id: entra_id.into(),
        user_name: user.into(),
        jostle_id: jostle_id.into(),
        attributes: names.join(" ").into(),
        is_repaired,
        next: next.into(),
    };
    match unwelcome {
        true => DriftUnwelcome::from(changed).emit(),
        false => DriftFound::from(changed).emit(),
    }
}

fn log_deleted(user: &str, link: &Link, recreated: bool) {
    let next = if recreated { "the next cycle creates it again" } else { "it is not created again" };
    AccountDeleted {
        entra_id: (&link.entra_id).into(),
        user_name: user.into(),
        jostle_id: (&link.target_id).into(),
        next: next.into(),
    }
    .emit();
}
