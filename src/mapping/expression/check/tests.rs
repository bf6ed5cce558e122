//! What is refused before it is ever evaluated, and what is not.

use super::super::Expression;
use super::*;

fn printed(place: Place, texts: &[&str]) -> String {
    let error = |text: &&str| Expression::parse(text, place).expect_err(text).to_string();
    texts.iter().map(error).collect::<Vec<_>>().join("\n\n")
}

fn accepted(place: Place, texts: &[&str]) {
    for text in texts {
        Expression::parse(text, place).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn the_number_of_arguments() {
    insta::assert_snapshot!(printed(Place::CreateRow, &[
        r#"Append(Left([mail]), "x")"#,
        "Append([a], [b], [c])",
        r#"Switch([a], "b")"#,
        r#"Switch([a], "b", "c", "d", "e")"#,
        "Guid(1)",
        "RandomString(1, 1, 1, 1)",
        "And([a])",
        "Coalesce([a])",
        "Coalesce(, [a])",
        r#"IIF([a] = "b", "c", )"#,
        "Redact()",
    ]), @r#"
    Left takes 2 arguments and has 1 here: Left(source, numChars)
    Append(Left([mail]), "x")
           ^

    Append takes 2 arguments and has 3 here: Append(source, suffix)
    Append([a], [b], [c])
    ^

    Switch takes at least 4 arguments and has 2 here: Switch(source, defaultValue, key1, value1, key2, value2, …)
    Switch([a], "b")
    ^

    Switch has a key without a value or a value without a key: Switch(source, defaultValue, key1, value1, key2, value2, …)
    Switch([a], "b", "c", "d", "e")
    ^

    Guid takes 0 arguments and has 1 here: Guid()
    Guid(1)
    ^

    RandomString takes 5 to 6 arguments and has 4 here: RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, charactersToAvoid)
    RandomString(1, 1, 1, 1)
    ^

    And takes at least 2 arguments and has 1 here: And(condition1, condition2, …)
    And([a])
    ^

    Coalesce takes at least 2 arguments and has 1 here: Coalesce(source1, source2, …, defaultValue)
    Coalesce([a])
    ^

    Coalesce needs its argument 1: Coalesce(source1, source2, …, defaultValue)
    Coalesce(, [a])
    ^

    IIF needs its argument 3: IIF(condition, valueIfTrue, valueIfFalse)
    IIF([a] = "b", "c", )
    ^

    Redact takes 1 argument and has 0 here: Redact(value)
    Redact()
    ^
    "#);
}

#[test]
fn the_kinds_of_arguments() {
    insta::assert_snapshot!(printed(Place::Row, &[
        r#"Left("x", "y")"#,
        r#"Left("x", "")"#,
        r#"Left("x", [a] = [b])"#,
        r#"Left("x", Split([a], ","))"#,
        r#"Left("x", IsNullOrEmpty([a]))"#,
    ]), @r#"
    Left needs a whole number, not "y": Left(source, numChars)
    Left("x", "y")
              ^

    Left needs a value here, not an empty text: Left(source, numChars)
    Left("x", "")
              ^

    Left needs a whole number here, and this gives true or false: Left(source, numChars)
    Left("x", [a] = [b])
              ^

    Left needs a whole number here, and this gives a list: Left(source, numChars)
    Left("x", Split([a], ","))
              ^

    Left needs a whole number here, and this gives true or false: Left(source, numChars)
    Left("x", IsNullOrEmpty([a]))
              ^
    "#);
    accepted(
        Place::Row,
        &[
            r#"Left("x", "5")"#,
            r#"Left("x", [a])"#,
            r#"Left("x", Left("5", 1))"#,
            r#"Left("x", IIF([a] = "b", 1, 2))"#,
            "Left(5, 1)",
            r#"Left(Split([a], ","), 1)"#,
        ],
    );
}

#[test]
fn a_function_makes_ready_what_is_written_and_refuses_what_cannot_work() {
    static STRICT: Function = Function {
        name: "Strict",
        usage: "Strict(a, b, c)",
        parameters: &[Parameter::Any; 3],
        optional: &[Parameter::Any],
        rest: None,
        gives: Gives::Any,
        prepare: |known| Err(format!("refuses {known:?}")),
        call: |_, _| Ok(Value::Null),
    };
    let text = r#"Not(Switch("x", , [a], [b]))"#;
    let mut root = super::super::parser::parse(text).expect("a tree");
    if let Kind::Call(Call { arguments, .. }) = &mut root.kind
        && let Some(Node { kind: Kind::Call(inner), .. }) = &mut arguments[0]
    {
        inner.arguments.pop();
        inner.callee = Callee::Function(&STRICT);
    }
    let problem = check(&mut root, Place::Row).expect_err("refused").within(text);
    insta::assert_snapshot!(problem, @r#"
    Strict refuses [Literal(Text("x")), Absent, Computed]
    Not(Switch("x", , [a], [b]))
        ^
    "#);
}

#[test]
fn conditions() {
    insta::assert_snapshot!(printed(Place::Row, &[
        r#"IIF("yes", "a", "b")"#,
        "And([a], 1)",
        r#"Or(IsNullOrEmpty([a]), Split([a], ","))"#,
    ]), @r#"
    IIF needs a condition here, a comparison or what gives True or False: IIF(condition, valueIfTrue, valueIfFalse)
    IIF("yes", "a", "b")
        ^

    And needs a condition here, a comparison or what gives True or False: And(condition1, condition2, …)
    And([a], 1)
             ^

    Or needs a condition here, a comparison or what gives True or False: Or(condition1, condition2, …)
    Or(IsNullOrEmpty([a]), Split([a], ","))
                           ^
    "#);
    accepted(
        Place::Row,
        &[
            r#"IIF([accountEnabled], "a", "b")"#,
            r#"IIF("True", "a", "b")"#,
            r#"IIF(Left([a], 4), "a", "b")"#,
            "And([a] = [b], Or(IsNullOrEmpty([c]), Not([d])))",
        ],
    );
}

#[test]
fn the_place() {
    insta::assert_snapshot!(printed(Place::Row, &[
        r#"IIF(MemberOf("Sales"), "a", "b")"#,
        r#"Append("x", Guid())"#,
        "Now()",
        "RandomString(8, 1, 1, 1, 1)",
    ]), @r#"
    MemberOf belongs in a filter; a row knows nothing of groups
    IIF(MemberOf("Sales"), "a", "b")
        ^

    Guid gives another value every time, so that this row would be written in every cycle; set when = "create" on it
    Append("x", Guid())
                ^

    Now gives another value every time, so that this row would be written in every cycle; set when = "create" on it
    Now()
    ^

    RandomString gives another value every time, so that this row would be written in every cycle; set when = "create" on it
    RandomString(8, 1, 1, 1, 1)
    ^
    "#);
    insta::assert_snapshot!(printed(Place::Filter, &[
        "[hireDate] < Now()",
        "IsNullOrEmpty(IgnoreFlowIfNullOrEmpty([a]))",
        "Redact([accountEnabled])",
        r#"Split([a], ",")"#,
        r#""Sales""#,
        "MemberOf([department])",
        r#"MemberOf("Sales", " ")"#,
        "MemberOf()",
    ]), @r#"
    Now gives another value every time, and a filter must decide the same for the same person; it may stand only in a row with when = "create"
    [hireDate] < Now()
                 ^

    IgnoreFlowIfNullOrEmpty says something about the attribute of a row, and a filter has none; take it out
    IsNullOrEmpty(IgnoreFlowIfNullOrEmpty([a]))
                  ^

    Redact says something about the attribute of a row, and a filter has none; take it out
    Redact([accountEnabled])
    ^

    a filter needs what gives True or False: a comparison, And, Or, Not, MemberOf, IsPresent, …
    Split([a], ",")
    ^

    a filter needs what gives True or False: a comparison, And, Or, Not, MemberOf, IsPresent, …
    "Sales"
    ^

    MemberOf needs the name or id of a group here, in quotes
    MemberOf([department])
             ^

    MemberOf needs the name or id of a group here, in quotes
    MemberOf("Sales", " ")
                      ^

    MemberOf takes at least 1 argument and has 0 here: MemberOf("name or id of a group", …)
    MemberOf()
    ^
    "#);
    accepted(
        Place::CreateRow,
        &["Guid()", "Now()", "RandomString(8, 1, 1, 1, 1)", r#"RandomString(8, 1, 1, 1, 1, "0O")"#],
    );
    accepted(Place::Filter, &["[accountEnabled]", r#"Not(MemberOf("Sales", "0a-1b"))"#, r#"[a] = "b""#]);
}

#[test]
fn a_random_string_that_cannot_be() {
    insta::assert_snapshot!(printed(Place::CreateRow, &[
        "RandomString(300, 0, 0, 0, 0)",
        "RandomString(5, 2, 2, 2, 2)",
        r#"RandomString(5, "many", 2, 2, 2)"#,
        "RandomString(5, , 0, 0, 0)",
    ]), @r#"
    RandomString needs a number from 0 to 256, not 300: RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, charactersToAvoid)
    RandomString(300, 0, 0, 0, 0)
    ^

    RandomString cannot put 8 characters into 5: RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, charactersToAvoid)
    RandomString(5, 2, 2, 2, 2)
    ^

    RandomString needs a whole number, not "many": RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, charactersToAvoid)
    RandomString(5, "many", 2, 2, 2)
                    ^

    RandomString needs its argument 2: RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, charactersToAvoid)
    RandomString(5, , 0, 0, 0)
    ^
    "#);
    accepted(Place::CreateRow, &["RandomString([a], 2, 2, 2, 2)"]);
}
