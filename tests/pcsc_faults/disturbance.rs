//! What is done to PC/SC in a case: an error or an event, before or after the function ran, and which calls it strikes.

use virtual_pcsc::codes::*;
use virtual_pcsc::{Call, Calls, Code, Effect, Event, Fault, Function, When};

/// Functions that are called only once something has failed: they fail then, too.
const OF_RECOVERY: [Function; 5] = [
    Function::Reconnect,
    Function::Connect,
    Function::Disconnect,
    Function::GetStatusChange,
    Function::EstablishContext,
];

/// What may happen to the card instead.
const EVENTS: [Event; 3] = [Event::Reset, Event::Reinserted, Event::Restarted];
/// So many calls of a function are disturbed, and the last one.
const FIRST_CALLS: usize = 3;

/// Which calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// One.
    Once,
    /// That one, and then the first of another function.
    ThenFirst(Function),
    /// All of that function, for as long as the logout lasts.
    OfTheFunction,
    /// All of all functions, for as long as the logout lasts.
    Everything,
}

impl Reach {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let then = OF_RECOVERY.into_iter().map(Self::ThenFirst);
        [Self::Once, Self::OfTheFunction, Self::Everything].into_iter().chain(then)
    }
}

/// One disturbance, at the call with this number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disturbance {
    pub(crate) number: usize,
    pub(crate) call: Call,
    pub(crate) effect: Effect,
    pub(crate) when: When,
    pub(crate) reach: Reach,
}

/// An error, false where that can be found out. That the card was reset, or lost its power, a program can only believe:
/// whoever reset it may have logged in since.
fn effect(code: Code) -> Effect {
    if [W_RESET_CARD, W_UNPOWERED_CARD].contains(&code) { Effect::Tells(code) } else { Effect::Answers(code) }
}

/// A service looks at what happened to the card, and whose it is, before it begins a transaction: with these answers
/// none was begun.
fn can_answer(call: &Call, when: When, code: Code) -> bool {
    let before = [
        E_NO_SMARTCARD,
        E_SERVER_TOO_BUSY,
        E_SHARING_VIOLATION,
        W_REMOVED_CARD,
        W_RESET_CARD,
        W_UNPOWERED_CARD,
    ];
    call.function != Function::BeginTransaction || when == When::Before || !before.contains(&code)
}

impl Disturbance {
    /// All that can be done to calls that were made undisturbed. Of a function that is called again and again while it
    /// waits, the first calls and the last one.
    pub(crate) fn all(calls: &[Call]) -> impl Iterator<Item = Self> {
        let like = |call: &Call, other: &Call| {
            (call.function, call.instruction) == (other.function, other.instruction)
        };
        let matters = move |number: usize, call: &Call| {
            let before = calls[..number].iter().filter(|other| like(call, other)).count();
            before < FIRST_CALLS || !calls[number + 1..].iter().any(|other| like(call, other))
        };
        let calls = calls.iter().enumerate().filter(move |(number, call)| matters(*number, call));
        calls.flat_map(|(number, call)| {
            let call = *call;
            let of = move |when, effect, reach| Self { number, call, effect, when, reach };
            [When::Before, When::After].into_iter().flat_map(move |when| {
                let codes =
                    ERRORS.iter().map(|(code, _)| *code).filter(move |code| can_answer(&call, when, *code));
                let errors =
                    codes.flat_map(move |code| Reach::all().map(move |reach| of(when, effect(code), reach)));
                errors.chain(EVENTS.map(|event| of(when, Effect::Happens(event), Reach::Once)))
            })
        })
    }

    /// Whether nothing may be possible until the fault is gone.
    pub(crate) fn lasts(&self) -> bool {
        self.reach != Reach::Once
    }

    /// Whether every function said that the reader is gone: then nothing tells that it is not.
    pub(crate) fn hides_the_reader(&self) -> bool {
        let gone = [E_READER_UNAVAILABLE, E_UNKNOWN_READER].map(Effect::Answers);
        self.reach == Reach::Everything && gone.contains(&self.effect)
    }

    /// Whether no handle could be let go: what it holds is free when the program ends.
    pub(crate) fn keeps_handles(&self) -> bool {
        self.reach == Reach::Everything && self.when == When::Before
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        let fault = |calls| Fault { calls, effect: self.effect, when: self.when };
        match self.reach {
            Reach::Once => vec![fault(Calls::Number(self.number))],
            Reach::ThenFirst(function) => {
                vec![fault(Calls::Number(self.number)), fault(Calls::First(function, self.number + 1))]
            }
            Reach::OfTheFunction => vec![fault(Calls::Of(self.call.function, self.number))],
            Reach::Everything => vec![fault(Calls::From(self.number))],
        }
    }

    /// The function, with the instruction that it sends.
    pub(crate) fn function(&self) -> String {
        match self.call.instruction {
            Some(instruction) => format!("{:?} {instruction:02X}", self.call.function),
            None => format!("{:?}", self.call.function),
        }
    }

    pub(crate) fn error(&self) -> String {
        match self.effect {
            Effect::Answers(code) | Effect::Tells(code) => name(code).to_owned(),
            Effect::Happens(event) => format!("({event:?})"),
        }
    }
}
