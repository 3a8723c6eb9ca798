//! Other programs' configuration: where each of them names its PKCS#11 modules, and how ours is added, removed and
//! found there. One file per program; adding one is that file and a line in `PROGRAMS`.

mod browser_lock;
pub mod chromium;
mod database;
mod files;
pub mod firefox;
mod formats;
mod program;
mod registration;
pub mod sandbox;

pub use database::Database;
pub use files::backup_log::BackupLog;
pub use formats::nss_modules::libraries;
pub use formats::own_file::p11_kit_module;
pub use formats::policies::{Malformed, registered_paths};
pub use program::{Client, Scope, gone, nss_uses_p11_kit};
pub use registration::outcome::{Outcome, SetupResult};
pub use registration::registrar::Registrar;
