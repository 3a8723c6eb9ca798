//! A card that follows a list of commands and answers, byte for byte.

mod expectations;
mod scripted_card;

pub use expectations::*;
pub use scripted_card::*;
