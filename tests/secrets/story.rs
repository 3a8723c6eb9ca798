//! Every call with a secret, well and badly ended, and the memory looked through after each.

use std::sync::{Arc, MutexGuard, PoisonError};

use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Effect, Fault, Personality, SharedCard, When};

use crate::common::client::Rv;
use crate::common::{Client, READER, SessionGuard};
use crate::exchanging::{Manner, SecretCommand, behave, exchanging, seen};
use crate::hidden::{Hidden, protection};

const VERIFY: u8 = 0x20;
const CHANGE_REFERENCE_DATA: u8 = 0x24;
const RESET_RETRY_COUNTER: u8 = 0x2C;

/// A card in a reader, the module, and the one secret that is typed for PIN and PUK.
pub(crate) struct Fixture {
    pub(crate) client: Client,
    pub(crate) secret: Hidden,
    readers: Readers,
    card: SharedCard,
}

impl Fixture {
    pub(crate) fn with(personality: &Personality) -> Self {
        let card = Card::new(personality).shared();
        let readers = Readers::with_card(READER, Arc::clone(&card));
        let client = Client::load();
        client.finalize();
        cns_pkcs11::testing::set_transport(Some(Arc::new(exchanging(readers.clone()))));
        client.initialize();
        client.slots(true).expect("slots");
        Self { client, secret: Hidden::new(), readers, card }
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A security officer's login, with the PUK in protected memory and nowhere else.
    pub(crate) fn with_a_puk_waiting(&self, wanted: &[&str]) -> SessionGuard<'_> {
        let session = self.client.open(0);
        session.login_as(CKU_SO, &self.secret.shown()).expect("the PUK waits for C_InitPIN");
        let places = self.secret.places();
        assert_eq!(places.len(), 1, "the PUK waits once");
        assert_eq!(protection(places[0]), wanted, "the waiting PUK");
        session
    }

    /// Makes a call with the secret, wipes what was typed, and looks through the memory.
    fn call(&self, what: &str, wanted: Rv<()>, call: impl FnOnce(&[u8]) -> Rv<()>) {
        let typed = self.secret.shown();
        assert_eq!(self.secret.copies(), 1, "the scan finds what is there");
        let answer = call(&typed);
        drop(typed);
        assert_eq!(answer, wanted, "{what}");
        self.nothing_is_left(what);
    }

    fn nothing_is_left(&self, after: &str) {
        assert_eq!(self.secret.copies(), 0, "copies left after {after}");
    }

    fn card_loses_its_answer_to(&self, instruction: u8) {
        let fault = Fault::new(When::Instruction(instruction), Effect::Timeout);
        self.card().faults().plan(fault.after_execution());
    }

    /// Out and in again: what was guarded of the tries begins anew.
    fn put_in_again(&self) {
        let card = self.readers.remove(READER).expect("a card");
        card.lock().expect("sound").faults().clear();
        self.readers.insert(READER, card);
        self.client.slots(true).expect("slots");
    }
}

/// The whole story with one card; `wanted` is how the memory of each PIN command is to be protected.
#[allow(clippy::print_stderr, reason = "which card a failing test was on")]
pub(crate) fn of_a_card(personality: &Personality, wanted: &[&'static str]) {
    eprintln!("on {}", personality.name());
    let fixture = Fixture::with(personality);
    seen();
    pins(&fixture);
    let protected = |instruction| SecretCommand(instruction, wanted.to_vec());
    let (verify, change) = (protected(VERIFY), protected(CHANGE_REFERENCE_DATA));
    assert_eq!(seen(), [&verify, &verify, &change, &change, &verify, &verify, &verify].map(Clone::clone));
    puks(&fixture, wanted);
    assert_eq!(seen(), [(); 3].map(|()| protected(RESET_RETRY_COUNTER)));
    fixture.client.finalize();
}

fn pins(fixture: &Fixture) {
    let session = fixture.client.open(0);
    behave(Manner::Wrong);
    fixture.call("a wrong PIN", Err(CKR_PIN_INCORRECT), |pin| session.login(pin));
    behave(Manner::Right);
    fixture.call("a login", Ok(()), |pin| session.login(pin));
    fixture.call("C_SetPIN", Ok(()), |pin| session.set_pin(pin, pin));
    behave(Manner::Wrong);
    fixture.call("C_SetPIN with a wrong PIN", Err(CKR_PIN_INCORRECT), |pin| session.set_pin(pin, pin));
    behave(Manner::Right);
    // With a try missing, a card that reports its counter would be asked for it first.
    fixture.call("the right PIN", Ok(()), |pin| session.login(pin));
    fixture.put_in_again();

    let session = fixture.client.open(0);
    fixture.card_loses_its_answer_to(VERIFY);
    fixture.call("a login without answer", Err(CKR_DEVICE_ERROR), |pin| session.login(pin));
    fixture.put_in_again();
    let session = fixture.client.open(0);
    behave(Manner::Panics);
    fixture.call("a panic", Err(CKR_GENERAL_ERROR), |pin| session.login(pin));
    behave(Manner::Right);
    fixture.put_in_again();
}

fn puks(fixture: &Fixture, wanted: &[&str]) {
    let waiting = || fixture.with_a_puk_waiting(wanted);
    let init_pin = |session: &SessionGuard<'_>| {
        let new = fixture.secret.shown();
        session.init_pin(&new)
    };
    let session = waiting();
    assert_eq!(init_pin(&session), Ok(()));
    fixture.nothing_is_left("C_InitPIN");
    session.logout().expect("logged out");
    drop(session);

    let session = waiting();
    behave(Manner::Wrong);
    assert_eq!(init_pin(&session), Err(CKR_PIN_INCORRECT));
    behave(Manner::Right);
    fixture.nothing_is_left("C_InitPIN with a wrong PUK");
    drop(session);
    fixture.put_in_again();

    let session = waiting();
    fixture.card_loses_its_answer_to(RESET_RETRY_COUNTER);
    assert_eq!(init_pin(&session), Err(CKR_DEVICE_ERROR));
    fixture.nothing_is_left("C_InitPIN without answer");
    drop(session);
    fixture.put_in_again();

    let session = waiting();
    session.logout().expect("logged out");
    fixture.nothing_is_left("C_Logout");
    drop(session);
    waiting().close().expect("the last session ends");
    fixture.nothing_is_left("the last session's end");

    // The next call that looks at the reader, whatever it wants, finds the card gone.
    let _session = waiting();
    let card = fixture.readers.remove(READER).expect("a card");
    assert!(!fixture.client.is_present(0));
    fixture.nothing_is_left("the card's removal");
    fixture.readers.insert(READER, card);

    let _session = waiting();
    fixture.client.finalize();
    fixture.nothing_is_left("C_Finalize");
    fixture.client.initialize();
}
