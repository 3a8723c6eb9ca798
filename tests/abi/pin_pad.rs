//! A reader with a PIN pad (PKCS#11 2.40 5.5 and 5.6, CKF_PROTECTED_AUTHENTICATION_PATH): NULL for a PIN, and
//! the person types it there. Each test counts what reached the card.

use std::collections::VecDeque;
use std::ptr::null_mut;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use cns_card::{CardChannel, CardConnection, Continuity, Disposition, PinPad, PinPadCommand, TransportError};
use cryptoki_sys::*;
use virtual_cns::Personality;
use zeroize::Zeroizing;

use crate::common::{SessionGuard, Stage};
use testkit::in_process::{InProcess, Wrapped};
use testkit::pkcs11::{Rv, checked};

/// What the person does when the reader asks: types so many PINs, or makes the reader answer for itself.
#[derive(Clone)]
enum Deed {
    Types(&'static [&'static str]),
    Answers([u8; 2]),
}

type Person = Arc<Mutex<VecDeque<Deed>>>;

/// A connection as before, through a reader with a PIN pad and the same person.
struct Connection(Box<dyn CardConnection>, PinPad, Person);
struct Channel<'a>(Box<dyn CardChannel + 'a>, Person);

impl CardConnection for Connection {
    fn atr(&self) -> &[u8] {
        self.0.atr()
    }
    fn pin_pad(&self) -> PinPad {
        self.1
    }
    fn status(&mut self) -> Result<Continuity, TransportError> {
        self.0.status()
    }
    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let (channel, continuity) = self.0.begin()?;
        Ok((Box::new(Channel(channel, Arc::clone(&self.2))), continuity))
    }
    fn wait_until(&mut self, deadline: Option<Instant>) {
        self.0.wait_until(deadline);
    }
    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.disconnect(disposition)
    }
}

impl CardChannel for Channel<'_> {
    fn max_command_data(&self) -> Option<usize> {
        self.0.max_command_data()
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.0.transmit(command)
    }

    /// PC/SC part 10: the reader writes the digits, left-justified, over the padding of each field and sends the command.
    fn send_on_pin_pad(&mut self, entry: &PinPadCommand<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let pins = match self.1.lock().unwrap().pop_front().expect("nobody is there to type") {
            Deed::Types(pins) => pins,
            Deed::Answers(status) => return Ok(Zeroizing::new(status.to_vec())),
        };
        assert_eq!(pins.len(), entry.fields);
        let mut command = entry.command.to_vec();
        for (field, pin) in command[5..].chunks_mut(entry.field_length).zip(pins) {
            field[..pin.len()].copy_from_slice(pin.as_bytes());
        }
        self.0.transmit(&command)
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.end(disposition)
    }
}

fn stage(pin_pad: PinPad, deeds: &[Deed]) -> (Stage, Person) {
    let stage = Stage::with(&Personality::st2021());
    let person: Person = Arc::new(Mutex::new(deeds.iter().cloned().collect()));
    stage.client.finalize();
    let at_the_reader = Arc::clone(&person);
    let readers = Wrapped(InProcess(stage.readers.clone()), move |connection| {
        Box::new(Connection(connection, pin_pad, Arc::clone(&at_the_reader))) as Box<dyn CardConnection>
    });
    cns_pkcs11::testing::set_transport(Some(Arc::new(readers)));
    stage.client.initialize();
    stage.client.slots(true).expect("slots");
    (stage, person)
}

fn login(session: &SessionGuard) -> Rv<()> {
    checked(crate::call!(session.client.v2, C_Login, session.handle, CKU_USER, null_mut(), 0))
}

/// 3.0: the same with a user name, and there is none.
fn login_user(session: &SessionGuard) -> Rv<()> {
    let (v3, nobody) = (session.client.v3, null_mut());
    checked(crate::call!(v3, C_LoginUser, session.handle, CKU_USER, null_mut(), 0, nobody, 0))
}

fn set_pin(session: &SessionGuard) -> Rv<()> {
    checked(crate::call!(session.client.v2, C_SetPIN, session.handle, null_mut(), 0, null_mut(), 0))
}

/// VERIFYs that the card got, and tries left.
fn counts(stage: &Stage) -> (usize, u8) {
    let card = stage.card();
    (card.verify_count(), card.pin_tries_left())
}

const BOTH: PinPad = PinPad { verify: true, modify: true };

#[test]
fn what_is_typed_is_one_verify() {
    let deeds = [Deed::Answers([0x64, 0x01]), Deed::Types(&["00000"]), Deed::Types(&["12345"])];
    let (stage, person) = stage(BOTH, &deeds);
    let full = stage.card().pin_tries_left();
    assert_eq!(stage.client.token_info(0).expect("a token").flags & 0x100, 0x100);
    let session = stage.session();
    assert_eq!(login(&session), Err(CKR_FUNCTION_CANCELED));
    assert_eq!(counts(&stage), (0, full));
    assert_eq!(login(&session), Err(CKR_PIN_INCORRECT));
    assert_eq!(counts(&stage), (1, full - 1));
    assert_eq!(login(&session), Ok(()));
    assert_eq!(counts(&stage), (2, full));
    assert_eq!(session.info().expect("alive").state, CKS_RW_USER_FUNCTIONS);
    assert!(person.lock().unwrap().is_empty());
}

/// Whatever asked for a PIN at the PIN pad: where nobody typed one, or not in time, nothing was compared, and asking once
/// more is free.
#[test]
fn what_is_cancelled_at_the_pin_pad_costs_no_try() {
    for call in [login, login_user, set_pin] {
        let (stage, person) = stage(BOTH, &[Deed::Answers([0x64, 0x01]), Deed::Answers([0x64, 0x00])]);
        let full = stage.card().pin_tries_left();
        let session = stage.session();
        stage.forget();
        assert_eq!(
            (call(&session), call(&session)),
            (Err(CKR_FUNCTION_CANCELED), Err(CKR_FUNCTION_CANCELED))
        );
        assert_eq!(counts(&stage), (0, full));
        assert!(person.lock().unwrap().is_empty(), "the PIN pad was asked each time");
        let sent = stage.commands();
        assert!(!sent.iter().any(|name| name == "VERIFY" || name == "CHANGE REFERENCE DATA"), "{sent:?}");
        assert_eq!(session.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    }
}

#[test]
fn a_new_pin_is_typed_with_the_old_one() {
    let (stage, person) = stage(BOTH, &[Deed::Types(&["12345", "54321"])]);
    let session = stage.session();
    assert_eq!(set_pin(&session), Ok(()));
    assert_eq!(session.login(b"54321"), Ok(()));
    assert!(person.lock().unwrap().is_empty());
}

/// What the PIN pad cannot do is not asked of it, and a PIN that the program has is not typed.
#[test]
fn nobody_is_asked_to_type_in_vain() {
    let (first, _) = stage(PinPad { verify: true, modify: false }, &[]);
    first.forget();
    let session = first.session();
    assert_eq!(set_pin(&session), Err(CKR_ARGUMENTS_BAD));
    assert_eq!(session.login(b"12345"), Ok(()));
    assert_eq!(first.card().verify_count(), 1);
    drop(session);
    drop(first);
    let (second, _) = stage(PinPad::default(), &[]);
    assert_eq!(second.client.token_info(0).expect("a token").flags & 0x100, 0);
    let session = second.session();
    second.forget();
    assert_eq!((login(&session), set_pin(&session)), (Err(CKR_ARGUMENTS_BAD), Err(CKR_ARGUMENTS_BAD)));
    assert_eq!(second.commands(), Vec::<String>::new());
}

/// As in a process that is killed there: the PIN command may have been sent, and whoever comes next must know.
#[test]
fn a_pin_command_that_never_ended_counts_as_a_wrong_one() {
    let (stage, _nobody) = stage(PinPad { verify: true, modify: false }, &[]);
    login(&stage.session()).expect_err("a panic at the reader");
    let flags = stage.client.token_info(0).expect("a token").flags;
    assert_ne!(flags & CKF_USER_PIN_COUNT_LOW, 0);
    assert_eq!(stage.session().login(b"12345"), Ok(()));
    assert_eq!(stage.client.token_info(0).expect("a token").flags & CKF_USER_PIN_COUNT_LOW, 0);
}
