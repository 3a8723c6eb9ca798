//! I messaggi in italiano.

mod cli;
mod common;
mod pin;
mod setup;
mod status;
