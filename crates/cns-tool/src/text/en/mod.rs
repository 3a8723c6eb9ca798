//! The messages in English.

mod setup;
