//! What the cards saw of a step, held against what was offered to them.

use crate::common::pin_commands::{by_instruction, locked, to_another_pin, told};
use crate::fixture::{FAULTS, Fixture, Open, SENT};
use crate::steps::{PINS, PUK, Step};

/// A client goes on with a session for so many steps after its card is gone.
const STUBBORN: usize = 4;

impl Fixture {
    /// `typed_into`: the session that the step's secrets were given to.
    pub(crate) fn judge(&mut self, step: &Step, typed_into: Option<Open>) {
        let now = self.look();
        for which in 0..2 {
            self.judge_card(which, step, typed_into.filter(|open| open.card == which));
        }
        let aged = |open: &Open| {
            let is_dead = told(self.guard(*open).info()).is_err();
            Open { steps_dead: open.steps_dead + usize::from(is_dead), ..*open }
        };
        self.sessions = self.sessions.iter().map(aged).filter(|open| open.steps_dead < STUBBORN).collect();
        if let Some(inside) = now.0.filter(|_| now != self.seen) {
            self.models[inside].was_put_in();
        }
        self.seen = now;
    }

    fn judge_card(&mut self, which: usize, step: &Step, typed_into: Option<Open>) {
        let mut card = locked(&self.cards[which]);
        let commands = card.transcript();
        let (sent, to_another_pin) = (by_instruction(&commands), to_another_pin(&commands));
        card.clear_transcript();
        assert!(
            typed_into.is_some() || sent == [0; 3],
            "{step:?}: a secret went to card {which}, typed for another"
        );
        assert_eq!(to_another_pin, 0, "{step:?}: a secret went to another PIN than that of the card");
        let offered = step.offers();
        let all: usize = sent.iter().sum();
        let in_bounds = sent.iter().zip(step.may_send()).all(|(sent, allowed)| *sent <= allowed);
        assert!(in_bounds && all <= offered.len(), "{step:?} sent {sent:?}");
        self.sent += all;
        SENT.add(all);
        let of_puk = step.is_of_the_puk();
        let right = if of_puk { PUK } else { PINS[which] };
        let wrong = offered.iter().filter(|secret| typed_into.is_some() && **secret != right).count();
        let (wrong_pins, wrong_puks) = if of_puk { (0, wrong) } else { (wrong, 0) };
        self.models[which].turn(&card, wrong_pins, wrong_puks);
        // Here it came due, whatever was planned for the other card; a plan that another one took the place of never did.
        if self.planned[which].is_some_and(|at| card.faults().count() > at) {
            card.faults().clear();
            self.planned[which] = None;
            FAULTS.add(1);
        }
    }
}
