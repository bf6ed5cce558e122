//! A shadow: the rounds of a planner beside Entra's own job, each compared with what Jostle then shows. Its state is its
//! own, so that it can take every account for what it shows.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::explain::Hidden;
use super::outcome::milliseconds;
use super::perform::PerformError;
use super::read_back::{Look, Looked, ReadBacks};
use super::reconcile::TOO_MANY_GONE;
use super::reconciled::Unread;
use super::shadowed::{ShadowVerdict, Shadowed, Unclear};
use super::{CycleError, Draft, Planner};
use crate::connector::{Side, SourceReader, TargetReader};
use crate::event::catalogue;
use crate::model::{Aspect, Difference, EntraId, KnownDifference, Link, LinkOrigin, Operation, Values};
use crate::plan::{
    Compared, Failed, Fate, FirstCycle, Identity, PlannedOperation, as_shown, carry_on, differences_in, fate,
    first_contact, is_doubtful,
};
use crate::store::{ShadowMemory, ShadowRound};

/// As many of those that came to agree are kept.
const MOST_AGREED: usize = 200;

/// Why nothing is said of an account that was away for a moment.
const AT_THE_SECOND_LOOK: &str = "Jostle did not know its id, and did when it was asked again";

impl<S: SourceReader, R: TargetReader> Planner<S, R> {
    /// One round: what would be done now, compared with what the rounds before would have done. What differs for longer
    /// than `patience` is judged. An error says that nothing was concluded about anybody.
    pub async fn shadow(&self, patience: SignedDuration) -> Result<Shadowed, CycleError> {
        let at = (self.settings.clock)();
        let result = self.shadow_steps(at, patience).await;
        match &result {
            Ok(found) => log(found),
            Err(error) => {
                self.enter_quarantine(error, false).await?;
                catalogue::ShadowFailed { error: error.into() }.emit();
            }
        }
        result
    }

    async fn shadow_steps(&self, at: Timestamp, patience: SignedDuration) -> Result<Shadowed, CycleError> {
        self.probe_quarantined().await?;
        self.read().await?;
        self.leave_quarantine(Side::Entra).await?;
        let unread = self.bring_up().await?;
        let mut draft = self.draw_up().await?;
        self.doubt(&mut draft).await?;
        self.leave_quarantine(Side::Jostle).await?;
        let before = self.store.shadow().await?;
        let known = before.as_ref().map_or_else(Vec::new, |before| before.differences.clone());
        let adopted = adopted(&draft);
        let compared = self.compare(known, &draft, (&adopted, &unread), at);
        let mut memory = remember(before, compared, at, patience);
        let untold = memory.differences.iter_mut().filter(|known| is_late(known, patience) && !known.told);
        untold.for_each(|known| {
            log_difference(known);
            known.told = true;
        });
        let found = self.report(&memory, &draft, unread, (at, patience)).await?;
        let watches = draft.basis.iter().map(|(id, basis)| (id.clone(), basis.watch)).collect();
        let report = serde_json::to_value(&found).unwrap_or_default();
        let adopted = adopted.into_values().collect();
        self.store.put_shadow(ShadowRound { memory, adopted, watches, report }).await?;
        Ok(found)
    }

    /// The state that begins after this one has met nobody, and asks about whoever is doubtful then. So this one does in
    /// every round, although it has taken others for theirs by now.
    async fn doubt(&self, draft: &mut Draft) -> Result<(), CycleError> {
        let plan = &mut draft.plan;
        // Nothing is done, so that nothing has to be held.
        plan.operations.extend(plan.held.drain(..).map(|held| held.operation));
        if self.policy.limits.first_cycle == FirstCycle::Hold {
            let listing = self.store.listing().await?.map(|listing| listing.unmanaged);
            first_contact(plan, listing.as_deref(), &BTreeMap::new());
        }
        Ok(())
    }

    /// Everything as it may be shown.
    async fn report(
        &self,
        memory: &ShadowMemory,
        draft: &Draft,
        unread: BTreeMap<EntraId, Unread>,
        (at, patience): (Timestamp, SignedDuration),
    ) -> Result<Shadowed, CycleError> {
        let ShadowMemory { first_at, content_since, differences, agreed, last_agreed } = memory;
        let hidden = Hidden::of(&self.policy.mapping);
        let shown = differences.iter().map(|known| as_may_be_shown(&hidden, known));
        let (differs, pending): (Vec<_>, Vec<_>) = shown.partition(|known| is_late(known, patience));
        let (conflicts, failed) = unclear(&draft.plan.failed);
        let mut doubtful: Vec<_> = operations(draft).filter_map(doubtful).collect();
        doubtful.sort_by(|a, b| (&a.user, &a.entra_id).cmp(&(&b.user, &b.entra_id)));
        let matched: BTreeSet<_> = operations(draft).filter_map(|operation| operation.target_id.clone()).collect();
        let unmanaged = self.store.listing().await?.map(|listing| listing.unmanaged);
        Ok(Shadowed {
            at,
            duration_ms: milliseconds(at, (self.settings.clock)()),
            first_at: *first_at,
            patience_s: patience.as_secs(),
            verdict: ShadowVerdict::of(&differs, &pending, at.duration_since(*first_at), patience),
            content_since: *content_since,
            people: draft.basis.len() as u64,
            agreed: *agreed,
            last_agreed: last_agreed.clone(),
            pending,
            differs,
            doubtful,
            conflicts,
            failed,
            unmanaged: unmanaged.map(|all| all.into_iter().filter(|one| !matched.contains(&one.id)).collect()),
            deleted: self.store.deleted().await?,
            unread: unread.into_values().collect(),
        })
    }
}

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Takes every known account for what Jostle shows now. Returns those of which that cannot be said.
    async fn bring_up(&self) -> Result<BTreeMap<EntraId, Unread>, CycleError> {
        let ReadBacks { managed, looks, quiet: _, listing: _ } = self.read_back(as_shown).await?;
        let vanished = looks.iter().filter(|look| matches!(&look.looked, Looked::Lost(link) if link.gone)).count();
        let believes = self.is_believable(vanished as u64, managed);
        let (mut links, mut unread) = (Vec::new(), BTreeMap::new());
        for Look { entra_id, user, link, looked } in looks {
            let reason = match looked {
                Looked::Compared(drifted, _) => {
                    links.push(drifted.link);
                    continue;
                }
                Looked::Lost(after) if believes || !after.gone => {
                    links.push(*after);
                    continue;
                }
                Looked::Lost(_) => TOO_MANY_GONE.to_owned(),
                Looked::Left => AT_THE_SECOND_LOOK.to_owned(),
                Looked::Unread(reason) => reason,
            };
            unread.insert(entra_id.clone(), Unread { user, entra_id, jostle_id: link.target_id, reason });
        }
        links.extend(self.returned().await?);
        self.store.put_links(links).await?;
        Ok(unread)
    }

    /// Accounts that were deleted in Jostle and made anew there: nobody but Entra's job does that.
    async fn returned(&self) -> Result<Vec<Link>, CycleError> {
        let deleted = self.store.deleted().await?;
        let links = stream::iter(deleted)
            .map(|deleted| self.look_again(deleted.entra_id))
            .buffered(self.settings.concurrency)
            .try_filter_map(|link| async move { Ok(link) });
        links.try_collect().await
    }

    async fn look_again(&self, id: EntraId) -> Result<Option<Link>, CycleError> {
        self.go_on()?;
        let Some(link) = self.store.person(&id).await?.and_then(|record| record.link) else { return Ok(None) };
        match self.relink(&link).await {
            Ok(found) => Ok(Some(found).filter(|found| *found != link)),
            Err(PerformError::Person(_)) => Ok(None),
            Err(PerformError::Side(error)) => match self.outage(&error).await {
                Some(outage) => Err(outage),
                None => Ok(None),
            },
            Err(PerformError::Cycle(error)) => Err(error),
        }
    }

    /// What became of what was known.
    fn compare(
        &self,
        known: Vec<KnownDifference>,
        draft: &Draft,
        (adopted, unread): (&BTreeMap<EntraId, Link>, &BTreeMap<EntraId, Unread>),
        at: Timestamp,
    ) -> Compared {
        let not_asked = draft.plan.failed.iter().filter(|failed| failed.asked).map(|failed| &failed.entra_id);
        let unjudged: BTreeSet<_> = not_asked.chain(unread.keys()).collect();
        let mut differences = differences_in(&draft.plan);
        differences.retain(|difference| !unjudged.contains(&difference.entra_id));
        let link_of = |id: &EntraId| adopted.get(id).or_else(|| draft.basis.get(id)?.link.as_ref());
        carry_on(known, differences, at, |difference| match unjudged.contains(&difference.entra_id) {
            true => Fate::Unjudged,
            false => fate(difference, link_of(&difference.entra_id), &self.policy.mapping),
        })
    }
}

/// Whether it was seen for so long that Entra's job will not do it any more.
fn is_late(known: &KnownDifference, patience: SignedDuration) -> bool {
    known.last_seen.duration_since(known.since) >= patience
}

fn operations(draft: &Draft) -> impl Iterator<Item = &PlannedOperation> {
    draft.plan.operations.iter().chain(draft.plan.held.iter().map(|held| &held.operation))
}

/// The accounts that are found to be a person's, with what they show.
fn adopted(draft: &Draft) -> BTreeMap<EntraId, Link> {
    let adopts = operations(draft).filter(|one| one.operation == Operation::Adopt && !is_doubtful(one));
    let link = |operation: &PlannedOperation| {
        let (entra_id, target_id) = (operation.entra_id.clone(), operation.target_id.clone()?);
        let (origin, sent, seen) = (LinkOrigin::Adopted, Values::new(), operation.seen.clone());
        Some((entra_id.clone(), Link { entra_id, target_id, origin, gone: false, sent, seen }))
    };
    adopts.filter_map(link).collect()
}

/// What is known after a round.
fn remember(
    before: Option<ShadowMemory>,
    Compared { known, agreed }: Compared,
    at: Timestamp,
    patience: SignedDuration,
) -> ShadowMemory {
    let is_content = !known.iter().any(|known| is_late(known, patience));
    let before = before.unwrap_or_else(|| ShadowMemory {
        first_at: at,
        content_since: None,
        differences: Vec::new(),
        agreed: 0,
        last_agreed: Vec::new(),
    });
    let count = before.agreed + agreed.len() as u64;
    let last_agreed = agreed.into_iter().chain(before.last_agreed).take(MOST_AGREED).collect();
    ShadowMemory {
        first_at: before.first_at,
        content_since: is_content.then(|| before.content_since.unwrap_or(at)),
        differences: known,
        agreed: count,
        last_agreed,
    }
}

fn as_may_be_shown(hidden: &Hidden<'_>, known: &KnownDifference) -> KnownDifference {
    let mut shown = known.clone();
    if let Aspect::Attribute(path) = &known.difference.aspect {
        shown.difference.old = hidden.value(path, known.difference.old.as_ref());
        shown.difference.new = hidden.value(path, known.difference.new.as_ref());
    }
    shown
}

fn doubtful(operation: &PlannedOperation) -> Option<Unclear> {
    let Identity::Doubtful(doubtful) = &operation.identity else { return None };
    let PlannedOperation { entra_id, user_name, target_id, .. } = operation;
    let (user, entra_id, jostle_id) = (user_name.clone(), entra_id.clone(), target_id.clone());
    Some(Unclear { user, entra_id, jostle_id, reason: doubtful.to_string() })
}

/// Conflicts, and all other failures.
fn unclear(failed: &[Failed]) -> (Vec<Unclear>, Vec<Unclear>) {
    let (conflicts, others): (Vec<_>, Vec<_>) = failed.iter().partition(|failed| failed.code == "conflict");
    let told = |failed: &Failed| Unclear {
        user: failed.user_name.clone(),
        entra_id: failed.entra_id.clone(),
        jostle_id: None,
        reason: failed.message.clone(),
    };
    (conflicts.into_iter().map(told).collect(), others.into_iter().map(told).collect())
}

fn log(found: &Shadowed) {
    let (differs, pending) = (found.differs.len(), found.pending.len());
    catalogue::ShadowRound {
        verdict: found.verdict.as_str().into(),
        people: found.people,
        agreed: found.agreed,
        pending: pending as u64,
        differs: differs as u64,
        doubtful: found.doubtful.len() as u64,
        conflicts: found.conflicts.len() as u64,
        failed: found.failed.len() as u64,
        unmanaged: found.unmanaged.as_ref().map(|accounts| accounts.len() as u64),
        unread: found.unread.len() as u64,
        duration_ms: found.duration_ms.unsigned_abs(),
    }
    .emit();
}

fn log_difference(KnownDifference { difference, since, .. }: &KnownDifference) {
    let Difference { user, entra_id, aspect, .. } = difference;
    catalogue::ShadowDiffers {
        entra_id: entra_id.into(),
        user_name: user.into(),
        aspect: aspect.into(),
        since: *since,
    }
    .emit();
}
