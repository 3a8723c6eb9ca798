//! The card in a reader: which one, its certificate, its numbers.

pub mod card_batch;
pub mod card_number;
pub mod certificate;
pub(crate) mod messages;
pub(crate) mod public_key;
pub mod reader_selection;
pub(crate) mod redact;
