//! `entra-jostle-sync`: pull-based provisioning from Microsoft Entra ID to the Jostle intranet.
//!
//! ```text
//!       Microsoft Graph                                            Jostle SCIM
//!   users/delta · groups/delta                             POST · PATCH · GET ▲
//!   appRoleAssignedTo                                                         │
//!           │                                                                 │
//!           ▼                                                                 │
//!  read ─► SNAPSHOT ─► scope ─► mapping ─► plan ─► guard ─► apply ────────────┘
//! (graph)  (store)     pure      pure      pure    pure    (scim)
//!           ▲                                        │
//!           └── links · sent/seen · retries · provisioning log ◄── one transaction an outcome
//! ```
//!
//! Delta pages only update the snapshot. What to do is the difference between the desired state of each person and
//! what was last sent, so that a replayed page, a crash or a changed mapping need no code of their own.
//!
//! Imports point downwards only (`tests/layers.rs` holds them to it): `cli → daemon → engine → plan → scope → mapping →
//! model`, and `graph, scim, store → connector, http, model`. What is brought along from Entra's own job is converted in
//! [`migration`], which only `cli` names. The engine takes the traits of [`connector`] and never names an edge; `model`,
//! `mapping`, `scope`, `plan` and `migration` have no I/O, no clock and no randomness.
//!
//! Every line of the log is one of the events of [`event`], which every layer with I/O may write.
//!
//! What is wrong, and what to do about it, is judged by [`health`], from the state alone. [`alert`] brings it to people
//! who do not ask, [`report`] to people who would rather look: one page of HTML, made from facts without I/O or a clock.
//!
//! One process writes the state at a time. What another command wants of it while the daemon runs is asked for over a
//! socket ([`daemon::control`]) and done beside the cycle by an engine that shares its locks, so that nobody writes the
//! person whom somebody else is writing; what only reads (`status`, `explain`, `plan`, `report`, `backup`) reads the file itself.

pub mod alert;
pub mod cli;
pub mod config;
pub mod connector;
pub mod daemon;
pub mod defects;
pub mod engine;
pub mod event;
pub mod graph;
pub mod health;
pub mod http;
pub mod jostle;
pub mod mapping;
pub mod metrics;
pub mod migration;
pub mod model;
pub mod plan;
#[cfg(feature = "simulator")]
pub mod rehearsal;
pub mod report;
pub mod scim;
pub mod scope;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
pub mod telemetry;
