//! The C functions over virtual cards, by chapter of the standard: what a client sees, and what the card got.

#[path = "../common/mod.rs"]
mod common;

pub(crate) use common::client::call;

mod bad_input;
mod events;
mod families;
mod figures;
mod keypad;
mod last_session;
mod mechanisms;
mod nobody_waits;
mod objects;
mod optimistic_signatures;
mod pin;
mod pin_guard;
mod remembered_files;
mod remembering;
mod sessions;
mod sharing;
mod signature_keyset;
mod signing;
mod tokens;
