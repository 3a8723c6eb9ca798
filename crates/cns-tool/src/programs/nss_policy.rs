//! The modules that an NSS loads by the system's policy: on Fedora those of p11-kit. One that a browser's own list names,
//! too, would be loaded twice.
//!
//! An NSS reads that policy only if it was built to (`POLICY_PATH` and `POLICY_FILE` in nssinit.c), as Fedora's is. That
//! which Mozilla's own Firefox brings is not, and openSUSE's need not be, though the file is there. The library tells: it
//! has the path in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::libraries::{is_loadable, libraries};
use crate::host::Host;

const POLICY: &str = "/etc/crypto-policies/back-ends/nss.config";
const LIBRARY: &str = "libnss3.so";

/// Whether the system has such a policy.
pub(super) fn is_there(host: &Host) -> bool {
    names_p11_kit(&host.at(POLICY))
}

/// Whether the NSS in a program's folder reads it, or the system's where the folder has none. One that is not found
/// counts as the distribution's.
pub(super) fn is_read(host: &Host, installation: Option<&Path>) -> bool {
    is_there(host) && library(host, installation).is_none_or(|library| contains(&library, POLICY))
}

/// Whether a list of modules has p11-kit's.
pub(super) fn names_p11_kit(list: &Path) -> bool {
    contains(list, "p11-kit-proxy")
}

fn library(host: &Host, installation: Option<&Path>) -> Option<PathBuf> {
    let folders = installation.map(Path::to_owned).into_iter().chain(libraries(host));
    folders.map(|folder| folder.join(LIBRARY)).find(|library| is_loadable(library))
}

fn contains(file: &Path, text: &str) -> bool {
    fs::read(file).is_ok_and(|content| content.windows(text.len()).any(|part| part == text.as_bytes()))
}
