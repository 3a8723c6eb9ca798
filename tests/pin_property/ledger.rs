//! What is known of one card's secrets from outside: the commands it got, the tries it has, and how many it had when the
//! person last put it in.

use virtual_cns::{Card, Exchange};

/// The ledger of one card.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) pin: Tries,
    pub(crate) puk: Tries,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    pub(crate) left: u8,
    /// Left when the card was put in, or after the last right one since.
    at_insertion: u8,
}

impl Ledger {
    pub(crate) fn of(card: &Card) -> Self {
        let tries = |left| Tries { left, at_insertion: left };
        Self { pin: tries(card.pin_tries_left()), puk: tries(card.puk_tries_left()) }
    }

    /// The person had the card in the hand, or the service that counts insertions began anew.
    pub(crate) fn was_put_in(&mut self) {
        self.pin.at_insertion = self.pin.left;
        self.puk.at_insertion = self.puk.left;
    }

    /// Looks at the card after a step in which at most so many wrong PINs and PUKs were offered to it.
    pub(crate) fn turn(&mut self, card: &Card, wrong_pins: usize, wrong_puks: usize) {
        self.pin.turn(card.pin_tries_left(), wrong_pins, "PIN");
        self.puk.turn(card.puk_tries_left(), wrong_puks, "PUK");
    }
}

impl Tries {
    fn turn(&mut self, now: u8, wrong: usize, what: &str) {
        let spent = usize::from(self.left.saturating_sub(now));
        assert!(spent <= wrong, "{spent} tries of the {what} are gone and {wrong} wrong ones were offered");
        assert!(
            now > 0 || self.left == 0 || self.at_insertion == 1,
            "the last try of the {what} went without the card being taken out ({} were left then)",
            self.at_insertion
        );
        if now > self.left {
            self.at_insertion = now;
        }
        self.left = now;
    }
}

/// Commands with a secret that reached a card, by instruction: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.
pub(crate) fn secrets_sent(commands: &[Exchange]) -> [usize; 3] {
    let sent = |ins| commands.iter().filter(|exchange| exchange.ins == ins && exchange.lc > 0).count();
    [sent(0x20), sent(0x24), sent(0x2C)]
}
