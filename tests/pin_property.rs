//! No PIN try is spent that a person did not spend: random sequences of what clients, people and other programs do,
//! on every card, against a model of three lines: how often a right or wrong PIN was offered, and when the card was last
//! taken out.

mod common;

use cryptoki_sys::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use virtual_cns::Personality;
use virtual_cns::in_process::{Disposition, Sharing};

use common::client::mechanism;
use common::{READER, SessionGuard, Stage};

/// Sequences per card, and steps in each.
const SEQUENCES: u32 = 60;
const STEPS: usize = 40;

#[derive(Debug, Clone)]
enum Step {
    Login(&'static [u8]),
    Logout,
    SetPin(&'static [u8]),
    Sign,
    Look,
    Reopen,
    Restart,
    TakeOutAndPutBack,
    ResetByAnother,
    MoveByAnother,
}

const RIGHT: &[u8] = b"12345";
const PINS: [&[u8]; 7] = [RIGHT, RIGHT, b"54321", b"00000000", b"1234", b"", b"12a45"];

fn step() -> impl Strategy<Value = Step> {
    let pin = || prop::sample::select(PINS.to_vec());
    prop_oneof![
        6 => pin().prop_map(Step::Login),
        2 => Just(Step::Logout),
        1 => pin().prop_map(Step::SetPin),
        3 => Just(Step::Sign),
        1 => Just(Step::Look),
        1 => Just(Step::Reopen),
        1 => Just(Step::Restart),
        1 => Just(Step::TakeOutAndPutBack),
        1 => Just(Step::ResetByAnother),
        1 => Just(Step::MoveByAnother),
    ]
}

/// What a person knows of the card, without looking into it.
struct Ledger {
    full: u8,
    left: u8,
    /// Tries left when the card was last put in.
    at_insertion: u8,
    offered: usize,
}

fn is_pin(pin: &[u8]) -> bool {
    (5..=8).contains(&pin.len()) && pin.iter().all(u8::is_ascii_digit)
}

/// VERIFYs with a PIN in them; one without asks for the counter, which some cards allow.
fn verifications(stage: &Stage) -> usize {
    stage.card().transcript().iter().filter(|exchange| exchange.ins == 0x20 && exchange.lc > 0).count()
}

fn play(stage: &Stage, steps: &[Step]) -> Result<(), TestCaseError> {
    let full = stage.card().pin_tries_left();
    let mut ledger = Ledger { full, left: full, at_insertion: full, offered: 0 };
    let mut session: Option<SessionGuard<'_>> = None;
    for step in steps {
        let before = verifications(stage);
        let before_left = ledger.left;
        let open = session.take().filter(|session| session.info().is_ok());
        let current = match open {
            Some(session) => session,
            None => stage.client.open(0),
        };
        let mut offered: Option<(&[u8], Result<(), CK_RV>)> = None;
        match step {
            Step::Login(pin) => offered = Some((pin, current.login(pin))),
            // The new PIN is the old one, so that the ledger stays short.
            Step::SetPin(pin) => offered = Some((pin, current.set_pin(pin, RIGHT))),
            Step::Logout => drop(current.logout()),
            Step::Sign => {
                if let Ok(keys) = current.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])
                    && let [key] = keys[..]
                    && current.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).is_ok()
                {
                    let _ = current.sign_once(b"data");
                }
            }
            Step::Look => drop(stage.client.token_info(0)),
            Step::Reopen => drop(current.close()),
            Step::Restart => {
                stage.client.finalize();
                stage.client.initialize();
            }
            Step::TakeOutAndPutBack => {
                stage.readers.remove(READER);
                stage.readers.insert(READER, stage.card.clone());
                ledger.at_insertion = ledger.left;
            }
            Step::ResetByAnother => stage.readers.reset(READER),
            Step::MoveByAnother => {
                let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
                rival.begin().expect("a transaction");
                let _ = rival.transmit(&[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03, 0x00]);
                rival.end(Disposition::Leave).expect("its end");
                rival.disconnect(Disposition::Leave);
            }
        }
        session = Some(current);

        let sent = verifications(stage) - before;
        let is_login = matches!(step, Step::Login(_));
        prop_assert!(sent <= usize::from(is_login), "{step:?} sent {sent} VERIFYs");
        if let Some((pin, outcome)) = offered {
            ledger.offered += usize::from(is_pin(pin));
            prop_assert!(is_pin(pin) || sent == 0, "{pin:?} reached the card");
            match outcome {
                Ok(()) => ledger.left = ledger.full,
                Err(CKR_PIN_INCORRECT | CKR_PIN_LOCKED) if is_pin(pin) => {
                    ledger.left = ledger.left.saturating_sub(1);
                }
                Err(_) => {}
            }
        }
        let left = stage.card().pin_tries_left();
        prop_assert_eq!(left, ledger.left, "after {:?}", step);
        let went_now = left == 0 && before_left > 0;
        prop_assert!(
            !went_now || ledger.at_insertion == 1,
            "the last try went without the card being taken out"
        );
        prop_assert!(verifications(stage) <= ledger.offered);
    }
    Ok(())
}

#[test]
fn no_sequence_of_calls_spends_a_try_that_nobody_offered() {
    for personality in Personality::all() {
        let mut runner =
            TestRunner::new(Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() });
        let sequences = prop::collection::vec(step(), 1..STEPS);
        let outcome = runner.run(&sequences, |steps| play(&Stage::with(personality), &steps));
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", personality.name()));
    }
}
