//! Calls as they are made while something goes wrong: which codes each function may answer then, how long a call may take.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use cryptoki_sys::*;

use crate::common::{SessionGuard, codes, standard};

/// A person waits so long at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Codes for a card that is gone, silent or strange; where the standard names them, any function may say so.
const OF_THE_DEVICE: [CK_RV; 2] = [CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED];
const OF_THE_TOKEN: [CK_RV; 3] = [CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID];

/// Whether a function may answer so when the card or the way to it misbehaves: a code that the standard names for it (PKCS
/// #11 v3.0, chapter 5), and that a card can bring about.
fn is_allowed(function: &str, code: CK_RV) -> bool {
    let by_the_card = OF_THE_DEVICE.contains(&code) || further_codes(function).contains(&code);
    by_the_card && (standard::names(function, codes::name(code)) || is_of_the_puk(function, code))
}

/// A CNS checks the PUK in the command that sets the PIN, and so its wrong tries are told as the PIN's (decision 0004).
fn is_of_the_puk(function: &str, code: CK_RV) -> bool {
    function == "C_InitPIN" && [CKR_PIN_INCORRECT, CKR_PIN_LOCKED].contains(&code)
}

/// What a card can bring about besides. CKR_GENERAL_ERROR is in no list, though the standard names it everywhere: in this
/// module it means a panic.
fn further_codes(function: &str) -> &'static [CK_RV] {
    match function {
        "C_GetSlotList" | "C_SignInit" => &[],
        "C_GetTokenInfo" | "C_OpenSession" | "C_GetMechanismList" => &OF_THE_TOKEN,
        "C_GetSessionInfo" | "C_FindObjects" | "C_CloseSession" => &[CKR_SESSION_HANDLE_INVALID],
        "C_GetAttributeValue" => &[CKR_SESSION_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID],
        // The fifth for one use of a key: a reset has ended the login that the operation was begun in.
        "C_Login" => &[
            CKR_SESSION_HANDLE_INVALID,
            CKR_PIN_INCORRECT,
            CKR_PIN_LOCKED,
            CKR_USER_PIN_NOT_INITIALIZED,
            CKR_OPERATION_NOT_INITIALIZED,
        ],
        "C_Sign" => &[CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN],
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
                if !is_allowed(function, code) {
                    self.complaints.borrow_mut().push(format!("{function} answered {code:#x}"));
                }
                None
            }
        }
    }

    /// Closes a session; where its card is gone, so is the session.
    pub(crate) fn close(&self, session: SessionGuard<'_>) {
        let session = std::mem::ManuallyDrop::new(session);
        let _ = self.make("C_CloseSession", || session.close());
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
