//! The C interface of the minidriver: all unsafe code, and every return code.

pub mod cardmod;
mod codes;
pub(crate) mod entry;
mod exit;
mod files;
mod layout;
mod memory;
mod panics;
mod pin;
mod properties;
mod sign;
mod winscard;
