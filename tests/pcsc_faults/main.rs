//! What becomes of a login when PC/SC fails: the module's own transport, unchanged, over a stand-in for libpcsclite
//! (`virtual-pcsc`), every function × every error × before or after it ran, and then a stranger who tries to sign.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;

pub(crate) use testkit::pkcs11::call;

mod bench;
mod clock;
mod disturbance;
mod matrix;
mod scenarios;
mod stranger;
mod table;
mod verdict;
