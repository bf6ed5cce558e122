//! Accounts that are in Jostle and linked to nobody.

use serde::{Deserialize, Serialize};

use super::{Account, TargetId, TargetPath, TargetValue};

/// An account that is linked to nobody, as a listing of all accounts showed it: what is needed to recognise a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmanaged {
    /// Jostle's id.
    #[serde(rename = "jostle_id")]
    pub id: TargetId,
    /// The `userName` as Jostle spells it.
    pub user_name: String,
    /// Whether somebody can sign in with it.
    pub active: bool,
    /// What it shows as its name.
    #[serde(flatten)]
    pub names: Names,
    /// The e-mail address of the type `work`.
    pub work_email: Option<String>,
}

/// What an account shows as the name of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// `name.givenName`
    #[serde(default)]
    pub given: Option<String>,
    /// `name.familyName`
    #[serde(default)]
    pub family: Option<String>,
    /// `displayName`
    #[serde(default)]
    pub display: Option<String>,
    /// `nickName`
    #[serde(default)]
    pub nick: Option<String>,
}

impl Names {
    /// What is found at these paths, whatever gives the values.
    pub fn from_values(value: impl Fn(&TargetPath) -> Option<TargetValue>) -> Self {
        let name = |sub: &str| TargetPath::Sub { attribute: "name".to_owned(), sub: sub.to_owned() };
        let simple = |attribute: &str| TargetPath::Simple(attribute.to_owned());
        let text = |path: TargetPath| {
            let text = value(&path)?.as_text()?.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        Self {
            given: text(name("givenName")),
            family: text(name("familyName")),
            display: text(simple("displayName")),
            nick: text(simple("nickName")),
        }
    }

    /// The name in one line, for people; none if nothing is shown.
    pub fn line(&self) -> Option<String> {
        let Self { given, family, display, nick } = self;
        match (given, family) {
            (Some(given), Some(family)) => Some(format!("{given} {family}")),
            (None, None) => display.clone().or_else(|| nick.clone()),
            (one, other) => one.clone().or_else(|| other.clone()),
        }
    }
}

impl From<&Account> for Unmanaged {
    fn from(account: &Account) -> Self {
        let work_email = account.value(&TargetPath::work_email()).and_then(|value| value.as_text().map(str::to_owned));
        Self {
            id: account.id.clone(),
            user_name: account.user_name.clone(),
            active: account.is_active(),
            names: Names::from_values(|path| account.value(path)),
            work_email,
        }
    }
}
