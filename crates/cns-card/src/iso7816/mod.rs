//! Floor 1: commands, responses and status words of ISO/IEC 7816-4, without knowing any card.
//!
//! What this room is for: building command APDUs byte for byte, taking answers apart, collecting an answer that comes
//! in pieces, and the one log line per command. It may import [`crate::transport`] and nothing above.
//! It must never repeat a command that carries a secret, never give a status word a meaning that depends on the
//! command's purpose (the floor above does), and never send more commands than the operation's budget allows.

pub(crate) mod command;
pub(crate) mod commands;
pub(crate) mod exchange;
pub(crate) mod response;
pub(crate) mod secret_buffer;
pub mod status;
pub(crate) mod tlv;

pub use status::StatusWord;

pub(crate) use command::{ChainForm, ChainLe, Command, LengthFields, MAX_SHORT_DATA};
pub(crate) use exchange::{Exchange, ExchangeError, Hexadecimal};
pub(crate) use response::Response;
pub(crate) use secret_buffer::SecretBuffer;
