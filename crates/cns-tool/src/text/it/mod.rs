//! I messaggi in italiano.

mod cli;
mod common;
mod doctor;
mod pin;
mod setup;
mod status;
