//! The longest texts, and what was fuzzed.

use entra_jostle_sync::model::SourceUser;

use super::{evaluate, fuzzed, john};

/// A person whose values are as long as any may be.
fn with_long_values() -> SourceUser {
    let long = |text: &str| text.repeat(65_536 / text.len());
    let mut user = john();
    for (name, value) in [("a", long("a")), ("ab", long("ab")), ("commas", long(",")), ("letters", long("aé"))] {
        user.attributes.insert(name.to_owned(), value.into());
    }
    user
}

#[test]
fn the_longest_texts_are_no_way_to_fill_the_memory_or_to_search_for_ever() {
    let user = with_long_values();
    let too_long = "gives a text of more than 65536 bytes";
    let too_much = "has a regexPattern that finds too much";
    for (text, expected) in [
        (r#"Replace([a], "a", , , [ab], , )"#, too_long),
        (r#"Replace([a], "a", , , , , [a])"#, too_long),
        (r#"Replace([a], , "a", , "$_$_", , )"#, too_long),
        (r#"Replace([ab], , "^", , "$_$_$_", , )"#, too_long),
        (r#"Join([a], Split([ab], "b"))"#, too_long),
        (r"Append([a], [ab])", too_long),
        (r"ConvertToBase64([a])", too_long),
        (r#"Replace([a], , "a(.?b)?", , "", , )"#, too_much),
        (r#"Replace([ab], , "(a)", "1", "", , )"#, too_much),
        (r#"Replace([a], , "(a*)*b", , "", , )"#, "aaa"),
        (r#"Len(Replace([a], "a", , , "", , ))"#, "0"),
        (r#"InStr([a], Append(Left([a], 32000), "b"), 1, vbTextCompare)"#, "0"),
        (r#"InStr([a], Append(Left([a], 32000), "b"))"#, "0"),
        (r#"Contains([a], Append(Left([a], 32000), "b"))"#, "False"),
        (r#"Count(RemoveDuplicates(Split([ab], "a")))"#, "2"),
        (r#"Count(Split([commas], ","))"#, "65537"),
        (r"Word([ab], 40000, [letters])", ""),
        (r"Len(PCase([letters], [ab]))", "43690"),
        (r"Len(NormalizeDiacritics([letters]))", "43690"),
    ] {
        let given = evaluate(text, &user);
        assert!(given.contains(expected), "{text}: {given:.200}");
    }
}

/// What the fuzz target began with, and what it found.
const SEEDS: [(&str, bool); 20] = [
    ("", false),
    ("[mail]", true),
    ("Append([userPrincipalName],\".test\")", true),
    ("Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")", true),
    ("Replace([userPrincipalName], , \"(?<Suffix>@(.)*)\", \"Suffix\", \"\", , )", true),
    ("Replace([a], , \"(?<=a|bc)\\b\\w\", , \"$`$'$_${x\", , )", true),
    ("FormatDateTime([x], , \"yyyyMMddHHmmss.fZ\",\"yyyy-MM-dd\")", true),
    ("InStr([a], \"b\", 1, vbTextCompare)", true),
    ("IIF([a]<>[b],[a]>=1,[a]<=-1)", true),
    ("And(MemberOf(\"Sales\"), Not(MemberOf(\"é\")))", true),
    ("RandomString(10,2,2,2,1,\"?,\")", true),
    ("DateAdd(\"q\", -9223372036854775808, \"9999-12-31\")", true),
    ("DateFromNum(&H7FFFFFFFFFFFFFFF)", false),
    ("Redact(IgnoreFlowIfNullOrEmpty([manager.mail]))", true),
    ("((((([a]))))) = (\"\\\\\" = \"\\\"\")", true),
    ("Append(\"C:\\\", \"x\")", false),
    ("Append(\u{201c}x\u{201d}, 1)", false),
    ("Left([a], 99999999999999999999)", false),
    ("Guid(\n\t)", true),
    ("[[[]]]", false),
];

#[test]
fn what_holds_for_the_fuzzed_holds_for_its_seeds() {
    for (text, is_expression) in SEEDS {
        assert_eq!(fuzzed::holds(text), is_expression, "{text}");
    }
}
