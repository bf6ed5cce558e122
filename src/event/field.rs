//! What a field of an event can be. Its type decides how it is written, and whether it may be.

use std::fmt::Display;

use jiff::Timestamp;
use serde::Serialize;

use super::personal::PersonalData;

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number from zero.
    Count,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Decimal,
    /// True or false.
    Flag,
    /// A moment, as RFC 3339 writes it, in UTC and to the second.
    Time,
    /// A text that is about no person, or an id.
    Word,
    /// Who a person is, by name.
    Name,
    /// A text that may name a person or quote a value of theirs.
    Prose,
    /// What was written about a person.
    Values,
}

impl Kind {
    /// From which setting on it is shown.
    pub const fn shown_from(self) -> PersonalData {
        match self {
            Self::Count | Self::Number | Self::Decimal | Self::Flag | Self::Time | Self::Word => PersonalData::Ids,
            Self::Name | Self::Prose => PersonalData::Names,
            Self::Values => PersonalData::Values,
        }
    }
}

/// A text that is about no person, or an id.
#[derive(Clone, Debug)]
pub struct Word(String);

/// Who a person is, by name.
#[derive(Clone, Debug)]
pub struct Name(String);

/// A text that may name a person or quote a value of theirs.
#[derive(Clone, Debug)]
pub struct Prose(String);

/// What was written about a person.
#[derive(Clone, Debug)]
pub struct Values(String);

/// Something that can stand in a field.
pub trait Field {
    /// How it is written.
    const KIND: Kind;
    /// Whether some lines have it and others have not, whatever may be shown.
    const OPTIONAL: bool = false;
    /// As what it is logged.
    type Logged: tracing::Value + Display;

    /// What is logged of it; none where there is nothing, or it must not be shown.
    fn logged(self, personal: PersonalData) -> Option<Self::Logged>;
}

macro_rules! plain {
    ($($type:ty => $kind:ident),+) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;
            type Logged = Self;

            fn logged(self, _: PersonalData) -> Option<Self> {
                Some(self)
            }
        }
    )+};
}

plain!(u64 => Count, i64 => Number, f64 => Decimal, bool => Flag);

macro_rules! text {
    ($($type:ident),+) => {$(
        impl<T: Display> From<T> for $type {
            fn from(text: T) -> Self {
                Self(text.to_string())
            }
        }

        impl Field for $type {
            const KIND: Kind = Kind::$type;
            type Logged = String;

            fn logged(self, personal: PersonalData) -> Option<String> {
                (personal >= Self::KIND.shown_from()).then_some(self.0)
            }
        }
    )+};
}

text!(Word, Name, Prose, Values);

impl Field for Timestamp {
    const KIND: Kind = Kind::Time;
    type Logged = String;

    fn logged(self, _: PersonalData) -> Option<String> {
        Some(format!("{self:.0}"))
    }
}

impl<F: Field> Field for Option<F> {
    const KIND: Kind = F::KIND;
    const OPTIONAL: bool = true;
    type Logged = F::Logged;

    fn logged(self, personal: PersonalData) -> Option<Self::Logged> {
        self.and_then(|field| field.logged(personal))
    }
}
