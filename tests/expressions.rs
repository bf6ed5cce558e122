//! Entra's expression language as an administrator has it: pasted from the portal, parsed and evaluated.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "fuzz/holds.rs"]
mod fuzzed;

use std::collections::BTreeSet;

use entra_jostle_sync::mapping::expression::{Expression, Flow, Moment, Place, Value};
use entra_jostle_sync::model::{EntraId, Presence, SourceUser, Subject};
use serde_json::json;

/// The published functions and `AssertiveAppRoleAssignmentsComplex`, which stands on another page.
const PUBLISHED: [&str; 44] = [
    "Append",
    "AppRoleAssignmentsComplex",
    "AssertiveAppRoleAssignmentsComplex",
    "BitAnd",
    "CBool",
    "CDate",
    "Coalesce",
    "ConvertToBase64",
    "ConvertToUTF8Hex",
    "Count",
    "CStr",
    "DateAdd",
    "DateDiff",
    "DateFromNum",
    "FormatDateTime",
    "Guid",
    "IgnoreFlowIfNullOrEmpty",
    "IIF",
    "InStr",
    "IsNull",
    "IsNullOrEmpty",
    "IsPresent",
    "IsString",
    "Item",
    "Join",
    "Left",
    "Mid",
    "NormalizeDiacritics",
    "Not",
    "Now",
    "NumFromDate",
    "PCase",
    "RandomString",
    "Redact",
    "RemoveDuplicates",
    "Replace",
    "SelectUniqueValue",
    "SingleAppRoleAssignment",
    "Split",
    "StripSpaces",
    "Switch",
    "ToLower",
    "ToUpper",
    "Word",
];

const ADDED: [&str; 8] = ["And", "Or", "Len", "Right", "Trim", "Contains", "StartsWith", "EndsWith"];

/// Functions that parse and cannot mean anything here.
const REFUSED: [&str; 4] =
    ["AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex", "SelectUniqueValue", "SingleAppRoleAssignment"];

fn john() -> SourceUser {
    let attributes = json!({
        "userPrincipalName": "John.Doe@contoso.com", "givenName": "John", "surname": "Doe", "displayName": "Zoë van der Berg",
        "mail": null, "accountEnabled": true, "jobTitle": "Product Developer", "state": "QLD", "country": "USA",
        "department": "Sales", "employeeId": "", "mailNickname": "jsmith", "city": "Pinto-De'Silva",
        "mobilePhone": "+91 9998887777", "businessPhones": ["+1 (999) 888-7777"], "streetAddress": "545 Tremont Street",
        "employeeHireDate": "2012-03-16-07:00", "leaves": "9999-12-31", "stamp": "20150123105347.1Z",
        "day": "2020-12-31-08:00", "phrase": "The quick brown fox", "dn": "cn=Joe,dc=contoso,dc=com", "control": "514",
        "proxyAddresses": ["SMTP:a@x", "smtp:b@x", "smtp:b@x"], "permissions": "PermissionSetOne, PermissionSetTwo",
        "onPremisesImmutableId": "aBc=", "onPremisesExtensionAttributes": { "extensionAttribute3": "three" },
        "employeeOrgData": { "costCenter": "7" },
    });
    let serde_json::Value::Object(attributes) = attributes else { unreachable!("an object") };
    SourceUser { id: EntraId::new("00aa00aa-bb11-cc22-dd33-44ee44ee44ee"), presence: Presence::Live, attributes }
}

fn parse(text: &str) -> Expression {
    Expression::parse(text, Place::CreateRow).unwrap_or_else(|error| panic!("{error}"))
}

fn evaluate(text: &str, user: &SourceUser) -> String {
    let expression = parse(text);
    let moment = Moment { now: "2021-07-02T15:33:38Z".parse().expect("a time"), seed: 1 };
    let outcome = expression.evaluate(&Subject::alone(user), moment);
    assert_eq!(parse(&expression.to_string()), expression, "{text}");
    match outcome {
        Ok(Flow::Ignore) => "ignored".to_owned(),
        Ok(Flow::Value(Value::Null)) => "null".to_owned(),
        Ok(Flow::Value(Value::List(values))) => format!("{values:?}"),
        Ok(Flow::Value(value)) => value.to_string(),
        Err(error) => format!("fails: {error}"),
    }
}

/// What a row gives for John: `null`, `ignored`, the text, the list, or why it fails.
fn gives(text: &str) -> String {
    evaluate(text, &john())
}

/// Every function: as published, with null, with what it does not take.
const CASES: &[(&str, &str)] = &[
    (r#"Append([userPrincipalName],".test")"#, "John.Doe@contoso.com.test"),
    (r#"Append([mail],".test")"#, "null"),
    (r"Append([accountEnabled],[proxyAddresses])", "TrueSMTP:a@x"),
    ("BitAnd(&HF, &HF7)", "7"),
    ("BitAnd([mail], 2)", "null"),
    ("BitAnd([state], 2)", "fails: BitAnd needs a whole number, not \"QLD\""),
    ("CBool([state]=[state])", "True"),
    ("CBool([mail])", "null"),
    ("CBool([state])", "fails: CBool has \"QLD\", which is neither true nor false nor a number"),
    (r#"CDate("2020-03-16-07:00")"#, "3/16/2020 7:00:00 AM"),
    ("CDate([mail])", "null"),
    ("CDate([state])", "fails: CDate needs a date, not \"QLD\""),
    (r#"Coalesce([mail],[userPrincipalName],"")"#, "John.Doe@contoso.com"),
    (r#"Coalesce([mail],[employeeId],"")"#, ""),
    ("Coalesce([proxyAddresses],[mail])", r#"["SMTP:a@x", "smtp:b@x", "smtp:b@x"]"#),
    (r#"ConvertToBase64("Hello world!")"#, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
    ("ConvertToBase64([mail])", "null"),
    ("ConvertToBase64([accountEnabled])", "VAByAHUAZQA="),
    (r#"ConvertToUTF8Hex("Hello world!")"#, "48656C6C6F20776F726C6421"),
    ("ConvertToUTF8Hex([mail])", "null"),
    ("ConvertToUTF8Hex([proxyAddresses])", "534D54503A614078"),
    ("Count([proxyAddresses])", "3"),
    ("Count([mail])", "0"),
    ("Count([state])", "1"),
    ("CStr([dn])", "cn=Joe,dc=contoso,dc=com"),
    ("CStr([mail])", "null"),
    ("CStr([accountEnabled])", "True"),
    (r#"DateAdd("d", 7, CDate([employeeHireDate]))"#, "3/23/2012 7:00:00 AM"),
    (r#"DateAdd("d", 7, [mail])"#, "null"),
    (r#"DateAdd("d", [state], [employeeHireDate])"#, "fails: DateAdd needs a whole number, not \"QLD\""),
    (r#"DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))"#, "13"),
    (r#"DateDiff("ww", "8/25/2021 5:41:18 PM", [employeeHireDate])"#, "-493"),
    (r#"DateDiff("yyyy", [employeeHireDate], [leaves])"#, "7987"),
    (r#"DateDiff("d", [mail], [employeeHireDate])"#, "null"),
    (r#"DateDiff("d", [state], [employeeHireDate])"#, "fails: DateDiff needs a date, not \"QLD\""),
    ("DateFromNum(129699324000000000)", "1/1/2012 11:00:00 PM"),
    ("DateFromNum([mail])", "null"),
    ("DateFromNum([state])", "fails: DateFromNum needs a whole number, not \"QLD\""),
    (r#"FormatDateTime([stamp], , "yyyyMMddHHmmss.fZ","yyyy-MM-dd")"#, "2015-01-23"),
    (r#"FormatDateTime([mail], , "yyyyMMddHHmmss.fZ","yyyy-MM-dd")"#, "null"),
    (
        r#"FormatDateTime([state], , "yyyyMMddHHmmss.fZ","yyyy-MM-dd")"#,
        "fails: FormatDateTime has \"QLD\", which is no date in inputFormat",
    ),
    (r"Len(Guid())", "36"),
    ("IgnoreFlowIfNullOrEmpty([state])", "QLD"),
    ("IgnoreFlowIfNullOrEmpty([mail])", "ignored"),
    ("IgnoreFlowIfNullOrEmpty([employeeId])", "ignored"),
    (r#"IIF([country]="USA",[country],[department])"#, "USA"),
    (r#"IIF([mail]="","none","some")"#, "none"),
    (r#"IIF([mail]="USA",[country],[department])"#, "Sales"),
    (r"IIF([state],[country],[department])", "fails: IIF needs True or False, not \"QLD\""),
    (r#"InStr([phrase],"quick")"#, "5"),
    (r#"InStr("repEated","e",3,vbBinaryCompare)"#, "7"),
    (r#"InStr("repEated","e",3,vbTextCompare)"#, "4"),
    (r#"InStr([mail],"quick")"#, "0"),
    (r#"InStr([accountEnabled],"u",[state])"#, "fails: InStr needs a whole number, not \"QLD\""),
    ("IsNull([mail])", "True"),
    ("IsNull([state])", "False"),
    ("IsNull([proxyAddresses])", "False"),
    ("IsNullOrEmpty([mail])", "True"),
    ("IsNullOrEmpty([employeeId])", "True"),
    ("IsNullOrEmpty([accountEnabled])", "False"),
    ("IsPresent([state])", "True"),
    ("IsPresent([mail])", "False"),
    ("IsPresent([proxyAddresses])", "True"),
    ("IsString([state])", "True"),
    ("IsString([mail])", "False"),
    ("IsString([accountEnabled])", "False"),
    ("Item([proxyAddresses],1)", "SMTP:a@x"),
    ("Item([mail],1)", "null"),
    ("Item([proxyAddresses],[state])", "fails: Item needs a whole number, not \"QLD\""),
    (r#"Join(", ", "", [surname], [givenName])"#, "Doe, John"),
    (r#"Join(", ", [mail], [employeeId])"#, "null"),
    (r#"Join(", ", [proxyAddresses], [accountEnabled])"#, "SMTP:a@x, smtp:b@x, smtp:b@x, True"),
    (r#"Left("John Doe", 3)"#, "Joh"),
    ("Left([mail], 3)", ""),
    ("Left([givenName], [state])", "fails: Left needs a whole number, not \"QLD\""),
    ("Mid([givenName], 1, 3)", "Joh"),
    ("Mid([mail], 1, 3)", "null"),
    ("Mid([givenName], [control], 3)", ""),
    ("Mid([givenName], 1, [state])", "fails: Mid needs a whole number, not \"QLD\""),
    (r#"NormalizeDiacritics("Zoë")"#, "Zoe"),
    ("NormalizeDiacritics([mail])", "null"),
    ("NormalizeDiacritics([proxyAddresses])", "SMTP:a@x"),
    (r#"Not("True")"#, "False"),
    ("Not([mail])", "True"),
    ("Not([state])", "True"),
    ("Now()", "7/2/2021 3:33:38 PM"),
    (
        r#"NumFromDate(Join("",FormatDateTime([day], ,"yyyy-MM-ddzzz","yyyy-MM-dd")," 23:59:59-08:00"))"#,
        "132539615990000000",
    ),
    ("NumFromDate([mail])", "null"),
    ("NumFromDate([state])", "fails: NumFromDate needs a date, not \"QLD\""),
    (r#"PCase("PABLO GONSALVES (SECOND)")"#, "Pablo Gonsalves (Second)"),
    (r#"PCase("PINTO-DE'SILVA", " '-")"#, "Pinto-De'Silva"),
    ("PCase([mail])", "null"),
    ("PCase([accountEnabled])", "True"),
    (r#"Len(RandomString(10,2,2,2,1,"?,"))"#, "10"),
    ("RandomString([mail],3,0,0,3)", "fails: RandomString needs a number, and got nothing"),
    ("RandomString([state],3,0,0,3)", "fails: RandomString needs a whole number, not \"QLD\""),
    ("Redact([surname])", "Doe"),
    ("Redact([mail])", "null"),
    ("Redact([accountEnabled])", "True"),
    ("RemoveDuplicates([proxyAddresses])", r#"["SMTP:a@x", "smtp:b@x"]"#),
    ("RemoveDuplicates([mail])", "[]"),
    ("RemoveDuplicates([state])", r#"["QLD"]"#),
    (r#"Replace([jobTitle],"Product Developer", , ,"Software Engineer", , )"#, "Software Engineer"),
    (r#"Replace([userPrincipalName],"@contoso.com", , ,"", ,)"#, "John.Doe"),
    (r#"Replace([mailNickname],"<username>", , , , ,"<username>@contoso.com")"#, "jsmith@contoso.com"),
    (
        r#"Replace([mobilePhone], , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", , "${phoneNumber}", , )"#,
        "9998887777",
    ),
    (r#"Replace([telephoneNumber], , "[()\\s-]+", , "", , )"#, "+19998887777"),
    (r#"Replace([streetAddress], , "(?<streetNumber>^\\d*)", "streetNumber", "888", , )"#, "888 Tremont Street"),
    (
        r#"Replace([employeeId], , "\+(?<isdCode>\d* )(?<phoneNumber>\d{10})", "phoneNumber" , , [mobilePhone], )"#,
        "9998887777",
    ),
    (r#"Replace([mail],"a", , ,"b", , )"#, "null"),
    (r#"Replace([accountEnabled],"T", , ,"t", , )"#, "true"),
    (r#"Split([permissions], ",")"#, r#"["PermissionSetOne", "PermissionSetTwo"]"#),
    (r#"Split([mail], ",")"#, "null"),
    (r#"Split([accountEnabled], "u")"#, r#"["Tr", "e"]"#),
    ("StripSpaces([permissions])", "PermissionSetOne,PermissionSetTwo"),
    ("StripSpaces([mail])", "null"),
    ("StripSpaces([proxyAddresses])", "SMTP:a@x"),
    (
        r#"Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane")"#,
        "Australia/Brisbane",
    ),
    (r#"Switch([mail],[mail],"","Other")"#, "Other"),
    (r#"Switch([accountEnabled], , "True", "1", "False", "0")"#, "1"),
    ("ToLower([userPrincipalName])", "john.doe@contoso.com"),
    ("ToLower([mail])", "null"),
    ("ToLower([accountEnabled])", "true"),
    ("ToUpper([mailNickname])", "JSMITH"),
    ("ToUpper([mail])", "null"),
    ("ToUpper([proxyAddresses], \"tr-TR\")", "SMTP:A@X"),
    (r#"Word([phrase],3," ")"#, "brown"),
    (r#"Word([mail],3," ")"#, ""),
    (r#"Word([phrase],[state]," ")"#, "fails: Word needs a whole number, not \"QLD\""),
    (r#"And([accountEnabled], [state]="QLD")"#, "True"),
    ("And([mail], [accountEnabled])", "False"),
    ("And([state], [accountEnabled])", "fails: And needs True or False, not \"QLD\""),
    (r#"Or([mail], [state]="QLD")"#, "True"),
    ("Or([mail], [employeeId])", "False"),
    ("Or([mail], [state])", "fails: Or needs True or False, not \"QLD\""),
    ("Len([displayName])", "16"),
    ("Len([mail])", "0"),
    ("Len([accountEnabled])", "4"),
    ("Right([phrase], 3)", "fox"),
    ("Right([mail], 3)", ""),
    ("Right([phrase], [state])", "fails: Right needs a whole number, not \"QLD\""),
    (r#"Trim("  John ")"#, "John"),
    ("Trim([mail])", "null"),
    ("Trim([proxyAddresses])", "SMTP:a@x"),
    (r#"Contains([phrase], "quick")"#, "True"),
    (r#"Contains([mail], "quick")"#, "False"),
    (r#"Contains([accountEnabled], "ru")"#, "True"),
    (r#"StartsWith([phrase], "The")"#, "True"),
    (r#"StartsWith([mail], "The")"#, "False"),
    (r#"StartsWith([proxyAddresses], "SMTP:")"#, "True"),
    (r#"EndsWith([phrase], "fox")"#, "True"),
    (r#"EndsWith([mail], "fox")"#, "False"),
    (r#"EndsWith([accountEnabled], "ue")"#, "True"),
];

#[test]
fn every_function_does_as_published_and_answers_null_and_what_it_does_not_take() {
    for (text, expected) in CASES {
        assert_eq!(gives(text), *expected, "{text}");
    }
}

#[test]
fn every_published_name_is_tried_or_refused_with_a_reason() {
    let tried = |name: &str| CASES.iter().any(|(text, _)| text.contains(&format!("{name}(")));
    let names: BTreeSet<&str> = PUBLISHED.into_iter().chain(ADDED).collect();
    assert_eq!(names.len(), PUBLISHED.len() + ADDED.len());
    for name in names {
        assert_ne!(tried(name), REFUSED.contains(&name), "{name}");
    }
    for name in REFUSED {
        let error = Expression::parse(&format!("{name}([mail], [surname])"), Place::CreateRow).expect_err(name);
        assert!(error.message.starts_with(&format!("{name} is not supported: ")), "{error}");
    }
}

#[test]
fn what_tutorials_show_works_as_it_is_pasted() {
    for (text, expected) in [
        (r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, "True"),
        (r#"Join(" ", [givenName], [surname])"#, "John Doe"),
        (r#"Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , )"#, "John.Doe"),
        ("Append(Left([givenName],1),[surname])", "JDoe"),
        ("IIF(IsNullOrEmpty([mail]),[userPrincipalName],[mail])", "John.Doe@contoso.com"),
        ("IIF(IsPresent([mail]),[mail],[userPrincipalName])", "John.Doe@contoso.com"),
        ("NormalizeDiacritics(StripSpaces(ToLower([displayName], )))", "zoevanderberg"),
        (r#"Mid(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ),1,20)"#, "John.Doe"),
        (r#"Word([displayName],2," ")"#, "van"),
        (r#"Coalesce([employeeId],[onPremisesImmutableId],"")"#, "aBc="),
        (r#"Append([mailNickname], "@contoso.com")"#, "jsmith@contoso.com"),
        (r#"ToLower(Join(".", [givenName], [surname]), "en-US")"#, "john.doe"),
        (
            r#"Join("@", NormalizeDiacritics(StripSpaces(Join(".", [givenName], [surname]))), "contoso.com")"#,
            "John.Doe@contoso.com",
        ),
        (r#"Switch([country], "Other", "USA", Switch([state], "US", "QLD", "US-QLD"), "DE", "Germany")"#, "US-QLD"),
        (r#"IIF([country]="USA", IIF([state]="NSW", "a", "b"), "c")"#, "b"),
        (r#"IIF(DateDiff("d", Now(), CDate([employeeHireDate])) > 0, "future", "past")"#, "past"),
        (r"Not([accountEnabled])", "False"),
        ("[extensionAttribute3]", "three"),
        ("[onPremisesExtensionAttributes.extensionAttribute3]", "three"),
        ("[employeeOrgData.costCenter]", "7"),
        ("[manager.mail]", "null"),
        ("[originalUserPrincipalName]", "John.Doe@contoso.com"),
        ("[objectId]", "00aa00aa-bb11-cc22-dd33-44ee44ee44ee"),
        (r#"Item(Split([userPrincipalName], "@"), 2)"#, "contoso.com"),
        (r#"Replace(Item([proxyAddresses], 1), "SMTP:", , , "", , )"#, "a@x"),
        ("Switch(\r\n\t[state],\r\n\t\"none\",\r\n\t\"QLD\", \"Brisbane\"\r\n)  \n", "Brisbane"),
        ("  Append ( [givenName] , \"x\" )\u{a0}", "Johnx"),
        (
            r#"Join("", "1000", Replace(ConvertToUTF8Hex([objectId]), , "[a-zA-Z_]*", , "", , ))"#,
            "100030306161303061612626231312636332322646433332343465653434656534346565",
        ),
    ] {
        assert_eq!(gives(text), expected, "{text}");
    }
}

#[test]
fn a_candidate_for_a_unique_name_is_refused_with_what_to_do() {
    let text = r#"SelectUniqueValue(Join("@", [mailNickname], "contoso.com"), Join("@", [surname], "contoso.com"))"#;
    let error = Expression::parse(text, Place::CreateRow).expect_err("refused");
    assert_eq!(error.at, 0);
    assert!(error.message.contains("map an attribute that is unique in Entra"), "{error}");
}

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
