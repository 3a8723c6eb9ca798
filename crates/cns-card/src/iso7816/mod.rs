//! Floor 1: commands, responses and status words of ISO/IEC 7816-4.
pub mod status;
pub use status::StatusWord;
