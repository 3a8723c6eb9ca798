//! Absurd arguments for every function, in every state of a session: a code of the standard, no crash, no PIN try.

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::codes;
use crate::common::Stage;
use crate::every_function::{Callable, Pattern, all};
use crate::standard::FUNCTIONS;
use crate::unreachable;
use testkit::pkcs11::{call, mechanism};

/// Begins or ends the module.
const NOT_SWEPT: [&str; 2] = ["C_Initialize", "C_Finalize"];
/// Lengths and counts that no memory has, whatever is counted.
const ABSURD: [CK_ULONG; 3] = [CK_ULONG::MAX, CK_ULONG::MAX - 1, 1 << 63];
/// The most arguments that a function has.
const MOST_ARGUMENTS: usize = 9;

/// Every number where a handle, id, flag or length is wanted; NULL for every pointer.
#[test]
fn numbers_of_every_size_with_null_pointers() {
    let stage = Stage::with(&Personality::st2021());
    let calls = in_every_state(&stage, |session| {
        [
            0,
            1,
            2,
            5,
            session,
            CK_ULONG::MAX,
            CK_ULONG::MAX - 1,
            1 << 63,
            (1 << 63) - 1,
            1 << 61,
            u64::from(u32::MAX),
        ]
        .map(|number| Pattern::of(number, null_mut()))
        .to_vec()
    });
    assert_eq!(calls, 90 * 11 * 4);
}

/// Memory of zeros at an odd address for every pointer: structures without content, lengths of 0, nothing aligned.
#[test]
fn odd_addresses_of_zeros() {
    let stage = Stage::with(&Personality::st2021());
    let mut memory = vec![0_u64; 1024];
    let odd = memory.as_mut_ptr().cast::<u8>().wrapping_add(1);
    let calls = in_every_state(&stage, |session| {
        [0, 1, 16, session].map(|number| Pattern::of(number, odd.cast())).to_vec()
    });
    assert_eq!(calls, 90 * 4 * 4);
}

/// Everything is in order but one argument: a length that no memory has beside a good pointer, or the only NULL. What
/// checks one argument only after it has used another would be found here.
#[test]
fn one_absurd_argument_among_good_ones() {
    let stage = Stage::with(&Personality::st2021());
    let mut memory = vec![0_u64; 1024];
    let good: *mut std::ffi::c_void = memory.as_mut_ptr().cast();
    // What is good of a number: the session, or the slot; later 1, a length that the memory has.
    let calls = in_every_state(&stage, |session| {
        let first = [session, 0].into_iter();
        let later = (1..MOST_ARGUMENTS).flat_map(|place| {
            ABSURD.map(|absurd| (place, absurd, good)).into_iter().chain([(place, 1, null_mut())])
        });
        let later: Vec<_> = later.collect();
        first
            .flat_map(|first| {
                later
                    .clone()
                    .into_iter()
                    .map(move |other| Pattern { first, ..Pattern::except(1, good, other) })
            })
            .collect()
    });
    assert_eq!(calls, 90 * 2 * (MOST_ARGUMENTS - 1) * (ABSURD.len() + 1) * 4);
}

/// Calls every function with every pattern before login, after it, with operations under way, and after the card was
/// taken out; answers how many calls that were.
fn in_every_state(stage: &Stage, patterns: impl Fn(CK_SESSION_HANDLE) -> Vec<Pattern>) -> usize {
    let functions = all(&stage.client);
    let (mut calls, mut wrong) = (0, Vec::new());
    for state in 0..4 {
        for function in functions.iter().filter(|function| !NOT_SWEPT.contains(&function.name)) {
            stage.client.slots(true).expect("slots");
            let session = in_state(stage, state);
            for pattern in patterns(session) {
                if let Some(memory) = (!pattern.pointer.is_null()).then_some(pattern.pointer.cast::<u8>()) {
                    // SAFETY: the test's own memory, longer than this.
                    unsafe { memory.write_bytes(0, 4096) };
                }
                let code = (function.call)(not_to_wait(function, pattern));
                if !is_allowed(function, code) {
                    wrong.push(format!(
                        "{} {pattern:x?} in state {state}: {}",
                        function.name,
                        codes::name(code)
                    ));
                }
                calls += 1;
            }
            call!(stage.client.v2, C_CloseAllSessions, 0);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(stage.card().pin_tries_left(), 3, "no try was spent");
    calls
}

/// Nothing that it could wait for ever happens here.
fn not_to_wait(function: &Callable, pattern: Pattern) -> Pattern {
    match function.name {
        "C_WaitForSlotEvent" => Pattern { first: pattern.first | CKF_DONT_BLOCK, ..pattern },
        _ => pattern,
    }
}

fn in_state(stage: &Stage, state: usize) -> CK_SESSION_HANDLE {
    stage.readers.insert(crate::common::READER, stage.card.clone());
    let v2 = stage.client.v2;
    let mut session = 0;
    let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    assert_eq!(call!(v2, C_OpenSession, 0, flags, null_mut(), None, &mut session), CKR_OK);
    if state >= 1 {
        let pin = virtual_cns::DEFAULT_PIN;
        let login = call!(v2, C_Login, session, CKU_USER, pin.as_ptr().cast_mut(), pin.len() as CK_ULONG);
        assert!(login == CKR_OK || login == CKR_USER_ALREADY_LOGGED_IN, "{}", codes::name(login));
    }
    if state >= 2 {
        let mut digest = mechanism(CKM_SHA256);
        assert_eq!(call!(v2, C_DigestInit, session, &mut digest), CKR_OK);
        assert_eq!(call!(v2, C_FindObjectsInit, session, null_mut(), 0), CKR_OK);
    }
    if state == 3 {
        stage.readers.remove(crate::common::READER);
    }
    session
}

fn is_allowed(function: &Callable, code: CK_RV) -> bool {
    let name = codes::name(code);
    let known = FUNCTIONS.iter().find(|known| known.name == function.name).expect("in the table");
    name != "GENERAL_ERROR"
        && (known.codes().any(|allowed| allowed == name) || unreachable::beyond(known.name, name).is_some())
}
