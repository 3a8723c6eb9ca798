//! The desk: a reader, two people's cards, the module with its sessions; each step is done and then judged by what the
//! cards themselves have seen.

use std::sync::{Arc, MutexGuard, OnceLock, PoisonError};

use cryptoki_sys::*;
use proptest_state_machine::StateMachineTest;
use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Readers, Sharing};
use virtual_cns::{Card, Effect, Fault, Holder, Personality, SharedCard};

use crate::call;
use crate::common::client::mechanism;
use crate::common::{READER, SessionGuard, Stage};
use crate::figures::{FAULTS, OFFERED, SENT, STEPS};
use crate::ledger::{Ledger, secrets_sent};
use crate::steps::{Accident, FURTHEST_FAULT, PINS, PUK, Person, Step, may_be_a_secret};

static PERSONALITY: OnceLock<Personality> = OnceLock::new();

/// Sessions that are open at once, at most.
const SESSIONS: usize = 4;

/// A client goes on with a session for so many steps after its card is gone.
const STUBBORN: usize = 4;

/// Says which cards this process plays with.
pub(crate) fn is_on(personality: Personality) {
    PERSONALITY.set(personality).expect("said once");
}

pub(crate) struct Desk {
    stage: Stage,
    cards: [SharedCard; 2],
    ledgers: [Ledger; 2],
    sessions: Vec<Open>,
    sent: usize,
    planned: bool,
    /// The reader as it was at the end of the last step: the card in it, insertions, whether the service ran.
    seen: Seen,
}

type Seen = (Option<usize>, Option<u32>);

/// A session, and the card that it was opened with.
#[derive(Clone, Copy)]
struct Open {
    handle: CK_SESSION_HANDLE,
    card: usize,
    steps_dead: usize,
}

impl StateMachineTest for Desk {
    type SystemUnderTest = Self;
    type Reference = Person;

    fn init_test(_: &Person) -> Self {
        let personality = PERSONALITY.get().expect("a personality");
        let cards = [Holder::ROSSI, Holder::BIANCHI].map(|holder| Card::builder(personality).holder(holder));
        let mut pins = PINS.into_iter();
        let cards = cards.map(|card| card.pin(pins.next().expect("two")).shared());
        let stage = Stage::over(Readers::with_card(READER, Arc::clone(&cards[0])), Arc::clone(&cards[0]));
        let ledgers = [Ledger::of(&locked(&cards[0])), Ledger::of(&locked(&cards[1]))];
        let mut desk =
            Self { stage, cards, ledgers, sessions: vec![], sent: 0, planned: false, seen: (None, None) };
        desk.seen = desk.look();
        desk
    }

    fn apply(mut desk: Self, _: &Person, step: Step) -> Self {
        STEPS.add(1);
        OFFERED.add(step.offers().len());
        let typed_for = desk.perform(&step);
        desk.judge(&step, typed_for);
        desk
    }

    fn check_invariants(desk: &Self, person: &Person) {
        assert!(desk.sent <= person.offered, "{} sent, {} offered", desk.sent, person.offered);
    }
}

impl Desk {
    /// Does the step; the card that a secret was typed for, if one was offered.
    fn perform(&mut self, step: &Step) -> Option<usize> {
        match step {
            Step::Login(pin) => {
                let open = self.session()?;
                let _ = self.guard(open).login(pin.as_bytes());
                return Some(open.card);
            }
            Step::LoginFromThreads(pins) => {
                let open = self.session()?;
                std::thread::scope(|scope| {
                    for pin in pins {
                        let session = self.guard(open);
                        scope.spawn(move || session.login(pin.as_bytes()));
                    }
                });
                return Some(open.card);
            }
            Step::SetPin(pin) => {
                let open = self.session()?;
                let _ = self.guard(open).set_pin(pin.as_bytes(), PINS[open.card].as_bytes());
                return Some(open.card);
            }
            Step::Unblock(puk) => {
                let open = self.session()?;
                let session = self.guard(open);
                if session.login_as(CKU_SO, puk.as_bytes()).is_ok() {
                    let _ = session.init_pin(PINS[open.card].as_bytes());
                    let _ = session.logout();
                }
                return Some(open.card);
            }
            Step::Logout => drop(self.session().map(|open| self.guard(open).logout())),
            Step::Sign => drop(self.session().map(|open| sign(&self.guard(open)))),
            Step::Look => drop(self.stage.client.token_info(0)),
            Step::WaitWithoutBlocking => {
                let mut slot = 0;
                let _ = call!(
                    self.stage.client.v2,
                    C_WaitForSlotEvent,
                    CKF_DONT_BLOCK,
                    &mut slot,
                    std::ptr::null_mut()
                );
            }
            Step::OpenAnother => drop(self.open()),
            Step::CloseOne => drop(self.sessions.pop().map(|open| self.guard(open).close())),
            Step::CloseAll => {
                let _ = call!(self.stage.client.v2, C_CloseAllSessions, 0);
            }
            Step::Restart => {
                self.stage.client.finalize();
                self.stage.client.initialize();
                self.sessions.clear();
            }
            Step::Fault(after, accident, done) => self.plan(*after, accident, *done),
            _ => self.handle(step),
        }
        None
    }

    /// What people and other programs do.
    fn handle(&mut self, step: &Step) {
        self.stage.readers.start_service();
        self.stage.readers.plug_in(READER);
        let inside = self.look().0;
        let readers = &self.stage.readers;
        match step {
            Step::TakeOut => drop(readers.remove(READER)),
            Step::PutIn(which) if inside != Some(*which) => {
                readers.insert(READER, Arc::clone(&self.cards[*which]))
            }
            Step::TakeOutAndPutBack => {
                let card = readers.remove(READER).unwrap_or_else(|| Arc::clone(&self.cards[0]));
                readers.insert(READER, card);
            }
            Step::SwapForTheOther => {
                readers.swap(READER, Arc::clone(&self.cards[1 - inside.unwrap_or(1)]));
            }
            Step::ResetByAnother => readers.reset(READER),
            Step::MoveByAnother => self.rival(&[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03, 0x00]),
            Step::VerifyByAnother => {
                if let Some(inside) = inside {
                    let mut verify = vec![0x00, 0x20, 0x00, 0x10, 0x08];
                    verify.extend(PINS[inside].bytes().chain([0xFF; 8]).take(8));
                    self.rival(&verify);
                    locked(&self.cards[inside]).clear_transcript();
                }
            }
            _ => {}
        }
    }

    fn rival(&self, command: &[u8]) {
        let Ok(rival) = self.stage.readers.connect(READER, Sharing::Shared) else { return };
        if rival.begin().is_ok() {
            let _ = rival.transmit(command);
            let _ = rival.end(Disposition::Leave);
        }
        rival.disconnect(Disposition::Leave);
    }

    fn plan(&mut self, after: usize, accident: &Accident, done: bool) {
        let Some(inside) = self.look().0 else { return };
        let effect = match accident {
            Accident::Answer(bytes) => Effect::Answer(bytes.to_vec()),
            Accident::Timeout => Effect::Timeout,
            Accident::Reset => Effect::Reset,
            Accident::Remove => Effect::Remove,
            Accident::Reinsert => Effect::Reinsert,
            Accident::Replace => Effect::Replace(Arc::clone(&self.cards[1 - inside])),
            Accident::Unplug => Effect::Unplug,
            Accident::StopService => Effect::StopService,
        };
        let mut card = locked(&self.cards[inside]);
        card.faults().clear();
        let fault = Fault::new(When::Command(after), effect);
        card.faults().plan(if done { fault.after_execution() } else { fault });
        self.planned = true;
    }

    fn judge(&mut self, step: &Step, typed_for: Option<usize>) {
        let now = self.look();
        for which in 0..2 {
            self.judge_card(which, step, typed_for == Some(which));
        }
        let aged = |open: &Open| {
            let is_dead = self.guard(*open).info().is_err();
            Open { steps_dead: open.steps_dead + usize::from(is_dead), ..*open }
        };
        self.sessions = self.sessions.iter().map(aged).filter(|open| open.steps_dead < STUBBORN).collect();
        if now != self.seen
            && let Some(inside) = now.0
        {
            self.ledgers[inside].was_put_in();
        }
        self.seen = now;
    }

    /// What one card saw of the step, against what was offered to it.
    fn judge_card(&mut self, which: usize, step: &Step, is_for_it: bool) {
        let mut card = locked(&self.cards[which]);
        let sent = secrets_sent(&card.transcript());
        card.clear_transcript();
        assert!(is_for_it || sent == [0; 3], "{step:?}: a secret went to card {which}, typed for another");
        let allowed = step.may_send();
        let all: usize = sent.iter().sum();
        let in_bounds = sent.iter().zip(allowed).all(|(sent, allowed)| *sent <= allowed);
        let offered: Vec<_> = step.offers().into_iter().filter(|secret| may_be_a_secret(secret)).collect();
        assert!(in_bounds && all <= offered.len(), "{step:?} sent {sent:?}");
        self.sent += all;
        SENT.add(all);
        let of_puk = matches!(step, Step::Unblock(_));
        let right = if of_puk { PUK } else { PINS[which] };
        let wrong = offered.iter().filter(|secret| is_for_it && **secret != right).count();
        let (wrong_pins, wrong_puks) = if of_puk { (0, wrong) } else { (wrong, 0) };
        self.ledgers[which].turn(&card, wrong_pins, wrong_puks);
        if self.planned && card.faults().count() > FURTHEST_FAULT {
            card.faults().clear();
            self.planned = false;
            FAULTS.add(1);
        }
    }

    fn look(&self) -> Seen {
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
        let session = self.stage.client.try_open(0, CKF_SERIAL_SESSION | CKF_RW_SESSION).ok()?;
        let handle = std::mem::ManuallyDrop::new(session).handle;
        // Swapped while it was opened: whose session it is, nobody at the desk can say; so nothing is typed into it.
        let card = self.look().0.filter(|_| self.look() == before);
        let Some(card) = card else {
            let _ = self.guard(Open { handle, card: 0, steps_dead: 0 }).close();
            return None;
        };
        let open = Open { handle, card, steps_dead: 0 };
        if self.sessions.len() >= SESSIONS {
            let oldest = self.sessions.remove(0);
            let _ = self.guard(oldest).close();
        }
        self.sessions.push(open);
        Some(open)
    }

    /// The session to call functions on; it stays open.
    fn guard(&self, open: Open) -> std::mem::ManuallyDrop<SessionGuard<'_>> {
        std::mem::ManuallyDrop::new(SessionGuard { client: &self.stage.client, handle: open.handle })
    }
}

fn sign(session: &SessionGuard<'_>) -> Result<Vec<u8>, CK_RV> {
    let keys = session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])?;
    let [key] = keys[..] else { return Err(CKR_KEY_HANDLE_INVALID) };
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key)?;
    session.sign_once(b"data")
}

fn locked(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}
