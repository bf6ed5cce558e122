//! Whatever is written as an expression gives an error with a place, or something that prints, parses to the same again
//! and can be evaluated:
//!
//!     RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz parser -- -max_total_time=60

#![no_main]

use entra_jostle_sync::mapping::expression::{Expression, ExpressionError, Moment, Place};
use entra_jostle_sync::model::{EntraId, Presence, SourceUser, Subject};
use libfuzzer_sys::fuzz_target;

/// The most characters that an expression may have. What is canonical can be longer than what was written.
const MAX_CHARACTERS: usize = 10_000;

fuzz_target!(|text: &str| {
    let nobody = SourceUser { id: EntraId::new("0"), presence: Presence::Live, attributes: serde_json::Map::new() };
    for place in [Place::Row, Place::CreateRow, Place::Filter] {
        match Expression::parse(text, place) {
            Ok(expression) => holds(&expression, place, &Subject::alone(&nobody)),
            Err(error) => points_into(text, &error),
        }
    }
});

fn holds(expression: &Expression, place: Place, subject: &Subject<'_>) {
    let printed = expression.to_string();
    let moment = Moment { now: jiff::Timestamp::UNIX_EPOCH, seed: 1 };
    let outcome = expression.evaluate(subject, moment);
    if printed.chars().count() <= MAX_CHARACTERS {
        let again = Expression::parse(&printed, place).expect("what is printed parses");
        assert_eq!(&again, expression);
        assert_eq!(again.evaluate(subject, moment), outcome);
    }
    assert_eq!(expression.trace(subject, moment).0, outcome);
    let _ = (expression.test(subject, moment), expression.paths(), expression.groups(), expression.is_redacted());
}

fn points_into(text: &str, error: &ExpressionError) {
    assert!(text.is_char_boundary(error.at), "{error:?}");
    assert!(error.to_string().ends_with('^'), "{error}");
}
