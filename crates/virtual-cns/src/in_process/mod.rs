//! Readers without a daemon: what PC/SC does with virtual cards, in one process and without sockets.
//!
//! The semantics are those of pcscd 1.9: an event counter per reader, shared and exclusive handles, transactions that
//! exclude other handles, handles that learn of a removal or a reset by somebody else. Several "programs" are several
//! connections. It must not know the module's transport; the module's tests adapt it.

mod connection;
mod error;
mod reader;
mod readers;

pub use connection::Connection;
pub use error::ReaderError;
pub use reader::{Disposition, ReaderState, Sharing};
pub use readers::Readers;
