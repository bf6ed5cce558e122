//! From the name of a function to what it calls.

use super::ast::Callee;
use super::{functions, special};
use crate::model::near;

/// Functions of Entra that cannot work here, and why.
const REFUSED: [(&str, &str); 4] = [
    (
        "SelectUniqueValue",
        "Entra itself has it only for on-premises directories, and Jostle would have to be asked about each candidate; \
         map an attribute that is unique in Entra",
    ),
    ("AppRoleAssignmentsComplex", NO_ROLES),
    ("AssertiveAppRoleAssignmentsComplex", NO_ROLES),
    ("SingleAppRoleAssignment", NO_ROLES),
];

const NO_ROLES: &str = "Jostle has no roles, and users/delta does not have the app roles of a person; take the row out";

/// Names that are texts without quotes: Visual Basic's constants, as Entra publishes the last argument of `InStr`.
const CONSTANTS: [&str; 2] = ["vbTextCompare", "vbBinaryCompare"];

/// Whether a name that calls nothing is a text.
pub(super) fn is_constant(name: &str) -> bool {
    CONSTANTS.contains(&name)
}

/// What a name calls, or what is wrong with it.
pub(super) fn resolve(name: &str) -> Result<Callee, String> {
    if let Some(form) = special::find(name) {
        return Ok(Callee::Special(form));
    }
    if let Some(function) = functions::find(name) {
        return Ok(Callee::Function(function));
    }
    if let Some((_, reason)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return Err(format!("{name} is not supported: {reason}"));
    }
    Err(unknown(name))
}

fn unknown(name: &str) -> String {
    let names = || special::names().chain(functions::names());
    if let Some(meant) = names().find(|known| known.eq_ignore_ascii_case(name)) {
        return format!("upper and lower case count in the name of a function; write {meant}");
    }
    match near(name, names()) {
        Some(meant) => format!("there is no function {name}; did you mean {meant}?"),
        None => format!("there is no function {name}"),
    }
}
