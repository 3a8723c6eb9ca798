//! Questions in a window, where there is no terminal: the programs of the pinentry family, spoken to by a protocol of lines
//! (Assuan). One process a question; the PIN is never kept, and no option lets the program keep it.

mod assuan;
mod connection;
mod dialogue;
mod pinentry_error;
mod search;

pub(crate) use connection::end_open;
pub(crate) use dialogue::Pinentry;
pub use pinentry_error::{ConnectionError, PinentryError};
