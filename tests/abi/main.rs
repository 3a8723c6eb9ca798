//! The C functions over virtual cards, by chapter of the standard: what a client sees, and what the card got.

#[path = "../common/mod.rs"]
mod common;

pub(crate) use testkit::pkcs11::call;

mod apdu_counts;
mod bad_input;
mod cached_files;
mod caching;
mod events;
mod families;
mod last_session;
mod mechanisms;
mod no_blocking;
mod objects;
mod pin;
mod pin_directory;
mod pin_pad;
mod pso_only_signatures;
mod renewal;
mod retry_guard;
mod selection;
mod sessions;
mod sharing;
mod signature_keyset;
mod signing;
mod t0;
mod tokens;
