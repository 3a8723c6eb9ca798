//! What tests of several crates share: a [`cns_card::Transport`] over virtual readers of this process, a card that follows
//! a script, a caller of the C functions. Only ever a dev-dependency: no product crate may depend on it.

#![allow(missing_docs, reason = "tests say what they use it for")]
#![allow(clippy::macro_metavars_in_unsafe, reason = "tests call C functions with any argument")]

pub mod in_process;
pub mod pkcs11;
pub mod script;

pub use in_process::InProcess;
