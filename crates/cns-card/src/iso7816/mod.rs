//! Command and response APDUs and status words of ISO/IEC 7816-4, for any card.
//!
//! Encodes commands, collects responses that come in pieces, and writes one log line per command. A command that carries a
//! secret is sent once, an operation's number of commands is bounded, and a status word gets the meaning that depends on
//! its command in the layers above.

pub(crate) mod command;
pub(crate) mod commands;
pub(crate) mod exchange;
pub(crate) mod response;
pub(crate) mod secret_buffer;
pub mod status;
pub(crate) mod tlv;

pub use status::StatusWord;

pub(crate) use command::{ChainForm, ChainLe, CommandApdu, LengthFields, MAX_SHORT_DATA};
pub(crate) use exchange::{Exchange, ExchangeError, Hexadecimal};
pub(crate) use response::ResponseApdu;
pub(crate) use secret_buffer::SecretBuffer;
