//! What tutorials show.

use super::gives;

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
