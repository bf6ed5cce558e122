//! How much of a person a line of the log may show.

use std::sync::atomic::{AtomicU8, Ordering};

use serde::{Deserialize, Serialize};

/// How much of a person a line of the log may show. Each shows what the ones before it show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonalData {
    /// The object id of Entra and the id of Jostle.
    Ids,
    /// And the `userName`, and sentences about the person.
    #[default]
    Names,
    /// And what was written, old and new; but for rows with `redact` and expressions with `Redact`.
    Values,
}

/// Like `tracing`'s own subscriber it is of the process: a line is written by whoever has something to tell, many calls
/// below whoever read the configuration.
static SETTING: AtomicU8 = AtomicU8::new(PersonalData::Names as u8);

/// From now on no line shows more.
pub fn set_personal_data(setting: PersonalData) {
    SETTING.store(setting as u8, Ordering::Relaxed);
}

/// What a line may show now.
pub fn personal_data() -> PersonalData {
    let all = [PersonalData::Ids, PersonalData::Names, PersonalData::Values];
    let setting = SETTING.load(Ordering::Relaxed);
    all.into_iter().find(|known| *known as u8 == setting).unwrap_or_default()
}
