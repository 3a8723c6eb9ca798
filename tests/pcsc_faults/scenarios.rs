//! What is done with a card while PC/SC fails, and how the login ends.

use std::mem::ManuallyDrop;
use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::DEFAULT_PIN;
use virtual_pcsc::{Call, Disposition, Fault, Function, Plan, Program, Share, service};

use crate::bench::Bench;
use crate::call;
use crate::clock;
use crate::common::{READER, SessionGuard};
use crate::disturbance::Disturbance;
use crate::verdict::Story;
use testkit::pkcs11::{checked, mechanism};

const MESSAGE: &[u8] = b"a message";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scenario {
    Logout,
    CloseSession,
    CloseAllSessions,
    Finalize,
    /// A later signature and the logout, all of it disturbed.
    SignAgainAndLogout,
    /// The first signature is disturbed, the logout that follows is not.
    SignThenLogout,
    /// As before, and between them the functions are asked whether somebody is logged in.
    SignThenAsk,
    /// The login and the end of the session.
    Login,
    /// A logout while another program holds a transaction.
    LogoutBesideAnother,
}

/// What was seen.
pub(crate) struct Played {
    /// The calls of PC/SC while it was disturbed.
    pub(crate) calls: Vec<Call>,
    /// The function that ended the login, and its answer.
    pub(crate) ended: (&'static str, Result<(), CK_RV>),
    /// What the functions told between, where they were asked.
    pub(crate) story: Option<Story>,
    /// C_Login calls.
    pub(crate) logins: usize,
    /// How long the disturbed calls waited.
    pub(crate) waited: Duration,
}

impl Scenario {
    pub(crate) const ALL: [Self; 9] = [
        Self::Logout,
        Self::CloseSession,
        Self::CloseAllSessions,
        Self::Finalize,
        Self::SignAgainAndLogout,
        Self::SignThenLogout,
        Self::SignThenAsk,
        Self::Login,
        Self::LogoutBesideAnother,
    ];

    /// Whether somebody else keeps the card from being reset until the logout is over.
    pub(crate) fn is_kept_from_it(self) -> bool {
        self == Self::LogoutBesideAnother
    }

    /// Whether that is played in it. While another handle has a transaction, pcscd answers SCARD_E_SHARING_VIOLATION to
    /// `SCardGetAttrib`, and keeps a new connection waiting for as long: whoever lost the service then waits with it.
    pub(crate) fn can_meet(self, disturbance: &Disturbance) -> bool {
        self != Self::LogoutBesideAnother || disturbance.call.function != Function::GetAttrib
    }

    /// Plays it on a card that was put in anew.
    pub(crate) fn play(self, bench: &Bench, faults: &[Fault]) -> Played {
        bench.begin_anew();
        let slots = bench.client.slots(true).expect("an undisturbed list");
        let session = ManuallyDrop::new(bench.client.open(slots[0]));
        let mut logins = 1;
        if self != Self::Login {
            session.login(DEFAULT_PIN.as_bytes()).expect("an undisturbed login");
        }
        // The key is a private object: there is none to find before the login.
        let key = if self == Self::Login { 0 } else { session.object(CKO_PRIVATE_KEY) };
        if self == Self::SignAgainAndLogout {
            sign(&session, key).expect("an undisturbed signature");
        }
        let other = Program::new().expect("a service");
        let held = (self == Self::LogoutBesideAnother).then(|| {
            let connection = other.connect(READER, Share::Shared).expect("a shared card");
            connection.begin().expect("nobody else's transaction");
            connection
        });
        let began = clock::slept();
        service().plan(|plan| {
            plan.forget_calls();
            faults.iter().for_each(|fault| plan.add(*fault));
        });
        let mut story = None;
        match self {
            Self::SignAgainAndLogout => drop(sign(&session, key)),
            Self::SignThenLogout => {
                let _ = sign(&session, key);
                service().plan(Plan::clear);
            }
            Self::SignThenAsk => {
                let _ = sign(&session, key);
                service().plan(Plan::clear);
                story = Some(Story::told(&session, key));
                logins += 1;
            }
            _ => {}
        }
        let ended = self.end(bench, &session);
        let calls = service().plan(|plan| {
            plan.clear();
            plan.calls().to_vec()
        });
        let waited = clock::slept() - began;
        if let Some(connection) = held {
            // What happened to the card may have ended it already.
            let _ = connection.end(Disposition::Leave);
            let _ = connection.disconnect(Disposition::Leave);
        }
        Played { calls, ended, story, logins, waited }
    }

    fn end(self, bench: &Bench, session: &SessionGuard<'_>) -> (&'static str, Result<(), CK_RV>) {
        match self {
            Self::CloseSession => ("C_CloseSession", session.close()),
            Self::CloseAllSessions => {
                ("C_CloseAllSessions", checked(call!(bench.client.v2, C_CloseAllSessions, 0)))
            }
            Self::Finalize => ("C_Finalize", checked(bench.client.finalize())),
            Self::Login => match session.login(DEFAULT_PIN.as_bytes()) {
                Ok(()) => ("C_Logout", session.logout()),
                Err(_) => ("C_CloseSession", session.close()),
            },
            _ => ("C_Logout", session.logout()),
        }
    }
}

fn sign(session: &SessionGuard<'_>, key: CK_OBJECT_HANDLE) -> Result<Vec<u8>, CK_RV> {
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key)?;
    session.sign_once(MESSAGE)
}
