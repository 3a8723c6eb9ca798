//! What every front end must know of one secret of the card. Nothing here comes from the layer under test: it counts
//! what was asked for and what the virtual card answered.

use virtual_cns::Exchange;

use crate::steps::{Ask, Front, What};

/// Where a card tells nothing, two wrong attempts leave the last of three (docs/cards).
const LEAVE_ONE: u8 = 2;

/// Attempts on one secret.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attempts {
    /// Wrong or without an answer, since the last right one, in this insertion.
    pub(crate) here: u8,
    /// The same, earlier insertions included.
    pub(crate) in_a_row: u8,
    /// What the card said last, in this insertion.
    told: Option<u8>,
    /// The card's count is full, and whether our programs have learned that is open.
    pub(crate) is_open: bool,
    /// The answer to an unblocking was lost: whether it is still locked, nobody knows.
    pub(crate) is_in_doubt: bool,
}

/// How many commands with the secret must be sent: at least, at most.
pub(crate) type Bounds = (usize, usize);

impl Attempts {
    /// The card was taken out and put in again.
    pub(crate) fn put_in(&mut self) {
        *self = Self { here: 0, told: None, ..*self };
    }

    /// The tries that the front ends can know of; `left` is the card's own count, where it reports it.
    pub(crate) fn known(&self, left: Option<u8>) -> Option<u8> {
        left.or(self.told).or((self.in_a_row >= LEAVE_ONE).then_some(1))
    }

    /// What must be sent when a front end is asked; `reported` is the card's own count, where it tells it.
    pub(crate) fn allows(&self, ask: &Ask, reported: Option<u8>, left: u8) -> Bounds {
        let known = self.known(reported);
        let is_last = known == Some(1);
        let can_be_refused = match (ask.front, known) {
            // Locked already: one more is answered so, and costs nothing.
            _ if left == 0 => return (0, 1),
            (Front::Module | Front::Minidriver, _) => is_last && self.here > 0,
            (Front::Script { last_try }, _) => is_last && !last_try,
            // Nobody knows how many tries a PUK has: a person is asked.
            (Front::Person { yes }, None) => ask.what == What::Unblock && !yes,
            (Front::Person { yes }, Some(_)) => is_last && !yes,
        };
        match can_be_refused {
            true => (0, 0),
            false if self.is_open && is_last => (0, 1),
            false => (1, 1),
        }
    }

    /// A command with the secret was sent.
    pub(crate) fn heard(&mut self, exchange: &Exchange, is_lost: bool) {
        match exchange.sw {
            0x9000 if !is_lost => *self = Self::default(),
            _ => {
                self.here += 1;
                self.in_a_row += 1;
                self.told = match exchange.sw {
                    _ if is_lost => self.told.map(|left| if left == 0 { 0 } else { (left - 1).max(1) }),
                    0x6983 => Some(0),
                    told @ 0x63C0..=0x63CF => Some((told & 0x0F) as u8),
                    _ => None,
                };
            }
        }
    }

    /// An unblocking of this PIN was sent, and its answer lost. What was locked still is, or has all tries again.
    pub(crate) fn may_be_new(&mut self) {
        if self.told == Some(0) {
            *self = Self { is_in_doubt: true, ..Self::default() };
        }
    }

    /// The card's own count is full: nothing is wrong any more, whoever gave the right one.
    pub(crate) fn is_full(&mut self) {
        let had_some = self.in_a_row > 0;
        *self = Self { is_open: self.is_open || had_some, ..Self::default() };
    }
}
