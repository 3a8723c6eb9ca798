//! The shared library as programs load it.

use std::path::PathBuf;

/// The library that was built together with this test, or the one that `CNS_PKCS11_SO` names (the release build).
pub fn library() -> PathBuf {
    if let Some(given) = std::env::var_os("CNS_PKCS11_SO") {
        return PathBuf::from(given);
    }
    // Cargo builds all kinds of a library at once, and a test lies in the folder of what it depends on.
    let test = std::env::current_exe().expect("a test knows its own path");
    test.with_file_name("libcns_pkcs11.so")
}
