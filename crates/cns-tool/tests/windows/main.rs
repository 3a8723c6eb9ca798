//! Windows: what `cns doctor` finds in its registry, services and certificates, and what `cns setup` writes there. The
//! facts are the tests' own; that they are read and written is seen under wine (`cargo xtask foreign`).
#![cfg(unix)]
#![allow(unreachable_pub, reason = "a test binary")]

mod computer;
mod doctor;
#[path = "../environment/mod.rs"]
mod environment;
#[path = "../doctor/patient.rs"]
mod patient;
mod report;
#[path = "../json/schema.rs"]
mod schema;
mod setup;
