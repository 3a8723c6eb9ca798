//! The module added to programs' files and removed from them.

mod module_copy;
mod one_file;
mod one_program;
pub(crate) mod outcome;
pub(crate) mod registrar;
pub(crate) mod windows_outcome;
