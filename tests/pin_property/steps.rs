//! What may happen next.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use virtual_cns::holders::{DEFAULT_SIGNATURE_PIN, DEFAULT_SIGNATURE_PUK};

/// The PINs of the two cards' login keys, and what people type instead.
pub(crate) const PINS: [&str; 2] = ["12345", "6789012"];
pub(crate) const PUK: &str = "12345678";
const TYPED: [&str; 11] = [
    PINS[0],
    PINS[0],
    PINS[1],
    DEFAULT_SIGNATURE_PIN,
    DEFAULT_SIGNATURE_PIN,
    "54321",
    "00000000",
    "1234",
    "",
    "12a45",
    "123456789",
];
const TYPED_PUKS: [&str; 6] = [PUK, DEFAULT_SIGNATURE_PUK, "87654321", "1234567", "12345", ""];
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
const FURTHEST_FAULT: usize = 8;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Login(Login),
    /// All of it in threads at once.
    AtOnce(Vec<Deed>),
    SetPin(&'static str),
    Unblock(&'static str),
    /// Through the Windows minidriver.
    Minidriver(Call),
    Logout,
    Sign,
    /// A signature with a PIN given in between (`CKU_CONTEXT_SPECIFIC`), which no key asks for: it is sent nowhere.
    SignWithPin(Login),
    ReadTokenInfo,
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

/// What is typed, and by which function it is given to the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login {
    pub(crate) pin: &'static str,
    /// `C_LoginUser` of 3.0; else `C_Login`.
    pub(crate) by_login_user: bool,
}

/// What a program asks of the minidriver, in a transaction of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    /// `CardAuthenticateEx`, and a signature; the card is reset after it, or left as it is.
    Authenticate(&'static str, bool),
    /// `CardChangeAuthenticatorEx` by the old PIN.
    Change(&'static str),
    /// The same by the PUK.
    Unblock(&'static str),
    Sign,
    /// Another handle.
    ConnectAgain,
    /// The context ends.
    Delete,
}

/// What happens at the same time as other things.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Login(Login),
    Logout,
    Sign,
    TakeOutAndPutBack,
    SwapForTheOther,
    ResetByAnother,
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

/// The person at the fixture, who does anything at any time; what came of it, the fixture knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person;

impl ReferenceStateMachine for Person {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        prop_oneof![
            24 => login().prop_map(Step::Login),
            2 => prop::collection::vec(login().prop_map(Deed::Login), 2..5).prop_map(Step::AtOnce),
            4 => prop::collection::vec(deed(), 2..5).prop_map(Step::AtOnce),
            4 => typed().prop_map(Step::SetPin),
            3 => prop::sample::select(TYPED_PUKS.to_vec()).prop_map(Step::Unblock),
            16 => call().prop_map(Step::Minidriver),
            6 => Just(Step::Logout),
            3 => Just(Step::Sign),
            3 => login().prop_map(Step::SignWithPin),
            4 => Just(Step::ReadTokenInfo),
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

    fn apply(person: Self, _: &Step) -> Self {
        person
    }
}

fn typed() -> impl Strategy<Value = &'static str> {
    prop::sample::select(TYPED.to_vec())
}

fn login() -> impl Strategy<Value = Login> {
    (typed(), any::<bool>()).prop_map(|(pin, by_login_user)| Login { pin, by_login_user })
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        8 => (typed(), any::<bool>()).prop_map(|(pin, is_reset)| Call::Authenticate(pin, is_reset)),
        2 => typed().prop_map(Call::Change),
        2 => prop::sample::select(TYPED_PUKS.to_vec()).prop_map(Call::Unblock),
        1 => Just(Call::Sign),
        1 => Just(Call::ConnectAgain),
        1 => Just(Call::Delete),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => login().prop_map(Deed::Login),
        2 => Just(Deed::Logout),
        2 => Just(Deed::Sign),
        1 => Just(Deed::TakeOutAndPutBack),
        1 => Just(Deed::SwapForTheOther),
        2 => Just(Deed::ResetByAnother),
    ]
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
    /// The secrets that this step offers to a front end which a card could take for one: a PIN has five to eight digits,
    /// a PUK eight (SECURITY.md).
    pub(crate) fn offers(&self) -> Vec<&'static str> {
        let typed = match self {
            Self::Login(login) => vec![login.pin],
            Self::SetPin(secret) | Self::Unblock(secret) => vec![*secret],
            Self::Minidriver(
                Call::Authenticate(secret, _) | Call::Change(secret) | Call::Unblock(secret),
            ) => vec![*secret],
            Self::AtOnce(deeds) => deeds.iter().filter_map(Deed::offers).collect(),
            _ => vec![],
        };
        let lengths = if self.is_of_the_puk() { 8..=8 } else { 5..=8 };
        let may_be_one = |secret: &&str| {
            lengths.contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_digit())
        };
        typed.into_iter().filter(may_be_one).collect()
    }

    /// How many commands it may send at most: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.
    pub(crate) fn may_send(&self) -> [usize; 3] {
        match self {
            Self::Login(_) | Self::Minidriver(Call::Authenticate(..)) => [1, 0, 0],
            Self::AtOnce(_) => [self.offers().len(), 0, 0],
            Self::SetPin(_) | Self::Minidriver(Call::Change(_)) => [0, 1, 0],
            Self::Unblock(_) | Self::Minidriver(Call::Unblock(_)) => [0, 0, 1],
            _ => [0; 3],
        }
    }

    pub(crate) fn is_of_the_puk(&self) -> bool {
        matches!(self, Self::Unblock(_) | Self::Minidriver(Call::Unblock(_)))
    }
}

impl Deed {
    fn offers(&self) -> Option<&'static str> {
        if let Self::Login(login) = self { Some(login.pin) } else { None }
    }
}
