//! I messaggi in italiano.

mod setup;
