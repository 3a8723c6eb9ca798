//! Which pcscd is spoken to, and since when it runs.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// The variable that names the service's socket to libpcsclite, if it is not the usual one.
pub(super) fn name() -> String {
    std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap_or_default().to_string_lossy().into_owned()
}

/// When its file of the process id was written. Debian's service ends itself when it is not used.
pub(super) fn life() -> String {
    let socket = match name() {
        name if name.is_empty() => PathBuf::from("/run/pcscd/pcscd.comm"),
        name => PathBuf::from(name),
    };
    match std::fs::metadata(socket.with_file_name("pcscd.pid")) {
        Ok(started) => format!("{}.{:09}", started.mtime(), started.mtime_nsec()),
        Err(_) => String::new(),
    }
}
