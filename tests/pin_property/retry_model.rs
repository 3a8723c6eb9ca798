//! What is known of one card's secrets from outside: the commands it got, the tries it has, and how many it had when the
//! person last put it in.

use virtual_cns::Card;

/// The numbers of PIN and PUK: those of the card, and those of a signature keyset, of which nobody may spend any.
const REFERENCES: [(u8, u8); 2] = [(0x10, 0x11), (0x1A, 0x1B)];

/// The retry counters of one card, a row for each keyset with a PIN of its own.
#[derive(Debug, Clone)]
pub(crate) struct RetryModel(Vec<Page>);

#[derive(Debug, Clone)]
struct Page {
    pin: RetryCount,
    puk: RetryCount,
}

#[derive(Debug, Clone, Copy)]
struct RetryCount {
    number: u8,
    left: u8,
    /// Left when the card was put in, or after the last right one since.
    at_insertion: u8,
}

impl RetryModel {
    pub(crate) fn of(card: &Card) -> Self {
        let tries =
            |number| card.tries_left(number).map(|left| RetryCount { number, left, at_insertion: left });
        let page = |(pin, puk)| Some(Page { pin: tries(pin)?, puk: tries(puk)? });
        Self(REFERENCES.into_iter().filter_map(page).collect())
    }

    /// The person had the card in the hand, or the service that counts insertions began anew.
    pub(crate) fn was_put_in(&mut self) {
        for Page { pin, puk } in &mut self.0 {
            pin.at_insertion = pin.left;
            puk.at_insertion = puk.left;
        }
    }

    /// Looks at the card after a step in which at most so many wrong PINs and PUKs were offered to it.
    pub(crate) fn turn(&mut self, card: &Card, wrong_pins: usize, wrong_puks: usize) {
        for (page, Page { pin, puk }) in self.0.iter_mut().enumerate() {
            let of_this = |wrong| if page == 0 { wrong } else { 0 };
            pin.turn(card, of_this(wrong_pins), "PIN");
            puk.turn(card, of_this(wrong_puks), "PUK");
        }
    }
}

impl RetryCount {
    fn turn(&mut self, card: &Card, wrong: usize, what: &str) {
        let now = card.tries_left(self.number).expect("a PIN of this card");
        let what = format!("{what} {:02X}", self.number);
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
