//! Faults of every kind that the simulator knows, alone and in bursts.

use super::{chance, pick};
use crate::simulator::{BodyKind, Effect, ExpiredStyle, Fault, Side};

pub(super) fn fault(rng: &mut fastrand::Rng) -> Fault {
    let side = pick(rng, &[Side::Jostle, Side::Jostle, Side::Jostle, Side::Graph, Side::Graph, Side::Token]);
    let effect = match side {
        Side::Graph if chance(rng, 60) => of_delta(rng),
        side => of_any(rng, side),
    };
    let mut fault = Fault::new(side, effect).skip(if chance(rng, 50) { 0 } else { rng.u64(1..8) });
    if side == Side::Jostle && chance(rng, 60) {
        fault = fault.method(pick(rng, &["POST", "PATCH", "GET"]));
    }
    // An outage lasts until the next calm, everything else a few requests.
    if chance(rng, 85) { fault.times(if chance(rng, 60) { 1 } else { rng.u64(2..7) }) } else { fault }
}

fn of_delta(rng: &mut fastrand::Rng) -> Effect {
    let style = pick(rng, &ExpiredStyle::ALL);
    match rng.u8(..26) {
        0 | 1 => Effect::MissingValue {},
        2 | 3 => Effect::EmptyPage {},
        4 | 5 => Effect::Duplicate {},
        6 | 7 => Effect::Shuffle {},
        8 | 9 => Effect::Replay {},
        10 => Effect::ForeignLink { origin: "https://graph.example.invalid".to_owned() },
        11..=16 => Effect::ExpireToken { style },
        17 => Effect::BothLinks {},
        18 => Effect::NoLinks {},
        19..=21 => Effect::Late {},
        22..=24 => Effect::EmptyTenant {},
        _ => Effect::EndlessPages {},
    }
}

fn of_any(rng: &mut fastrand::Rng, side: Side) -> Effect {
    let refused: &[u16] = match side {
        Side::Jostle | Side::Graph => &[401, 403],
        Side::Token => &[400, 401],
    };
    match rng.u8(..21) {
        0 | 1 => status(rng, 429),
        2 | 3 => status(rng, 503),
        4 => status(rng, 500),
        5 => {
            let code = pick(rng, &[502, 504, 408]);
            status(rng, code)
        }
        6 => {
            let code = pick(rng, refused);
            status(rng, code)
        }
        7 => {
            let code = pick(rng, &[404, 404, 404, 409, 400, 422, 413]);
            status(rng, code)
        }
        8 => Effect::Reset {},
        9..=11 => Effect::ResetAfter {},
        12 => Effect::Truncate { well_framed: chance(rng, 50) },
        13 => Effect::Hang {},
        15 | 16 => Effect::HangAfter {},
        17 => Effect::SlowAfter { ms: pick(rng, &[200, 4000, 40_000]) },
        18 | 19 if side == Side::Jostle => Effect::NoHit {},
        20 if side == Side::Jostle => Effect::WrongHit {},
        14 => Effect::Slow { ms: pick(rng, &[200, 4000, 40_000]) },
        _ => Effect::Redirect { location: "https://elsewhere.example.invalid/".to_owned() },
    }
}

fn status(rng: &mut fastrand::Rng, status: u16) -> Effect {
    let retry_after = match status {
        429 | 503 => pick(rng, &[None, Some("0"), Some("7"), Some("1.5"), Some("120"), Some("3244")]),
        _ => None,
    };
    let body = pick(rng, &[BodyKind::Json, BodyKind::Json, BodyKind::Html, BodyKind::Empty]);
    Effect::Status { status, retry_after: retry_after.map(str::to_owned), code: None, body }
}
