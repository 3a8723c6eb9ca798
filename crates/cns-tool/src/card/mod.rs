//! The card in a reader: which one, its certificate, its numbers, and what is said when it fails.

pub(crate) mod as_json;
pub mod bounded_transport;
pub(crate) mod card_batch;
pub(crate) mod card_number;
pub mod certificate;
pub(crate) mod certificate_messages;
pub(crate) mod failures;
mod holder;
pub(crate) mod messages;
pub(crate) mod open_card;
pub mod other_certificates;
pub(crate) mod public_key;
pub(crate) mod reader_selection;
pub(crate) mod redact;
pub mod service;
pub(crate) mod service_messages;
pub(crate) mod unsupported_text;

pub(crate) use open_card::OpenCard;
