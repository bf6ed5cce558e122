//! The program as its users run it: the binary in a process of its own, against a simulator in the test's.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod alert;
mod beside;
mod catastrophes;
mod commands;
mod contact;
mod control;
mod crash;
mod daemon;
mod exit_codes;
mod explain;
mod health;
mod help;
mod history;
mod hold;
mod import_entra;
mod journal;
mod json;
mod log;
mod mapping;
mod metrics;
mod moving;
mod pause;
mod plan_file;
mod purge;
mod reconcile;
mod report;
mod retry;
mod rig;
mod secrets;
mod shadow;
mod simulator;
mod stopping;
mod survey;
mod undo;
mod width;
