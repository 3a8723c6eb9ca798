//! The entries by which Windows finds the minidriver for a card: data, and what Windows does with them.
//!
//! Windows keeps one key per card type below [`SMART_CARDS`]. It compares the ATR of a card with each, in the order of
//! their names, and takes the first that fits (decision 34).
#![forbid(unsafe_code)]

mod card_type;
mod changes;
mod lots;
mod prompts;
#[cfg(windows)]
pub mod registry;

pub use card_type::{
    CardType, KEY_STORAGE_PROVIDER, MINIDRIVER, MINIDRIVER_VALUE, RegistryValue, SMART_CARDS, pairing,
    to_register,
};
pub use changes::{Changes, RegisteredType, Wishes, registration, removal};
pub use lots::{bare_contactless, before_all_others, card_types, is_ours};
