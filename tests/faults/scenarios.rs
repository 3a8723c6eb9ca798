//! What a client does while something goes wrong, and what must then be true of the card.

use cryptoki_sys::*;
use virtual_cns::{DEFAULT_PIN, DEFAULT_PUK};

use crate::bench::{Bench, PIN, Setting};
use crate::call;
use crate::common::SessionGuard;
use crate::common::oracle::{Hash, pkcs1_is_good};
use crate::incidents::Incident;
use crate::verdict::Calls;
use testkit::pkcs11::{checked, mechanism};

pub(crate) const MESSAGE: &[u8] = b"GET /FascicoloSanitario HTTP/1.1";
const NEW_PIN: &str = "8642097";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    List,
    /// Of a card that another process has listed.
    ListRemembered,
    Login,
    Sign,
    /// A later signature of the same login: one command (decision 0019).
    SignAgain,
    ChangePin,
    Unblock,
}

impl Scenario {
    /// Those that are played with a bench.
    pub(crate) fn of(setting: Setting) -> &'static [Self] {
        match setting {
            Setting::Plain => {
                &[Self::List, Self::Login, Self::Sign, Self::SignAgain, Self::ChangePin, Self::Unblock]
            }
            Setting::Remembering => &[Self::ListRemembered],
            Setting::SignatureKeyset => &[Self::Login, Self::Sign],
        }
    }

    /// Looks at what is public, from the beginning.
    pub(crate) fn reads_the_card(self) -> bool {
        matches!(self, Self::List | Self::ListRemembered)
    }

    /// The instruction of the only PIN command that the client asked for, if it asked for one.
    pub(crate) fn pin_instruction(self) -> Option<u8> {
        match self {
            Self::List | Self::ListRemembered | Self::Sign | Self::SignAgain => None,
            Self::Login => Some(0x20),
            Self::ChangePin => Some(0x24),
            Self::Unblock => Some(0x2C),
        }
    }

    /// What goes before, undisturbed: nothing for a list, for the others a session.
    pub(crate) fn prepare(self, bench: &Bench) -> Option<SessionGuard<'_>> {
        if self == Self::ListRemembered {
            bench.stage.client.token_info(0).expect("an undisturbed list");
            bench.stage.another_process();
        }
        if self.reads_the_card() {
            return None;
        }
        let session = bench.session();
        match self {
            Self::Sign => log_in(&session),
            Self::SignAgain => {
                log_in(&session);
                session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).expect("an undisturbed signature");
            }
            Self::Unblock => bench.stage.card().set_tries(PIN, 0),
            Self::List | Self::ListRemembered | Self::Login | Self::ChangePin => {}
        }
        Some(session)
    }

    /// Undisturbed, the scenario is what it is called: a certificate is not read again, a later signature is one command.
    pub(crate) fn is_what_it_says(self, commands: &[String]) -> bool {
        match self {
            // The end of the certificate is its proof.
            Self::ListRemembered => {
                commands.iter().any(|name| name.starts_with("READ BINARY") && name.ends_with(" 32"))
            }
            Self::SignAgain => commands.iter().all(|name| name.starts_with("PSO DECIPHER")),
            _ => true,
        }
    }

    /// The calls that are disturbed.
    pub(crate) fn attempt(
        self,
        bench: &Bench,
        session: Option<&SessionGuard<'_>>,
        incident: &Incident,
        calls: &Calls,
    ) {
        match (self, session) {
            (Self::Login, Some(session)) => {
                let outcome = calls.make("C_Login", || session.login(DEFAULT_PIN.as_bytes()));
                expect_pin_command(bench, calls, 0x20, outcome);
                let _ = calls.make("C_GetSessionInfo", || session.info());
            }
            (Self::Sign | Self::SignAgain, Some(session)) => sign(bench, session, calls),
            (Self::ChangePin, Some(session)) => {
                let outcome =
                    calls.make("C_SetPIN", || session.set_pin(DEFAULT_PIN.as_bytes(), NEW_PIN.as_bytes()));
                expect_pin_command(bench, calls, 0x24, outcome);
            }
            (Self::Unblock, Some(session)) => {
                let waits = calls.make("C_Login", || session.login_as(CKU_SO, DEFAULT_PUK.as_bytes()));
                calls.expect(waits.is_some(), || "the PUK waits in the module".to_owned());
                let outcome = calls.make("C_InitPIN", || session.init_pin(NEW_PIN.as_bytes()));
                expect_pin_command(bench, calls, 0x2C, outcome);
            }
            _ => list(bench, incident, calls),
        }
    }
}

/// Logs in as a person does: where a card's answer shows that the key is elsewhere, the PIN is asked for again.
fn log_in(session: &SessionGuard<'_>) {
    session.login(DEFAULT_PIN.as_bytes()).expect("an undisturbed login");
}

/// As a browser looks at a token: everything that is public.
fn list(bench: &Bench, incident: &Incident, calls: &Calls) {
    let client = &bench.stage.client;
    let _ = calls.make("C_GetSlotList", || client.slots(true));
    let _ = calls.make("C_GetTokenInfo", || client.token_info(0));
    let _ = calls.make("C_GetMechanismList", || client.mechanisms(0));
    let Some(session) = calls.make("C_OpenSession", || client.try_open(0, CKF_SERIAL_SESSION)) else {
        return;
    };
    for object in calls.make("C_FindObjects", || session.find(&[])).unwrap_or_default() {
        let class = calls.make("C_GetAttributeValue", || session.attribute(object, CKA_CLASS));
        let value =
            calls.make("C_GetAttributeValue", || session.attribute(object, CKA_VALUE).or_else(no_value));
        if class == Some(CKO_CERTIFICATE.to_ne_bytes().to_vec()) {
            let whole = bench.stage.card().certificate_der().to_vec();
            let others = bench.other().certificate_der().to_vec();
            let value = value.unwrap_or_default();
            let issued = value.is_empty() || value == whole || value == others;
            calls.expect(issued || incident.is_credible, || {
                format!("a certificate of {} bytes that nobody issued", value.len())
            });
        }
    }
}

/// A public key has no CKA_VALUE.
fn no_value(code: CK_RV) -> Result<Vec<u8>, CK_RV> {
    if code == CKR_ATTRIBUTE_TYPE_INVALID { Ok(vec![]) } else { Err(code) }
}

fn sign(bench: &Bench, session: &SessionGuard<'_>, calls: &Calls) {
    let keys = calls.make("C_FindObjects", || session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())]));
    let [key] = keys.unwrap_or_default()[..] else { return calls.expect(false, || "no key".to_owned()) };
    let begun = calls.make("C_SignInit", || session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key));
    calls.expect(begun.is_some(), || "no card is asked yet".to_owned());
    if let Some(signature) = calls.make("C_Sign", || session.sign_once(MESSAGE)) {
        let good = pkcs1_is_good(&bench.certificate(), Hash::Sha256, MESSAGE, &signature);
        calls.expect(good, || "a wrong signature was given out as a success".to_owned());
    }
}

/// A success must be the card's: it carried the command out and said so.
fn expect_pin_command(bench: &Bench, calls: &Calls, instruction: u8, outcome: Option<()>) {
    if outcome.is_some() {
        let carried_out = bench
            .stage
            .card()
            .transcript()
            .iter()
            .any(|exchange| exchange.ins == instruction && exchange.lc > 0 && exchange.sw == 0x9000);
        calls.expect(carried_out, || format!("a success of {instruction:02X} that no card gave"));
    }
}

/// Lists, logs in and signs without disturbance, in the same process and with the card as it is.
///
/// # Errors
/// The first call that did not work, with its code.
pub(crate) fn clean_attempt(bench: &Bench, pin: &str) -> Result<(), String> {
    let client = &bench.stage.client;
    let step = |function: &str, code: CK_RV| format!("{function} {code:#x}");
    client.slots(true).map_err(|code| step("C_GetSlotList", code))?;
    let session = client
        .try_open(0, CKF_SERIAL_SESSION | CKF_RW_SESSION)
        .map_err(|code| step("C_OpenSession", code))?;
    if bench.stage.card().tries_left(PIN) == Some(0) {
        session
            .login_as(CKU_SO, DEFAULT_PUK.as_bytes())
            .map_err(|code| step("C_Login with the PUK", code))?;
        session.init_pin(pin.as_bytes()).map_err(|code| step("C_InitPIN", code))?;
        session.logout().map_err(|code| step("C_Logout of the PUK", code))?;
    }
    match session.login(pin.as_bytes()) {
        Ok(()) | Err(CKR_USER_ALREADY_LOGGED_IN) => {}
        Err(code) => return Err(step("C_Login", code)),
    }
    let keys = session
        .find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])
        .map_err(|code| step("C_FindObjects", code))?;
    let [key] = keys[..] else { return Err(format!("{} keys", keys.len())) };
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).map_err(|code| step("C_SignInit", code))?;
    let signature = session.sign_once(MESSAGE).map_err(|code| step("C_Sign", code))?;
    let good = pkcs1_is_good(&bench.certificate(), Hash::Sha256, MESSAGE, &signature);
    let logged_out = checked(call!(client.v2, C_Logout, session.handle));
    logged_out.map_err(|code| step("C_Logout", code))?;
    if good { Ok(()) } else { Err("a wrong signature".to_owned()) }
}

/// The PIN that the card has now.
pub(crate) fn pin_of(bench: &Bench) -> &'static str {
    if bench.stage.card().has_pin(PIN, NEW_PIN) { NEW_PIN } else { DEFAULT_PIN }
}
