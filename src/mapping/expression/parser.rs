//! Builds the tree of an expression from its tokens.

use super::Value;
use super::ast::{Call, Comparison, Kind, Node};
use super::error::Problem;
use super::functions::Prepared;
use super::lexer::{Lexer, Token};
use super::names;

/// Calls and parentheses within each other. Far beyond what anybody can read, far below what the stack can hold.
const MAX_DEPTH: usize = 64;

/// The tree of a text: syntax and names are right; [`super::check`] looks at everything else.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    let mut parser = Parser { text, lexer: Lexer::new(text), token: Token::End, at: 0, depth: 0, calls: 0 };
    parser.advance()?;
    if parser.token == Token::End {
        return Err(Problem::new(0, "the expression is empty"));
    }
    let node = parser.expression()?;
    match parser.token {
        Token::End => Ok(node),
        Token::Close => Err(parser.problem("there is no ( for this )")),
        _ => Err(parser.problem("the expression has ended before this; put texts together with Append or Join")),
    }
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The next token, and where it begins.
    token: Token<'t>,
    at: usize,
    depth: usize,
    calls: u64,
}

impl<'t> Parser<'t> {
    /// Takes the next token.
    fn advance(&mut self) -> Result<Token<'t>, Problem> {
        let (token, at) = self.lexer.next()?;
        self.at = at;
        Ok(std::mem::replace(&mut self.token, token))
    }

    fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.at, message)
    }

    /// An operand, or two with an operator between them.
    fn expression(&mut self) -> Result<Node, Problem> {
        let left = self.operand()?;
        let Token::Operator(operator) = self.token else { return Ok(left) };
        self.advance()?;
        let right = self.operand()?;
        if let Token::Operator(_) = self.token {
            return Err(self.problem("only one comparison can stand here; put several together with And or Or"));
        }
        let at = left.at;
        Ok(Node { kind: Kind::Compare(Box::new(Comparison { left, operator, right })), at })
    }

    fn operand(&mut self) -> Result<Node, Problem> {
        let at = self.at;
        if matches!(self.token, Token::Operator(_) | Token::Close | Token::Comma | Token::End) {
            return Err(self.problem("a value is missing here: an [attribute], a \"text\", a number or a function"));
        }
        let kind = match self.advance()? {
            Token::Text(text) => Kind::Literal(Value::Text(text)),
            Token::Number(number) => Kind::Literal(Value::Number(number)),
            Token::Attribute(path) => Kind::Attribute(path),
            Token::Name(name) if self.token != Token::Open && names::is_constant(name) => {
                Kind::Literal(Value::Text(name.to_owned()))
            }
            Token::Name(name) => self.call(name, at)?,
            _ => return self.parentheses(at),
        };
        Ok(Node { kind, at })
    }

    fn parentheses(&mut self, open: usize) -> Result<Node, Problem> {
        self.descend(open)?;
        let node = self.expression()?;
        self.depth -= 1;
        if self.token != Token::Close {
            return Err(self.unclosed(open, "write ) here"));
        }
        self.advance()?;
        Ok(node)
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Kind, Problem> {
        if self.token != Token::Open {
            let message = format!(
                "{name} stands alone; write [{name}] for an attribute, \"{name}\" for a text, {name}(…) for a function"
            );
            return Err(Problem::new(at, message));
        }
        let callee = names::resolve(name).map_err(|message| Problem::new(at, message))?;
        self.calls += 1;
        let ordinal = self.calls;
        let open = self.at;
        self.advance()?;
        self.descend(open)?;
        let arguments = self.arguments(open)?;
        self.depth -= 1;
        Ok(Kind::Call(Call { callee, arguments, prepared: Prepared::Nothing, ordinal }))
    }

    /// Everything up to the closing parenthesis. Nothing between two commas is an empty place.
    fn arguments(&mut self, open: usize) -> Result<Vec<Option<Node>>, Problem> {
        let mut arguments = Vec::new();
        if self.token == Token::Close {
            self.advance()?;
            return Ok(arguments);
        }
        loop {
            let is_empty = matches!(self.token, Token::Comma | Token::Close);
            arguments.push(if is_empty { None } else { Some(self.expression()?) });
            match self.token {
                Token::Comma => self.advance()?,
                Token::Close => {
                    self.advance()?;
                    return Ok(arguments);
                }
                _ => return Err(self.unclosed(open, "write a comma or ) here")),
            };
        }
    }

    /// Refuses to go deeper than the stack can be trusted to hold.
    fn descend(&mut self, open: usize) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::new(open, format!("more than {MAX_DEPTH} parentheses stand within each other")));
        }
        Ok(())
    }

    fn unclosed(&self, open: usize, expected: &str) -> Problem {
        match self.token {
            Token::End => Problem::new(open, "the parenthesis that opens here is not closed"),
            Token::Text(_) | Token::Name(_) if self.text[..self.at].ends_with('"') => self
                .problem("a text has ended before this; within a text write \\\" for a quote and \\\\ for a backslash"),
            _ => self.problem(expected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        parse(text).map_or_else(|problem| problem.within(text).to_string(), |node| node.to_string())
    }

    fn all(texts: &[&str]) -> String {
        texts.iter().map(|text| printed(text)).collect::<Vec<_>>().join("\n\n")
    }

    #[test]
    fn every_form_of_the_language() {
        for (written, canonical) in [
            ("[mail]", "[mail]"),
            (" [ mail ] ", "[mail]"),
            ("[mobile]", "[mobilePhone]"),
            ("[manager.mail]", "[manager.mail]"),
            ("\"a\\\"b\\d\"", "\"a\\\"b\\\\d\""),
            ("-12", "-12"),
            ("&HF7", "247"),
            ("Guid( )", "Guid()"),
            ("Append ([mail],\n\t\"x\")", "Append([mail], \"x\")"),
            ("Append(Left([a],1),\"x\")", "Append(Left([a], 1), \"x\")"),
            ("Switch([a],,\"b\" , )", "Switch([a], , \"b\", )"),
            ("Append(,)", "Append(, )"),
            ("InStr([a],\"b\",1,vbTextCompare)", "InStr([a], \"b\", 1, \"vbTextCompare\")"),
            ("InStr([a], \"b\", , vbBinaryCompare )", "InStr([a], \"b\", , \"vbBinaryCompare\")"),
            ("[a]=\"b\"", "[a] = \"b\""),
            ("IIF([a]<>[b],[a]>=1,[a]<=-1)", "IIF([a] <> [b], [a] >= 1, [a] <= -1)"),
            ("((([a])))", "[a]"),
            ("(([a]=[b]))=(\"True\")", "([a] = [b]) = \"True\""),
        ] {
            assert_eq!(printed(written), canonical, "{written}");
            assert_eq!(printed(canonical), canonical);
        }
    }

    #[test]
    fn names() {
        insta::assert_snapshot!(all(&[
            "Apend([mail], \"x\")",
            "Append([a], isnullorempty([b]))",
            "iif([a], 1, 2)",
            "Frobnicate([a])",
            "SelectUniqueValue([a], [b])",
            "SingleAppRoleAssignment([appRoleAssignments])",
            "Append(manager.mail, \"x\")",
            "InStr([a], \"b\", 1, vbtextcompare)",
            "vbTextCompare([a])",
        ]), @r#"
        there is no function Apend; did you mean Append?
        Apend([mail], "x")
        ^

        upper and lower case count in the name of a function; write IsNullOrEmpty
        Append([a], isnullorempty([b]))
                    ^

        upper and lower case count in the name of a function; write IIF
        iif([a], 1, 2)
        ^

        there is no function Frobnicate
        Frobnicate([a])
        ^

        SelectUniqueValue is not supported: Entra itself has it only for on-premises directories, and Jostle would have to be asked about each candidate; map an attribute that is unique in Entra
        SelectUniqueValue([a], [b])
        ^

        SingleAppRoleAssignment is not supported: Jostle has no roles, and users/delta does not have the app roles of a person; take the row out
        SingleAppRoleAssignment([appRoleAssignments])
        ^

        manager.mail stands alone; write [manager.mail] for an attribute, "manager.mail" for a text, manager.mail(…) for a function
        Append(manager.mail, "x")
               ^

        vbtextcompare stands alone; write [vbtextcompare] for an attribute, "vbtextcompare" for a text, vbtextcompare(…) for a function
        InStr([a], "b", 1, vbtextcompare)
                           ^

        there is no function vbTextCompare
        vbTextCompare([a])
        ^
        "#);
    }

    #[test]
    fn texts_and_attributes() {
        insta::assert_snapshot!(all(&[
            "Append([mail], \"x)",
            "Append(\"C:\\\", \"x\")",
            "Append([mail], “x”)",
            "Append([mail], 'x')",
            "Append([mail], \"say \"\"x\"\"\")",
            "Append([mail, \"x\")",
            "Append([mail], x])",
            "Append([mail],])",
            "Append([first name], \"x\")",
            "Append([manager], \"x\")",
            "[]",
        ]), @r#"
        the text that begins here has no closing "; within a text write \" for a quote and \\ for a backslash
        Append([mail], "x)
                       ^

        a text has ended before this; within a text write \" for a quote and \\ for a backslash
        Append("C:\", "x")
                       ^

        “ is a quote of a word processor; write " around a text
        Append([mail], “x”)
                       ^

        a text stands in double quotes; write "…"
        Append([mail], 'x')
                       ^

        a text has ended before this; within a text write \" for a quote and \\ for a backslash
        Append([mail], "say ""x""")
                             ^

        the attribute that begins here has no closing ]
        Append([mail, "x")
               ^

        there is no [ for this ]
        Append([mail], x])
                        ^

        there is no [ for this ]
        Append([mail],])
                      ^

        "first name" is no source attribute; write the name of a Graph property, property.member, or manager.property
        Append([first name], "x")
               ^

        manager is a person and has no text of its own; write manager.mail or manager.displayName
        Append([manager], "x")
               ^

        "" is no source attribute; write the name of a Graph property, property.member, or manager.property
        []
        ^
        "#);
    }

    #[test]
    fn numbers_and_operators() {
        insta::assert_snapshot!(all(&[
            "Left([a], 1.5)",
            "Left([a], - 1)",
            "Left([a], 9223372036854775808)",
            "Left([a], &HFFFFFFFFFFFFFFFFF)",
            "[a] & [b]",
            "[a] + [b]",
            "[a] == [b]",
            "[a] != [b]",
            "[a] = [b] = [c]",
            "[a] =",
            "= [a]",
            "Append([a]; [b])",
            "$active",
        ]), @r#"
        only whole numbers are known; write another number as a text, in quotes
        Left([a], 1.5)
                  ^

        - stands only before a number
        Left([a], - 1)
                  ^

        this number is too large; the largest is 9223372036854775807
        Left([a], 9223372036854775808)
                  ^

        this number is too large; the largest is 9223372036854775807
        Left([a], &HFFFFFFFFFFFFFFFFF)
                  ^

        & stands only before a hexadecimal number, &HF7; texts are put together with Append or Join
        [a] & [b]
            ^

        + has no meaning here; texts are put together with Append or Join
        [a] + [b]
            ^

        compare with =, <>, >, >=, < or <=
        [a] == [b]
            ^

        compare with =, <>, >, >=, < or <=
        [a] != [b]
            ^

        only one comparison can stand here; put several together with And or Or
        [a] = [b] = [c]
                  ^

        a value is missing here: an [attribute], a "text", a number or a function
        [a] =
             ^

        a value is missing here: an [attribute], a "text", a number or a function
        = [a]
        ^

        arguments are divided by commas
        Append([a]; [b])
                  ^

        '$' has no meaning here; an attribute stands in [ ], a text in " "
        $active
        ^
        "#);
    }

    #[test]
    fn parentheses_and_the_end() {
        insta::assert_snapshot!(all(&[
            "",
            "Append([a], Left([b], 1)",
            "([a] = [b]",
            "([a] [b])",
            "Append([a] [b])",
            "[a])",
            "[a] \"b\"",
            "()",
            "(, [a])",
        ]), @r#"
        the expression is empty

        ^

        the parenthesis that opens here is not closed
        Append([a], Left([b], 1)
              ^

        the parenthesis that opens here is not closed
        ([a] = [b]
        ^

        write ) here
        ([a] [b])
             ^

        write a comma or ) here
        Append([a] [b])
                   ^

        there is no ( for this )
        [a])
           ^

        the expression has ended before this; put texts together with Append or Join
        [a] "b"
            ^

        a value is missing here: an [attribute], a "text", a number or a function
        ()
         ^

        a value is missing here: an [attribute], a "text", a number or a function
        (, [a])
         ^
        "#);
        assert_eq!(parse(" \n "), parse(""));
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        insta::assert_snapshot!(printed(&"(".repeat(10_000)), @r#"
        more than 64 parentheses stand within each other
        …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
                                                           ^
        "#);
        let nested = |depth: usize| format!("{}[a]{}", "Not(".repeat(depth), ")".repeat(depth));
        assert_eq!(printed(&nested(MAX_DEPTH)), nested(MAX_DEPTH));
        assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
        let beside = format!("And({})", vec!["Not([a])"; 500].join(", "));
        assert_eq!(printed(&beside), beside);
    }
}
