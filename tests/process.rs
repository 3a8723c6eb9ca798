//! The module and the process it is a guest in: how it is found and begun, what a fork does, what the log says.

mod common;

use std::path::Path;
use std::process::Command;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cns_pkcs11::{C_GetInterface, C_GetInterfaceList};
use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

use common::client::{call, mechanism};
use common::{Client, READER, Stage, readers};

fn interface(name: *const u8, version: Option<(u8, u8)>, flags: CK_FLAGS) -> Result<(u8, u8), CK_RV> {
    let mut version = version.map(|(major, minor)| CK_VERSION { major, minor });
    let version = version.as_mut().map_or(null_mut(), std::ptr::from_mut);
    let mut interface = null_mut();
    // SAFETY: NULL or live values, and names that end with NUL.
    let code = unsafe { C_GetInterface(name.cast_mut(), version, &mut interface, flags) };
    if code != CKR_OK {
        return Err(code);
    }
    // SAFETY: what the function gives is a constant of the module, and a list begins with its version.
    let version = unsafe { (*interface).pFunctionList.cast::<CK_VERSION>().read() };
    Ok((version.major, version.minor))
}

/// What NSS, Chromium, rust-cryptoki, pkcs11-provider and p11-kit ask for, in this order.
#[test]
fn an_interface_is_what_was_asked_for_or_an_error() {
    let name = c"PKCS 11".as_ptr().cast::<u8>();
    let unknown = Err(CKR_ARGUMENTS_BAD);
    assert_eq!(interface(name, None, CKF_INTERFACE_FORK_SAFE), unknown);
    assert_eq!(interface(name, None, 0), Ok((3, 0)));
    assert_eq!(interface(c"Vendor NSS FIPS Interface".as_ptr().cast(), None, 0), unknown);
    assert_eq!(interface(null(), None, 0), Ok((3, 0)));
    assert_eq!(interface(name, Some((3, 2)), 0), unknown);
    assert_eq!(interface(name, Some((3, 0)), 0), Ok((3, 0)));
    assert_eq!(interface(null(), Some((2, 40)), 0), Ok((2, 40)));
    assert_eq!(interface(c"".as_ptr().cast(), None, 0), unknown);
    // SAFETY: NULL is an argument like another.
    assert_eq!(unsafe { C_GetInterface(null_mut(), null_mut(), null_mut(), 0) }, CKR_ARGUMENTS_BAD);
}

#[test]
fn the_list_of_interfaces_follows_the_two_call_convention() {
    let mut count = 0;
    // SAFETY: live values with a buffer for what their lengths say.
    let list = |buffer: *mut CK_INTERFACE, count: &mut CK_ULONG| unsafe { C_GetInterfaceList(buffer, count) };
    assert_eq!((list(null_mut(), &mut count), count), (CKR_OK, 2));
    let mut interfaces = [CK_INTERFACE::default(); 2];
    count = 1;
    assert_eq!((list(interfaces.as_mut_ptr(), &mut count), count), (CKR_BUFFER_TOO_SMALL, 2));
    assert!(interfaces[0].pFunctionList.is_null());
    assert_eq!((list(interfaces.as_mut_ptr(), &mut count), count), (CKR_OK, 2));
    let versions = interfaces.map(|one| {
        // SAFETY: a list of the module begins with its version.
        let version = unsafe { one.pFunctionList.cast::<CK_VERSION>().read() };
        (version.major, version.minor, one.flags)
    });
    assert_eq!(versions, [(3, 0, 0), (2, 40, 0)]);
}

#[test]
fn each_list_claims_its_own_version() {
    let stage = Stage::with(&Personality::st2021());
    let mut info = CK_INFO::default();
    assert_eq!(crate::call!(stage.client.v2, C_GetInfo, &mut info), CKR_OK);
    assert_eq!((info.cryptokiVersion.major, info.cryptokiVersion.minor), (2, 40));
    assert_eq!(crate::call!(stage.client.v3, C_GetInfo, &mut info), CKR_OK);
    assert_eq!((info.cryptokiVersion.major, info.cryptokiVersion.minor, info.flags), (3, 0, 0));
    assert!(info.manufacturerID.is_ascii() && !info.libraryDescription.contains(&0));
    let version = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")].map(str::parse);
    assert_eq!(version, [Ok(info.libraryVersion.major), Ok(info.libraryVersion.minor)]);
}

unsafe extern "C" fn create(_: *mut *mut std::ffi::c_void) -> CK_RV {
    CKR_GENERAL_ERROR
}

unsafe extern "C" fn other(_: *mut std::ffi::c_void) -> CK_RV {
    CKR_GENERAL_ERROR
}

#[test]
fn initialize_takes_what_clients_give() {
    let stage = Stage::with(&Personality::st2021());
    let client = &stage.client;
    let again = |mut arguments: CK_C_INITIALIZE_ARGS| {
        client.finalize();
        crate::call!(client.v2, C_Initialize, (&raw mut arguments).cast())
    };
    let mutexes = CK_C_INITIALIZE_ARGS {
        CreateMutex: Some(create),
        DestroyMutex: Some(other),
        LockMutex: Some(other),
        UnlockMutex: Some(other),
        flags: 0,
        pReserved: null_mut(),
    };
    let threads = CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS;
    let parameters = c"configdir='sql:/x'".as_ptr().cast_mut().cast();
    assert_eq!(again(CK_C_INITIALIZE_ARGS::default()), CKR_OK);
    assert_eq!(again(CK_C_INITIALIZE_ARGS { flags: threads, ..mutexes }), CKR_OK);
    assert_eq!(again(mutexes), CKR_OK);
    assert_eq!(
        again(CK_C_INITIALIZE_ARGS { flags: threads, pReserved: parameters, ..Default::default() }),
        CKR_OK
    );
    assert_eq!(crate::call!(client.v2, C_Initialize, null_mut()), CKR_CRYPTOKI_ALREADY_INITIALIZED);
    assert_eq!(again(CK_C_INITIALIZE_ARGS { UnlockMutex: None, ..mutexes }), CKR_ARGUMENTS_BAD);
    assert_eq!(
        crate::call!(client.v2, C_GetSlotList, CK_FALSE, null_mut(), null_mut()),
        CKR_CRYPTOKI_NOT_INITIALIZED
    );
}

#[test]
fn finalize_refuses_its_reserved_argument_and_goes_on() {
    let stage = Stage::with(&Personality::st2021());
    let mut something = 0;
    assert_eq!(crate::call!(stage.client.v2, C_Finalize, (&raw mut something).cast()), CKR_ARGUMENTS_BAD);
    assert_eq!(stage.client.slots(true), Ok(vec![0]));
    assert_eq!(stage.client.finalize(), CKR_OK);
    assert_eq!(stage.client.finalize(), CKR_CRYPTOKI_NOT_INITIALIZED);
}

/// nginx, OpenVPN and ssh-agent fork after `C_Initialize`, with threads in the middle of calls.
#[test]
fn a_forked_child_starts_anew_and_the_parent_goes_on() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let busy = AtomicBool::new(true);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while busy.load(Ordering::Relaxed) {
                    let looking = stage.session();
                    looking.find(&[]).expect("a search");
                    looking.info().expect("a session");
                }
            });
        }
        let children: Vec<_> = (0..20).map(|_| fork(|| in_child(&stage.client))).collect();
        for child in children {
            assert_eq!(status_of(child), 0, "the step that failed in the child");
        }
        assert_eq!(status_of(fork(|| 0)), 0, "a child that does nothing");
        busy.store(false, Ordering::Relaxed);
    });
    session.sign(mechanism(CKM_RSA_PKCS), b"still logged in").expect("the parent signs");
}

/// The number of the step that went wrong, or 0. Must not panic: it shares the terminal with the parent's tests.
fn in_child(client: &Client) -> i32 {
    let slots = || {
        let mut count = 0;
        crate::call!(client.v2, C_GetSlotList, CK_TRUE, null_mut(), &mut count)
    };
    let mut info = CK_SESSION_INFO::default();
    let steps = [
        slots() == CKR_CRYPTOKI_NOT_INITIALIZED,
        crate::call!(client.v2, C_GetSessionInfo, 1, &mut info) == CKR_CRYPTOKI_NOT_INITIALIZED,
        crate::call!(client.v2, C_DigestInit, 1, null_mut()) == CKR_CRYPTOKI_NOT_INITIALIZED,
        client.finalize() == CKR_CRYPTOKI_NOT_INITIALIZED,
        interface(null(), None, 0) == Ok((3, 0)),
        {
            let card = Card::new(&Personality::st2021());
            let readers = Readers::with_card(READER, Arc::new(std::sync::Mutex::new(card)));
            cns_pkcs11::testing::set_transport(Some(Arc::new(readers::InProcess(readers))));
            crate::call!(client.v2, C_Initialize, null_mut()) == CKR_OK
        },
        crate::call!(client.v2, C_Initialize, null_mut()) == CKR_CRYPTOKI_ALREADY_INITIALIZED,
        slots() == CKR_OK,
        crate::call!(client.v2, C_GetSessionInfo, 1, &mut info) == CKR_SESSION_HANDLE_INVALID,
        client.try_open(0, CKF_SERIAL_SESSION).is_ok_and(|session| {
            session.login(virtual_cns::DEFAULT_PIN.as_ref()).is_ok()
                && session.sign(mechanism(CKM_RSA_PKCS), b"a child").is_ok()
        }),
        client.finalize() == CKR_OK,
    ];
    steps.iter().position(|good| !good).map_or(0, |step| 1 + step as i32)
}

/// Runs `child` in a forked child, which ends with its result, or by SIGALRM if it hangs.
fn fork(child: impl FnOnce() -> i32) -> libc::pid_t {
    // SAFETY: the child runs our own code only, in one thread, and leaves with _exit.
    unsafe {
        let id = libc::fork();
        if id == 0 {
            libc::alarm(60);
            libc::_exit(child());
        }
        assert!(id > 0, "fork");
        id
    }
}

fn status_of(child: libc::pid_t) -> i32 {
    let mut status = 0;
    // SAFETY: a child of this process and a live status.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 1000 + status }
}

/// Digits that occur nowhere by chance.
const PIN: &str = "73914682";
const LOGGED: &str = "CNS_TEST_IS_LOGGED";

/// Run by `the_log_has_every_call_and_no_pin` in a process of its own.
#[test]
fn a_session_that_is_logged() {
    if std::env::var_os(LOGGED).is_none() {
        return;
    }
    let stage = Stage::built(Card::builder(&Personality::st2021()).pin(PIN));
    let session = stage.session();
    session.login(PIN.as_bytes()).expect("login");
    session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"message").expect("a signature");
    session.set_pin(PIN.as_bytes(), b"73914683").expect("a new PIN");
    assert_eq!(session.login(PIN.as_bytes()), Err(CKR_USER_ALREADY_LOGGED_IN));
}

#[test]
fn the_log_has_every_call_and_no_pin() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("process.log");
    let _ = std::fs::remove_file(&path);
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_session_that_is_logged", "--nocapture"])
        .env(LOGGED, "1")
        .env("CNS_PKCS11_LOG", format!("{}:trace", path.display()))
        .output()
        .expect("this program runs again");
    let output =
        String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{output}");
    assert!(!output.contains("C_Login"), "the module printed: {output}");

    let log = std::fs::read_to_string(&path).expect("a log");
    for call in [
        "C_Initialize CKR_OK micros=",
        "C_Login CKR_OK micros=",
        "C_Sign CKR_OK micros=",
        "C_SetPIN CKR_OK micros=",
        "C_Finalize CKR_OK micros=",
        // What a bug report needs besides: which module, which card in which reader, what was asked of it.
        concat!("cns-pkcs11 version=\"", env!("CARGO_PKG_VERSION"), "\" system="),
        "a card reader=\"Virtual PCD 00 00\" atr=3BFF1800FF8131FE55006B02091617011101434E531131808D",
        "a CNS reader=Virtual PCD 00 00 family=\"CNS ST 2021\"",
        "VERIFY P1P2=0090 Lc=8 Le=- -> 0 bytes, 9000 Success",
        "PSO DECIPHER P1P2=8086 Lc=257 Le=256 -> 256 bytes, 9000 Success",
    ] {
        assert_eq!(log.lines().filter(|line| line.contains(call)).count(), 1, "{call} in\n{log}");
    }
    assert!(log.contains("C_Login CKR_USER_ALREADY_LOGGED_IN"), "{log}");
    let bytes = PIN.as_bytes();
    let in_hex: String = bytes.iter().map(|digit| format!("{digit:02x}")).collect();
    let (listed, listed_in_hex) = (format!("{bytes:?}"), format!("{bytes:02x?}"));
    let inside = |list: &str| list.trim_matches(['[', ']']).to_owned();
    let log = log.to_lowercase();
    for secret in [PIN, "73914683", &in_hex, &inside(&listed), &inside(&listed_in_hex)] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    std::fs::remove_file(path).expect("removed");
}
