//! The module added to programs' files and removed from them.

mod access;
mod one_file;
pub(crate) mod outcome;
pub(crate) mod registrar;
