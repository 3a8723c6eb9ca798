//! The messages in English.

mod cli;
mod common;
mod doctor;
mod pin;
mod setup;
mod status;
