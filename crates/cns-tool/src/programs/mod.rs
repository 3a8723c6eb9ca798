//! Other programs' configuration: where each of them names its PKCS#11 modules, and how ours is added, removed and
//! found there. One file per program; adding one is that file and a line in [`PROGRAMS`].

mod browser_lock;
mod chromium;
mod files;
mod firefox;
mod formats;
mod java;
mod mozilla;
mod nss;
mod openssh;
mod openssl;
mod p11_kit;
mod program;
mod registration;
mod sandbox;

pub use files::backup_log::BackupLog;
pub use formats::policies::Malformed;
pub(crate) use program::missing_modules;
pub use program::{ConfigFile, Program, ProgramState, Scope};
pub use registration::outcome::{Outcome, SetupResult};
pub use registration::registrar::Registrar;
pub use sandbox::Sandboxed;

/// All programs, in the order in which they are set up and examined.
pub const PROGRAMS: &[&dyn Program] = &[
    &firefox::FIREFOX,
    &chromium::Chromium,
    &p11_kit::P11Kit,
    &openssl::Openssl,
    &java::Java,
    &openssh::Openssh,
];

#[cfg(all(test, unix))]
mod tests;
