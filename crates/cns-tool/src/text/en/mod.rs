//! The messages in English.

mod cli;
mod common;
mod status;
