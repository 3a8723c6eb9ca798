//! A stand-in for libpcsclite: the C functions of PC/SC over virtual cards in the same process, without a daemon, with
//! the semantics of pcsc-lite 1.9 and with faults that a test plans.
//!
//! Two ways to use it. A test links the rlib: the `SCard…` functions of the test program are then these, and the code
//! above them that was written for libpcsclite runs unchanged ([`linked`] keeps them in the program). Or a program that
//! exists already is started with a folder in `LD_LIBRARY_PATH` where the shared library of this crate is called
//! `libpcsclite.so.1`; then `VIRTUAL_PCSC_CARD` names the card in its only reader.
//!
//! [`service`] is the Rust side: readers and cards, the plan of faults, and other programs ([`Program`]), whose calls no
//! fault strikes.
//!
//! This crate is no part of the product and shares nothing with it. It is unsafe because it is a C library.
#![cfg(target_os = "linux")]

mod abi;
pub mod codes;
mod faults;
mod program;
mod reader;
mod service;
mod state;

pub use abi::linked;
pub use codes::Code;
pub use faults::{Call, Calls, Effect, Event, Fault, Function, Plan, When};
pub use program::{Connection, Program};
pub use reader::{Disposition, Share};
pub use service::{READER, Service, service};
