//! Every published function: as published, with null, with what it does not take, or refused.

use std::collections::BTreeSet;

use entra_jostle_sync::mapping::expression::{Expression, Place};

use super::gives;

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
fn a_candidate_for_a_unique_name_is_refused_with_what_to_do() {
    let text = r#"SelectUniqueValue(Join("@", [mailNickname], "contoso.com"), Join("@", [surname], "contoso.com"))"#;
    let error = Expression::parse(text, Place::CreateRow).expect_err("refused");
    assert_eq!(error.at, 0);
    assert!(error.message.contains("map an attribute that is unique in Entra"), "{error}");
}
