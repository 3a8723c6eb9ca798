//! Other programs' configuration: where each of them names its PKCS#11 modules, and how ours is added, removed and
//! found there. One file per program and a line in `list.rs`;
//! `list.rs` says what else a new program changes.

mod chromium;
mod config_file;
mod files;
mod firefox;
mod formats;
mod java;
mod libraries;
mod list;
mod mozilla;
mod mozilla_installations;
mod mozilla_policies;
mod mozilla_snap;
mod nss;
mod nss_policy;
mod openssh;
mod openssl;
mod p11_kit;
mod program;
mod registration;
mod sandbox;
mod scope;
mod snap_interface;
pub(crate) mod windows;

pub use config_file::ConfigFile;
pub use files::backup_log::BackupLog;
pub use formats::malformed::Malformed;
pub use list::PROGRAMS;
pub(crate) use openssl::install_openssl_support;
pub(crate) use program::missing_modules;
pub use program::{Program, ProgramState};
pub use registration::outcome::Outcome;
pub use registration::registrar::{Registrar, SetupResult};
pub use registration::windows_outcome::WindowsOutcome;
pub use sandbox::{Sandboxed, Way};
pub use scope::Scope;

#[cfg(all(test, unix))]
mod tests;
