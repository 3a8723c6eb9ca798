//! Loaded and unloaded a thousand times, as programs do that list modules: nothing grows.
//!
//! The library itself stays in memory after the first time (linked `-z nodelete`, because threads and exit handlers may
//! still come back to it: build.rs). So this is about what each round makes: handles of the loader, descriptors, threads,
//! mappings, memory of `C_Initialize`. What stays is counted, too: the library, once, and its log, where one was asked for.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use cryptoki_sys::*;

use crate::common::apart;
use crate::common::library::library;
use crate::common::process_state::{ONE_ARENA, allocated_bytes, descriptors, mappings, threads};

/// Enough for what is allocated once.
const WARM_UP: u64 = 100;
const TIMES: u64 = 1000;
/// So often with a log.
const TIMES_WITH_A_LOG: u64 = 200;
/// What the allocator itself may keep more of; one pointer left behind each time would be more.
const GROWTH: usize = 4096;

#[test]
fn a_thousand_times_loaded_and_unloaded_leave_nothing_but_the_library() {
    if apart::part().is_none() {
        let test = "loading::a_thousand_times_loaded_and_unloaded_leave_nothing_but_the_library";
        return apart::say(&in_a_process_of_its_own(test, &[]));
    }
    let path = path_of_the_library();
    let grown = repeat(TIMES, &path);
    let pieces = of_the_library(&path);
    assert!(pieces > 0, "linked nodelete: it stays");
    apart::say(&format!(
        "soak: {TIMES} times dlopen, C_Initialize, C_Finalize, dlclose: {grown} bytes more, as many mappings as before, \
         {pieces} of them the library's own"
    ));
}

/// A log is begun once per process and kept: its descriptor is the only one that stays.
#[test]
fn with_a_log_its_descriptor_stays_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    if apart::part().is_none() {
        let log = folder.path().join("log");
        let log = log.to_str().expect("a path in UTF-8");
        let test = "loading::with_a_log_its_descriptor_stays_and_no_other";
        return apart::say(&in_a_process_of_its_own(test, &[("CNS_PKCS11_LOG", log)]));
    }
    let log = std::env::var_os("CNS_PKCS11_LOG").expect("a log");
    let before = descriptors();
    let grown = repeat(TIMES_WITH_A_LOG, &path_of_the_library());
    let mut after = descriptors();
    after.retain(|number, _| !before.contains_key(number));
    let stayed: Vec<&Path> = after.values().map(PathBuf::as_path).collect();
    assert_eq!(stayed, [Path::new(&log)], "what stayed open");
    let told = std::fs::read_to_string(&log).expect("a log");
    let ends = told.lines().filter(|line| line.contains(" C_Finalize CKR_OK ")).count() as u64;
    assert_eq!(ends, WARM_UP + TIMES_WITH_A_LOG, "every round is in the log");
    apart::say(&format!(
        "soak: {TIMES_WITH_A_LOG} times the same with a log: {grown} bytes more, one descriptor stays, the log's"
    ));
}

/// What the test of this name said.
fn in_a_process_of_its_own(test: &str, further: &[(&str, &str)]) -> String {
    let library = library();
    let path = library.to_str().expect("a path in UTF-8");
    // No service there: the module finds no reader, whatever this machine has.
    let mut environment =
        vec![("CNS_TEST_LIBRARY", path), ("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm"), ONE_ARENA];
    environment.extend_from_slice(further);
    let said = apart::alone(test, "loading", &environment).unwrap_or_else(|said| panic!("{said}"));
    said.lines().find_map(|line| line.strip_prefix("figures: ")).expect("figures").to_owned()
}

fn path_of_the_library() -> CString {
    let path = std::env::var_os("CNS_TEST_LIBRARY").expect("a library");
    CString::new(path.as_bytes()).expect("no NUL")
}

/// Loads and unloads so often; by how many bytes the memory grew. Descriptors, threads and mappings are as before.
fn repeat(times: u64, path: &CString) -> usize {
    for _ in 0..WARM_UP {
        load_use_unload(path);
    }
    let before = (descriptors(), threads(), mappings().len(), allocated_bytes());
    for _ in 0..times {
        load_use_unload(path);
    }
    let grown = allocated_bytes().saturating_sub(before.3);
    assert_eq!((descriptors(), threads(), mappings().len()), (before.0, before.1, before.2));
    assert!(grown < GROWTH, "{grown} bytes more");
    grown
}

/// How many mappings are the library's.
fn of_the_library(path: &CString) -> usize {
    let path = path.to_str().expect("a path in UTF-8");
    let whole = Path::new(path).canonicalize().expect("a file");
    let whole = whole.to_str().expect("a path in UTF-8");
    mappings().iter().filter(|line| line.ends_with(whole)).count()
}

fn load_use_unload(path: &CString) {
    // SAFETY: a path that ends with NUL; the library's own start-up does nothing (tests/exports.rs).
    let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null());
    // SAFETY: a live handle and a name that ends with NUL.
    let symbol = unsafe { libc::dlsym(library, c"C_GetFunctionList".as_ptr()) };
    assert!(!symbol.is_null());
    // SAFETY: the symbol of this name is this function.
    let function_list: unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV =
        unsafe { std::mem::transmute(symbol) };
    let mut list = std::ptr::null_mut();
    // SAFETY: a live out pointer.
    assert_eq!(unsafe { function_list(&mut list) }, CKR_OK);
    // SAFETY: the function gave a list that lives as long as the library.
    let list = unsafe { &*list };
    let mut count = 0;
    assert_eq!(crate::call!(list, C_Initialize, std::ptr::null_mut()), CKR_OK);
    assert_eq!(crate::call!(list, C_GetSlotList, CK_FALSE, std::ptr::null_mut(), &mut count), CKR_OK);
    assert_eq!(count, 0);
    assert_eq!(crate::call!(list, C_Finalize, std::ptr::null_mut()), CKR_OK);
    // SAFETY: a live handle, not used afterwards.
    assert_eq!(unsafe { libc::dlclose(library) }, 0);
}
