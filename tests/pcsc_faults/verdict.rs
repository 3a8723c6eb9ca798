//! What must hold after a case.

use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::DEFAULT_PIN;
use virtual_pcsc::service;

use crate::bench::Bench;
use crate::call;
use crate::common::{READER, SessionGuard};
use crate::disturbance::Disturbance;
use crate::scenarios::{Played, Scenario};
use crate::stranger::{self, Outcome};
use testkit::pkcs11::{checked, mechanism};

/// What several waits of three seconds may take in one case.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one function says about the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    LoggedIn,
    Public,
    /// The session ended with its card.
    Gone,
    Other(CK_RV),
}

impl Says {
    fn of(answer: Result<(), CK_RV>) -> Self {
        match answer {
            Ok(()) => Self::LoggedIn,
            Err(CKR_USER_NOT_LOGGED_IN) => Self::Public,
            Err(CKR_SESSION_HANDLE_INVALID | CKR_DEVICE_REMOVED) => Self::Gone,
            Err(other) => Self::Other(other),
        }
    }
}

/// What all of them say, in one moment.
#[derive(Debug)]
pub(crate) struct Story {
    told: [(&'static str, Says); 5],
}

impl Story {
    /// Asks all of them; the last one logs in where nobody is.
    pub(crate) fn told(session: &SessionGuard<'_>, key: CK_OBJECT_HANDLE) -> Self {
        let state = match session.info() {
            Ok(info) if info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS => {
                Says::LoggedIn
            }
            Ok(_) => Says::Public,
            Err(code) => Says::of(Err(code)),
        };
        let begun = session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key);
        let signed = begun.and_then(|()| session.sign_once(b"another message").map(drop));
        let mut decipher = mechanism(CKM_RSA_PKCS);
        let decrypts =
            match checked(call!(session.client.v2, C_DecryptInit, session.handle, &mut decipher, key)) {
                // Many certificates do not let the key decipher, whoever is logged in.
                Err(CKR_KEY_FUNCTION_NOT_PERMITTED) => begun,
                answer => answer,
            };
        let login = match session.login(DEFAULT_PIN.as_bytes()) {
            Err(CKR_USER_ALREADY_LOGGED_IN) => Says::LoggedIn,
            Ok(()) => Says::Public,
            Err(code) => Says::of(Err(code)),
        };
        let told = [
            ("C_GetSessionInfo", state),
            ("C_SignInit", Says::of(begun)),
            ("C_Sign", Says::of(signed)),
            ("C_DecryptInit", Says::of(decrypts)),
            ("C_Login", login),
        ];
        Self { told }
    }

    /// The contradiction, if there is one.
    fn contradiction(&self) -> Option<String> {
        let [(_, first), ..] = self.told;
        if self.told.iter().all(|(_, says)| *says == first) {
            return None;
        }
        Some(
            self.told
                .iter()
                .map(|(function, says)| format!("{function} {says:X?}"))
                .collect::<Vec<_>>()
                .join(", "),
        )
    }
}

/// All that is wrong after a case.
pub(crate) fn complaints(
    bench: &Bench,
    scenario: Scenario,
    disturbance: Option<&Disturbance>,
    played: &Played,
) -> Vec<String> {
    let mut complaints = Vec::new();
    let (function, answer) = played.ended;
    let said = |answer: Result<(), CK_RV>| if answer.is_ok() { "CKR_OK" } else { "an error" };
    if played.waited > PATIENCE {
        complaints.push("waits for more than 10 s".to_owned());
    }
    if let Some(contradiction) = played.story.as_ref().and_then(Story::contradiction) {
        complaints.push(contradiction);
    }
    if answer == Err(CKR_GENERAL_ERROR) {
        complaints.push(format!("{function} answers CKR_GENERAL_ERROR, a panic"));
    }
    // Where nothing was possible until the fault was gone, the login's end says so, and the next program ends it.
    let is_possible = disturbance.is_none_or(|one| !one.lasts()) && !scenario.is_kept_from_it();
    if disturbance.is_some_and(Disturbance::hides_the_reader) {
        // As if it had been pulled with its card, which is the one way out.
    } else if !is_possible && answer.is_err() {
        // After C_Finalize nothing of this program is left that could let a handle go but its end.
        if scenario == Scenario::Finalize && disturbance.is_some_and(Disturbance::keeps_handles) {
            service().end_programs();
        }
        next_program(bench);
        if let Some(open) = open(bench) {
            complaints.push(format!("{open} after the next program looked at the card"));
        }
    } else if let Some(open) = open(bench) {
        complaints.push(format!("{open} after {function} answered {}", said(answer)));
    }
    if service().plan(|plan| plan.hangs()) > 0 {
        complaints.push("a call of PC/SC waits for ever".to_owned());
    }
    if bench.verifies() > played.logins {
        complaints.push(format!("{} VERIFY commands for {} C_Login", bench.verifies(), played.logins));
    }
    complaints
}

/// How the card is open to others, or shut to all.
fn open(bench: &Bench) -> Option<&'static str> {
    if service().is_held(READER) {
        return Some("a transaction is left open");
    }
    match stranger::tries_to_sign(&bench.personality) {
        Outcome::Refused(_) => None,
        Outcome::Signed => Some("THE STRANGER SIGNS"),
        Outcome::NoCard(_) => Some("the card cannot be reached"),
    }
}

/// As the next program of ours begins.
fn next_program(bench: &Bench) {
    bench.client.finalize();
    bench.client.initialize();
    let _ = bench.client.slots(false);
    let _ = bench.client.token_info(0);
}
