//! What parses, and what is said of everything else.

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
