//! Where the PKCS#11 module is, when nobody says.

use std::path::{Path, PathBuf};

use crate::world::System;

/// The module's file name.
pub const FILE_NAME: &str = if cfg!(windows) {
    "cns_pkcs11.dll"
} else if cfg!(target_os = "macos") {
    "libcns_pkcs11.dylib"
} else {
    "libcns_pkcs11.so"
};

/// Folders that packages and administrators put it into, the package's own first.
const FOLDERS: [&str; 9] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/arm-linux-gnueabihf",
    "/usr/lib/i386-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/opt/cns-pkcs11/lib",
];

/// Whether a path that a program was given leads to this module, in whatever folder.
#[must_use]
pub fn is_our_module(path: &str) -> bool {
    Path::new(path).file_name().is_some_and(|name| name == FILE_NAME)
}

/// The installed module, else one beside the running program (a build tree); `None` when there is neither.
#[must_use]
pub fn find(system: &System) -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_path_buf));
    installed(system).or_else(|| beside.map(|folder| folder.join(FILE_NAME)).filter(|path| path.is_file()))
}

/// The module in the folders of packages and administrators.
#[must_use]
pub fn installed(system: &System) -> Option<PathBuf> {
    let candidates = FOLDERS.iter().flat_map(|folder| {
        let folder = system.at(folder);
        [folder.join(FILE_NAME), folder.join("pkcs11").join(FILE_NAME)]
    });
    candidates.into_iter().find(|path| path.is_file())
}
