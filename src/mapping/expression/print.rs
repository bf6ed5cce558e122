//! Prints an expression in its canonical form, which parses to the same expression.

use std::fmt;

use super::Value;
use super::ast::{Call, Comparison, Kind, Node};

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Literal(Value::Text(text)) => quoted(text, f),
            Kind::Literal(value) => write!(f, "{value}"),
            Kind::Attribute(path) => write!(f, "[{path}]"),
            Kind::Call(call) => write!(f, "{call}"),
            Kind::Compare(comparison) => write!(f, "{comparison}"),
        }
    }
}

/// Both characters that have a meaning within quotes are escaped, whatever stands behind them.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.callee.signature().name)?;
        for (index, argument) in self.arguments.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            argument.as_ref().map_or(Ok(()), |argument| write!(f, "{argument}"))?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        operand(&self.left, f)?;
        write!(f, " {} ", self.operator.symbol())?;
        operand(&self.right, f)
    }
}

/// A comparison within a comparison stands in parentheses.
fn operand(node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match node.kind {
        Kind::Compare(_) => write!(f, "({node})"),
        _ => write!(f, "{node}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ast::Operator;
    use super::super::functions::Prepared;
    use super::super::parser::parse;
    use super::super::{functions, names, special};
    use super::*;
    use proptest::prelude::*;

    fn kind(kind: Kind) -> Node {
        Node { kind, at: 0 }
    }

    fn call((name, arguments): (&'static str, Vec<Option<Node>>)) -> Node {
        let callee = names::resolve(name).expect("a function");
        // A single empty place cannot be written: it would be no argument.
        let arguments = if matches!(arguments[..], [None]) { Vec::new() } else { arguments };
        kind(Kind::Call(Call { callee, arguments, prepared: Prepared::Nothing, ordinal: 0 }))
    }

    fn leaf() -> impl Strategy<Value = Node> {
        let path =
            prop::sample::select(vec!["mail", "id", "manager.mail", "extensionAttribute1", "a.b", "IsSoftDeleted"]);
        prop_oneof![
            any::<String>().prop_map(|text| kind(Kind::Literal(Value::Text(text)))),
            r#"[\\\\" d\n,()]{0,6}"#.prop_map(|text| kind(Kind::Literal(Value::Text(text)))),
            any::<i64>().prop_map(|number| kind(Kind::Literal(Value::Number(number)))),
            path.prop_map(|path| kind(Kind::Attribute(path.parse().expect("a path")))),
        ]
    }

    fn node() -> impl Strategy<Value = Node> {
        let names: Vec<&str> = special::names().chain(functions::names()).collect();
        leaf().prop_recursive(5, 40, 4, move |inner| {
            let arguments = prop::collection::vec(prop::option::of(inner.clone()), 0..5);
            let operator = prop::sample::select(Operator::ALL.to_vec());
            prop_oneof![
                (prop::sample::select(names.clone()), arguments).prop_map(call),
                (inner.clone(), operator, inner).prop_map(|(left, operator, right)| {
                    kind(Kind::Compare(Box::new(Comparison { left, operator, right })))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_to_the_same(node in node()) {
            let printed = node.to_string();
            let parsed = parse(&printed).map_err(|problem| TestCaseError::fail(problem.within(&printed).to_string()))?;
            prop_assert_eq!(&parsed, &node);
            prop_assert_eq!(parsed.to_string(), printed);
        }

        #[test]
        fn whatever_is_written_gives_a_tree_or_a_place(text in r#"([A-Za-z]{0,3}[(),=<>& \[\]"“\-0-9é]{0,3}|Not\(|\[a\]|"b"|, ){0,12}"#) {
            match parse(&text) {
                Ok(node) => prop_assert_eq!(parse(&node.to_string()), Ok(node)),
                Err(problem) => {
                    let error = problem.within(&text);
                    prop_assert!(text.is_char_boundary(error.at), "{}", error);
                    prop_assert!(error.to_string().ends_with('^'));
                }
            }
        }
    }
}
