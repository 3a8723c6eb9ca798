//! Terminal and standard streams: questions, interruption, output, files that results go to.

pub mod interrupt;
mod one_output;
mod output;
mod output_file;
pub mod pinentry;
pub mod prompt;
mod terminal;
mod untrusted_text;
mod wrap;

pub use output::{Colour, Output, Verdict};
pub(crate) use output_file::{Destination, OutputKind};
pub(crate) use untrusted_text::one_line;
pub(crate) mod messages;
