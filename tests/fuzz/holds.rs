//! What must hold for whatever is written as an expression: an error with a place in it, or something that prints, parses
//! to the same again and can be evaluated. For the fuzz target, and for the seeds that are tested without it.

use entra_jostle_sync::mapping::expression::{Expression, ExpressionError, Moment, Place};
use entra_jostle_sync::model::{EntraId, Presence, SourceUser, Subject};

/// The most characters that an expression may have. What is canonical can be longer than what was written.
const MAX_CHARACTERS: usize = 10_000;

/// Panics where it does not hold; says whether the text is an expression anywhere.
pub(crate) fn holds(text: &str) -> bool {
    let nobody = SourceUser { id: EntraId::new("0"), presence: Presence::Live, attributes: serde_json::Map::new() };
    let subject = Subject::alone(&nobody);
    let places = [Place::Row, Place::CreateRow, Place::Filter];
    let parsed = places.map(|place| match Expression::parse(text, place) {
        Ok(expression) => {
            expression_holds(&expression, place, &subject);
            true
        }
        Err(error) => {
            points_into(text, &error);
            false
        }
    });
    parsed.contains(&true)
}

fn expression_holds(expression: &Expression, place: Place, subject: &Subject<'_>) {
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
