//! The fixture: a reader, two people's cards, the module with its sessions; each step is done and then judged by what the
//! cards themselves have seen (`judge`).

use std::mem::ManuallyDrop;
use std::sync::{Arc, OnceLock};

use cryptoki_sys::*;
use proptest_state_machine::StateMachineTest;
use testkit::pkcs11::{checked, mechanism};
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, SharedCard};

use crate::call;
use crate::common::apart::Count;
use crate::common::pin_commands::{locked, told};
use crate::common::{READER, SessionGuard, Stage};
use crate::minidriver::Acquired;
use crate::play::Play;
use crate::retry_model::RetryModel;
use crate::steps::{Deed, Login, PINS, Person, Step};

pub(crate) static STEPS: Count = Count::new();
/// What could be a PIN or PUK and was given to the module with a session.
pub(crate) static OFFERED: Count = Count::new();
pub(crate) static SENT: Count = Count::new();
pub(crate) static FAULTS: Count = Count::new();
/// Steps in which several things were done at once.
pub(crate) static AT_ONCE: Count = Count::new();

/// Steps, secrets offered, commands with a secret sent, faults that struck, steps of several things at once.
pub(crate) fn counts() -> [u64; 5] {
    [&STEPS, &OFFERED, &SENT, &FAULTS, &AT_ONCE].map(Count::now)
}

static PLAY: OnceLock<Play> = OnceLock::new();

/// Sessions that are open at once, at most.
const SESSIONS: usize = 4;

/// Says what this process plays with.
pub(crate) fn is_on(play: Play) {
    assert!(PLAY.set(play).is_ok(), "said once");
}

pub(crate) struct Fixture {
    pub(crate) stage: Stage,
    pub(crate) cards: [SharedCard; 2],
    pub(crate) models: [RetryModel; 2],
    pub(crate) sessions: Vec<Open>,
    pub(crate) minidriver: Option<Acquired>,
    /// Secrets given to the module with a session or to the minidriver with a context, and commands with one that came out of it.
    pub(crate) offered: usize,
    pub(crate) sent: usize,
    /// The command at which a card's fault comes due.
    pub(crate) planned: [Option<usize>; 2],
    /// The reader as it was at the end of the last step.
    pub(crate) seen: Observation,
}

/// A reader: the card in it; insertions, unless the service does not run.
pub(crate) type Observation = (Option<usize>, Option<u32>);

/// A session, and the card that it was opened with.
#[derive(Clone, Copy)]
pub(crate) struct Open {
    pub(crate) handle: CK_SESSION_HANDLE,
    pub(crate) card: usize,
    pub(crate) steps_dead: usize,
}

impl StateMachineTest for Fixture {
    type SystemUnderTest = Self;
    type Reference = Person;

    fn init_test(_: &Person) -> Self {
        let play = PLAY.get().expect("a play");
        let cards = [0, 1].map(|which| {
            let holder = [Holder::ROSSI, Holder::BIANCHI][which];
            let card = Card::builder(&play.personality).holder(holder).pin(PINS[which]);
            if play.has_signature_keyset { card.signature_keyset().shared() } else { card.shared() }
        });
        let mut stage = Stage::over(Readers::with_card(READER, Arc::clone(&cards[0])), Arc::clone(&cards[0]));
        if play.is_remembered {
            stage.remember();
        }
        let models = [RetryModel::of(&locked(&cards[0])), RetryModel::of(&locked(&cards[1]))];
        let mut fixture = Self {
            stage,
            cards,
            models,
            sessions: vec![],
            minidriver: None,
            offered: 0,
            sent: 0,
            planned: [None; 2],
            seen: (None, None),
        };
        fixture.seen = fixture.look();
        fixture
    }

    fn apply(mut fixture: Self, _: &Person, step: Step) -> Self {
        STEPS.add(1);
        let typed_into = fixture.perform(&step);
        if typed_into.is_some() {
            fixture.offered += step.offers().len();
            OFFERED.add(step.offers().len());
        }
        fixture.judge(&step, typed_into);
        fixture
    }

    fn check_invariants(fixture: &Self, _: &Person) {
        assert!(fixture.sent <= fixture.offered, "{} sent, {} offered", fixture.sent, fixture.offered);
    }
}

impl Fixture {
    /// Does the step; the session that a secret was typed into, if one was.
    fn perform(&mut self, step: &Step) -> Option<Open> {
        match step {
            Step::Login(login) => self.in_a_session(|session, _| log_in(session, CKU_USER, *login)),
            Step::AtOnce(deeds) => self.do_at_once(deeds),
            Step::SetPin(pin) => {
                self.in_a_session(|session, right| told(session.set_pin(pin.as_bytes(), right.as_bytes())))
            }
            Step::Unblock(puk) => self.in_a_session(|session, right| {
                told(session.login_as(CKU_SO, puk.as_bytes()))?;
                let _ = told(session.init_pin(right.as_bytes()));
                told(session.logout())
            }),
            Step::SignWithPin(login) => self.in_a_session(|session, _| sign(session, Some(*login))),
            Step::Minidriver(call) => self.call_minidriver(*call),
            Step::Logout => self.in_a_session(|session, _| told(session.logout())),
            Step::Sign => self.in_a_session(|session, _| sign(session, None)),
            Step::OpenAnother => self.open(),
            _ => {
                self.do_without_a_session(step);
                None
            }
        }
    }

    fn do_without_a_session(&mut self, step: &Step) {
        let client = self.stage.client;
        match step {
            Step::ReadTokenInfo => drop(told(client.token_info(0))),
            Step::WaitWithoutBlocking => drop(told(client.wait(CKF_DONT_BLOCK))),
            Step::CloseOne => drop(self.sessions.pop().map(|open| told(self.guard(open).close()))),
            Step::CloseAll => drop(told(checked(call!(client.v2, C_CloseAllSessions, 0)))),
            Step::Restart => {
                let _ = told(checked(client.finalize()));
                client.initialize();
                self.sessions.clear();
            }
            Step::Fault(after, accident, done) => self.plan(*after, accident, *done),
            _ => self.handle(step),
        }
    }

    /// Calls functions on the session a client would go on with, given the right PIN of its key. What the call answered
    /// is the module's affair, as long as it is no panic.
    fn in_a_session(
        &mut self,
        functions: impl FnOnce(&SessionGuard<'_>, &str) -> Result<(), CK_RV>,
    ) -> Option<Open> {
        let open = self.session()?;
        let _ = functions(&self.guard(open), PINS[open.card]);
        Some(open)
    }

    fn do_at_once(&mut self, deeds: &[Deed]) -> Option<Open> {
        let open = self.session()?;
        AT_ONCE.add(1);
        let fixture = &*self;
        std::thread::scope(|scope| {
            for deed in deeds {
                scope.spawn(move || {
                    let session = fixture.guard(open);
                    match deed {
                        Deed::Login(login) => drop(log_in(&session, CKU_USER, *login)),
                        Deed::Logout => drop(told(session.logout())),
                        Deed::Sign => drop(sign(&session, None)),
                        Deed::TakeOutAndPutBack => fixture.handle(&Step::TakeOutAndPutBack),
                        Deed::SwapForTheOther => fixture.handle(&Step::SwapForTheOther),
                        Deed::ResetByAnother => fixture.handle(&Step::ResetByAnother),
                    }
                });
            }
        });
        Some(open)
    }

    pub(crate) fn look(&self) -> Observation {
        let readers = &self.stage.readers;
        let inside = self.cards.iter().position(|card| readers.holds(READER, card));
        (inside, readers.reader(READER).ok().map(|reader| reader.events))
    }

    /// The session a client would go on with, or a new one. Nobody looks first whether its card is still there.
    fn session(&mut self) -> Option<Open> {
        match self.sessions.last() {
            Some(open) => Some(*open),
            None => self.open(),
        }
    }

    fn open(&mut self) -> Option<Open> {
        let before = self.look();
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        let session = told(self.stage.client.try_open(0, flags)).ok()?;
        let handle = ManuallyDrop::new(session).handle;
        // Swapped while it was opened: whose session it is, nobody at the fixture can say; so nothing is typed into it.
        let card = self.look().0.filter(|_| self.look() == before);
        let open = Open { handle, card: card.unwrap_or_default(), steps_dead: 0 };
        if card.is_none() {
            let _ = told(self.guard(open).close());
            return None;
        }
        if self.sessions.len() >= SESSIONS {
            let oldest = self.sessions.remove(0);
            let _ = told(self.guard(oldest).close());
        }
        self.sessions.push(open);
        Some(open)
    }

    /// The session to call functions on; it stays open.
    pub(crate) fn guard(&self, open: Open) -> ManuallyDrop<SessionGuard<'_>> {
        ManuallyDrop::new(SessionGuard { client: &self.stage.client, handle: open.handle })
    }
}

fn log_in(session: &SessionGuard<'_>, user: CK_USER_TYPE, login: Login) -> Result<(), CK_RV> {
    let pin = login.pin.as_bytes();
    told(if login.by_login_user { session.login_user(user, pin) } else { session.login_as(user, pin) })
}

/// Signs; with a PIN given in between, which no key asks for.
fn sign(session: &SessionGuard<'_>, with_pin: Option<Login>) -> Result<(), CK_RV> {
    let keys = told(session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())]))?;
    let [key] = keys[..] else { return Err(CKR_KEY_HANDLE_INVALID) };
    told(session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key))?;
    let authenticated = with_pin.map(|login| log_in(session, CKU_CONTEXT_SPECIFIC, login));
    let signed = told(session.sign_once(b"data"));
    authenticated.unwrap_or(Ok(())).and(signed.map(drop))
}
