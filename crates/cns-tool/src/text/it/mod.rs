//! I messaggi in italiano.

mod cli;
mod common;
mod setup;
mod status;
