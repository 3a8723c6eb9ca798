//! The shared library as programs load it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A fresh build of the test profile, or the library that `CNS_PKCS11_SO` names (the release build).
pub fn library() -> PathBuf {
    if let Some(given) = std::env::var_os("CNS_PKCS11_SO") {
        return PathBuf::from(given);
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the temporary folder is in the target folder");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "cns-pkcs11", "--lib", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(built.success());
    target.join("debug/libcns_pkcs11.so")
}
