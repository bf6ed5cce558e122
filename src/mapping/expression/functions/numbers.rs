//! Arithmetic.

use super::args::number;
use super::{Function, Gives, Parameter, Value};

/// Null if either is.
pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "BitAnd",
    "BitAnd(value1, value2)",
    &[Parameter::Number, Parameter::Number],
    Gives::Number,
    |args, _| {
        let both = number(args, 0).zip(number(args, 1));
        Ok(both.map_or(Value::Null, |(left, right)| Value::Number(left & right)))
    },
)];

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, number, refused};

    #[test]
    fn bit_and_is_as_published() {
        assert_eq!(call("BitAnd", [number(0xF), number(0xF7)]), number(7));
        assert_eq!(call("BitAnd", [number(-1), number(i64::MIN)]), number(i64::MIN));
        assert_eq!(call("BitAnd", [number(514), number(2)]), number(2));
        assert_eq!(call("BitAnd", [NULL, number(2)]), NULL);
        assert_eq!(call("BitAnd", [number(2), NULL]), NULL);
        assert!(refused("BitAnd", [number(2), EMPTY]).contains("place 2"));
    }
}
