//! The computer: its folders and users, and what differs between operating systems.

mod folders;
pub(crate) mod os;

pub use folders::Host;
