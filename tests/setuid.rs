//! In a program that runs with more rights than its user has, the environment is an attacker's: it names no log and no
//! cache for us. Shown with a set-user-id copy of this very program, which only root can make.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "a test that cannot run says so")]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use virtual_cns::Personality;

use common::Stage;

/// Nobody, on every Linux.
const NOBODY: u32 = 65_534;
const ROOT: u32 = 0;
const INSIDE: &str = "CNS_TEST_RUNS_WITH_OTHER_RIGHTS";

#[test]
fn a_set_user_id_program_is_led_nowhere() {
    if fs::metadata("/proc/self").map_or(1, |own| std::os::unix::fs::MetadataExt::uid(&own)) != 0 {
        eprintln!("skipped: a_set_user_id_program_is_led_nowhere: only root can make a set-user-id program");
        return;
    }
    let folder = std::env::temp_dir().join(format!("cns-setuid-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    allow(&folder, 0o777);
    let program = folder.join("program");
    fs::copy(std::env::current_exe().expect("this program"), &program).expect("a copy");

    // As itself the program obeys its user: the test would see a log, and a card that is remembered.
    allow(&program, 0o755);
    let own = files_made_by(&program, &folder.join("own"), NOBODY);
    let (remembered, others): (Vec<_>, Vec<_>) = own.iter().partition(|name| name.starts_with("cns-pkcs11/"));
    assert_eq!((remembered.len(), &others[..]), (1, &[&"log".to_owned()][..]), "{own:?}");
    // Root's, run by nobody.
    allow(&program, 0o4755);
    assert_eq!(files_made_by(&program, &folder.join("borrowed"), ROOT), [""; 0]);
    fs::remove_dir_all(folder).expect("removed");
}

/// Lists a card as nobody, with every variable that names a place pointing into `place`, and cards to be remembered. The
/// place belongs to the user that the program acts as: nothing but the question whose rights they are speaks against it.
fn files_made_by(program: &Path, place: &Path, acts_as: u32) -> Vec<String> {
    fs::create_dir(place).expect("a folder");
    allow(place, 0o755);
    chown(place, Some(acts_as), None).expect("given away");
    let output = Command::new(program)
        .args(["--exact", "inside", "--nocapture"])
        .env(INSIDE, "1")
        .env("CNS_PKCS11_LOG", format!("{}:trace", place.join("log").display()))
        .env("XDG_CACHE_HOME", place)
        .env("XDG_RUNTIME_DIR", place)
        .env("HOME", place)
        .env("TMPDIR", place)
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .expect("the copy runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    files_below(place).into_iter().map(|file| file.display().to_string()).collect()
}

fn files_below(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|entry| match entry.is_dir() {
            true => files_below(&entry).into_iter().map(|file| entry.join(file)).collect(),
            false => vec![entry],
        })
        .map(|file| file.strip_prefix(place).expect("below it").to_owned())
        .collect();
    files.sort();
    files
}

/// Run by the copies.
#[test]
fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let stage = Stage::with(&Personality::st2021());
    // A stage remembers nothing; this one does, where the environment says.
    // SAFETY: one test at a time, and no thread of this one was started.
    unsafe { std::env::set_var("CNS_PKCS11_CACHE", "on") };
    stage.another_process();
    stage.client.token_info(0).expect("a token");
    stage.logged_in().logout().expect("logged out");
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
}
