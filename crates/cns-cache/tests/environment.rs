//! Where the environment says that the entries are. Only one test touches it: the environment is the process's.
#![cfg(unix)]
#![allow(clippy::print_stdout, reason = "how a program that was started answers")]

use std::path::Path;

use cns_cache::Cache;

/// In a process of its own, so that a variable is set before anything else runs.
#[test]
fn the_environment_decides() {
    let home = tempfile::tempdir().expect("a folder");
    let set = |name: &str, value: Option<&Path>| match value {
        // SAFETY: the only test of this binary that touches it; the others start programs, which std guards.
        Some(value) => unsafe { std::env::set_var(name, value) },
        // SAFETY: as above.
        None => unsafe { std::env::remove_var(name) },
    };
    set("HOME", Some(home.path()));
    set("XDG_CACHE_HOME", None);
    set(cns_cache::SWITCH, None);
    assert_eq!(cns_cache::directory(), Some(home.path().join(".cache/cns-pkcs11")));
    let elsewhere = home.path().join("elsewhere");
    set("XDG_CACHE_HOME", Some(&elsewhere));
    assert_eq!(cns_cache::directory(), Some(elsewhere.join("cns-pkcs11")));

    Cache::of_this_user().expect("a cache").store("card", "CNS MARIO ROSSI", b"x").expect("stored");
    for off in ["off", "OFF", "no", "0"] {
        set(cns_cache::SWITCH, Some(Path::new(off)));
        assert!(cns_cache::is_switched_off() && Cache::of_this_user().is_none(), "{off}");
    }
    assert_eq!(cns_cache::status().expect("read").len(), 1, "what is left can still be seen");
    set(cns_cache::SWITCH, Some(Path::new("on")));
    assert!(Cache::of_this_user().is_some());
    assert_eq!(cns_cache::clear().expect("cleared"), 1);
    assert_eq!(cns_cache::status().expect("read"), []);

    // By the XDG specification a relative path is to be ignored.
    set("XDG_CACHE_HOME", Some(Path::new("relative")));
    assert_eq!(cns_cache::directory(), Some(home.path().join(".cache/cns-pkcs11")));
    for nowhere in [None, Some(Path::new("")), Some(Path::new("relative"))] {
        set("HOME", nowhere);
        assert_eq!(cns_cache::directory(), None);
        assert!(Cache::of_this_user().is_none());
        assert_eq!((cns_cache::status().expect("none").len(), cns_cache::clear().expect("none")), (0, 0));
    }
    set("HOME", Some(Path::new("/nonexistent")));
    let cache = Cache::of_this_user().expect("a place that is not there");
    assert!(cache.load().expect("none").is_empty() && cache.store("card", "", b"x").is_err());
}

/// Asked by a copy of this program that belongs to another user and runs with that user's rights.
#[test]
#[ignore = "started by a_program_with_borrowed_rights_remembers_nothing"]
fn the_question_of_a_setuid_program() {
    let borrowed = rustix::process::getuid() != rustix::process::geteuid();
    println!("borrowed rights: {borrowed}, directory: {:?}", cns_cache::directory());
}

/// Needs root, and a temporary folder whose programs may be setuid: elsewhere the test says so.
#[test]
#[allow(clippy::print_stderr, reason = "a test that cannot run says so")]
fn a_program_with_borrowed_rights_remembers_nothing() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("setuid");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("opened");
    std::fs::copy(std::env::current_exe().expect("this program"), &program).expect("copied");
    let given = chown(&program, Some(12345), None).is_ok();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o4755)).expect("setuid");
    let output = std::process::Command::new(&program)
        .args(["--ignored", "--exact", "the_question_of_a_setuid_program", "--nocapture"])
        .env("HOME", folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !given || said.contains("borrowed rights: false") {
        eprintln!("skipped: a_program_with_borrowed_rights_remembers_nothing: no setuid programs here");
        return;
    }
    assert!(said.contains("borrowed rights: true, directory: None"), "{said}");
}
