//! Loaded and unloaded a thousand times, as programs do that list modules: nothing grows.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;

use cryptoki_sys::*;

use crate::common::apart;
use crate::common::library::library;
use crate::common::process_state::{ONE_ARENA, allocated_bytes, descriptors, threads};

/// Enough for what is allocated once.
const WARM_UP: u64 = 100;
const TIMES: u64 = 1000;
/// What the allocator itself may keep more of; one pointer left behind each time would be more.
const GROWTH: usize = 4096;

#[test]
fn a_thousand_times_loaded_and_unloaded_leave_nothing() {
    if apart::part().is_none() {
        let library = library();
        let path = library.to_str().expect("a path in UTF-8");
        let test = "loading::a_thousand_times_loaded_and_unloaded_leave_nothing";
        // No service there: the module finds no reader, whatever this machine has.
        let environment =
            [("CNS_TEST_LIBRARY", path), ("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm"), ONE_ARENA];
        let said = apart::alone(test, "loading", &environment).unwrap_or_else(|said| panic!("{said}"));
        let line = said.lines().find_map(|line| line.strip_prefix("figures: ")).expect("figures");
        return apart::say(line);
    }
    let path = std::env::var_os("CNS_TEST_LIBRARY").expect("a library");
    let path = CString::new(path.as_bytes()).expect("no NUL");
    for _ in 0..WARM_UP {
        load_use_unload(&path);
    }
    let before = (descriptors(), threads(), allocated_bytes());
    for _ in 0..TIMES {
        load_use_unload(&path);
    }
    assert_eq!((descriptors(), threads()), (before.0, before.1));
    let grown = allocated_bytes().saturating_sub(before.2);
    assert!(grown < GROWTH, "{grown} bytes more");
    apart::say(&format!("soak: {TIMES} times dlopen, C_Initialize, C_Finalize, dlclose: {grown} bytes more"));
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
