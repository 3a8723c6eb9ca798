//! A virtual Italian CNS smart card, strict and independent of the module it tests.
//!
//! It shares no encoder, padding or layout table with `cns-card` or the provider: everything here is written from
//! ISO 7816-4 and from what is known of real cards. It is never compiled into the module. People, keys and
//! certificates are synthetic and made by code.
//!
//! ```
//! use virtual_cns::{Card, Personality};
//!
//! let mut card = Card::new(&Personality::st2021());
//! card.power_on();
//! assert_eq!(card.transmit(&[0x00, 0xA4, 0x08, 0x0C, 0x04, 0x11, 0x00, 0x11, 0x01]), [0x90, 0x00]);
//! assert_eq!(card.transcript_names(), ["SELECT 1100/1101 P2=0C"]);
//! ```
#![forbid(unsafe_code)]

mod card;
pub mod command;
pub mod faults;
pub mod filesystem;
pub mod holders;
pub mod in_process;
pub mod personality;
pub mod security;
pub mod vpcd;

pub use card::builder::CardBuilder;
pub use card::{Card, Effect, Exchange, Fault, Faults, Incident, Latency, Protocol, SharedCard, Traffic};
pub use faults::When;
pub use holders::{DEFAULT_PIN, DEFAULT_PUK, Holder};
pub use personality::Personality;
