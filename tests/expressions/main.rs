//! Entra's expression language as an administrator has it: pasted from the portal, parsed and evaluated.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "../fuzz/holds.rs"]
mod fuzzed;

mod functions;
mod hostile;
mod tutorials;

use entra_jostle_sync::mapping::expression::{Expression, Flow, Moment, Place, Value};
use entra_jostle_sync::model::{EntraId, Presence, SourceUser, Subject};
use serde_json::json;

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
