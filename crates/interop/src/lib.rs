//! Real programs over a virtual card in a real pcscd: what `cargo xtask clients`, `demo` and `bench` do, and what the
//! other tasks need for it.
//!
//! It must build on a machine that has nothing but Rust: it is what installs the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its user")]
#![allow(missing_docs, unreachable_pub, reason = "only the project's own commands link against it")]

pub mod bench;
pub mod cargo;
pub mod chroot;
pub mod clients;
pub mod debian_root;
pub mod demo;
pub mod packages;
pub mod process;
pub mod programs;
pub mod report;
pub mod sandbox;
pub mod testbed;
