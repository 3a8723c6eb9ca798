//! The messages in English.

mod cert;
mod cli;
mod common;
mod doctor;
mod guide;
mod login;
mod pin;
mod setup;
mod status;
mod support;
mod system;
