//! A session with a card within one transaction: commands, SELECT and READ BINARY, and what their responses say of the card
//! and its reader.

mod read;
mod select;
mod session;

pub(crate) use read::Span;
pub(crate) use select::must_exist;
pub(crate) use session::{Capabilities, CardSession};
