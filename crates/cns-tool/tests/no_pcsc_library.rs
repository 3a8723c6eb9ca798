//! The program on a computer whose `libpcsclite` is missing: it starts, and says what to do.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder in which the loader finds a library of this name first, and cannot load it.
fn unusable_library() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("libpcsclite.so.1"), "").unwrap();
    folder
}

fn cns(arguments: &[&str], libraries: &TempDir) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
    command.args(["--lang", "en"]).args(arguments).env("LD_LIBRARY_PATH", libraries.path());
    command.env("PCSCLITE_CSOCK_NAME", libraries.path().join("no-socket")).output().unwrap()
}

/// A pcscd that runs is not to be blamed for it.
#[test]
fn it_says_that_the_library_is_missing() {
    let libraries = unusable_library();
    let _service = UnixListener::bind(libraries.path().join("no-socket")).unwrap();
    let status = cns(&["status"], &libraries);
    let told = String::from_utf8(status.stderr).unwrap();
    assert!(told.contains("the library to reach it (libpcsclite) is missing"), "{told}");
    assert_eq!(status.status.code(), Some(3), "{told}");
}

#[test]
fn it_says_that_the_service_is_missing() {
    let libraries = unusable_library();
    let status = cns(&["status"], &libraries);
    let told = String::from_utf8(status.stderr).unwrap();
    assert_eq!(status.status.code(), Some(3), "{told}");
    assert!(told.contains("The smart card service") && told.contains("What to do:"), "{told}");
    // What needs no card works.
    assert_eq!(cns(&["guide", "inps"], &libraries).status.code(), Some(0));
}
