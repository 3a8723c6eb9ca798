//! `cns doctor` over prepared machines and virtual cards: what it finds, what it advises, what it keeps to itself.
#![allow(clippy::print_stderr, reason = "a test that cannot run says so")]
#![allow(unreachable_pub, reason = "a test binary")]

#[path = "../../../../tests/common/certificate_der.rs"]
mod certificate_der;
mod certificates;
#[path = "../environment/mod.rs"]
mod environment;
mod fix;
mod machines;
mod module;
mod other_systems;
mod patient;
mod programs;
mod report;
mod sections;
mod snap;
