//! The messages in English.

mod cli;
mod common;
mod setup;
mod status;
