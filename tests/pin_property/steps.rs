//! What may happen next, and what the person at the desk knows of it: how many secrets were offered so far.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// The PINs of the two cards, and what people type instead.
pub(crate) const PINS: [&str; 2] = ["12345", "6789012"];
pub(crate) const PUK: &str = "12345678";
const TYPED: [&str; 9] = [PINS[0], PINS[0], PINS[1], "54321", "00000000", "1234", "", "12a45", "123456789"];
const TYPED_PUKS: [&str; 4] = [PUK, "87654321", "1234567", ""];
/// Answers that are no verdict on a PIN. A card that lies about its tries cannot be guarded.
const NO_VERDICTS: [&[u8]; 9] = [
    &[],
    &[0x90],
    &[0x00; 2],
    &[0x64, 0x00],
    &[0x65, 0x81],
    &[0x67, 0x00],
    &[0x61, 0x10],
    &[0x6C, 0x08],
    &[0x6F, 0x00],
];

/// A fault strikes after so many commands at most.
pub(crate) const FURTHEST_FAULT: usize = 8;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Login(&'static str),
    LoginFromThreads(Vec<&'static str>),
    SetPin(&'static str),
    Unblock(&'static str),
    Logout,
    Sign,
    Look,
    WaitWithoutBlocking,
    OpenAnother,
    CloseOne,
    CloseAll,
    Restart,
    TakeOut,
    PutIn(usize),
    TakeOutAndPutBack,
    SwapForTheOther,
    ResetByAnother,
    MoveByAnother,
    VerifyByAnother,
    /// At the command after so many others, this; carried out first or not.
    Fault(usize, Accident, bool),
}

#[derive(Debug, Clone)]
pub(crate) enum Accident {
    Answer(&'static [u8]),
    Timeout,
    Reset,
    Remove,
    Reinsert,
    Replace,
    Unplug,
    StopService,
}

/// The person at the desk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    /// Secrets offered to the module that a card could take for one.
    pub(crate) offered: usize,
}

impl ReferenceStateMachine for Person {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let pin = || prop::sample::select(TYPED.to_vec());
        prop_oneof![
            24 => pin().prop_map(Step::Login),
            3 => prop::collection::vec(pin(), 2..5).prop_map(Step::LoginFromThreads),
            4 => pin().prop_map(Step::SetPin),
            3 => prop::sample::select(TYPED_PUKS.to_vec()).prop_map(Step::Unblock),
            6 => Just(Step::Logout),
            3 => Just(Step::Sign),
            4 => Just(Step::Look),
            2 => Just(Step::WaitWithoutBlocking),
            3 => Just(Step::OpenAnother),
            3 => Just(Step::CloseOne),
            1 => Just(Step::CloseAll),
            2 => Just(Step::Restart),
            1 => Just(Step::TakeOut),
            2 => (0..2usize).prop_map(Step::PutIn),
            4 => Just(Step::TakeOutAndPutBack),
            2 => Just(Step::SwapForTheOther),
            4 => Just(Step::ResetByAnother),
            3 => Just(Step::MoveByAnother),
            1 => Just(Step::VerifyByAnother),
            12 => (0..FURTHEST_FAULT, accident(), any::<bool>()).prop_map(|(after, what, done)| Step::Fault(after, what, done)),
        ]
        .boxed()
    }

    fn apply(mut person: Self, step: &Step) -> Self {
        person.offered += step.offers().into_iter().filter(|secret| may_be_a_secret(secret)).count();
        person
    }
}

fn accident() -> impl Strategy<Value = Accident> {
    prop_oneof![
        8 => prop::sample::select(NO_VERDICTS.to_vec()).prop_map(Accident::Answer),
        2 => Just(Accident::Timeout),
        2 => Just(Accident::Reset),
        1 => Just(Accident::Remove),
        1 => Just(Accident::Reinsert),
        1 => Just(Accident::Replace),
        1 => Just(Accident::Unplug),
        1 => Just(Accident::StopService),
    ]
}

impl Step {
    /// The secrets that this step offers to the module.
    pub(crate) fn offers(&self) -> Vec<&'static str> {
        match self {
            Self::Login(secret) | Self::SetPin(secret) | Self::Unblock(secret) => vec![*secret],
            Self::LoginFromThreads(pins) => pins.clone(),
            _ => vec![],
        }
    }

    /// How many commands it may send at most: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.
    pub(crate) fn may_send(&self) -> [usize; 3] {
        match self {
            Self::Login(_) => [1, 0, 0],
            Self::LoginFromThreads(pins) => [pins.len(), 0, 0],
            Self::SetPin(_) => [0, 1, 0],
            Self::Unblock(_) => [0, 0, 1],
            _ => [0; 3],
        }
    }
}

/// Five to eight digits.
pub(crate) fn may_be_a_secret(typed: &str) -> bool {
    (5..=8).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit())
}
