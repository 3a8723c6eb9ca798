//! The messages in English.

mod cli;
mod common;
mod pin;
mod setup;
mod status;
