//! The targets, each a file: what the bytes are, and what must hold.

pub mod atr;
pub mod cache_file;
pub mod card_report;
pub mod certificate;
pub mod hostile_card;
pub mod object_maps;
pub mod personal_data;
pub mod response;
pub mod template;
pub mod tlv;

use crate::FuzzTarget;

/// All of them.
pub const ALL: &[&FuzzTarget] = &[
    &tlv::TARGET,
    &response::TARGET,
    &certificate::TARGET,
    &template::TARGET,
    &personal_data::TARGET,
    &object_maps::TARGET,
    &atr::TARGET,
    &cache_file::TARGET,
    &card_report::TARGET,
    &hostile_card::TARGET,
];
