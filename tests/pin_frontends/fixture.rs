//! One card, all front ends, and what each step must have done.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Readers, Sharing};
use virtual_cns::{Card, Effect, Exchange, Fault, Personality};

use crate::agreement::{Left, Sayings};
use crate::base_csp::BaseCsp;
use crate::command::{Keyboard, cns};
use crate::common::apart::Count;
use crate::common::pin_commands::{PIN, PUK as PUK_NUMBER, locked, to_another_pin, told, with_secret};
use crate::common::{READER, SessionGuard, Stage, holders_time};
use crate::minidriver;
use crate::model::{Attempts, Bounds};
use crate::steps::{Ask, Front, PINS, PUK, Step, WRONG_PIN, WRONG_PUK, What};

pub(crate) static STEPS: Count = Count::new();
/// Times that somebody gave a PIN or PUK to a front end.
pub(crate) static ASKED: Count = Count::new();
/// Commands with one that reached the card.
pub(crate) static SENT: Count = Count::new();
/// Times that nothing was sent, because one try was left and nobody had agreed.
pub(crate) static KEPT: Count = Count::new();
/// Answers that were lost.
pub(crate) static LOST: Count = Count::new();
/// PINs sent by a program that is none of ours.
pub(crate) static FOREIGN: Count = Count::new();

/// Steps, asked, sent, kept, lost, foreign.
pub(crate) fn counts() -> [u64; 6] {
    [&STEPS, &ASKED, &SENT, &KEPT, &LOST, &FOREIGN].map(Count::now)
}

/// A full count of the PIN, on every card here.
const FULL: u8 = 3;

pub(crate) struct Fixture {
    stage: Stage,
    session: Option<CK_SESSION_HANDLE>,
    csp: Option<BaseCsp>,
    pin: Attempts,
    puk: Attempts,
    /// The card reports its count without spending a try.
    reports: bool,
}

impl Fixture {
    pub(crate) fn with(personality: &Personality) -> Self {
        let card = Card::builder(personality).pin(PINS[0]).puk(PUK).shared();
        let stage = Stage::over(Readers::with_card(READER, Arc::clone(&card)), card);
        let reports = Sayings::of(&stage).pin != Left::Unknown;
        let (pin, puk) = (Attempts::default(), Attempts::default());
        cnscm::testing::set_time(Some(holders_time()));
        Self { stage, session: None, csp: None, pin, puk, reports }
    }

    pub(crate) fn does_report(&self) -> bool {
        self.reports
    }

    pub(crate) fn take(&mut self, step: &Step) {
        STEPS.add(1);
        self.stage.forget();
        let before = self.tries();
        match step {
            Step::Ask(ask) => self.ask(ask),
            _ => {
                self.happen(step);
                assert_eq!(self.sent(), [], "{step:?}: a secret was sent that nobody gave");
            }
        }
        let after = self.tries();
        if self.reports {
            self.learn(before, after);
        }
        self.stage.forget();
        let sayings = Sayings::of(&self.stage);
        assert_eq!(self.sent(), [], "looking sent a secret");
        assert_eq!(self.tries(), after, "looking cost a try");
        self.agree(&sayings, after.0);
    }

    /// The tries left of PIN and PUK, by the card itself.
    fn tries(&self) -> (u8, u8) {
        let card = self.stage.card();
        (card.tries_left(PIN).expect("a PIN"), card.tries_left(PUK_NUMBER).expect("a PUK"))
    }

    fn sent(&self) -> Vec<Exchange> {
        with_secret(&self.stage.card().transcript()).cloned().collect()
    }

    /// A card that reports its count is asked by whoever looks.
    fn learn(&mut self, before: (u8, u8), after: (u8, u8)) {
        if after.0 == FULL || after.0 > before.0 {
            self.pin.is_full();
        }
        if after.1 > before.1 {
            self.puk.is_full();
        }
    }

    /// Somebody gives a secret to a front end.
    fn ask(&mut self, ask: &Ask) {
        ASKED.add(1);
        let before = self.tries();
        let of_puk = ask.what == What::Unblock;
        let left = if of_puk { before.1 } else { before.0 };
        let attempts = if of_puk { self.puk } else { self.pin };
        let mut bounds = attempts.allows(ask, self.reports.then_some(left), left);
        if let Some(lost) = ask.lost {
            let effect = if lost.timeout { Effect::Timeout } else { Effect::Answer(vec![]) };
            let fault = Fault::new(When::Secret, effect);
            self.stage.card().faults().plan(if lost.executed { fault.after_execution() } else { fault });
        }
        let agreed = match ask.front {
            Front::Module => {
                self.ask_module(ask, &mut bounds);
                false
            }
            Front::Minidriver => {
                self.ask_minidriver(ask);
                false
            }
            Front::Script { last_try } => {
                self.ask_command(ask);
                last_try
            }
            Front::Person { .. } => self.ask_command(ask) > 0,
        };
        self.stage.card().faults().clear();
        let (sent, after) = (self.sent(), self.tries());
        let context = format!("{ask:?} with {before:?} left, {attempts:?}: {sent:?}, {after:?} left");
        assert!((bounds.0..=bounds.1).contains(&sent.len()), "{bounds:?} commands expected: {context}");
        assert_eq!(to_another_pin(&sent), 0, "{context}");
        let spent = |before: u8, after: u8| usize::from(before.saturating_sub(after));
        let (pins, puks) = (spent(before.0, after.0), spent(before.1, after.1));
        let wrong = usize::from(!ask.right);
        let allowed = if of_puk { (0, wrong) } else { (wrong, 0) };
        assert!(pins <= allowed.0 && puks <= allowed.1, "a try that nobody spent: {context}");
        if left == 1 && pins + puks > 0 {
            let is_program = matches!(ask.front, Front::Module | Front::Minidriver);
            let was_first = is_program && attempts.here == 0;
            assert!(agreed || was_first, "the last try went unasked: {context}");
        }
        SENT.add(sent.len());
        KEPT.add(usize::from(bounds == (0, 0) && sent.is_empty()));
        for exchange in &sent {
            LOST.add(usize::from(ask.lost.is_some()));
            let attempts = if of_puk { &mut self.puk } else { &mut self.pin };
            attempts.heard(exchange, ask.lost.is_some());
            match (of_puk, ask.lost) {
                (true, Some(_)) => self.pin.may_be_new(),
                (true, None) if exchange.sw == 0x9000 => self.pin = Attempts::default(),
                _ => {}
            }
        }
    }

    /// Through `cns pin`; how often a person said yes.
    fn ask_command(&self, ask: &Ask) -> usize {
        let (secret, new) = self.typed(ask);
        let (word, new) = match ask.what {
            What::Verify => ("verify", None),
            What::Change => ("change", Some(new)),
            What::Unblock => ("unblock", Some(new)),
        };
        let mut arguments = vec!["pin", word];
        if let Front::Script { last_try } = ask.front {
            arguments.push("--pin-stdin");
            arguments.extend(last_try.then_some("--last-try"));
        }
        let mut keyboard = Keyboard::of(ask.front, secret, new);
        let _ = cns(&self.stage.readers, &arguments, &mut keyboard);
        keyboard.agreed
    }

    /// Through the module, by a program that has a session, or opens one.
    fn ask_module(&mut self, ask: &Ask, bounds: &mut Bounds) {
        let (secret, new) = self.typed(ask);
        let session = self.session();
        let state = told(session.info()).expect("a session").state;
        match ask.what {
            What::Verify => {
                if state == CKS_RW_USER_FUNCTIONS {
                    *bounds = (0, bounds.1);
                }
                let _ = told(session.login(secret.as_bytes()));
            }
            What::Change => drop(told(session.set_pin(secret.as_bytes(), new.as_bytes()))),
            What::Unblock => {
                let _ = told(session.logout());
                told(session.login_as(CKU_SO, secret.as_bytes())).expect("the PUK is only kept");
                let _ = told(session.init_pin(new.as_bytes()));
                let _ = told(session.logout());
            }
        }
    }

    /// Through the minidriver, by a program that has a context, or acquires one.
    fn ask_minidriver(&mut self, ask: &Ask) {
        let (secret, new) = self.typed(ask);
        let readers = &self.stage.readers;
        let csp = self.csp.get_or_insert_with(|| BaseCsp::new(readers, READER).expect("a context"));
        minidriver::ask(csp, ask.what, secret.as_bytes(), new.as_bytes());
    }

    /// What is given, and the new PIN.
    fn typed(&self, ask: &Ask) -> (&'static str, &'static str) {
        let card = self.stage.card();
        let now = PINS.iter().position(|pin| card.has_pin(PIN, pin)).expect("one of the two");
        let secret = match (ask.what, ask.right) {
            (What::Unblock, true) => PUK,
            (What::Unblock, false) => WRONG_PUK,
            (_, true) => PINS[now],
            (_, false) => WRONG_PIN,
        };
        (secret, PINS[1 - now])
    }

    fn session(&mut self) -> ManuallyDrop<SessionGuard<'_>> {
        let client = &self.stage.client;
        let guard = |handle| ManuallyDrop::new(SessionGuard { client, handle });
        if let Some(open) = self.session.map(guard).filter(|open| told(open.info()).is_ok()) {
            return open;
        }
        let handle = ManuallyDrop::new(client.open(0)).handle;
        self.session = Some(handle);
        guard(handle)
    }

    /// What nobody gives a secret for.
    fn happen(&mut self, step: &Step) {
        let readers = self.stage.readers.clone();
        match step {
            Step::Logout => drop(told(self.session().logout())),
            Step::AnotherProcess => {
                self.stage.another_process();
                (self.session, self.csp) = (None, None);
            }
            Step::TakeOutAndPutBack => {
                let card = readers.remove(READER).expect("a card");
                readers.insert(READER, card);
                self.pin.put_in();
                self.puk.put_in();
            }
            Step::ResetByAnother => readers.reset(READER),
            Step::VerifyByAnother { right } => self.verify_by_another(*right),
            Step::Ask(_) => unreachable!("asked elsewhere"),
        }
    }

    /// Of a wrong PIN that another program sends, only a card that reports its count tells.
    fn verify_by_another(&mut self, right: bool) {
        if !right && !self.reports {
            return;
        }
        let ask = Ask { front: Front::Module, what: What::Verify, right, lost: None };
        let mut verify = vec![0x00, 0x20, 0x00, PIN, 0x08];
        verify.extend(self.typed(&ask).0.bytes().chain([0xFF; 8]).take(8));
        let rival = self.stage.readers.connect(READER, Sharing::Shared).expect("shared");
        if rival.begin().is_ok() {
            let _ = rival.transmit(&verify);
            let _ = rival.end(Disposition::Leave);
        }
        rival.disconnect(Disposition::Leave);
        FOREIGN.add(1);
        locked(&self.stage.card).clear_transcript();
    }

    /// The front ends agree with one another, with what was asked for, and with the card.
    fn agree(&self, sayings: &Sayings, left: u8) {
        let is_kept = (!self.pin.is_open).then_some(self.pin.here > 0);
        sayings.doctor_agrees(self.pin.in_a_row, is_kept);
        if !self.pin.is_open {
            sayings.flags_agree(self.pin.in_a_row);
        }
        if !self.reports {
            sayings.puk_flags_agree();
        }
        let context = || format!("{left} left, {:?}: {sayings:?}", self.pin);
        match sayings.pin {
            Left::Known(said) if self.reports => assert_eq!(said, left, "{}", context()),
            Left::Known(said) => assert!(said <= left.max(1), "{}", context()),
            Left::Blocked => assert_eq!(left, 0, "{}", context()),
            // A reporting card answers 9000 to the query while its PIN is verified: then the count is full.
            Left::Unknown if self.reports => assert_eq!(left, FULL, "{}", context()),
            Left::Unknown => assert!(left > 1 || self.pin.is_in_doubt, "{}", context()),
        }
    }
}
