//! The files of a CNS that are read without a PIN: where they end, what they hold, and what in them is unique to a card.

pub(crate) mod card_id;
pub(crate) mod certificate;
pub(crate) mod certificate_search;
pub(crate) mod content;
pub(crate) mod identity;
pub(crate) mod object_map;
pub(crate) mod personal_data;
pub(crate) mod public;
