//! What goes wrong on the way beside the kills: each once, and none that one person would have to wait for.

use entra_jostle_sync::simulator::{BodyKind, Effect, ExpiredStyle, Fault, Side};
use fastrand::Rng;

/// No fault, more often than not; else one at some request.
pub(crate) fn some(rng: &mut Rng) -> Vec<Fault> {
    if rng.u8(0..5) < 3 {
        return Vec::new();
    }
    let delta = |effect| Fault::new(Side::Graph, effect).path("/users/delta");
    let jostle = |effect| Fault::new(Side::Jostle, effect);
    let throttled = Effect::Status { status: 429, retry_after: Some("1".into()), code: None, body: BodyKind::Json };
    let fault = match rng.u8(0..14) {
        0 | 1 => jostle(Effect::ResetAfter {}).method("POST"),
        2 | 3 => jostle(Effect::ResetAfter {}).method("PATCH"),
        4 => jostle(Effect::Reset {}),
        5 => jostle(Effect::Truncate { well_framed: rng.bool() }),
        6 => jostle(throttled),
        7 => delta(Effect::ExpireToken { style: ExpiredStyle::Gone }).path("token"),
        8 => delta(Effect::ExpireToken { style: ExpiredStyle::SyncStateNotFound }).path("token"),
        9 => delta(Effect::Replay {}),
        10 => delta(Effect::Duplicate {}),
        11 => delta(Effect::EmptyPage {}),
        12 => delta(Effect::MissingValue {}),
        _ => delta(Effect::Truncate { well_framed: rng.bool() }),
    };
    vec![fault.skip(rng.u64(0..4)).times(1)]
}
