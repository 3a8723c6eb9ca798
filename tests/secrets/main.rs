//! A PIN on its way to the card: in locked memory that no core file gets, and nowhere once the call returned.
//!
//! The last reader of the PIN is here the test's own transport. With a real reader it is libpcsclite, which hands the
//! command to `pcscd` through a socket: what it and the daemon keep of it is not ours to wipe, and not looked at here.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod exchanging;
mod hidden;
mod story;

use std::fs::{self, File};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use virtual_cns::{DEFAULT_PIN, Personality};

use exchanging::{Manner, behave};
use hidden::Hidden;
use story::Fixture;

const ALONE: &str = "CNS_TEST_SCANS_ITS_MEMORY";
/// Locked, in no core file, in no forked child.
const PROTECTED: &[&str] = &["lo", "dd", "dc"];
/// All but locked: what is left where the system lets nobody lock memory.
const NOT_LOCKED: &[&str] = &["dd", "dc"];

/// In a process of its own: the memory of other tests is none of its business.
#[test]
fn after_each_call_no_byte_of_the_pin_is_left() {
    let (_, log) = alone("in_a_process_of_its_own", |_| {});
    for line in ["C_Login CKR_OK", "C_Login CKR_PIN_INCORRECT", "C_InitPIN CKR_OK", "C_SetPIN CKR_OK"] {
        assert!(log.contains(line), "{line} logged at trace");
    }
}

/// What may not be locked is used as it is, and wiped like any other.
#[test]
fn without_locked_memory_everything_works_and_is_wiped() {
    let (_, log) = alone("in_a_process_without_locked_memory", lock_nothing);
    assert!(log.contains("memory for a PIN is less protected than wanted"), "the limit was felt");
}

/// A real core file, of a process that dies with a PUK waiting.
#[test]
fn a_core_file_holds_no_waiting_puk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, _) = started("dying_with_a_puk", |command| {
        command.current_dir(folder.path());
        limited(command, libc::RLIMIT_CORE, libc::RLIM_INFINITY);
    });
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{}", said(&output));
    let cores: Vec<PathBuf> = fs::read_dir(folder.path()).expect("a folder").map(entry).collect();
    let [core] = &cores[..] else {
        let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
        common::apart::skipped("a_core_file_holds_no_waiting_puk", &format!("core files go to {pattern}"));
        return;
    };
    let core = File::open(core).expect("a core file");
    let told = |name: &str| {
        let said = said(&output);
        let line = said.lines().find_map(|line| line.strip_prefix(name)).expect("told").to_owned();
        Hidden::heard(&line)
    };
    assert_eq!(told("puk ").copies_in(&core), 0, "copies of the PUK");
    assert!(told("control ").copies_in(&core) > 0, "what lay in ordinary memory is in the core file");
}

/// Whoever wrote the message of a panic may have looked at the PIN: only its place is told.
#[test]
fn a_panic_with_the_pin_in_its_message_tells_its_place_only() {
    let (said, log) = alone("panicking_with_the_pin", |_| {});
    assert!(log.contains("C_Login CKR_GENERAL_ERROR"), "{log}");
    assert!(log.contains("cns_pkcs11::panic") && log.contains("exchanging.rs"), "{log}");
    let in_hex: String = DEFAULT_PIN.bytes().map(|digit| format!("{digit:02x}")).collect();
    for secret in [DEFAULT_PIN, &in_hex, "planted"] {
        assert!(!said.contains(secret), "{secret} was printed: {said}");
        assert!(!log.to_lowercase().contains(secret), "{secret} is in the log: {log}");
    }
}

/// Runs a test of this program by itself, logged at `trace`; answers what it printed and the log.
fn alone(test: &str, prepare: impl FnOnce(&mut Command)) -> (String, String) {
    let (output, log) = started(test, prepare);
    assert!(output.status.success(), "{}", said(&output));
    (said(&output), log)
}

fn started(test: &str, prepare: impl FnOnce(&mut Command)) -> (Output, String) {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.log"));
    let _ = fs::remove_file(&log);
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .env("CNS_PKCS11_LOG", format!("{}:trace", log.display()));
    prepare(&mut command);
    let output = command.output().expect("this program runs again");
    let logged = fs::read_to_string(&log).expect("a log");
    fs::remove_file(log).expect("removed");
    (output, logged)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn entry(entry: std::io::Result<fs::DirEntry>) -> PathBuf {
    entry.expect("an entry").path()
}

/// The program may lock no memory, not even as root.
fn lock_nothing(command: &mut Command) {
    const CAP_IPC_LOCK: libc::c_ulong = 14;
    limited(command, libc::RLIMIT_MEMLOCK, 0);
    // SAFETY: one call to the system between fork and exec. Who has not the right to drop it has it not either.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0);
            Ok(())
        })
    };
}

fn limited(command: &mut Command, resource: libc::__rlimit_resource_t, limit: libc::rlim_t) {
    let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
    // SAFETY: one call to the system between fork and exec, with a structure that is the closure's own.
    unsafe {
        command.pre_exec(move || match libc::setrlimit(resource, &raw const limit) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        })
    };
}

fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

#[test]
fn in_a_process_of_its_own() {
    if is_alone() {
        for personality in Personality::all().iter().chain(Personality::further()) {
            story::of_a_card(personality, PROTECTED);
        }
    }
}

#[test]
fn in_a_process_without_locked_memory() {
    if is_alone() {
        story::of_a_card(&Personality::st2021(), NOT_LOCKED);
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "for the process that started this one")]
fn dying_with_a_puk() {
    if !is_alone() {
        return;
    }
    let fixture = Fixture::with(&Personality::st2021());
    let control = Hidden::new();
    println!("\npuk {}\ncontrol {}", fixture.secret.told(), control.told());
    let _in_ordinary_memory = control.shown();
    let _session = fixture.with_a_puk_waiting(PROTECTED);
    std::process::abort();
}

#[test]
fn panicking_with_the_pin() {
    if !is_alone() {
        return;
    }
    let fixture = Fixture::with(&Personality::st2021());
    behave(Manner::PanicsAloud);
    let session = fixture.client.open(0);
    assert_eq!(session.login(DEFAULT_PIN.as_bytes()), Err(cryptoki_sys::CKR_GENERAL_ERROR));
    // The first call afterwards finds its session gone with the connection; the program goes on.
    behave(Manner::Right);
    let again = || fixture.client.open(0).login(DEFAULT_PIN.as_bytes());
    assert_eq!(again().or_else(|_| again()), Ok(()));
    assert_eq!(fixture.card().verify_count(), 1, "one VERIFY for the login that worked");
}
