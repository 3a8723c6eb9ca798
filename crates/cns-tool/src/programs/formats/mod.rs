//! The file formats in which programs name their modules: text in, text out.

pub(crate) mod format;
pub(crate) mod lines;
pub(crate) mod malformed;
pub(crate) mod nss_modules;
pub(crate) mod own_file;
pub(crate) mod policies;
pub(crate) mod ssh_config;
pub(crate) mod ssh_includes;
pub(crate) mod ssh_syntax;
