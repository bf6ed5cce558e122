//! The comparisons of the language.

use std::cmp::Ordering;

use super::Value;
use super::ast::Operator;
use super::convert::{moment, number, shown};
use super::functions::Fault;

/// Whether a comparison holds. An order with nothing never does.
pub(super) fn compare(left: &Value, operator: Operator, right: &Value) -> Result<bool, Fault> {
    Ok(match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Greater => order(left, right)?.is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order(left, right)?.is_some_and(Ordering::is_ge),
        Operator::Less => order(left, right)?.is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order(left, right)?.is_some_and(Ordering::is_le),
    })
}

/// As texts, so that null equals the empty text. A date equals the same moment, however it is written.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Date(left), Value::Date(right)) => left == right,
        (Value::Date(_), Value::Text(_)) | (Value::Text(_), Value::Date(_)) if moment(left) == moment(right) => true,
        _ => left.to_string() == right.to_string(),
    }
}

/// Whole numbers by number, dates by time, anything else by its characters.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, Fault> {
    if left.is_empty() || right.is_empty() {
        return Ok(None);
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(Some(left.cmp(&right)));
    }
    match (moment(left), moment(right)) {
        (Some(left), Some(right)) => Ok(Some(left.cmp(&right))),
        _ if matches!(left, Value::Date(_)) || matches!(right, Value::Date(_)) => {
            Err(format!("cannot tell which of {} and {} is later; only one is a date", shown(left), shown(right)))
        }
        _ => Ok(Some(left.to_string().cmp(&right.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn date(text: &str) -> Value {
        Value::Date(crate::mapping::expression::date::parse(text).expect("a date"))
    }

    fn holding(left: &Value, right: &Value) -> String {
        let holds = |operator: &Operator| compare(left, *operator, right).expect("a comparison");
        Operator::ALL.into_iter().filter(holds).map(Operator::symbol).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equality_is_of_texts_and_upper_case_counts() {
        assert_eq!(holding(&text("USA"), &text("USA")), ">= <= =");
        assert_eq!(holding(&text("USA"), &text("usa")), "<> <= <");
        assert_eq!(holding(&Value::Flag(true), &text("True")), ">= <= =");
        assert_eq!(holding(&Value::Number(7), &text("7")), ">= <= =");
        assert_eq!(holding(&Value::Number(7), &text("007")), "<> >= <=");
        assert_eq!(holding(&Value::List(vec!["a".into(), "b".into()]), &text("a")), ">= <= =");
    }

    #[test]
    fn nothing_equals_nothing_and_has_no_order() {
        let nothing = [Value::Null, text(""), Value::List(Vec::new())];
        for (left, right) in nothing.iter().flat_map(|left| nothing.iter().map(move |right| (left, right))) {
            assert_eq!(holding(left, right), "=", "{left:?} {right:?}");
        }
        for something in [text("a"), Value::Number(0), Value::Flag(false), date("2020-01-01T00:00:00Z")] {
            assert_eq!(holding(&Value::Null, &something), "<>", "{something:?}");
            assert_eq!(holding(&something, &Value::Null), "<>", "{something:?}");
        }
    }

    #[test]
    fn whole_numbers_are_ordered_by_number_and_others_by_characters() {
        assert_eq!(holding(&text("9"), &text("10")), "<> <= <");
        assert_eq!(holding(&text("-9"), &Value::Number(-10)), "<> >= >");
        assert_eq!(holding(&text("9"), &text("10a")), "<> >= >");
    }

    #[test]
    fn dates_are_ordered_by_time() {
        let late = date("2020-03-16T07:00:00Z");
        assert_eq!(holding(&date("2020-03-16T06:59:59.9Z"), &late), "<> <= <");
        assert_eq!(holding(&text("2020-03-16T09:00:00+02:00"), &late), ">= <= =");
        assert_eq!(holding(&text("2020-03-16T07:00:00Z"), &text("2020-03-16T07:00:00+02:00")), "<> >= >");
        assert_eq!(
            compare(&late, Operator::Less, &text("soon")),
            Err("cannot tell which of \"3/16/2020 7:00:00 AM\" and \"soon\" is later; only one is a date".to_owned())
        );
        assert_eq!(compare(&late, Operator::Equal, &text("soon")), Ok(false));
    }
}
