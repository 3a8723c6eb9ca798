//! What may happen next to the one card: a front end asks it something, or the world does something to it.

use proptest::prelude::*;

/// The card's PIN is one of these; a change makes it the other. Neither is easy to guess, so `cns` takes both.
pub(crate) const PINS: [&str; 2] = ["73910", "84206"];
pub(crate) const WRONG_PIN: &str = "99182";
pub(crate) const PUK: &str = "12345678";
pub(crate) const WRONG_PUK: &str = "87654321";

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Ask(Ask),
    Logout,
    /// The programs that use the module and the minidriver end, and others begin.
    AnotherProcess,
    TakeOutAndPutBack,
    ResetByAnother,
    /// A program that is none of ours sends a VERIFY.
    VerifyByAnother {
        right: bool,
    },
}

/// Somebody asks a front end to send one command with a secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) front: Front,
    pub(crate) what: What,
    /// Whether the secret that is given is the card's.
    pub(crate) right: bool,
    pub(crate) lost: Option<Lost>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    Module,
    /// The Windows minidriver, by the Base CSP.
    Minidriver,
    /// `cns pin`, by a script.
    Script {
        last_try: bool,
    },
    /// `cns pin`, by a person at a terminal who answers so when asked to go on.
    Person {
        yes: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// `C_Login`, `CardAuthenticateEx`, `cns pin verify`.
    Verify,
    /// `C_SetPIN`, `CardChangeAuthenticatorEx`, `cns pin change`.
    Change,
    /// `C_InitPIN`, `CardChangeAuthenticatorEx`, `cns pin unblock`.
    Unblock,
}

/// The answer of the command with the secret does not arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost {
    /// The card carried the command out.
    pub(crate) executed: bool,
    /// The reader gave up waiting; else no byte came.
    pub(crate) timeout: bool,
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => ask().prop_map(Step::Ask),
        2 => Just(Step::Logout),
        3 => Just(Step::AnotherProcess),
        3 => Just(Step::TakeOutAndPutBack),
        2 => Just(Step::ResetByAnother),
        4 => any::<bool>().prop_map(|right| Step::VerifyByAnother { right }),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let front = prop_oneof![
        3 => Just(Front::Module),
        3 => Just(Front::Minidriver),
        2 => any::<bool>().prop_map(|last_try| Front::Script { last_try }),
        2 => any::<bool>().prop_map(|yes| Front::Person { yes }),
    ];
    let what = prop_oneof![5 => Just(What::Verify), 2 => Just(What::Change), 2 => Just(What::Unblock)];
    let lost = (any::<bool>(), any::<bool>()).prop_map(|(executed, timeout)| Lost { executed, timeout });
    // A card whose PUK is gone is of no use to the steps that follow.
    (front, what, 0..10u8, prop::option::weighted(0.08, lost)).prop_map(|(front, what, luck, lost)| {
        let right = luck < if what == What::Unblock { 8 } else { 3 };
        Ask { front, what, right, lost }
    })
}
