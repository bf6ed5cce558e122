//! What an account should show.

use super::account::{fold, is_mail};
use super::truth::{Person, Truth};
use crate::rehearsal::company::{Empty, Formula, From, MappedRow, Rulebook};

/// The attribute that says whose account it is; every mapping writes it, and no administrator does.
pub(in crate::rehearsal) const BADGE: &str = "nickName";

/// The longest `userName` and mail address.
const LONGEST_MAIL: usize = 128;

/// What one attribute should show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rehearsal) enum Wanted {
    This(String),
    Nothing,
    /// Whatever it has.
    Anything,
}

/// What one person's account should show.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct Desired {
    pub(in crate::rehearsal) user_name: String,
    pub(in crate::rehearsal) values: Vec<(&'static str, Wanted)>,
}

/// What a person's account should show, or why it cannot be said.
pub(in crate::rehearsal) fn desired(
    person: &Person,
    truth: &Truth,
    rulebook: &Rulebook,
    new: bool,
) -> Result<Desired, String> {
    let user_name = person.text(rulebook.user_name).ok_or("no userName")?;
    if user_name.chars().count() > LONGEST_MAIL {
        return Err("the userName is too long".to_owned());
    }
    let mut values = vec![(BADGE, Wanted::This(person.badge.clone()))];
    for row in &rulebook.rows {
        match row_value(row, person, truth) {
            Err(problem) if !row.create_only || new => return Err(problem),
            Err(_) => {}
            Ok(_) if row.create_only => values.push((row.target, Wanted::Anything)),
            Ok(wanted) => values.push((row.target, wanted)),
        }
    }
    Ok(Desired { user_name, values })
}

/// What a row gives for a person.
fn row_value(row: &MappedRow, person: &Person, truth: &Truth) -> Result<Wanted, String> {
    let text = match row.from {
        From::Own(name) => person.text(name),
        From::Manager(name) => truth.manager_of(person).and_then(|manager| manager.text(name)),
        From::Constant(text) => Some(text.to_owned()),
        From::Formula(formula) => compute(formula, person),
    };
    let Some(text) = text else {
        return match row.empty {
            Empty::Default(text) => Ok(Wanted::This(text.to_owned())),
            _ if row.required => Err(format!("{} has no value", row.target)),
            Empty::Keep => Ok(Wanted::Anything),
            Empty::Clear => Ok(Wanted::Nothing),
        };
    };
    let longest = row.longest.or(is_mail(row.target).then_some(LONGEST_MAIL));
    if let Some(longest) = longest.filter(|longest| text.chars().count() > *longest) {
        if !row.cut {
            return Err(format!("{} is too long", row.target));
        }
        let cut: String = text.chars().take(longest).collect();
        return Ok(Wanted::This(cut.trim().to_owned()));
    }
    Ok(Wanted::This(text))
}

fn compute(formula: Formula, person: &Person) -> Option<String> {
    // An expression sees a property as it is, and only its result is trimmed.
    let raw = |name: &str| person.properties.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let text = match formula {
        Formula::FullName => {
            let parts: Vec<String> = [raw("givenName"), raw("surname")].into_iter().flatten().collect();
            parts.join(" ")
        }
        Formula::LowerMail => fold(&raw("mail")?),
        Formula::TitleOrDepartment => raw("jobTitle").or_else(|| raw("department"))?,
        Formula::DepartmentLetter => match raw("department").as_deref() {
            Some("Sales") => "S".to_owned(),
            Some("Engineering") => "E".to_owned(),
            _ => "?".to_owned(),
        },
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
