//! Absurd arguments for every function, in every state of a session: a code of the standard, no crash, no PIN try.

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::codes;
use crate::common::Stage;
use crate::common::client::{call, mechanism};
use crate::every_function::{Callable, Pattern, all};
use crate::standard::FUNCTIONS;
use crate::unreachable;

/// Ends the module, blocks until an event, or is not made for being called with any pointers.
const NOT_SWEPT: [&str; 3] = ["C_Initialize", "C_Finalize", "C_WaitForSlotEvent"];

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
        .map(|number| Pattern { number, pointer: null_mut() })
        .to_vec()
    });
    assert_eq!(calls, 89 * 11 * 4);
}

/// Memory of zeros at an odd address for every pointer: structures without content, lengths of 0, nothing aligned.
#[test]
fn odd_addresses_of_zeros() {
    let stage = Stage::with(&Personality::st2021());
    let mut memory = vec![0_u64; 1024];
    let odd = memory.as_mut_ptr().cast::<u8>().wrapping_add(1);
    let calls = in_every_state(&stage, |session| {
        [0, 1, 16, session].map(|number| Pattern { number, pointer: odd.cast() }).to_vec()
    });
    assert_eq!(calls, 89 * 4 * 4);
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
                let code = (function.call)(pattern);
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
