//! Fault injection, complete: on every supported card, every command of list, login, signature, change and unblock of
//! the PIN meets every incident of the list. Prints the number of cases.

#[path = "../common/mod.rs"]
mod common;

pub(crate) use testkit::pkcs11::call;

mod bench;
mod foreign;
mod incidents;
mod matrix;
mod permissions;
mod scenarios;
mod slow;
mod verdict;
