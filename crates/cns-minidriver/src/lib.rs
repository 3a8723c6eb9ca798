//! `cnscm.dll`: a read-only Windows smart card minidriver, specification 7.07, for Italian CNS and TS-CNS cards.
//!
//! Windows' Base CSP and KSP load it and call [`CardAcquireContext`]; everything else goes through the pointers in
//! [`cardmod::CARD_DATA`]. `abi` is the C interface, with all unsafe code, one exit for panics, and the only place that knows
//! return codes. Below it: contexts, files and properties made from the certificate, PINs and signatures over `cns-token`.
//!
//! It writes nothing on a card, keeps no PIN, starts no thread, shows no window, and begins no transaction: the caller holds
//! one around each call.

mod abi;
mod container;
mod context;
mod contexts;
mod error;
mod files;
mod pin;
mod properties;
mod sign;
pub mod testing;
mod token;
mod transport;

pub use abi::cardmod;
pub use abi::entry::CardAcquireContext;
pub use transport::{HandleStatus, ResourceManager};
