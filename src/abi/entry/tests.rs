use std::cell::Cell;
use std::mem::zeroed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cns_card::{Cancellation, CardConnection, ReaderStatus, Transport, TransportError};

use super::*;

thread_local! {
    static PLANTED: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn panic_if_planted() {
    assert!(!PLANTED.get(), "planted");
}

/// A C function, to be called with zeros and NULLs only.
pub(super) fn call<F: WithNothing + Copy + 'static>(function: Option<F>) -> Box<dyn Fn() -> CK_RV> {
    let function = function.expect("no entry of a list is empty");
    Box::new(move || function.call_with_nothing())
}

pub(super) trait WithNothing {
    fn call_with_nothing(self) -> CK_RV;
}

macro_rules! with_nothing {
    ($($argument:ident)*) => {
        impl<$($argument),*> WithNothing for unsafe extern "C" fn($($argument),*) -> CK_RV {
            fn call_with_nothing(self) -> CK_RV {
                // SAFETY: all arguments of all functions are integers, pointers or optional function pointers: zero is
                // a value of each. NULL and 0 are arguments that every function must survive.
                unsafe { self($(zeroed::<$argument>()),*) }
            }
        }
    };
}

with_nothing!(A);
with_nothing!(A B);
with_nothing!(A B C);
with_nothing!(A B C D);
with_nothing!(A B C D E);
with_nothing!(A B C D E F);
with_nothing!(A B C D E F G);
with_nothing!(A B C D E F G H);
with_nothing!(A B C D E F G H I);

#[test]
fn both_lists_are_complete() {
    assert_eq!(called_with_nothing().len(), 92);
    let words = |bytes: usize| bytes / size_of::<usize>();
    assert_eq!(words(size_of::<CK_FUNCTION_LIST>()), 1 + 68);
    assert_eq!(words(size_of::<CK_FUNCTION_LIST_3_0>()), 1 + 92);
}

#[test]
fn a_panic_in_any_function_is_a_general_error() {
    let _alone = alone();
    panics::install_hook();
    PLANTED.set(true);
    for (name, call) in called_with_nothing() {
        assert_eq!(call(), CKR_GENERAL_ERROR, "{name}");
    }
    PLANTED.set(false);
}

#[test]
fn before_initialize_nothing_else_is_looked_at() {
    let _alone = alone();
    for (name, call) in called_with_nothing() {
        let expected = match name {
            "C_Initialize" => continue,
            "C_GetFunctionList" | "C_GetInterfaceList" | "C_GetInterface" => CKR_ARGUMENTS_BAD,
            _ => CKR_CRYPTOKI_NOT_INITIALIZED,
        };
        assert_eq!(call(), expected, "{name}");
    }
}

#[test]
fn nothing_at_all_is_survived_by_every_function() {
    let _alone = alone();
    let finalize = || call(LIST_2_40.C_Finalize)();
    crate::testing::set_transport(Some(Arc::new(NoReaders)));
    assert_eq!(call(LIST_2_40.C_Initialize)(), CKR_OK);
    for (name, call) in called_with_nothing() {
        let expected: &[CK_RV] = match name {
            "C_Finalize" => continue,
            "C_Initialize" => &[CKR_CRYPTOKI_ALREADY_INITIALIZED],
            "C_GetFunctionStatus" | "C_CancelFunction" => &[CKR_FUNCTION_NOT_PARALLEL],
            _ => &[
                CKR_ARGUMENTS_BAD,
                CKR_SLOT_ID_INVALID,
                CKR_SESSION_HANDLE_INVALID,
                CKR_FUNCTION_NOT_SUPPORTED,
            ],
        };
        let code = call();
        assert!(expected.contains(&code), "{name} {code:#x}");
    }
    assert_eq!(finalize(), CKR_OK);
    assert_eq!(finalize(), CKR_CRYPTOKI_NOT_INITIALIZED);
    crate::testing::set_transport(None);
}

#[test]
fn of_eight_threads_that_initialize_one_succeeds() {
    let _alone = alone();
    crate::testing::set_transport(Some(Arc::new(NoReaders)));
    let codes: Vec<CK_RV> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| call(LIST_2_40.C_Initialize)())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == CKR_OK).count(), 1);
    assert_eq!(codes.iter().filter(|code| **code == CKR_CRYPTOKI_ALREADY_INITIALIZED).count(), 7);
    assert_eq!(call(LIST_2_40.C_Finalize)(), CKR_OK);
    crate::testing::set_transport(None);
}

/// The module is one per process: these tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

struct NoReaders;

impl Transport for NoReaders {
    fn readers(&self) -> std::result::Result<Vec<ReaderStatus>, TransportError> {
        Ok(Vec::new())
    }

    fn reader(&self, _: &str) -> std::result::Result<ReaderStatus, TransportError> {
        Err(TransportError::ServiceUnavailable)
    }

    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> std::result::Result<(), TransportError> {
        Ok(())
    }

    fn connect(&self, _: &str) -> std::result::Result<Box<dyn CardConnection>, TransportError> {
        Err(TransportError::NoCard)
    }
}
