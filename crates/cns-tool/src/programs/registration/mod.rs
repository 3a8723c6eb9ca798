//! The module added to programs' files and removed from them.

mod one_file;
mod one_program;
pub(crate) mod outcome;
pub(crate) mod registrar;
