//! How an event is written down: once, for the compiler, for the log and for whoever reads it.

/// Defines events: a type each, whose fields are the fields of the line; `EVENTS`, their definitions.
macro_rules! events {
    ($(
        $(#[doc = $meaning:literal])+
        $name:ident = $id:literal, $level:ident, $sentence:literal {
            $($(#[doc = $about:literal])+ $field:ident: $type:ty,)*
        }
    )+) => {
        $(
            $(#[doc = $meaning])+
            #[derive(Clone, Debug)]
            pub struct $name {
                $($(#[doc = $about])+ pub $field: $type,)*
            }

            impl $name {
                /// What is known of it.
                pub const DEFINITION: $crate::event::Definition = $crate::event::Definition {
                    id: $id,
                    level: tracing::Level::$level,
                    meaning: concat!($($meaning),+),
                    sentence: $sentence,
                    fields: &[$($crate::event::FieldDefinition::of::<$type>(
                        stringify!($field),
                        concat!($($about),+),
                    ),)*],
                };

                /// Writes the line.
                pub fn emit(self) {
                    if !tracing::enabled!(target: $crate::event::TARGET, tracing::Level::$level) {
                        return;
                    }
                    let _personal = $crate::event::personal_data();
                    $(let $field = $crate::event::Field::logged(self.$field, _personal);)*
                    let message = $crate::event::sentence::render(
                        $sentence,
                        &[$((stringify!($field), $field.as_ref().map(ToString::to_string)),)*],
                    );
                    tracing::event!(
                        target: $crate::event::TARGET,
                        tracing::Level::$level,
                        event = $id,
                        $($field,)*
                        "{message}"
                    );
                }
            }
        )+

        /// What is known of each of them.
        pub(super) const EVENTS: &[$crate::event::Definition] = &[$($name::DEFINITION),+];
    };
}

/// Defines events that have the same fields, and what has them before it is known which event it is.
macro_rules! events_alike {
    (
        $(#[$of_common:meta])+
        $common:ident { $($(#[doc = $about:literal])+ $field:ident: $type:ty,)* }
        $($(#[doc = $meaning:literal])+ $name:ident = $id:literal, $level:ident, $sentence:literal;)+
    ) => {
        $(#[$of_common])+
        #[derive(Clone, Debug)]
        pub struct $common {
            $($(#[doc = $about])+ pub $field: $type,)*
        }

        $crate::event::define::events_alike!(@each [$($(#[doc = $about])+ $field: $type,)*]
            $($(#[doc = $meaning])+ $name = $id, $level, $sentence;)+);

        $crate::event::define::events_alike!(@from $common [$($field)*] $($name)+);
    };
    (@from $common:ident $fields:tt $($name:ident)+) => {
        $($crate::event::define::events_alike!(@from_one $common $fields $name);)+
    };
    (@from_one $common:ident [$($field:ident)*] $name:ident) => {
        impl From<$common> for $name {
            fn from($common { $($field),* }: $common) -> Self {
                Self { $($field),* }
            }
        }
    };
    (@each $fields:tt $($(#[doc = $meaning:literal])+ $name:ident = $id:literal, $level:ident, $sentence:literal;)+) => {
        $crate::event::define::events_alike!(@define $($fields ($(#[doc = $meaning])+ $name = $id, $level, $sentence))+);
    };
    (@define $([$($fields:tt)*] ($(#[doc = $meaning:literal])+ $name:ident = $id:literal, $level:ident, $sentence:literal))+) => {
        $crate::event::define::events! {
            $($(#[doc = $meaning])+ $name = $id, $level, $sentence { $($fields)* })+
        }
    };
}

pub(super) use {events, events_alike};
