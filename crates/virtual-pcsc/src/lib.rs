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
mod environment;
mod faults;
mod program;
mod reader;
mod service;
mod state;

pub use abi::linked;
pub use codes::Code;
pub use faults::{Call, Calls, Effect, Event, Fault, Function, Plan, When};
pub use program::{Connection, Program};
pub use service::{Service, service};

/// The reader of a card that the environment names.
pub const READER: &str = "Virtual PCD 00 00";

/// How a handle shares the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// `SCARD_SHARE_EXCLUSIVE`
    Exclusive,
    /// `SCARD_SHARE_SHARED`
    Shared,
    /// `SCARD_SHARE_DIRECT`: the reader, with or without a card.
    Direct,
}

/// What happens to the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// `SCARD_LEAVE_CARD`
    Leave,
    /// `SCARD_RESET_CARD`
    Reset,
    /// `SCARD_UNPOWER_CARD`
    Unpower,
}
