//! Calls as they are made while something goes wrong: which codes the standard names for each function (PKCS #11 v3.0,
//! chapter 5), how long a call may take.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use cryptoki_sys::*;

/// A person waits so long at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Codes for a card that is gone, silent or strange; every function that reaches the card may say them.
const OF_THE_DEVICE: [CK_RV; 2] = [CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED];
const OF_THE_TOKEN: [CK_RV; 3] = [CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID];

/// What further codes a function may answer when the card or the way to it misbehaves. CKR_GENERAL_ERROR is in no
/// list: in this module it means a panic.
fn further_codes(function: &str) -> &'static [CK_RV] {
    match function {
        "C_GetSlotList" => &[],
        "C_GetTokenInfo" | "C_OpenSession" | "C_GetMechanismList" => &OF_THE_TOKEN,
        "C_GetSessionInfo" | "C_FindObjects" => &[CKR_SESSION_HANDLE_INVALID],
        "C_GetAttributeValue" => &[CKR_SESSION_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID],
        "C_Login" => {
            &[CKR_SESSION_HANDLE_INVALID, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_PIN_NOT_INITIALIZED]
        }
        "C_Sign" => &[CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN],
        // The PUK's wrong tries are told as the PIN's (docs/decisions/0004).
        "C_SetPIN" | "C_InitPIN" => {
            &[CKR_SESSION_HANDLE_INVALID, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_INVALID]
        }
        other => panic!("no codes for {other}"),
    }
}

/// The calls of one case.
#[derive(Default)]
pub(crate) struct Calls {
    complaints: RefCell<Vec<String>>,
    last: RefCell<String>,
}

impl Calls {
    /// Makes one call and judges its code and its time.
    pub(crate) fn make<T>(
        &self,
        function: &'static str,
        call: impl FnOnce() -> Result<T, CK_RV>,
    ) -> Option<T> {
        let started = Instant::now();
        let outcome = call();
        let took = started.elapsed();
        if took > PATIENCE {
            self.complaints.borrow_mut().push(format!("{function} took {took:?}"));
        }
        match outcome {
            Ok(value) => {
                *self.last.borrow_mut() = format!("{function} CKR_OK");
                Some(value)
            }
            Err(code) => {
                *self.last.borrow_mut() = format!("{function} {code:#x}");
                if !OF_THE_DEVICE.contains(&code) && !further_codes(function).contains(&code) {
                    self.complaints.borrow_mut().push(format!("{function} answered {code:#x}"));
                }
                None
            }
        }
    }

    /// What must hold, whatever happened.
    pub(crate) fn expect(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.complaints.borrow_mut().push(what());
        }
    }

    /// All that was wrong, and the last call with its code.
    pub(crate) fn complaints(self) -> Option<String> {
        let complaints = self.complaints.into_inner();
        (!complaints.is_empty())
            .then(|| format!("{} (last: {})", complaints.join("; "), self.last.into_inner()))
    }
}
