//! The C side of PKCS#11 2.40 and 3.0. Pointers become Rust values here and errors become codes;
//! everything that a card or a session means is one layer below.
//!
//! May import `crate::model` and `crate::log`. The only layer with `unsafe`, and inside it the raw pointers stay in
//! `pointers.rs`. Must not decide anything about cards, PINs or keys, and must not keep anything between two calls
//! except which `Module` the process works with (`process.rs`).
//!
//! A call goes: wrapper (`entry.rs`, made from the table) → `enter` → the process' module, or "not initialised" →
//! the entry point in the file of its chapter → `crate::model`; and back through `enter`, which catches panics,
//! writes the log line and turns the result into a code (`rv.rs`).

mod cancellation;
mod cryptoki;
mod digest;
mod encryption;
mod entry;
mod general;
mod interfaces;
mod mechanism;
mod objects;
mod operation;
#[cfg(windows)]
mod packing;
mod panics;
mod pointers;
mod process;
mod rv;
mod sessions;
mod signing;
mod slots;
mod template;

pub use entry::{C_GetFunctionList, C_GetInterface, C_GetInterfaceList};

use interfaces::Version;
use rv::{AbiError, Result};
