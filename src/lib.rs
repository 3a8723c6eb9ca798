//! `libcns_pkcs11.so`: a PKCS#11 provider (2.40 and 3.0) for the Italian CNS and TS-CNS smart cards.
//!
//! Programs load the shared library and find its functions through `C_GetFunctionList` or `C_GetInterface`, the only
//! symbols it exports together with `C_GetInterfaceList`. Two layers are in this package: `abi`, where C pointers
//! and return codes end, and `model`, which knows slots, tokens, sessions and objects; the cards are one crate below,
//! in `cns_card`. docs/architecture.md is the map.
//!
//! As a guest in somebody else's process the library prints nothing, makes no threads, installs no signal handlers,
//! does nothing before `C_Initialize`, and lets no panic out. `CNS_PKCS11_LOG=path[:level]` makes it write a log
//! (see `log`).
//!
//! Rust programs gain nothing from linking the rlib: it is there for this package's tests.
#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod abi;
mod log;
// In this layer `pub` means "for the layer above" and `pub(super)` "for the files of this layer".
#[allow(unreachable_pub)]
mod model;
pub mod testing;

pub use abi::{C_GetFunctionList, C_GetInterface, C_GetInterfaceList};
