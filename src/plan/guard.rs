//! Holds operations that exceed a limit: all of a class or none of it, never "up to the limit".

use super::{Held, Limits, Plan};
use crate::model::Operation;

/// Moves removals to `held` if there are more of them than the limits allow for `managed` accounts.
pub fn guard(plan: Plan, limits: &Limits, managed: u64) -> Plan {
    let removals = plan.operations.iter().filter(|operation| is_removal(operation.operation)).count() as u64;
    let Some(limit) = exceeded(limits, removals, managed) else { return plan };
    let Plan { operations, skipped, failed, mut held } = plan;
    let (removing, operations): (Vec<_>, Vec<_>) =
        operations.into_iter().partition(|operation| is_removal(operation.operation));
    held.extend(removing.into_iter().map(|operation| Held { operation, limit: limit.clone() }));
    Plan { operations, skipped, failed, held }
}

/// Whether an operation counts against the limits.
pub fn is_removal(operation: Operation) -> bool {
    matches!(operation, Operation::Deactivate | Operation::Delete)
}

fn exceeded(limits: &Limits, removals: u64, managed: u64) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    let percent = removals as f64 * 100.0 / managed.max(1) as f64;
    let over = removals > limits.deactivate_count && percent > limits.deactivate_percent;
    over.then(|| {
        format!(
            "{removals} of {managed} managed accounts would be deactivated or deleted in one cycle ({percent:.1} %), \
             and limits.deactivate_count is {}, limits.deactivate_percent {}",
            limits.deactivate_count, limits.deactivate_percent
        )
    })
}
