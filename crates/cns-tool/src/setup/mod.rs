//! Telling other programs about the module, and taking it back.
//!
//! What this room is for: the files in which browsers, p11-kit, OpenSSL, Java and OpenSSH are told which PKCS#11
//! modules there are. It must never register twice, touch a file that its owner has open or that it does not
//! understand, leave one half written, or ask the card anything.

mod client;
mod configuration_files;
mod edit;
pub(crate) mod files;
mod format;
mod hindrance;
mod included;
mod ledger;
mod lines;
mod note;
mod nss_modules;
mod policies;
mod ssh_config;
mod work;

pub use client::{Client, Scope, gone, nss_uses_p11_kit};
pub use configuration_files::p11_kit_module;
pub use ledger::Ledger;
pub use note::{Note, What};
pub use nss_modules::libraries;
pub use policies::{Malformed, registered_paths};
pub use work::Work;
