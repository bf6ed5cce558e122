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
mod tests;
